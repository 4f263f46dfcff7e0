import { describe, expect, it } from 'vitest';
import type { ClientCommand, WallState } from '@clerestory/protocol';
import { apply, camerasOn, decide, memoryOf, screenOf, shownScreen } from './index.ts';
import { after, assign, clear, commitOf, context, outcomeOf, problemOf, room } from './testing/stage.ts';

const tour: ClientCommand = {
  type: 'tile:tour',
  screen: 'north',
  tile: 0,
  cameras: ['gate', 'square', 'bridge'],
  dwellS: 10,
};
const at = (seconds: number) => context.nowMs + seconds * 1_000;

function ask(state: WallState, command: Parameters<typeof decide>[1]['command'], seconds: number): WallState {
  const nowMs = at(seconds);
  const decision = decide(state, { base: state.sequence, command }, { ...context, nowMs });
  if (!decision.ok) throw new Error(decision.problem.detail);
  return apply(state, { ...commitOf(state, decision.events), at: nowMs });
}

function shows(state: WallState, seconds: number, tile = 0): [camera: string | undefined, nextInS: number] {
  const screen = screenOf(state, 'north');
  if (!screen) throw new Error('no screen');
  const shown = shownScreen(state, screen, at(seconds));
  return [shown.screen.tiles[String(tile)]?.camera, shown.nextInMs / 1_000];
}

describe('a tour of cameras', () => {
  it('W40 follows the time, and writes nothing', () => {
    const wall = after(room, tour);
    expect(shows(wall, 0)).toEqual(['gate', 10]);
    expect(shows(wall, 9.5)).toEqual(['gate', 0.5]);
    expect(shows(wall, 10)).toEqual(['square', 10]);
    expect(shows(wall, 35)).toEqual(['gate', 5]);
  });

  it('W40 W43 stands while paused and while an alert is on, and goes on where it stood', () => {
    const paused = ask(after(room, tour), { ...pause, paused: true }, 14);
    expect(shows(paused, 500)).toEqual(['square', Infinity]);
    const on = ask(paused, { ...pause, paused: false }, 100);
    expect(shows(on, 100)).toEqual(['square', 6]);
    const held = ask(on, { type: 'tours:hold', why: 'Panic button' }, 102);
    expect(shows(held, 900)).toEqual(['square', Infinity]);
    const released = ask(held, { type: 'tours:hold', why: null }, 1_000);
    expect(shows(released, 1_000)).toEqual(['square', 4]);
    expect(shows(released, 1_004)).toEqual(['bridge', 10]);
  });

  it.each([
    ['paused before the alert, on again during it', 5, 20, 30, 60],
    ['paused during the alert, on again after it', 25, 20, 70, 60],
  ])('W43 %s', (_, pauseAt, holdAt, resumeAt, releaseAt) => {
    const steps: [number, Parameters<typeof decide>[1]['command']][] = [
      [pauseAt, { ...pause, paused: true }],
      [holdAt, { type: 'tours:hold', why: 'Alarm' }],
      [resumeAt, { ...pause, paused: false }],
      [releaseAt, { type: 'tours:hold', why: null }],
    ];
    const end = steps
      .toSorted(([a], [b]) => a - b)
      .reduce((wall, [seconds, command]) => ask(wall, command, seconds), after(room, tour));
    // It ran until the earlier of pause and alert, and again from the later of both ends.
    const ran = Math.min(pauseAt, holdAt);
    const goesOn = Math.max(resumeAt, releaseAt);
    const index = Math.floor(ran / 10);
    expect(shows(end, goesOn)).toEqual([tour.cameras[index], 10 - (ran % 10)]);
  });

  it('W42 W43 a tour of scenes stands while paused and while an alert is on, and goes on where it stood', () => {
    const saved = after(
      room,
      { type: 'scene:save', scene: 'one', name: 'One', key: null, screens: ['north'] },
      assign('north', 2, 'harbour'),
      { type: 'scene:save', scene: 'two', name: 'Two', key: null, screens: ['north'] },
      { type: 'screen:tour', screen: 'north', scenes: ['one', 'two'], dwellS: 20 },
    );
    const turn = (paused: boolean) => ({ type: 'screen:tour-pause', screen: 'north', paused }) as const;
    expect(shows(saved, 6, 2)).toEqual([undefined, 14]);
    const paused = ask(saved, turn(true), 25);
    expect(shows(paused, 500, 2)).toEqual(['harbour', Infinity]);
    // Let go on while an alert is on, it stands until that is over.
    const held = ask(paused, { type: 'tours:hold', why: 'Panic button' }, 600);
    const on = ask(held, turn(false), 700);
    expect(shows(on, 900, 2)).toEqual(['harbour', Infinity]);
    const released = ask(on, { type: 'tours:hold', why: null }, 1_000);
    expect(shows(released, 1_000, 2)).toEqual(['harbour', 15]);
    expect(shows(released, 1_015, 2)).toEqual([undefined, 20]);
    // And the other way round: paused during an alert, it stands after it too.
    const alert = ask(released, { type: 'tours:hold', why: 'Alarm' }, 1_017);
    const both = ask(ask(alert, turn(true), 1_020), { type: 'tours:hold', why: null }, 1_030);
    expect(shows(both, 2_000, 2)).toEqual([undefined, Infinity]);
    expect(shows(ask(both, turn(false), 2_000), 2_000, 2)).toEqual([undefined, 18]);
  });

  it('W40 W42 a screen may come to show each of its cameras', () => {
    const saved = after(
      room,
      { type: 'scene:save', scene: 'one', name: 'One', key: null, screens: ['north'] },
      assign('north', 2, 'harbour'),
      { type: 'scene:save', scene: 'two', name: 'Two', key: null, screens: ['north'] },
      { type: 'screen:clear', screen: 'north' },
      tour,
      { type: 'screen:tour', screen: 'north', scenes: ['one', 'two'], dwellS: 20 },
    );
    const screen = screenOf(saved, 'north');
    expect(screen && [...camerasOn(saved, screen)].sort()).toEqual(['bridge', 'gate', 'harbour', 'square']);
    expect(shows(saved, 0, 2)).toEqual([undefined, 20]);
    expect(shows(saved, 20, 2)).toEqual(['harbour', 20]);
    expect(outcomeOf(saved, assign('north', 1, 'gate'), saved.sequence)).toBe('unprocessable');
    const ended = after(saved, { type: 'screen:tour-end', screen: 'north' });
    expect(shows(ended, 20)).toEqual(['bridge', 10]);
  });
});
const pause = { type: 'tile:tour-pause', screen: 'north', tile: 0 } as const;

