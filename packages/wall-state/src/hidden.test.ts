import { describe, expect, it } from 'vitest';
import type { Command, ClientCommand } from '@clerestory/protocol';
import { screenOf, type DecideContext } from './index.ts';
import { assign, clear } from './testing/stage.ts';
import { Wall } from './testing/wall.ts';

/** Grace has no right to put the harbour anywhere; it does not exist for Dora. */
const grace: Partial<DecideContext> = { mayArrange: (camera) => camera !== 'harbour' };
const dora: Partial<DecideContext> = { ...grace, sees: (camera) => camera !== 'harbour' };
const askers = { grace, dora } as const;
type Name = keyof typeof askers;

const tour = (...cameras: string[]): ClientCommand => ({
  type: 'tile:tour',
  ...{ screen: 'north', tile: 1, cameras, dwellS: 10 },
});
const save: Command = { type: 'scene:save', scene: 'a', name: 'a', key: null, screens: ['north'] };
const applyIt: Command = { type: 'scene:apply', scene: 'a' };

/** A scene whose second tile is a tour that comes to the harbour in the end; north is empty now. */
function withScene(...cameras: string[]): Wall {
  const wall = new Wall();
  wall.ask(clear('north', 1));
  wall.ask(tour(...cameras));
  wall.ask(save);
  wall.ask(clear('north', 1));
  return wall;
}
const everything = (wall: Wall) => JSON.stringify(screenOf(wall.state, 'north')?.tiles);

describe('every camera of what comes from somewhere else is asked for', () => {
  it('R11 W35 a scene with a tour: left and said without the right; without its sight, the rest and not a word', () => {
    const wall = withScene('bridge', 'square', 'harbour');
    expect(wall.ask(applyIt, 'grace', grace)).toMatchObject({
      ok: true,
      left: ['you have no right to the camera for tile 2 of "North"'],
    });
    expect(everything(wall)).not.toContain('harbour');
    const answer = wall.ask(applyIt, 'dora', dora);
    expect(answer).toMatchObject({ ok: true });
    expect(answer).not.toHaveProperty('left');
    expect(screenOf(wall.state, 'north')?.tiles['1']?.tour?.cameras).toEqual(['bridge', 'square']);
    // Control: who may, shows it.
    wall.ask(applyIt, 'ada');
    expect(everything(wall)).toContain('harbour');
    // And who does not see it leaves what others put there: for her nothing would be different.
    expect(wall.ask(applyIt, 'dora', dora)).toMatchObject({ events: [] });
  });

  it('R3 a scene with a hidden camera is, for whoever does not see it, a scene with an empty tile', () => {
    const hiddenAt = (...held: Command[]): { answer: unknown; wall: Wall } => {
      const wall = new Wall();
      wall.ask(assign('north', 2, 'harbour'));
      wall.ask(save);
      for (const one of held) wall.ask(one);
      return { answer: wall.ask(applyIt, 'dora', dora), wall };
    };
    const emptied = hiddenAt(assign('north', 2, 'bridge'));
    expect([emptied.answer, emptied.wall.camera('north', 2)]).toMatchObject([{ ok: true }, null]);
    expect(emptied.answer).not.toHaveProperty('left');
    expect(hiddenAt(clear('north', 2)).answer).toMatchObject({ ok: true, events: [] });
    expect(hiddenAt().answer).toMatchObject({ ok: true, events: [] });
  });

  it.each<Name>(['grace', 'dora'])('R11 undo and redo bring %s nothing that she may not put there', (who) => {
    const wall = new Wall();
    wall.ask(tour('bridge', 'square', 'harbour'));
    wall.ask(assign('north', 1, 'gate'), who, askers[who]);
    const answer = wall.ask({ type: 'step:undo' }, who, askers[who]);
    expect(answer).toMatchObject({ ok: true });
    expect(JSON.stringify(screenOf(wall.state, 'north')?.tiles)).not.toContain('harbour');
    expect('left' in answer).toBe(who === 'grace');
  });

  it.each<Name>(['grace', 'dora'])('R11 W45 stepping back does not, for %s', (who) => {
    const wall = new Wall();
    wall.ask(tour('bridge', 'square', 'harbour'));
    wall.ask(assign('north', 1, 'gate'));
    wall.ask({ type: 'tile:back', screen: 'north', tile: 1 }, who, askers[who]);
    expect(everything(wall)).not.toContain('harbour');
    // Control: who may, gets the tour.
    const other = new Wall();
    other.ask(tour('bridge', 'square', 'harbour'));
    other.ask(assign('north', 1, 'gate'));
    other.ask({ type: 'tile:back', screen: 'north', tile: 1 });
    expect(everything(other)).toContain('harbour');
  });

  it.each<Name>(['grace', 'dora'])(
    'R11 W42 a tour of scenes, or an hour for one, is set by who may show all of it: not by %s',
    (who) => {
      const wall = withScene('bridge', 'square', 'harbour');
      const touring: Command = { type: 'screen:tour', screen: 'north', scenes: ['a'], dwellS: 30 };
      const hour: Command = {
        type: 'schedule:set',
        ...{ schedule: 'early', scene: 'a', days: [1], time: '06:00', zone: 'UTC', revertAfterMin: null },
      };
      for (const command of [touring, hour]) {
        expect(wall.ask(command, who, askers[who])).toMatchObject({ code: 'forbidden' });
        expect(wall.ask(command, 'ada')).toMatchObject({ ok: true });
      }
      // Nor does undoing its end bring the tour back.
      wall.ask({ type: 'screen:tour-end', screen: 'north' }, who, askers[who]);
      const undone = wall.ask({ type: 'step:undo' }, who, askers[who]);
      expect(undone).toMatchObject({ left: [expect.stringContaining('the tour of "North"')] });
      expect(screenOf(wall.state, 'north')?.tour).toBeUndefined();
    },
  );

  it('a camera that is registered no more does not come back inside a tour', () => {
    const wall = withScene('bridge', 'square', 'harbour');
    wall.ask(applyIt);
    wall.ask(assign('north', 1, 'gate'));
    wall.ask({ type: 'camera:forget', camera: 'harbour' }, 'server');
    const without = { cameraExists: (camera: string) => camera !== 'harbour' };
    expect(wall.ask({ type: 'step:undo' }, 'ada', without)).toMatchObject({ ok: true });
    expect(everything(wall)).not.toContain('harbour');
  });
});
