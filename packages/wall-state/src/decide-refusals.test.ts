import { describe, expect, it } from 'vitest';
import type { Command } from '@clerestory/protocol';
import { emptyWall, maxScreens } from './index.ts';
import { after, assign, clear, outcomeOf, problemOf, room, swap } from './testing/stage.ts';

const seen = room.sequence;
const onNorth: Command[] = [
  assign('north', 2, 'harbour'),
  clear('north', 0),
  swap(['north', 0], ['south', 8]),
  swap(['south', 8], ['north', 0]),
  { type: 'screen:clear', screen: 'north' },
  { type: 'screen:layout', screen: 'north', layout: '1' },
  { type: 'screen:rename', screen: 'north', name: 'Left' },
  { type: 'screen:remove', screen: 'north' },
];
const title = (command: Command): string => JSON.stringify(command);

describe('refusals', () => {
  it.each([...onNorth, { type: 'wall:rename', name: 'Other' } as const].map((c) => [title(c), c] as const))(
    'W1 refuses a base from the future: %s',
    (_, command) => {
      const problem = problemOf(room, command, seen + 1);
      expect(problem).toMatchObject({ code: 'invalid-request', status: 400, sequence: seen });
      expect(problem.detail).toMatch(/Load the wall again/);
    },
  );

  it('W2 a conflict carries the present sequence and says what was changed', () => {
    const now = after(room, assign('north', 2, 'bridge'));
    expect(problemOf(now, assign('north', 2, 'harbour'), seen)).toMatchObject({
      code: 'conflict',
      status: 409,
      sequence: seen + 1,
      detail: expect.stringContaining('Tile 3 of the screen "North"'),
    });
  });

  it.each(onNorth.map((command) => [title(command), command] as const))(
    'W3 W5 W6 conflicts when the shape of its screen changed: %s',
    (_, command) => {
      for (const change of [
        { type: 'screen:rename', screen: 'north', name: 'Renamed' },
        { type: 'screen:layout', screen: 'north', layout: '16' },
      ] as const)
        expect(outcomeOf(after(room, change), command, seen)).toBe('conflict');
    },
  );

  it('W3 W19 conflicts when the screen was removed and made again', () => {
    const now = after(
      room,
      { type: 'screen:remove', screen: 'north' },
      { type: 'screen:create', screen: 'north', name: 'North', layout: '4' },
    );
    expect(outcomeOf(now, assign('north', 0, 'harbour'), seen)).toBe('conflict');
  });

  it('W4 conflicts when the tile changed, also when it was changed back', () => {
    const now = after(room, clear('north', 0), assign('north', 0, 'square'), assign('north', 0, 'gate'));
    expect(outcomeOf(now, assign('north', 0, 'harbour'), seen)).toBe('conflict');
    expect(outcomeOf(now, clear('north', 0), seen)).toBe('conflict');
  });

  it('W4 a swap conflicts when either tile changed', () => {
    const now = after(room, assign('north', 2, 'harbour'));
    expect(outcomeOf(now, swap(['north', 0], ['north', 2]), seen)).toBe('conflict');
    expect(outcomeOf(now, swap(['north', 2], ['south', 8]), seen)).toBe('conflict');
  });

  it('W5 clearing or removing a screen conflicts when somebody put a camera there, parked since or not', () => {
    const now = after(room, assign('south', 4, 'harbour'));
    const parked = after(now, { type: 'screen:layout', screen: 'south', layout: '1' });
    for (const type of ['screen:clear', 'screen:remove'] as const) {
      expect(outcomeOf(now, { type, screen: 'south' }, seen)).toBe('conflict');
      expect(outcomeOf(parked, { type, screen: 'south' }, seen)).toBe('conflict');
      expect(outcomeOf(parked, { type, screen: 'south' }, parked.sequence)).toBe('accepted');
    }
  });

  it('W8 a swap whose tiles were emptied by somebody else conflicts, though nothing is left to swap', () => {
    const now = after(room, clear('north', 0), clear('north', 1));
    expect(outcomeOf(now, swap(['north', 0], ['north', 1]), seen)).toBe('conflict');
  });

  it('W9 a stale command hears of the conflict, not of a layout it could not know', () => {
    const now = after(room, { type: 'screen:layout', screen: 'north', layout: '1' });
    expect(outcomeOf(now, assign('north', 3, 'bridge'), seen)).toBe('conflict');
    expect(outcomeOf(now, assign('north', 3, 'bridge'), now.sequence)).toBe('unprocessable');
  });

  it.each(onNorth.map((command) => [title(command), command] as const))(
    'W10 refuses a screen that is not there, however old the base: %s',
    (_, command) => {
      const now = after(room, { type: 'screen:remove', screen: 'north' });
      expect(problemOf(now, command)).toMatchObject({ code: 'not-found', status: 404 });
      expect(problemOf(now, command, 0).detail).toContain('no screen "north"');
    },
  );

  it('W10 refuses a swap of a missing tile with itself', () => {
    expect(outcomeOf(room, swap(['west', 0], ['west', 0]), seen)).toBe('not-found');
  });

  it('W11 refuses a camera that is not in the registry', () => {
    expect(problemOf(room, assign('north', 2, 'nowhere'))).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('no camera "nowhere"'),
    });
  });

  it('W12 refuses a second screen of one id, even an equal one', () => {
    const again: Command = { type: 'screen:create', screen: 'north', name: 'North', layout: '4' };
    expect(problemOf(room, again)).toMatchObject({ code: 'exists', status: 409 });
  });

  it('W13 refuses one screen more than the bound, and takes one again after a removal', () => {
    const create = (index: number): Command => ({
      type: 'screen:create',
      screen: `screen-${index}`,
      name: `Screen ${index}`,
      layout: '9',
    });
    const full = after(
      emptyWall('main', 'Main room'),
      ...Array.from({ length: maxScreens }, (_, index) => create(index)),
    );
    expect(problemOf(full, create(maxScreens))).toMatchObject({
      code: 'unprocessable',
      detail: expect.stringContaining(`at most ${maxScreens}`),
    });
    const less = after(full, { type: 'screen:remove', screen: 'screen-7' });
    expect(outcomeOf(less, create(maxScreens), less.sequence)).toBe('accepted');
  });

  it('W14 W15 refuses to fill or swap a tile outside the present layout', () => {
    const problem = problemOf(room, assign('north', 4, 'gate'));
    expect(problem).toMatchObject({ code: 'unprocessable', status: 422 });
    expect(problem.detail).toContain('has 4 tiles in its present layout, so there is no tile 5');
    expect(outcomeOf(room, swap(['north', 4], ['north', 0]), seen)).toBe('unprocessable');
    expect(outcomeOf(room, swap(['north', 0], ['north', 4]), seen)).toBe('unprocessable');
  });

  it('W14 W16 refuses to assign to a parked tile what it holds already', () => {
    const now = after(room, { type: 'screen:layout', screen: 'south', layout: '1' });
    expect(outcomeOf(now, assign('south', 8, 'bridge'), now.sequence)).toBe('unprocessable');
  });
});
