import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Command,
  Problem,
  WallState,
  type Assignment,
  type Screen,
  type TileRef,
} from '@clerestory/protocol';
import {
  apply,
  assignmentOf,
  decide,
  defaultWhy,
  filledTiles,
  predict,
  sameShown,
  screenOf,
} from './index.ts';
import * as any from './testing/arbitraries.ts';
import { commitOf, context } from './testing/stage.ts';

const base = fc.integer({ min: 2, max: 13 });

const holds = (wall: WallState, { screen: id, tile }: TileRef): Assignment | undefined => {
  const screen = screenOf(wall, id);
  return screen && assignmentOf(screen, tile);
};

/** What a person sees when an accepted command is done, and what there has to be instead. */
function outcome(before: WallState, now: WallState, command: Command): [seen: unknown, wanted: unknown] {
  switch (command.type) {
    case 'tile:assign': {
      const { camera, why, until } = holds(now, command) ?? {};
      return [
        { camera, why, until },
        { camera: command.camera, why: command.why ?? defaultWhy, until: null },
      ];
    }
    case 'tile:clear':
      return [holds(now, command), undefined];
    case 'tile:swap':
      return [
        [holds(now, command.a), holds(now, command.b)],
        [holds(before, command.b), holds(before, command.a)],
      ];
    case 'screen:clear': {
      const screen = screenOf(now, command.screen);
      return [screen && filledTiles(screen), []];
    }
    case 'screen:layout':
      return [screenOf(now, command.screen)?.layout, command.layout];
    case 'screen:create':
    case 'screen:rename':
      return [screenOf(now, command.screen)?.name, command.name];
    case 'screen:remove':
      return [screenOf(now, command.screen), undefined];
    case 'wall:rename':
      return [now.name, command.name];
    case 'camera:forget': {
      const left = now.screens.flatMap((screen) => filledTiles(screen));
      return [left.filter(({ assignment }) => assignment.camera === command.camera), []];
    }
    default:
      return arranged(before, now, command);
  }
}

/** The same for what is arranged beyond single tiles. */
function arranged(before: WallState, now: WallState, command: Command): [seen: unknown, wanted: unknown] {
  const screen = 'screen' in command ? screenOf(now, command.screen) : undefined;
  switch (command.type) {
    case 'tile:tour':
      return [holds(now, command)?.tour?.cameras, command.cameras];
    case 'tile:tour-pause':
      return [(holds(now, command)?.tour?.pausedAt ?? null) !== null, command.paused];
    case 'tile:back':
    case 'tile:forward':
      return [sameShown(holds(now, command), holds(before, command)), false];
    case 'screen:fill': {
      if (command.mode === 'free') return [[], []];
      const shown = filledTiles(screen as Screen).map(({ assignment }) => assignment.camera);
      return [shown.slice(0, command.cameras.length), command.cameras];
    }
    case 'screen:tour':
      return [screen?.tour?.scenes, command.scenes];
    case 'screen:tour-pause':
      return [(screen?.tour?.pausedAt ?? null) !== null, command.paused];
    case 'screen:tour-end':
      return [screen?.tour, undefined];
    case 'screen:blank':
      return [
        command.screens.map((id) => screenOf(now, id)?.blank !== undefined),
        command.screens.map(() => command.blank),
      ];
    case 'screen:place': {
      const wanted = new Map(command.places.map(({ screen: id, place }) => [id, place]));
      return [[...wanted.keys()].map((id) => screenOf(now, id)?.place ?? null), [...wanted.values()]];
    }
    case 'scene:save':
    case 'scene:rename': {
      const { name, key } = now.scenes?.find(({ id }) => id === command.scene) ?? {};
      return [
        { name, key },
        { name: command.name, key: command.key },
      ];
    }
    case 'scene:remove':
      return [now.scenes?.some(({ id }) => id === command.scene) ?? false, false];
    case 'control:take':
      return [now.control?.by, context.by];
    case 'control:give':
      return [now.control, undefined];
    case 'hot-spot:set':
      return [now.hotSpot ? { screen: now.hotSpot.screen, tile: now.hotSpot.tile } : null, command.at];
    case 'visitors:hide':
      return [now.visitors !== undefined, true];
    case 'visitors:show':
      return [now.visitors, undefined];
    case 'tours:hold':
      return [now.toursHeld?.why ?? null, command.why];
    case 'schedule:remove':
      return [now.schedules?.some((one) => one.schedule === command.schedule) ?? false, false];
    default:
      // Scenes applied and taken back, and what the clock does, have tests of their own.
      return [null, null];
  }
}

