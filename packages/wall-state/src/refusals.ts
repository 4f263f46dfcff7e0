import { problem, type Problem, type Screen, type WallState } from '@clerestory/protocol';
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
