import type { Commit, Screen, WallEvent, WallState } from '@clerestory/protocol';
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
  for (const event of commit.events) next = happen(next, event, commit.sequence);
  return { ...next, sequence: commit.sequence };
}

function happen(state: WallState, event: WallEvent, sequence: number): WallState {
  switch (event.type) {
    case 'wall:renamed':
      return { ...state, name: event.name };
    case 'screen:created':
      return addScreen(state, event, sequence);
    case 'screen:removed':
      requireScreen(state, event.screen, sequence);
      return { ...state, screens: state.screens.filter(({ id }) => id !== event.screen) };
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
      return changeScreen(state, event.screen, sequence, (screen) => ({
        ...screen,
        tiles: { ...screen.tiles, [String(event.tile)]: event.assignment },
        tileChangedAt: { ...screen.tileChangedAt, [String(event.tile)]: sequence },
      }));
    case 'tile:cleared':
      return changeScreen(state, event.screen, sequence, (screen) => {
        const { [String(event.tile)]: _, ...tiles } = screen.tiles;
        return {
          ...screen,
          tiles,
          tileChangedAt: { ...screen.tileChangedAt, [String(event.tile)]: sequence },
        };
      });
  }
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
