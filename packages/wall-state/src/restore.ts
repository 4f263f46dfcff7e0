import type { Assignment, Change, WallEvent, WallState } from '@clerestory/protocol';
import { allowed, sameAssignment, samePlace, sameSceneTour, type Allowance } from './content.ts';
import { assignmentOf, screenOf } from './state.ts';

/** What one commit changed; kept by the writer. */
export interface Step {
  readonly sequence: number;
  readonly changes: readonly Change[];
}

export interface RestoreContext extends Allowance {
  /** May whoever asks let a screen show all these scenes by turns? */
  mayTour(scenes: readonly string[]): boolean;
}

export interface Restored {
  events: WallEvent[];
  /** Places that are not as the steps left them, in words. */
  changed: string[];
  /** What cannot be brought back, in words. */
  left: string[];
}

const keyOf = (change: Change): string =>
  change.kind === 'tile' ? `tile ${change.screen} ${change.tile}` : `${change.kind} ${change.screen}`;

/** A place over several steps. */
export interface Joined {
  /** From before the first step that touched it to after the last. */
  readonly change: Change;
  /** Somebody else changed it between two of the steps: what of `change` came after that. */
  readonly later: Change | null;
}

/** Several steps as one, oldest first. */
export function joined(steps: readonly Step[]): Joined[] {
  const all = new Map<string, Joined>();
  for (const change of steps.flatMap(({ changes }) => changes)) {
    const earlier = all.get(keyOf(change));
    if (!earlier) {
      all.set(keyOf(change), { change, later: null });
      continue;
    }
    const from = ({ before }: Change) => ({ ...change, before }) as Change;
    const later = goesOn(earlier.change, change) ? earlier.later && from(earlier.later) : change;
    all.set(keyOf(change), { change: from(earlier.change), later });
  }
  return [...all.values()];
}

/** Whether a change of a place begins with what the one before it had left there. */
function goesOn(earlier: Change, change: Change): boolean {
  if (earlier.kind === 'layout' && change.kind === 'layout') return earlier.after === change.before;
  if (earlier.kind === 'tour' && change.kind === 'tour')
    return sameSceneTour(earlier.after ?? undefined, change.before ?? undefined);
  if (earlier.kind === 'place' && change.kind === 'place')
    return samePlace(earlier.after ?? undefined, change.before ?? undefined);
  if (earlier.kind === 'tile' && change.kind === 'tile')
    return sameAssignment(earlier.after ?? undefined, change.before ?? undefined);
  return false;
}

/** The same step the other way round. */
export const reversed = (step: Step): Step => ({
  ...step,
  changes: step.changes.map(
    (change) => ({ ...change, before: change.after, after: change.before }) as Change,
  ),
});

function isNow(state: WallState, change: Change, side: 'before' | 'after'): boolean {
  const screen = screenOf(state, change.screen);
  if (!screen) return false;
  switch (change.kind) {
    case 'layout':
      return screen.layout === change[side];
    case 'tour':
      return sameSceneTour(screen.tour, change[side] ?? undefined);
    case 'place':
      return samePlace(screen.place, change[side] ?? undefined);
    case 'tile':
      return sameAssignment(assignmentOf(screen, change.tile), change[side] ?? undefined);
  }
}

function eventOf(change: Change, tile: Assignment | null): WallEvent {
  const { screen } = change;
  switch (change.kind) {
    case 'layout':
      return { type: 'screen:layout-changed', screen, layout: change.before };
    case 'tour':
      return { type: 'screen:tour-set', screen, tour: change.before };
    case 'place':
      return { type: 'screen:placed', screen, place: change.before };
    case 'tile':
      return tile
        ? { type: 'tile:assigned', screen, tile: change.tile, assignment: tile }
        : { type: 'tile:cleared', screen, tile: change.tile };
  }
}

function heldAt(state: WallState, { screen: id, tile }: Extract<Change, { kind: 'tile' }>): boolean {
  const screen = screenOf(state, id);
  return screen !== undefined && assignmentOf(screen, tile) !== undefined;
}

const placeOf = (state: WallState, change: Change): string => {
  const name = screenOf(state, change.screen)?.name ?? change.screen;
  if (change.kind === 'tile') return `tile ${change.tile + 1} of "${name}"`;
  const what = { layout: 'the layout', tour: 'the tour', place: 'the place' }[change.kind];
  return `${what} of "${name}"`;
};

/** Why something cannot be brought back, in words about the place; null when it can. */
function whyNot(change: Change, context: RestoreContext): ((place: string) => string) | null {
  if (change.kind === 'tour')
    return !change.before || context.mayTour(change.before.scenes)
      ? null
      : (place) => `you may not arrange everything that ${place} shows`;
  if (change.kind !== 'tile' || !change.before) return null;
  switch (allowed(change.before, context).why) {
    case 'gone':
      return (place) => `the camera that was on ${place} is no longer registered`;
    case 'no right':
      return (place) => `you have no right to the camera that was on ${place}`;
    case null:
      return null;
  }
}

/**
 * The events that bring back what was before these changes. A place that is no longer as they left it, or that somebody
 * changed between two of them, is told in `changed`. With `overwrite` it is brought back too; else what somebody did there
 * stays, or comes back from below the changes after it.
 */
export function restore(
  state: WallState,
  changes: readonly Joined[],
  overwrite: boolean,
  context: RestoreContext,
): Restored {
  const restored: Restored = { events: [], changed: [], left: [] };
  for (const { change: whole, later } of changes) {
    if (!screenOf(state, whole.screen)) {
      restored.left.push(`the screen "${whole.screen}" was removed`);
      continue;
    }
    const isAsLeft = isNow(state, whole, 'after');
    if (isNow(state, whole, 'before') && !(isAsLeft && later)) continue;
    if (!isAsLeft || later) restored.changed.push(placeOf(state, whole));
    if (!isAsLeft && !overwrite) continue;
    const change = later && !overwrite ? later : whole;
    if (isNow(state, change, 'before')) continue;
    const why = whyNot(change, context);
    if (why !== null) {
      restored.left.push(why(placeOf(state, change)));
      continue;
    }
    const tile = change.kind === 'tile' && change.before ? allowed(change.before, context).wanted : null;
    // Hidden from whoever asks, and nothing there: for them it is as it was.
    if (change.kind === 'tile' && !tile && !heldAt(state, change)) continue;
    restored.events.push(eventOf(change, tile));
  }
  restored.left = [...new Set(restored.left)];
  return restored;
}
