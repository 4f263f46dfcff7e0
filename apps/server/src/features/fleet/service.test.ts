import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AwayWhy, Camera, HealthState, ScreenStatus } from '@clerestory/protocol';
import { emptyWall } from '@clerestory/wall-state';
import { openDatabase } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { TransitionStore } from '../health/store.ts';
import { FleetService } from './service.ts';

const minute = 60_000;
const camera = (id: string, place = 'Quay'): Camera => ({
  ...{ id, number: 1, name: id, place, neighbourhood: 'Harbour', latitude: null, longitude: null },
  ...{ keep: 'always', tags: [], revision: 1, createdAt: 0, updatedAt: 0 },
  ...{
    heading: null,
    viewAngle: null,
    placeKind: 'street',
    visibility: 'public',
    tier: 'integrated',
    owner: null,
  },
  source: { kind: 'rtsp', hasSub: false, hasLogin: false },
});
let folder: ReturnType<typeof temporaryFolder>;
let clock: TurnedClock;
let site: ReturnType<typeof open>;

/** The server, started on the store that is there. */
function open() {
  const { db, close } = openDatabase(folder.dir);
  const transitions = new TransitionStore(db);
  const wall = {
    ...emptyWall('room', 'Room'),
    screens: [{ id: 'left', name: 'Left', layout: '1' as const, tiles: {}, changedAt: 0, tileChangedAt: {} }],
  };
  let status: ScreenStatus = { wall: 'room', screen: 'left', connected: 0, lastSeenAt: 1, report: null };
  const fleet = new FleetService({
    ...{ db, clock, log: createLogger('silent') },
    cameras: { list: () => [camera('gate'), camera('pier'), camera('hill', 'Hill road')] },
    hosts: () =>
      new Map([
        ['gate', '10.0.0.5'],
        ['pier', '10.0.0.5'],
      ]),
    health: { of: () => ({ camera: '', state: 'idle', reason: '', since: 0, streams: [], viewers: 0 }) },
    walls: { shared: () => [wall as never] },
    screens: { status: () => status },
    isOurs: (reason) => reason === 'ours',
  });
  return {
    db,
    fleet,
    close,
    becomes: (of: string, to: HealthState, reason = 'No frames') =>
      transitions.add({ camera: of, from: 'idle', to, reason, at: clock.nowMs() }),
    screen(connected: number, went: AwayWhy | null = null, visible = true) {
      const report = { screen: 'left', sequence: 1, visible, width: 1, height: 1, tiles: [] };
      status = { ...status, connected, report: connected > 0 ? report : null };
      fleet.screenSeen(status, went);
    },
    neverShown: () => (status = { ...status, lastSeenAt: null }),
  };
}
const all = () => true;
const of = async (id: string, hours = 1) =>
  (await site.fleet.report(hours, all)).cameras.find(({ camera: one }) => one === id);

beforeEach(async () => {
  folder = temporaryFolder();
  clock = new TurnedClock();
  site = open();
  await site.fleet.load();
});
afterEach(async () => {
  await site.close();
  folder.remove();
});

test('times of a camera over a restart: what the server did not see is not known', async () => {
  await site.becomes('gate', 'online', '');
  clock.pass(10 * minute);
  await site.becomes('gate', 'offline');
  clock.pass(5 * minute);
  await site.fleet.stop();
  await site.close();
  clock.restart(15 * minute);
  site = open();
  await site.fleet.load();
  clock.pass(2 * minute);
  await site.becomes('gate', 'online', '');
  clock.pass(8 * minute);
  const row = await of('gate');
  expect(row).toMatchObject({ upMs: 18 * minute, downMs: 5 * minute, outages: 1, downSince: null });
  expect((row?.upMs ?? 0) + (row?.downMs ?? 0) + (row?.unknownMs ?? 0)).toBe(60 * minute);
});

test('a server that was killed is not known to have run after its last word', async () => {
  await site.becomes('gate', 'online', '');
  clock.pass(10 * minute);
  await site.close();
  clock.restart(10 * minute);
  site = open();
  await site.fleet.load();
  clock.pass(minute);
  expect(await of('gate')).toMatchObject({ upMs: 0, downMs: 0, unknownMs: 60 * minute });
});

