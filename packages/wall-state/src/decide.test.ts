import { describe, expect, it } from 'vitest';
import type { Command } from '@clerestory/protocol';
import { assignmentOf, decide, filledTiles, screenOf } from './index.ts';
import { after, assign, clear, context, eventsOf, outcomeOf, room, swap } from './testing/stage.ts';

const seen = room.sequence;
const held = (state: typeof room, screen: string): Record<number, string> => {
  const found = screenOf(state, screen);
  if (!found) throw new Error(`no screen ${screen}`);
  return Object.fromEntries(filledTiles(found).map(({ tile, assignment }) => [tile, assignment.camera]));
};

describe('nothing to do', () => {
  it.each<[string, Command]>([
    ['the same camera on the same tile', assign('north', 0, 'gate')],
    ['an empty tile cleared', clear('north', 3)],
    ['an empty tile beyond the layout cleared', clear('north', 40)],
    ['a tile swapped with itself', swap(['north', 0], ['north', 0])],
    ['two empty tiles swapped', swap(['north', 2], ['south', 0])],
    ['the same layout', { type: 'screen:layout', screen: 'north', layout: '4' }],
    ['the same screen name', { type: 'screen:rename', screen: 'north', name: 'North' }],
    ['the same wall name', { type: 'wall:rename', name: 'Main room' }],
    ['a camera forgotten that is nowhere', { type: 'camera:forget', camera: 'harbour' }],
  ])('W8 is accepted without an event: %s', (_, command) => expect(eventsOf(room, command)).toEqual([]));

  it('W8 an empty screen cleared', () => {
    const now = after(room, clear('south', 8));
    expect(eventsOf(now, { type: 'screen:clear', screen: 'south' })).toEqual([]);
  });

  it('W8 two people who ask for the same thing both get it', () => {
    const layout: Command = { type: 'screen:layout', screen: 'south', layout: '1+5' };
    for (const command of [assign('north', 2, 'harbour'), clear('north', 0), layout])
      expect(eventsOf(after(room, command), command, seen)).toEqual([]);
  });

  it('W8 the same camera for another reason, or held only until some time, is a change', () => {
    const why = { kind: 'standing', purpose: 'School run' } as const;
    expect(
      eventsOf(room, { type: 'tile:assign', screen: 'north', tile: 0, camera: 'gate', why }),
    ).toHaveLength(1);
    const limited = structuredClone(room);
    const there = assignmentOf(limited.screens[0]!, 0)!;
    there.until = context.nowMs + 60_000;
    expect(eventsOf(limited, assign('north', 0, 'gate'))).toHaveLength(1);
  });
});

