import { describe, expect, it } from 'vitest';
import type { Command } from '@clerestory/protocol';
import { apply, decide, screenOf, type DecideContext } from './index.ts';
import { after, assign, clear, commitOf, context, room, swap } from './testing/stage.ts';
import { Wall } from './testing/wall.ts';

const save = (scene: string, ...screens: string[]): Command => ({
  type: 'scene:save',
  scene,
  name: scene,
  key: null,
  screens,
});
const applyIt = (scene: string): Command => ({ type: 'scene:apply', scene });
const revert = (applied: number, since: 'refuse' | 'keep' | 'overwrite' = 'refuse'): Command => ({
  type: 'scene:revert',
  applied,
  since,
});

/** Three scenes: `a` and `b` of north, `c` of both; then the room as at the beginning, newly arranged. */
function withScenes(): Wall {
  const wall = new Wall();
  wall.ask({ type: 'screen:fill', screen: 'north', cameras: ['harbour', 'bridge'], mode: 'replace' });
  wall.ask(save('a', 'north'));
  wall.ask({ type: 'screen:layout', screen: 'north', layout: '1' });
  wall.ask(assign('north', 0, 'square'));
  wall.ask(save('b', 'north'));
  wall.ask(clear('south', 8));
  wall.ask(save('c', 'north', 'south'));
  wall.ask({ type: 'screen:layout', screen: 'north', layout: '4' });
  wall.ask(assign('north', 0, 'gate'));
  wall.ask(assign('north', 1, 'square'));
  wall.ask(assign('south', 8, 'bridge'));
  return wall;
}

