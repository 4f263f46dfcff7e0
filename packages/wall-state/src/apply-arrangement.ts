import type { Applied, Screen, WallEvent, WallState } from '@clerestory/protocol';
import { afterHold } from './rotation.ts';

/** Scenes that can be taken back. */
export const maxApplied = 10;

type Of<T extends WallEvent['type']> = Extract<WallEvent, { type: T }>;
export type WallWide = Of<
  | 'scene:saved'
  | 'scene:removed'
  | 'scene:applied'
  | 'scene:reverted'
  | 'step:undone'
  | 'step:redone'
  | 'control:taken'
  | 'control:given'
  | 'hot-spot:set'
  | 'visitors:hidden'
  | 'visitors:shown'
  | 'schedule:set'
  | 'schedule:removed'
  | 'tours:held'
  | 'tours:released'
>;

/** The same without one part that may be left out. */
export function without<T extends object, K extends keyof T>(whole: T, key: K): Omit<T, K> {
  const { [key]: _gone, ...rest } = whole;
  return rest;
}

/** Puts one thing by its id in the place of the former one, or at the end. */
const put = <T>(list: readonly T[] | undefined, id: (one: T) => string, thing: T): T[] => {
  const all = list ?? [];
  return all.some((one) => id(one) === id(thing))
    ? all.map((one) => (id(one) === id(thing) ? thing : one))
    : [...all, thing];
};

const some = <K extends string, T>(key: K, list: T[]): { [P in K]?: T[] } =>
  (list.length > 0 ? { [key]: list } : {}) as { [P in K]?: T[] };

/** What concerns the wall as a whole. `at`: when it was committed. */
export function happenToWall(state: WallState, event: WallWide, at: number): WallState {
  switch (event.type) {
    case 'scene:saved':
      return { ...state, scenes: put(state.scenes, ({ id }) => id, event.scene) };
    case 'scene:removed': {
      const scenes = (state.scenes ?? []).filter(({ id }) => id !== event.scene);
      return { ...without(state, 'scenes'), ...some('scenes', scenes) };
    }
    case 'scene:applied':
      return withApplied(state, [...(state.applied ?? []), event.applied].slice(-maxApplied));
    case 'scene:reverted':
      return withApplied(
        state,
        (state.applied ?? []).filter(({ sequence }) => !event.sequences.includes(sequence)),
      );
    case 'step:undone':
    case 'step:redone':
      return state;
    case 'control:taken':
      return { ...state, control: event.control };
    case 'control:given':
      return without(state, 'control');
    case 'hot-spot:set':
      return event.at ? { ...state, hotSpot: event.at } : without(state, 'hotSpot');
    case 'visitors:hidden':
      return { ...state, visitors: event.visitors };
    case 'visitors:shown':
      return without(state, 'visitors');
    case 'schedule:set':
      return { ...state, schedules: put(state.schedules, ({ schedule }) => schedule, event.schedule) };
    case 'schedule:removed': {
      const left = (state.schedules ?? []).filter(({ schedule }) => schedule !== event.schedule);
      return { ...without(state, 'schedules'), ...some('schedules', left) };
    }
    case 'tours:held':
      return {
        ...state,
        toursHeld: {
          ...{ since: state.toursHeld?.since ?? at, why: event.why },
          ...(event.alert !== undefined && { alert: event.alert }),
        },
      };
    case 'tours:released':
      return released(state, at);
  }
}

const withApplied = (state: WallState, applied: Applied[]): WallState => ({
  ...without(state, 'applied'),
  ...some('applied', applied),
});

/** Every tour goes on from where it stood. */
function released(state: WallState, at: number): WallState {
  const since = state.toursHeld?.since;
  if (since === undefined) return state;
  const goesOn = (screen: Screen): Screen => {
    const turning = Object.entries(screen.tiles).filter(([, { tour }]) => tour);
    if (turning.length === 0 && !screen.tour) return screen;
    const tiles = { ...screen.tiles };
    for (const [tile, assignment] of turning)
      if (assignment.tour) tiles[tile] = { ...assignment, tour: afterHold(assignment.tour, since, at) };
    return { ...screen, tiles, ...(screen.tour && { tour: afterHold(screen.tour, since, at) }) };
  };
  return { ...without(state, 'toursHeld'), screens: state.screens.map(goesOn) };
}