/** They need what the writer has kept, or a wall that chance seldom makes; scenes.test and rotation.test have them done. */
const seldom = ['scene:revert', 'step:undo', 'step:redo', 'scene:remove', 'tile:back', 'tile:forward'];

describe('any input that the schemas let through', () => {
  it('decide never throws, and its problems parse; apply after it gives a wall that parses', () => {
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(any.wall, any.command, base, (state, command, at) => {
        // The arbitraries themselves keep to the schemas.
        expect(WallState.parse(state)).toEqual(state);
        expect(Command.parse(command)).toEqual(command);
        const before = structuredClone(state);
        const decision = decide(state, { base: at, command }, context);
        if (decision.ok) {
          const now = apply(state, commitOf(state, decision.events));
          expect(WallState.parse(now)).toEqual(now);
          accepted += 1;
        } else {
          expect(Problem.parse(decision.problem)).toEqual(decision.problem);
          refused += 1;
        }
        expect(state).toEqual(before);
      }),
      { seed: 20_260_201, numRuns: 1_500 },
    );
    expect(accepted).toBeGreaterThan(60);
    expect(refused).toBeGreaterThan(60);
  });

  it('W8 events are given only where they change something that people see', () => {
    const visible = ({ sequence: _, screens, ...rest }: WallState): unknown => ({
      ...rest,
      screens: screens.map(({ changedAt: _, tileChangedAt: __, ...screen }) => screen),
    });
    fc.assert(
      fc.property(any.wall, any.command, (state, command) => {
        const decision = decide(state, { base: state.sequence, command }, context);
        if (!decision.ok) return;
        const now = apply(state, commitOf(state, decision.events));
        if (decision.events.length > 0) expect(visible(now)).not.toEqual(visible(state));
        else expect(visible(now)).toEqual(visible(state));
      }),
      { seed: 20_260_202, numRuns: 1_000 },
    );
  });

  it('W8 W14 W15 W16 W17 an accepted command is done as asked, with or without events', () => {
    const done = new Set<string>();
    fc.assert(
      fc.property(any.wall, any.command, (state, command) => {
        const decision = decide(state, { base: state.sequence, command }, context);
        if (!decision.ok) return;
        const [seen, wanted] = outcome(state, apply(state, commitOf(state, decision.events)), command);
        expect(seen).toEqual(wanted);
        done.add(command.type);
      }),
      { seed: 20_260_204, numRuns: 4_000 },
    );
    const all = Command.options.map(({ shape }) => shape.type.value as string);
    expect(all.filter((type) => !done.has(type) && !seldom.includes(type))).toEqual([]);
  });

  it('W22 predict never throws and agrees with decide at the newest base', () => {
    const newest = 1_000;
    fc.assert(
      fc.property(any.wall, any.command, (wall, command) => {
        const state = { ...wall, sequence: newest };
        const decision = decide(state, { base: newest, command }, context);
        const shown = predict(state, command, context);
        // Who has control is no reason for a prediction: whose it is, the page knows before it sends.
        if (!decision.ok && decision.problem.code === 'held') return;
        if (!decision.ok) expect(shown).toBeNull();
        else expect(shown).toEqual({ ...apply(state, commitOf(state, decision.events)), sequence: newest });
      }),
      { seed: 20_260_203, numRuns: 1_000 },
    );
  });
});