describe('scenes', () => {
  it('W34 changes only what it names, and leaves what is there already the same object', () => {
    const wall = withScenes();
    const south = screenOf(wall.state, 'south');
    wall.ask(applyIt('a'));
    expect([0, 1, 2].map((tile) => wall.camera('north', tile))).toEqual(['harbour', 'bridge', null]);
    expect(screenOf(wall.state, 'south')).toBe(south);
    const tile = screenOf(wall.state, 'north')?.tiles['0'];
    wall.ask(applyIt('b'));
    wall.ask(applyIt('a'));
    const again = wall.ask(applyIt('a'));
    expect(again).toMatchObject({ ok: true, events: [] });
    expect(tile?.camera).toBe('harbour');
  });

  it('W35 what is gone or not allowed is left and said; the rest is done', () => {
    const wall = withScenes();
    const answer = wall.ask(applyIt('a'), 'ada', { mayArrange: (camera) => camera !== 'harbour' });
    expect(answer).toMatchObject({ left: ['you have no right to the camera for tile 1 of "North"'] });
    expect([wall.camera('north', 0), wall.camera('north', 1)]).toEqual(['gate', 'bridge']);
    wall.ask({ type: 'screen:remove', screen: 'south' });
    expect(wall.ask(applyIt('c'))).toMatchObject({ left: [expect.stringContaining('"south"')] });
  });

  it('W36 brings back exactly what was before, also after a chain, layouts and whole assignments', () => {
    const wall = withScenes();
    const [start, states] = [wall.arranged, [] as unknown[]];
    for (const scene of ['a', 'b', 'c', 'a']) {
      states.push(wall.arranged);
      wall.ask(applyIt(scene), 'grace');
    }
    expect(wall.applied).toEqual(['a', 'b', 'c', 'a']);
    wall.ask(revert(wall.last));
    expect(wall.arranged).toEqual(states[3]);
    wall.ask(revert(wall.state.applied?.[0]?.sequence ?? 0));
    expect(wall.arranged).toEqual(start);
    expect(wall.applied).toEqual([]);
    expect(wall.ask(revert(1))).toMatchObject({ code: 'gone' });
  });

  it('W37 what somebody changed since is named, kept, or brought back too', () => {
    const start = withScenes().arranged as { tiles: Record<string, { camera: string }> }[];
    for (const since of ['keep', 'overwrite'] as const) {
      const wall = withScenes();
      wall.ask(applyIt('a'));
      wall.ask(assign('north', 1, 'gate'), 'grace');
      const before = wall.state;
      expect(wall.ask(revert(wall.last))).toMatchObject({
        code: 'conflict',
        detail: expect.stringContaining('tile 2 of "North"'),
      });
      expect(wall.state).toBe(before);
      wall.ask(revert(wall.last, since));
      expect(wall.camera('north', 1)).toBe(since === 'keep' ? 'gate' : 'square');
      expect(wall.camera('north', 0)).toBe(start[0]?.tiles['0']?.camera);
    }
  });

  it('W37 what somebody changed between two scenes of a chain is named too, and comes back when it is kept', () => {
    for (const since of ['keep', 'overwrite'] as const) {
      const wall = withScenes();
      const start = wall.arranged;
      wall.ask(applyIt('b'));
      const first = wall.last;
      wall.ask({ type: 'screen:layout', screen: 'north', layout: '9' }, 'grace');
      wall.ask(assign('north', 0, 'bridge'), 'grace');
      const hers = screenOf(wall.state, 'north')?.tiles['0'];
      wall.ask(applyIt('a'));
      const before = wall.state;
      expect(wall.ask(revert(first))).toMatchObject({
        code: 'conflict',
        detail: expect.stringContaining(
          '"b" was applied: the layout of "North", tile 1 of "North". Take back',
        ),
      });
      expect(wall.state).toBe(before);
      expect(wall.ask(revert(first, since))).toMatchObject({ ok: true });
      expect(wall.applied).toEqual([]);
      const north = screenOf(wall.state, 'north');
      if (since === 'overwrite') expect(wall.arranged).toEqual(start);
      else expect([north?.layout, north?.tiles['0'], wall.camera('north', 1)]).toEqual(['9', hers, 'square']);
    }
  });

  it('W37 changed and changed back by hand is changed; taken back by its own undo it is not', () => {
    const wall = withScenes();
    wall.ask(applyIt('a'));
    wall.ask(assign('north', 1, 'gate'), 'grace');
    wall.ask({ type: 'step:undo' }, 'grace');
    const answer = wall.ask(revert(wall.last));
    expect(answer).toMatchObject({ ok: true });
  });

  it('W31 is saved as its screens are at its turn; once more for no change, and not over what another saved since', () => {
    const wall = withScenes();
    const before = wall.state.sequence;
    expect(wall.ask(save('c', 'north', 'south'))).toMatchObject({ ok: true });
    const kept = wall.state.scenes?.find(({ id }) => id === 'c');
    expect(kept?.screens.map(({ screen }) => screen)).toEqual(['north', 'south']);
    // Four tiles are shown: what is parked behind them is none of it.
    const north = kept?.screens.find(({ screen }) => screen === 'north');
    expect([north?.layout, Object.keys(north?.tiles ?? {})]).toEqual(['4', ['0', '1']]);
    expect(wall.ask(save('c', 'north', 'south'))).toMatchObject({ ok: true, events: [] });
    const late = decide(wall.state, { base: before, command: save('c', 'north') }, context);
    expect(late).toMatchObject({ ok: false, problem: { code: 'conflict' } });
  });

  it('W30 each time of a schedule is done once', () => {
    const wall = withScenes();
    const times = { days: [1], time: '07:30', zone: 'UTC', revertAfterMin: null };
    wall.ask({ type: 'schedule:set', schedule: 'morning', scene: 'a', ...times });
    const dueAt = context.nowMs + 60_000;
    const note = (at: number): Command => ({
      ...{ type: 'schedule:note', schedule: 'morning', dueAt: at, outcome: 'applied' },
    });
    expect(wall.ask(note(context.nowMs))).toMatchObject({ ok: true, events: [] });
    wall.ask(note(dueAt));
    const { doneUntil, last } = wall.state.schedules?.[0] ?? {};
    expect([doneUntil, last?.outcome]).toEqual([dueAt, 'applied']);
    expect(wall.ask(note(dueAt))).toMatchObject({ ok: true, events: [] });
  });

  it('W32 W33 one key, one scene; a scene in use stays', () => {
    const wall = withScenes();
    wall.ask({ type: 'scene:rename', scene: 'a', name: 'A', key: 'F1' });
    expect(wall.ask({ type: 'scene:rename', scene: 'b', name: 'B', key: 'F1' })).toMatchObject({
      code: 'exists',
    });
    wall.ask({ type: 'screen:tour', screen: 'north', scenes: ['a', 'b'], dwellS: 5 });
    expect(wall.ask({ type: 'scene:remove', scene: 'a' })).toMatchObject({ code: 'unprocessable' });
    wall.ask({ type: 'screen:tour-end', screen: 'north' });
    expect(wall.ask({ type: 'scene:remove', scene: 'a' })).toMatchObject({ ok: true });
  });

  it('W17 a camera that is gone is gone from scenes and tours too', () => {
    const wall = withScenes();
    wall.ask({ type: 'tile:tour', screen: 'south', tile: 0, cameras: ['gate', 'bridge'], dwellS: 5 });
    const gone = decide(
      wall.state,
      { base: 0, command: { type: 'camera:forget', camera: 'bridge' } },
      { ...context, cameraExists: (camera) => camera !== 'bridge' },
    );
    if (!gone.ok) throw new Error('refused');
    const now = apply(wall.state, commitOf(wall.state, gone.events));
    expect(JSON.stringify([now.scenes, now.screens.map(({ tiles }) => tiles)])).not.toContain('bridge');
    expect(screenOf(now, 'south')?.tiles['0']).toMatchObject({ camera: 'gate' });
  });
});

