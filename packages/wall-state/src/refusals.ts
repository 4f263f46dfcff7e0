import {
  problem,
  type Control,
  type Problem,
  type Scene,
  type Screen,
  type WallState,
} from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { maxScreens } from './state.ts';

/** What `decide` answers instead of events. People count tiles from 1. */
export interface Refusal {
  readonly ok: false;
  readonly problem: Problem;
}

const refuse = (why: Problem): Refusal => ({ ok: false, problem: why });

export const fromTheFuture = (state: WallState, base: number): Refusal =>
  refuse(
    problem(
      'invalid-request',
      `This was asked for at change ${base} of the wall, which is only at ${state.sequence}: it may have been restored from an older copy. Load the wall again, then repeat the command.`,
      { sequence: state.sequence },
    ),
  );

const changed = (state: WallState, what: string): Refusal =>
  refuse(
    problem(
      'conflict',
      `${what} was changed by somebody else in the meantime. Look at it as it is now, then try again.`,
      { sequence: state.sequence },
    ),
  );

export const shapeChanged = (state: WallState, screen: Screen): Refusal =>
  changed(state, `The screen "${screen.name}"`);

export const tileChanged = (state: WallState, screen: Screen, tile: number): Refusal =>
  changed(state, `Tile ${tile + 1} of the screen "${screen.name}"`);

export const noScreen = (screen: string): Refusal =>
  refuse(
    problem(
      'not-found',
      `There is no screen "${screen}" on this wall. It may have been removed; choose another.`,
    ),
  );

export const noCamera = (camera: string): Refusal =>
  refuse(problem('not-found', `There is no camera "${camera}". It may have been removed; choose another.`));

export const screenExists = (screen: string): Refusal =>
  refuse(problem('exists', `This wall has a screen "${screen}" already. Choose another id.`));

export const tooManyScreens = (): Refusal =>
  refuse(
    problem(
      'unprocessable',
      `A wall has at most ${maxScreens} screens. Remove one first, or make another wall.`,
    ),
  );

export function outsideLayout(screen: Screen, tile: number): Refusal {
  const tiles = tileCount(screen.layout);
  const has = tiles === 1 ? 'one tile' : `${tiles} tiles`;
  return refuse(
    problem(
      'unprocessable',
      `The screen "${screen.name}" has ${has} in its present layout, so there is no tile ${tile + 1}. Choose another tile or a larger layout.`,
    ),
  );
}

/** Whole minutes and seconds, as people say them. */
const timeLeft = (ms: number): string => {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
};

export const held = ({ name, until }: Control, nowMs: number): Refusal =>
  refuse(
    problem(
      'held',
      `${name} has control of this wall for ${timeLeft(until - nowMs)} more. Ask ${name}, wait, or have a supervisor take over.`,
    ),
  );

export const touring = (screen: Screen): Refusal =>
  refuse(
    problem(
      'unprocessable',
      `A tour of scenes runs on the screen "${screen.name}". End the tour first; what was there before comes back, and can be changed.`,
    ),
  );

export const noScene = (scene: string): Refusal =>
  refuse(problem('not-found', `There is no scene "${scene}" on this wall. It may have been removed.`));

export const notAllYours = ({ name }: Scene): Refusal =>
  refuse(
    problem(
      'forbidden',
      `You may not arrange everything in the scene "${name}", so it cannot come by itself at your word. Apply it instead: what you may show is shown.`,
    ),
  );

export const sceneChanged = (state: WallState, scene: Scene): Refusal =>
  changed(state, `The scene "${scene.name}"`);

export const keyTaken = ({ name, key }: Scene): Refusal =>
  refuse(problem('exists', `${key} applies the scene "${name}" already. Choose another key.`));

export const tooManyScenes = (most: number): Refusal =>
  refuse(
    problem('unprocessable', `A wall has at most ${most} scenes. Remove one that is not used any more.`),
  );

export const sceneInTour = (scene: Scene, screen: Screen): Refusal =>
  refuse(
    problem('unprocessable', `The tour on "${screen.name}" shows the scene "${scene.name}". End it first.`),
  );

export const sceneScheduled = (scene: Scene, time: string): Refusal =>
  refuse(
    problem(
      'unprocessable',
      `The schedule at ${time} applies the scene "${scene.name}". Remove the schedule first.`,
    ),
  );

export const sceneElsewhere = (scene: Scene, screen: Screen): Refusal =>
  refuse(
    problem(
      'unprocessable',
      `The scene "${scene.name}" says nothing of the screen "${screen.name}". Choose scenes that were saved with it.`,
    ),
  );

export const notApplied = (state: WallState): Refusal =>
  refuse(
    problem('gone', 'That scene was taken back already, or is too long ago. Look at the wall as it is now.', {
      sequence: state.sequence,
    }),
  );

export const stepLost = (): Refusal =>
  refuse(
    problem('unprocessable', 'What was there before is not kept any more, so it cannot be brought back.'),
  );

/** Places named in one answer. */
const maxNamed = 3;

/** `scene` null: a person's own step. */
export function changedSince(state: WallState, scene: string | null, places: readonly string[]): Refusal {
  const named = places.slice(0, maxNamed).join(', ');
  const more = places.length > maxNamed ? ` and ${places.length - maxNamed} more` : '';
  const what = scene === null ? 'you did it' : `"${scene}" was applied`;
  const next =
    scene === null
      ? 'It is left as it is now. Ask once more to leave that and take back the rest, or the step before.'
      : 'Take back the rest and keep what is there now, or take back everything.';
  return refuse(
    problem('conflict', `Changed since ${what}: ${named}${more}. ${next}`, { sequence: state.sequence }),
  );
}

export const nothingToUndo = (): Refusal =>
  refuse(problem('unprocessable', 'You have changed nothing on this wall that could be taken back.'));
export const nothingToRedo = (): Refusal =>
  refuse(problem('unprocessable', 'There is nothing that you took back and could do again.'));

export const noTour = (): Refusal =>
  refuse(problem('unprocessable', 'No tour runs there. It may have been ended meanwhile.'));
export const tourOfOne = (): Refusal =>
  refuse(problem('unprocessable', 'A tour needs two different cameras at least.'));

export const nothingRemembered = (step: 'back' | 'forward'): Refusal =>
  refuse(
    problem(
      'unprocessable',
      step === 'back'
        ? 'This tile showed nothing before that could come back.'
        : 'Nothing comes after this on the tile.',
    ),
  );

export function tooFewFree(screen: Screen, free: number, wanted: number): Refusal {
  const has = free === 0 ? 'no free tile' : free === 1 ? 'one free tile' : `${free} free tiles`;
  return refuse(
    problem(
      'unprocessable',
      `The screen "${screen.name}" has ${has}${wanted > 1 ? ` for ${wanted} cameras` : ''}. Clear some, or choose a larger layout.`,
    ),
  );
}

export const noHotSpot = (): Refusal =>
  refuse(problem('unprocessable', 'No tile follows your selection. Make one the hot spot first.'));

export const noSchedule = (schedule: string): Refusal =>
  refuse(problem('not-found', `There is no schedule "${schedule}". It may have been removed.`));
export const tooManySchedules = (most: number): Refusal =>
  refuse(problem('unprocessable', `A wall has at most ${most} schedules. Remove one first.`));
