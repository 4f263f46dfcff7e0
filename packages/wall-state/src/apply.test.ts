import { describe, expect, it } from 'vitest';
import type { WallEvent, WallState } from '@clerestory/protocol';
import { apply, BrokenCommitError, catchUp, emptyWall, predict, SequenceGapError } from './index.ts';
import { after, assign, clear, commitOf, context, eventsOf, room, swap } from './testing/stage.ts';

/** Makes any write to a state throw. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
const cleared: WallEvent = { type: 'tile:cleared', screen: 'north', tile: 0 };

describe('apply', () => {
  it.each([-1, 0, 2, 100])('W18 refuses a commit %i steps from the state', (step) => {
    const commit = { ...commitOf(room, [cleared]), sequence: room.sequence + step };
    const gap = (): WallState => apply(frozen(structuredClone(room)), commit);
    expect(gap).toThrow(SequenceGapError);
    expect(gap).toThrow(
      expect.objectContaining({ expected: room.sequence + 1, received: room.sequence + step }),
    );
  });

  it.each<[string, WallEvent]>([
    ['a tile of a screen that is not there', { type: 'tile:cleared', screen: 'west', tile: 0 }],
    ['the name of a screen that is not there', { type: 'screen:renamed', screen: 'west', name: 'West' }],
    ['the removal of a screen that is not there', { type: 'screen:removed', screen: 'west' }],
    ['a screen made twice', { type: 'screen:created', screen: 'north', name: 'North', layout: '4' }],
  ])('W18 refuses what cannot have happened: %s', (_, event) =>
    expect(() => apply(room, commitOf(room, [event]))).toThrow(BrokenCommitError),
  );

  it('W18 refuses a commit of another wall', () => {
    expect(() => apply(room, { ...commitOf(room, [cleared]), wall: 'annex' })).toThrow(BrokenCommitError);
  });

  it('W19 notes the sequence where something changed, and only there', () => {
    const now = after(
      room,
      assign('north', 2, 'bridge'),
      clear('north', 0),
      swap(['north', 1], ['south', 0]),
      { type: 'screen:layout', screen: 'south', layout: '16' },
    );
    expect(now.sequence).toBe(9);
    expect(now.screens.map(({ id, changedAt, tileChangedAt }) => ({ id, changedAt, tileChangedAt }))).toEqual(
      [
        { id: 'north', changedAt: 1, tileChangedAt: { 0: 7, 1: 8, 2: 6 } },
        { id: 'south', changedAt: 9, tileChangedAt: { 0: 8, 8: 5 } },
      ],
    );
    expect(after(now, { type: 'screen:rename', screen: 'north', name: 'Left' }).screens[0]?.changedAt).toBe(
      10,
    );
  });

  it('W19 a screen that is made again remembers nothing', () => {
    const now = after(
      room,
      { type: 'screen:remove', screen: 'north' },
      { type: 'screen:create', screen: 'north', name: 'North', layout: '4' },
    );
    expect(now.screens.at(-1)).toEqual({
      id: 'north',
      name: 'North',
      layout: '4',
      tiles: {},
      changedAt: 7,
      tileChangedAt: {},
    });
  });

  it('W20 leaves the state before as it is, and untouched screens the same objects', () => {
    const before = frozen(structuredClone(room));
    const now = apply(before, commitOf(before, [cleared]));
    expect(before).toEqual(room);
    expect(now.screens[0]).not.toBe(before.screens[0]);
    expect(now.screens[1]).toBe(before.screens[1]);
    expect(now.screens[0]?.tiles['1']).toBe(before.screens[0]?.tiles['1']);
    const renamed = apply(before, commitOf(before, [{ type: 'wall:renamed', name: 'Other' }]));
    expect(renamed.screens).toBe(before.screens);
    const without = apply(before, commitOf(before, [{ type: 'screen:removed', screen: 'north' }]));
    expect(without.screens[0]).toBe(before.screens[1]);
  });

  it('takes the first commit of a wall', () => {
    const empty = emptyWall('main', '');
    const now = apply(empty, commitOf(empty, [{ type: 'wall:renamed', name: 'Main room' }]));
    expect(now).toEqual({ id: 'main', name: 'Main room', sequence: 1, screens: [] });
  });
});

describe('catchUp', () => {
  const commands = [assign('north', 2, 'gate'), clear('north', 0), swap(['north', 1], ['south', 8])];
  const commits = commands.map((_, index) => {
    const before = after(room, ...commands.slice(0, index));
    return commitOf(before, eventsOf(before, commands[index]!));
  });
  const [first, second, third] = commits as [
    (typeof commits)[number],
    (typeof commits)[number],
    (typeof commits)[number],
  ];
  const end = after(room, ...commands);

  it('W21 stops before a hole and says what is missing', () => {
    const { state, gap } = catchUp(room, [first, third]);
    expect(state).toEqual(after(room, commands[0]!));
    expect(gap).toEqual({ expected: 7, received: 8 });
    expect(catchUp(room, [second])).toEqual({ state: room, gap: { expected: 6, received: 7 } });
  });

  it('W21 takes commits in any order, doubled, and old ones', () => {
    const given = frozen([third, first, second, first, third]);
    expect(catchUp(room, given)).toEqual({ state: end, gap: null });
    expect(catchUp(end, commits).state).toBe(end);
    expect(catchUp(room, []).state).toBe(room);
  });

  it('W18 W21 throws for a commit that cannot have happened', () => {
    expect(() => catchUp(room, [{ ...first, wall: 'annex' }])).toThrow(BrokenCommitError);
  });
});

describe('predict', () => {
  it('W22 is null for what will be refused, and the same object for nothing to do', () => {
    expect(predict(room, assign('north', 0, 'nowhere'), context)).toBeNull();
    expect(predict(room, assign('north', 9, 'gate'), context)).toBeNull();
    expect(predict(room, assign('west', 0, 'gate'), context)).toBeNull();
    expect(predict(room, assign('north', 0, 'gate'), context)).toBe(room);
  });

  it('W22 shows the tiles as the commit will leave them, under the sequence that is known', () => {
    const command = swap(['north', 0], ['south', 8]);
    const shown = predict(frozen(structuredClone(room)), command, context);
    const truth = after(room, command);
    expect(shown?.sequence).toBe(room.sequence);
    expect(shown).toEqual({ ...truth, sequence: room.sequence });
  });

  it('W22 predictions go on top of each other, on the same tile too', () => {
    const one = predict(room, assign('north', 2, 'gate'), context);
    const two = one && predict(one, assign('north', 2, 'bridge'), context);
    expect(two?.screens[0]?.tiles['2']?.camera).toBe('bridge');
    expect(two?.sequence).toBe(room.sequence);
  });
});
