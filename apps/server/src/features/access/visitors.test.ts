import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientCommand } from '@clerestory/protocol';
import { assured } from '../../../../../tools/harness/assured.ts';
import { openManyViews, type ManyView } from '../../../../../tools/harness/many-views.ts';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { eventually } from '../../media/testing.ts';
import { startTeamApp, type TeamApp } from '../../testing/access.ts';
import { canary } from '../../testing/private-camera.ts';
import type { TestSocket } from '../../testing/server.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-visitors-'));
const cameras = ['street', 'yard'] as const;
let farm: Farm;
let site: TeamApp;
let room: TestSocket;
/** Of the paired screen, by every door; and the same two cameras at somebody's own desk. */
let onScreen: ManyView[] = [];
let atDesk: ManyView[] = [];

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
  site = await startTeamApp();
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
  const { administrator, team, app } = site;
  for (const id of cameras)
    await administrator.call('POST', '/cameras', {
      ...{ id, name: id, keep: 'always' },
      source: { kind: 'rtsp', main: farm.url('street') },
    });
  const group = { name: 'Not for visitors', cameras: ['yard'], restricted: true };
  expect((await administrator.call('POST', '/camera-groups', group)).status).toBe(201);
  for (const [tile, camera] of cameras.entries())
    await team.call('PUT', `/walls/control-room/screens/left/tiles/${tile}`, { camera });
  room = await site.openWindow({ surface: 'console' });
  const doors = { playlist: 1, part: 1, still: 1 };
  onScreen = await openManyViews(app.mediaPort, [await site.pair('left')], cameras, doors);
  atDesk = await openManyViews(app.mediaPort, [team], cameras, { playlist: 0, part: 0, still: 0 });
  await eventually('all of them move', () => moved([...onScreen, ...atDesk], 0), 60_000);
}, 120_000);
afterAll(async () => {
  for (const view of [...onScreen, ...atDesk]) view.close();
  room?.close();
  await site?.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

const moved = (views: readonly ManyView[], sinceMs: number) => views.every(({ lastMs }) => lastMs > sinceMs);
const of = (camera: (typeof cameras)[number]) => onScreen.filter((view) => view.camera === camera);

let count = 0;
async function command(what: ClientCommand): Promise<void> {
  const joined = await room.emitWithAck('wall:join', {});
  if (!joined.ok) throw new Error('not joined');
  const { id, sequence } = joined.value.wall;
  const sent = { wall: id, key: `visitors-${(count += 1)}`, base: sequence, command: what };
  expect(await room.emitWithAck('wall:command', sent)).toMatchObject({ ok: true });
}

/** After `what` nothing more comes for the hidden views, while the others go on. */
async function expectDark(
  hidden: readonly ManyView[],
  others: readonly ManyView[],
  what: ClientCommand,
): Promise<void> {
  const told = hidden.map(({ refusals }) => refusals);
  const startMs = performance.now();
  await command(what);
  await eventually('told', () => hidden.every(({ refusals }, at) => refusals > (told[at] ?? 0)), 10_000);
  expect(Math.max(...hidden.map(({ lastMs }) => lastMs)) - startMs).toBeLessThan(1_000);
  const bytes = hidden.map((view) => view.bytes);
  const sinceMs = performance.now();
  await eventually('others move', () => moved(others, sinceMs + 1_000), 30_000);
  expect(hidden.map((view) => view.bytes)).toEqual(bytes);
}

test('what visitors do not see: cameras of restricted groups, and every private one', async () => {
  const joined = await room.emitWithAck('wall:join', {});
  expect(joined.ok && joined.value.restricted?.toSorted()).toEqual([canary, 'yard']);
});

test('visitors in the room: no byte of a restricted camera leaves for its screens, whatever the page would do', async () => {
  await expectDark(of('yard'), [...of('street'), ...atDesk], { type: 'visitors:hide' });
  // Control: once they are gone, the doors that ask again get what they ask for.
  const startMs = performance.now();
  await command({ type: 'visitors:show' });
  const asking = of('yard').filter(({ door }) => door !== 'push');
  await eventually('they move again', () => moved(asking, startMs), 30_000);
  assured({
    ...{ row: 'A2', trials: of('yard').length },
    claim:
      'visitors in the room: a paired screen gets no byte of a restricted camera after 1 s, by push, playlist, part and still',
    control: 'the other camera of the screen and the desks go on; once the visitors are gone, it comes again',
  });
}, 120_000);

test('a blank screen gets no picture at all', async () => {
  // The page would have to ask for the yard anew by push; nobody does here.
  const shown = onScreen.filter(({ door, camera }) => door !== 'push' || camera === 'street');
  await expectDark(shown, atDesk, { type: 'screen:blank', screens: ['left'], blank: true });
  const startMs = performance.now();
  await command({ type: 'screen:blank', screens: ['left'], blank: false });
  const asking = onScreen.filter(({ door }) => door !== 'push');
  await eventually('it is back', () => moved(asking, startMs), 30_000);
}, 120_000);