describe('undo and redo, per person', () => {
  it('W38 goes back step by step and forth again, over one tile too', () => {
    const wall = new Wall();
    const start = wall.arranged;
    wall.ask(assign('north', 0, 'harbour'));
    wall.ask(assign('north', 0, 'bridge'));
    wall.ask(swap(['north', 0], ['south', 3]));
    const end = wall.arranged;
    for (let n = 0; n < 3; n++) expect(wall.ask({ type: 'step:undo' })).toMatchObject({ ok: true });
    expect(wall.arranged).toEqual(start);
    expect(wall.ask({ type: 'step:undo' })).toMatchObject({ code: 'unprocessable' });
    for (let n = 0; n < 3; n++) wall.ask({ type: 'step:redo' });
    expect(wall.arranged).toEqual(end);
    wall.ask({ type: 'step:undo' });
    wall.ask(assign('south', 4, 'gate'));
    expect(wall.ask({ type: 'step:redo' })).toMatchObject({ code: 'unprocessable' });
  });

  it("W38 takes back one's own and nothing of somebody else", () => {
    const wall = new Wall();
    wall.ask(assign('north', 2, 'harbour'));
    wall.ask(assign('south', 0, 'gate'), 'grace');
    wall.ask({ type: 'step:undo' });
    expect([wall.camera('north', 2), wall.camera('south', 0)]).toEqual([null, 'gate']);
    wall.ask(assign('north', 3, 'harbour'));
    wall.ask(assign('north', 3, 'bridge'), 'grace');
    const before = wall.state;
    expect(wall.ask({ type: 'step:undo' })).toMatchObject({ code: 'conflict' });
    expect(wall.state).toBe(before);
    expect(wall.ask({ type: 'step:undo', since: 'keep' })).toMatchObject({ ok: true });
    expect(wall.camera('north', 3)).toBe('bridge');
    // The step before is in reach again: there is none left of this person's.
    expect(wall.ask({ type: 'step:undo' })).toMatchObject({ code: 'unprocessable' });
  });

  it('W39 undoing a scene takes it off the list of what can be taken back', () => {
    const wall = withScenes();
    const start = wall.arranged;
    wall.ask(applyIt('c'));
    wall.ask({ type: 'step:undo' });
    expect([wall.arranged, wall.applied]).toEqual([start, []]);
  });
});

describe('control', () => {
  const minute = 60_000;
  const at = (ms: number): Partial<DecideContext> => ({ nowMs: context.nowMs + ms });

  it('W26 W27 W28 holds others back in words until its time is over; a supervisor takes over', () => {
    const wall = new Wall();
    wall.ask({ type: 'control:take' }, 'ada', { who: 'Ada' });
    expect(wall.ask(assign('north', 2, 'gate'), 'grace', at(minute))).toMatchObject({
      code: 'held',
      detail: expect.stringMatching(/Ada has control of this wall for 9 min/),
    });
    expect(wall.ask(assign('north', 2, 'gate'), 'ada', at(minute))).toMatchObject({ ok: true });
    expect(wall.ask({ type: 'visitors:hide' }, 'grace')).toMatchObject({ ok: true });
    expect(wall.ask({ type: 'control:take' }, 'grace')).toMatchObject({ code: 'held' });
    expect(wall.ask(assign('north', 3, 'gate'), 'grace', at(10 * minute))).toMatchObject({ ok: true });
    wall.ask({ type: 'control:take' }, 'grace', { isSupervisor: true });
    expect(wall.state.control?.by).toBe('grace');
    expect(wall.ask(assign('north', 2, 'bridge'), 'ada')).toMatchObject({ code: 'held' });
    wall.ask({ type: 'control:give' }, 'grace');
    expect(wall.state).not.toHaveProperty('control');
  });
});

describe('tours and alerts', () => {
  it('W47 an incident holds what nobody holds, and lets go on what it held itself', () => {
    const wall = new Wall();
    const alert = (number: number, why: string | null): Command => ({
      ...{ type: 'tours:alert', alert: number, why },
    });
    wall.ask({ type: 'control:take' });
    wall.ask(alert(7, 'incident 7'), 'server');
    expect(wall.state.toursHeld).toMatchObject({ why: 'incident 7', alert: 7 });
    expect(wall.ask(alert(8, 'incident 8'), 'server')).toMatchObject({ ok: true, events: [] });
    expect(wall.ask(alert(8, null), 'server')).toMatchObject({ ok: true, events: [] });
    wall.ask(alert(7, null), 'server');
    expect(wall.state).not.toHaveProperty('toursHeld');
    wall.ask(alert(9, 'Alarm'), 'server');
    wall.ask({ type: 'tours:hold', why: 'Alarm' });
    expect(wall.state.toursHeld).not.toHaveProperty('alert');
    expect(wall.ask(alert(9, null), 'server')).toMatchObject({ ok: true, events: [] });
    expect(wall.state.toursHeld?.why).toBe('Alarm');
  });
});

describe('an old wall', () => {
  it('has none of it, and is a wall', () => {
    expect(Object.keys(after(room, assign('south', 0, 'gate')))).toEqual(Object.keys(room));
  });
});