test('two cameras of one host at once are one outage, told once it has lasted; no address is in it', async () => {
  for (const id of ['gate', 'pier', 'hill']) await site.becomes(id, 'online', '');
  clock.pass(5 * minute);
  await site.becomes('gate', 'offline');
  clock.pass(5_000);
  await site.becomes('pier', 'offline');
  clock.pass(30_000);
  expect((await site.fleet.report(1, all)).notices).toEqual([]);
  clock.pass(minute);
  const { notices, outages, sites } = await site.fleet.report(1, all);
  expect(notices).toMatchObject([
    {
      cameras: ['gate', 'pier'],
      until: null,
      cause: { kind: 'host', words: '2 cameras of one recorder or host' },
    },
  ]);
  expect(JSON.stringify(outages)).not.toContain('10.0.0');
  expect(sites[0]).toMatchObject({ site: 'Quay', cameras: 2, down: 2 });
  // Of a camera that does not exist for somebody nothing is told, nor counted.
  const blind = await site.fleet.report(1, (id) => id === 'hill');
  expect(JSON.stringify(blind)).not.toMatch(/gate|pier|Quay/);
  expect(blind.total.downMs).toBe(0);
});

test('a fault of ours is no outage of a camera', async () => {
  await site.becomes('gate', 'offline', 'ours');
  clock.pass(10 * minute);
  const { outages } = await site.fleet.report(1, all);
  expect(outages).toMatchObject([{ cause: { kind: 'server' } }]);
  expect(await of('gate')).toMatchObject({ downMs: 0, downSince: null });
});

test('a camera that goes to and fro flaps', async () => {
  for (let n = 0; n < 4; n++) {
    await site.becomes('gate', 'online', '');
    clock.pass(2 * minute);
    await site.becomes('gate', 'offline');
    clock.pass(2 * minute);
  }
  expect(await of('gate')).toMatchObject({ flips: 7, isFlapping: true, outages: 4 });
  expect(await of('hill')).toMatchObject({ flips: 0, isFlapping: false });
});

test('the clock of a camera is told for as long as the camera is there', async () => {
  site.fleet.clockSeen('gate', -90_000);
  expect([(await of('gate'))?.clockAheadMs, (await of('pier'))?.clockAheadMs]).toEqual([-90_000, null]);
  site.fleet.cameraGone('gate');
  expect((await of('gate'))?.clockAheadMs).toBeNull();
});

test('screens: shown, away, and away from the start when they never come', async () => {
  site.screen(1);
  clock.pass(10 * minute);
  site.screen(0, 'lost');
  clock.pass(30_000);
  const report = () => site.fleet.report(1, all);
  const read = async () => (await report()).screens[0];
  expect((await report()).screenNotices).toEqual([]);
  clock.pass(4.5 * minute);
  const goneAt = clock.nowMs() - 5 * minute;
  expect(await read()).toMatchObject({
    ...{ upMs: 10 * minute, downMs: 5 * minute, state: 'away', why: 'lost' },
    ...{ awaySince: goneAt, outages: 1, flips: 1, isFlapping: false },
  });
  const lasts = { wall: 'room', screens: ['left'], why: 'lost', from: goneAt, until: null };
  const { screenNotices, screenTotal, screenTrend } = await report();
  expect(screenNotices).toMatchObject([lasts]);
  expect(screenTotal).toMatchObject({ upMs: 10 * minute, downMs: 5 * minute });
  expect(screenTrend.at(-1)).toMatchObject({ upMs: 0 });
  await site.fleet.stop();
  await site.close();
  clock.restart(0);
  site = open();
  expect(await site.fleet.load()).toEqual(new Map([['left', goneAt]]));
  clock.pass(11 * minute);
  // One minute of grace that is not known, ten away.
  expect(await read()).toMatchObject({ upMs: 10 * minute, downMs: 15 * minute, why: 'absent', outages: 2 });
});

test('a hidden window is away and says so; a screen that comes and goes flaps; one never shown is not missed', async () => {
  for (let n = 0; n < 4; n++) {
    site.screen(1);
    clock.pass(minute);
    site.screen(1, null, false);
    clock.pass(minute);
  }
  const { screens, screenOutages } = await site.fleet.report(1, all);
  expect(screens[0]).toMatchObject({ state: 'away', why: 'hidden', flips: 7, isFlapping: true, outages: 4 });
  expect(screenOutages.map(({ why, until }) => [why, until === null])).toEqual([
    ['hidden', true],
    ['hidden', false],
    ['hidden', false],
    ['hidden', false],
  ]);
  site.neverShown();
  const after = await site.fleet.report(1, all);
  expect([after.screenOutages, after.screenNotices, after.screenTotal.downMs]).toEqual([[], [], 0]);
});
