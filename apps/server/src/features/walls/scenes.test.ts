import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command, WallState } from '@clerestory/protocol';
import { openDatabase } from '../../platform/database.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { ScheduleService } from '../schedules/index.ts';
import { WallService, WallStore } from './index.ts';

const cameras = { exists: (camera: string) => ['gate', 'square', 'bridge'].includes(camera) };
const quiet = pino({ level: 'silent' });
let dir: string;
let database: ReturnType<typeof openDatabase>;
let clock: TurnedClock;
let walls: WallService;
let schedules: ScheduleService;
let count = 0;

async function start(): Promise<void> {
  database = openDatabase(dir);
  walls = new WallService(new WallStore(database.db), cameras, clock);
  schedules = new ScheduleService(walls, clock, quiet);
  await walls.load();
}
async function restart(): Promise<void> {
  await database.close();
  await start();
}
const ask = (command: Command, by = 'person:ada', isSupervisor = false) =>
  walls.execute({
    ...{ wall: 'main', key: `key-${String((count += 1)).padStart(8, '0')}`, base: null, command, by },
    asker: { who: by.slice(7), isSupervisor, mayArrange: () => true, sees: () => true },
  });
const wall = (): WallState => {
  const found = walls.get('main');
  if (!found) throw new Error('no wall');
  return found;
};
const on = (tile: number) => wall().screens[0]?.tiles[String(tile)]?.camera ?? null;
const assign = (tile: number, camera: string): Command => ({
  type: 'tile:assign',
  screen: 'left',
  tile,
  camera,
});
const minute = 60_000;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'clerestory-scenes-'));
  clock = new TurnedClock();
  await start();
  await walls.create({ id: 'main', name: 'Main' }, 'create-main');
  await ask({ type: 'screen:create', screen: 'left', name: 'Left', layout: '4' });
  await ask(assign(0, 'gate'));
  await ask({ type: 'scene:save', scene: 'night', name: 'Night', key: 'F2', screens: ['left'] });
  await ask(assign(0, 'bridge'));
  await ask(assign(1, 'square'));
});
afterEach(async () => {
  await database.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('visitors in the room', () => {
  const hidden = () => walls.list().map(({ id, visitors }) => [id, visitors?.name ?? null]);

  test('are hidden from on every wall of the site, workstations and new ones too, whichever was in front', async () => {
    await walls.create({ id: 'annex', name: 'Annex' }, 'create-annex');
    await walls.personal('desk-bea', 'bea', [{ id: 'bea-1', name: 'Window 1' }]);
    walls.own('desk-bea', 'bea');
    const atDesk = (type: 'visitors:hide' | 'visitors:show', by: string) =>
      walls.execute({
        ...{ wall: 'desk-bea', key: `key-${String((count += 1)).padStart(8, '0')}`, base: null },
        ...{ command: { type }, by },
        asker: { who: by.slice(7), isSupervisor: false, mayArrange: () => true, sees: () => true },
      });
    expect(await atDesk('visitors:hide', 'person:bea')).toMatchObject({ ok: true });
    await walls.create({ id: 'late', name: 'Late' }, 'create-late');
    expect(hidden()).toEqual(['main', 'annex', 'desk-bea', 'late'].map((id) => [id, 'bea']));
    expect(await ask({ type: 'visitors:show' }, 'person:cyr', true)).toMatchObject({ ok: true });
    expect(hidden()).toEqual(['main', 'annex', 'desk-bea', 'late'].map((id) => [id, null]));
  });

  test('a crash between two walls leaves all of them hidden', async () => {
    await ask({ type: 'visitors:hide' });
    // As if the process had died before this wall's turn.
    const store = new WallStore(database.db);
    await database.db
      .transaction()
      .execute((write) =>
        store.create(write, { ...wall(), id: 'annex', screens: [], visitors: undefined }, 0),
      );
    await restart();
    expect(hidden()).toEqual([
      ['annex', 'ada'],
      ['main', 'ada'],
    ]);
  });
});

describe('what the server keeps', () => {
  test('W36 a scene is taken back exactly after the server started again', async () => {
    const before = wall().screens;
    await ask({ type: 'scene:apply', scene: 'night' });
    await restart();
    expect([on(0), on(1)]).toEqual(['gate', null]);
    const applied = wall().applied?.[0]?.sequence ?? 0;
    expect(await ask({ type: 'scene:revert', applied, since: 'refuse' })).toMatchObject({ ok: true });
    expect(wall().screens[0]?.tiles).toEqual(before[0]?.tiles);
  });

  test("W38 a person's steps outlast the server, and are nobody else's", async () => {
    expect(await ask({ type: 'step:undo' }, 'person:grace')).toMatchObject({ ok: false });
    await restart();
    await ask({ type: 'step:undo' });
    await ask({ type: 'step:undo' });
    expect([on(0), on(1)]).toEqual(['gate', null]);
    await restart();
    await ask({ type: 'step:redo' });
    expect([on(0), on(1)]).toEqual(['bridge', null]);
  });

  test('a wall that was stored before there were scenes is read as it was', async () => {
    const old = {
      ...{ id: 'old', name: 'Old', sequence: 3 },
      screens: [
        {
          ...{ id: 'west', name: 'West', layout: '1', changedAt: 2, tileChangedAt: { 0: 3 } },
          tiles: {
            0: {
              ...{ camera: 'gate', by: 'person:ada', at: 5, until: null },
              why: { kind: 'standing', purpose: 'General monitoring' },
            },
          },
        },
      ],
    };
    await database.db
      .insertInto('walls')
      .values({ id: 'old', name: 'Old', sequence: 3, state: JSON.stringify(old), created_at: 1 })
      .execute();
    await restart();
    expect(walls.get('old')).toEqual(old);
  });

  test('who did it is in the commit, by name', async () => {
    expect((await walls.latestCommits('main', 1))?.[0]).toMatchObject({ by: 'person:ada', who: 'ada' });
  });

  test('W28 control that has run out is taken off', async () => {
    await ask({ type: 'control:take' });
    clock.pass(10 * minute - 1);
    await walls.expireControls();
    expect(wall().control?.name).toBe('ada');
    clock.pass(1);
    await walls.expireControls();
    expect(wall()).not.toHaveProperty('control');
  });

  test('W43 an alert holds the tours of a wall', async () => {
    await ask({ type: 'tours:hold', why: 'Panic button' });
    expect(wall().toursHeld?.why).toBe('Panic button');
    await ask({ type: 'tours:hold', why: null });
    expect(wall()).not.toHaveProperty('toursHeld');
  });
});

describe('scenes by the clock', () => {
  /** The clock of the tests begins on Monday, 5 January 2026, 08:00 UTC. */
  const schedule = (more: object = {}): Command => ({
    ...{ type: 'schedule:set', schedule: 'early', scene: 'night', days: [1], time: '08:10' },
    ...{ zone: 'Europe/London', revertAfterMin: null },
    ...more,
  });

  test('is applied at its time, once, however often the server starts', async () => {
    await ask(schedule());
    clock.pass(9 * minute);
    await schedules.look();
    expect(on(0)).toBe('bridge');
    clock.pass(2 * minute);
    await restart();
    await schedules.look();
    expect([on(0), on(1)]).toEqual(['gate', null]);
    expect(wall().schedules?.[0]?.last?.outcome).toBe('Applied');
    await ask(assign(0, 'square'));
    await restart();
    await schedules.look();
    expect(on(0)).toBe('square');
  });

  test('missed by more than a quarter of an hour it is not made up for, and says so', async () => {
    await ask(schedule());
    clock.pass(26 * minute);
    await schedules.look();
    expect(on(0)).toBe('bridge');
    expect(wall().schedules?.[0]?.last?.outcome).toMatch(/^Not applied/);
  });

  test('waits for whoever has control', async () => {
    await ask(schedule());
    clock.pass(9 * minute);
    await ask({ type: 'control:take' });
    clock.pass(2 * minute);
    await schedules.look();
    expect(on(0)).toBe('bridge');
    await ask({ type: 'control:give' });
    await schedules.look();
    expect(on(0)).toBe('gate');
  });

  test('takes back what it changed after its time, and leaves what a person changed since', async () => {
    await ask(schedule({ revertAfterMin: 30 }));
    clock.pass(11 * minute);
    await schedules.look();
    await ask(assign(0, 'square'));
    clock.pass(29 * minute);
    await schedules.look();
    expect(on(1)).toBeNull();
    clock.pass(minute);
    await schedules.look();
    expect([on(0), on(1)]).toEqual(['square', 'square']);
    expect(wall().schedules?.[0]?.last?.outcome).toBe('Taken back');
    expect(wall()).not.toHaveProperty('applied');
  });
});
