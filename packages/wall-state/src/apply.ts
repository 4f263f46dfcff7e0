import type { Assignment, Commit, Screen, WallEvent, WallState } from '@clerestory/protocol';
import { happenToWall, without } from './apply-arrangement.ts';
import { memoryOf, remember } from './memory.ts';
import { screenOf } from './state.ts';

/** A commit does not follow the state it is applied to. Ask for what lies between, or for a snapshot. */
export class SequenceGapError extends Error {
  override readonly name = 'SequenceGapError';
  /** The sequence that would have followed. */
  readonly expected: number;
  readonly received: number;

  constructor(expected: number, received: number) {
    super(`commit ${received} does not follow: ${expected} is next; resync the wall`);
    this.expected = expected;
    this.received = received;
  }
}

/**
 * A commit cannot have happened to this state (another wall's, or of a screen that is not there). The state is not
 * what the server had: asking for the same commits again would not help, only a snapshot does.
 */
export class BrokenCommitError extends Error {
  override readonly name = 'BrokenCommitError';
}

/**
 * The wall after a commit. The state given is left as it is, and every screen that the commit does not touch is the
 * same object afterwards. Throws SequenceGapError unless the commit is the very next one, BrokenCommitError when it
 * cannot belong to this state.
 */
export function apply(state: WallState, commit: Commit): WallState {
  if (commit.wall !== state.id)
    throw new BrokenCommitError(`commit ${commit.sequence} is of wall "${commit.wall}", not "${state.id}"`);
  if (commit.sequence !== state.sequence + 1) throw new SequenceGapError(state.sequence + 1, commit.sequence);
  let next: WallState = state;
  for (const event of commit.events) next = happen(next, event, commit);
  return { ...next, sequence: commit.sequence };
}

function happen(state: WallState, event: WallEvent, { sequence, at }: Commit): WallState {
  switch (event.type) {
    case 'wall:renamed':
      return { ...state, name: event.name };
    case 'screen:created':
      return addScreen(state, event, sequence);
    case 'screen:removed':
      return removeScreen(state, event.screen, sequence);
    case 'screen:renamed':
      return changeScreen(state, event.screen, sequence, (screen) => ({
        ...screen,
        name: event.name,
        changedAt: sequence,
      }));
    case 'screen:layout-changed':
      return changeScreen(state, event.screen, sequence, (screen) => ({
        ...screen,
        layout: event.layout,
        changedAt: sequence,
      }));
    case 'tile:assigned':
      return changeScreen(state, event.screen, sequence, (screen) =>
        holding(screen, event.tile, event.assignment, sequence, event.memory),
      );
    case 'tile:cleared':
      return changeScreen(state, event.screen, sequence, (screen) =>
        holding(screen, event.tile, undefined, sequence, undefined),
      );
    case 'screen:tour-set':
      return changeScreen(state, event.screen, sequence, (screen) => ({
        ...(event.tour ? { ...screen, tour: event.tour } : without(screen, 'tour')),
        changedAt: sequence,
      }));
    case 'screen:blanked':
      return changeScreen(state, event.screen, sequence, (screen) =>
        event.blank ? { ...screen, blank: event.blank } : without(screen, 'blank'),
      );
    case 'screen:placed':
      return changeScreen(state, event.screen, sequence, (screen) =>
        event.place ? { ...screen, place: event.place } : without(screen, 'place'),
      );
    default:
      return happenToWall(state, event, at);
  }
}

/** The screen with a tile filled or emptied, and what it showed remembered. */
function holding(
  screen: Screen,
  tile: number,
  assignment: Assignment | undefined,
  sequence: number,
  step: Parameters<typeof remember>[3],
): Screen {
  const key = String(tile);
  const { [key]: held, ...others } = screen.tiles;
  const memory = memoryOf(screen, tile);
  const after = remember(memory, held, assignment, step);
  return {
    ...screen,
    tiles: assignment ? { ...screen.tiles, [key]: assignment } : others,
    tileChangedAt: { ...screen.tileChangedAt, [key]: sequence },
    ...(after !== memory &&
      (after.back.length > 0 || after.forward.length > 0 || key in (screen.memory ?? {})) && {
        memory: { ...screen.memory, [key]: after },
      }),
  };
}

function removeScreen(state: WallState, id: string, sequence: number): WallState {
  requireScreen(state, id, sequence);
  const left = state.hotSpot?.screen === id ? without(state, 'hotSpot') : state;
  return { ...left, screens: state.screens.filter((screen) => screen.id !== id) };
}

function requireScreen(state: WallState, screen: string, sequence: number): void {
  if (!screenOf(state, screen))
    throw new BrokenCommitError(
      `commit ${sequence} is about screen "${screen}", which the wall has not; take a snapshot`,
    );
}

function changeScreen(
  state: WallState,
  id: string,
  sequence: number,
  change: (screen: Screen) => Screen,
): WallState {
  requireScreen(state, id, sequence);
  return { ...state, screens: state.screens.map((screen) => (screen.id === id ? change(screen) : screen)) };
}

function addScreen(
  state: WallState,
  { screen: id, name, layout }: Extract<WallEvent, { type: 'screen:created' }>,
  sequence: number,
): WallState {
  if (screenOf(state, id))
    throw new BrokenCommitError(
      `commit ${sequence} makes screen "${id}", which the wall has already; take a snapshot`,
    );
  const screen: Screen = { id, name, layout, tiles: {}, changedAt: sequence, tileChangedAt: {} };
  return { ...state, screens: [...state.screens, screen] };
}