describe('what a tile showed', () => {
  const back: ClientCommand = { type: 'tile:back', screen: 'north', tile: 0 };
  const forward: ClientCommand = { type: 'tile:forward', screen: 'north', tile: 0 };
  const camera = (wall: WallState) => screenOf(wall, 'north')?.tiles['0']?.camera;

  it('W45 comes back and goes forth again, and a new picture ends the way forth', () => {
    const wall = after(room, assign('north', 0, 'bridge'), assign('north', 0, 'harbour'));
    const twice = after(wall, back, back);
    expect(camera(twice)).toBe('gate');
    expect(problemOf(twice, back).detail).toContain('showed nothing before');
    expect(camera(after(twice, forward))).toBe('bridge');
    expect(camera(after(twice, forward, forward))).toBe('harbour');
    const other = after(twice, assign('north', 0, 'square'));
    expect(outcomeOf(other, forward, other.sequence)).toBe('unprocessable');
    expect(camera(after(wall, clear('north', 0), back))).toBe('harbour');
  });

  it('W45 keeps eight', () => {
    let wall = room;
    for (let n = 0; n < 20; n++) wall = after(wall, assign('north', 0, n % 2 === 0 ? 'bridge' : 'harbour'));
    const screen = screenOf(wall, 'north');
    expect(screen && memoryOf(screen, 0).back).toHaveLength(8);
  });

  it('W44 W46 the hot spot follows one person, is not remembered, and goes with its screen', () => {
    const spot = after(room, { type: 'hot-spot:set', at: { screen: 'north', tile: 0 } });
    const shown = after(spot, { type: 'hot-spot:show', camera: 'bridge' });
    expect(camera(shown)).toBe('bridge');
    expect(outcomeOf(shown, back, shown.sequence)).toBe('unprocessable');
    const other = decide(
      spot,
      { base: spot.sequence, command: { type: 'hot-spot:show', camera: 'bridge' } },
      { ...context, by: 'grace' },
    );
    expect(other).toMatchObject({ ok: false, problem: { code: 'unprocessable' } });
    expect(after(spot, { type: 'screen:remove', screen: 'north' })).not.toHaveProperty('hotSpot');
  });
});

describe('many cameras at once', () => {
  it('W41 replace chooses a layout that holds them; free takes empty tiles, all of them or none', () => {
    const fill = (mode: 'replace' | 'free', ...cameras: string[]): ClientCommand => ({
      type: 'screen:fill',
      screen: 'north',
      cameras,
      mode,
    });
    const five = after(room, fill('replace', 'gate', 'square', 'bridge', 'harbour', 'gate'));
    expect(screenOf(five, 'north')?.layout).toBe('1+5');
    const two = after(room, fill('free', 'bridge', 'harbour'));
    expect(['0', '1', '2', '3'].map((tile) => screenOf(two, 'north')?.tiles[tile]?.camera)).toEqual([
      ...['gate', 'square', 'bridge', 'harbour'],
    ]);
    expect(problemOf(two, fill('free', 'gate')).detail).toContain('no free tile');
    // Somebody else took a tile meanwhile: the next free one serves as well.
    expect(outcomeOf(after(room, assign('north', 2, 'gate')), fill('free', 'bridge'), room.sequence)).toBe(
      'accepted',
    );
  });
});