describe('changes', () => {
  it('W2 a change on another tile or another screen does not conflict', () => {
    const now = after(
      room,
      assign('north', 1, 'bridge'),
      assign('south', 0, 'gate'),
      { type: 'screen:rename', screen: 'south', name: 'Renamed' },
      { type: 'wall:rename', name: 'Other' },
      { type: 'screen:create', screen: 'west', name: 'West', layout: '1' },
    );
    for (const command of [assign('north', 2, 'gate'), clear('north', 0), swap(['north', 0], ['north', 2])])
      expect(outcomeOf(now, command, seen)).toBe('accepted');
  });

  it('W5 a tile emptied by somebody else does not keep a screen from being cleared', () => {
    const now = after(room, clear('north', 0));
    expect(eventsOf(now, { type: 'screen:clear', screen: 'north' }, seen)).toEqual([
      { type: 'tile:cleared', screen: 'north', tile: 1 },
    ]);
  });

  it('W6 a new layout or name does not conflict with cameras put on tiles', () => {
    const now = after(room, assign('north', 3, 'harbour'));
    expect(outcomeOf(now, { type: 'screen:layout', screen: 'north', layout: '1' }, seen)).toBe('accepted');
    expect(outcomeOf(now, { type: 'screen:rename', screen: 'north', name: 'Left' }, seen)).toBe('accepted');
  });

  it('W7 of two new names of the wall the last one stays', () => {
    const now = after(room, { type: 'wall:rename', name: 'First' });
    expect(eventsOf(now, { type: 'wall:rename', name: 'Second' }, seen)).toEqual([
      { type: 'wall:renamed', name: 'Second' },
    ]);
  });

  it('W14 an assignment says who, when and why, with the default purpose, and has no end', () => {
    expect(eventsOf(room, assign('north', 0, 'harbour'))).toEqual([
      {
        type: 'tile:assigned',
        screen: 'north',
        tile: 0,
        assignment: {
          camera: 'harbour',
          by: 'ada',
          at: context.nowMs,
          why: { kind: 'standing', purpose: 'General monitoring' },
          until: null,
        },
      },
    ]);
  });

  it('W14 one camera may be on several tiles', () => {
    const now = after(room, assign('north', 2, 'gate'), assign('south', 0, 'gate'));
    expect(held(now, 'north')).toEqual({ 0: 'gate', 1: 'square', 2: 'gate' });
    expect(held(now, 'south')).toEqual({ 0: 'gate', 8: 'bridge' });
  });

  it('W15 a swap exchanges two assignments whole, across screens', () => {
    const later = { ...context, by: 'grace', nowMs: context.nowMs + 5_000 };
    const command = swap(['north', 0], ['south', 8]);
    const decision = decide(room, { base: seen, command }, later);
    const [gate, bridge] = [assignmentOf(room.screens[0]!, 0), assignmentOf(room.screens[1]!, 8)];
    expect(decision).toEqual({
      ok: true,
      events: [
        { type: 'tile:assigned', screen: 'north', tile: 0, assignment: bridge },
        { type: 'tile:assigned', screen: 'south', tile: 8, assignment: gate },
      ],
    });
  });

  it('W15 W8 tiles of one number on two screens are two tiles', () => {
    const now = after(room, swap(['north', 0], ['south', 0]));
    expect(held(now, 'north')).toEqual({ 1: 'square' });
    expect(held(now, 'south')).toEqual({ 0: 'gate', 8: 'bridge' });
  });

  it('W15 a swap with an empty tile moves, in either direction', () => {
    expect(held(after(room, swap(['north', 0], ['north', 3])), 'north')).toEqual({ 1: 'square', 3: 'gate' });
    expect(held(after(room, swap(['north', 3], ['north', 0])), 'north')).toEqual({ 1: 'square', 3: 'gate' });
  });

  it('W16 a smaller layout parks tiles, a larger one brings them back as they were', () => {
    const small = after(room, { type: 'screen:layout', screen: 'north', layout: '1' });
    expect(eventsOf(room, { type: 'screen:layout', screen: 'north', layout: '1' })).toHaveLength(1);
    const back = after(small, { type: 'screen:layout', screen: 'north', layout: '4' });
    expect(back.screens[0]?.tiles).toEqual(room.screens[0]?.tiles);
  });

  it('W16 parked tiles can be cleared one by one, and go with the whole screen', () => {
    const small = after(room, { type: 'screen:layout', screen: 'north', layout: '1' });
    expect(held(after(small, clear('north', 1)), 'north')).toEqual({ 0: 'gate' });
    expect(held(after(small, { type: 'screen:clear', screen: 'north' }), 'north')).toEqual({});
  });

  it('W17 a forgotten camera leaves every tile, parked ones too, whatever the base and the registry', () => {
    const now = after(room, assign('south', 0, 'gate'), assign('south', 7, 'gate'), {
      type: 'screen:layout',
      screen: 'south',
      layout: '1',
    });
    for (const base of [0, now.sequence, now.sequence + 10]) {
      const decision = decide(
        now,
        { base, command: { type: 'camera:forget', camera: 'gate' } },
        { ...context, cameraExists: () => false },
      );
      expect(decision).toEqual({
        ok: true,
        events: [
          { type: 'tile:cleared', screen: 'north', tile: 0 },
          { type: 'tile:cleared', screen: 'south', tile: 0 },
          { type: 'tile:cleared', screen: 'south', tile: 7 },
        ],
      });
    }
  });

  it('creates, renames and removes screens', () => {
    const now = after(
      room,
      { type: 'screen:create', screen: 'west', name: 'West', layout: 'p3' },
      { type: 'screen:rename', screen: 'west', name: 'West wing' },
      { type: 'screen:remove', screen: 'north' },
    );
    expect(now.screens.map(({ id, name }) => [id, name])).toEqual([
      ['south', 'South'],
      ['west', 'West wing'],
    ]);
  });
});
