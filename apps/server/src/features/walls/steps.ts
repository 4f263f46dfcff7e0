import type { StepAction } from './store.ts';

/** The step that a person can take back, and the one that they can do again; by its sequence. */
export interface OwnSteps {
  undo: number | null;
  redo: number | null;
}

/**
 * Reads it from what they did, newest first: an undo takes back the last step that stands, a redo does the last one again, and
 * a new step ends what could be done again.
 */
export function stepsOf(newestFirst: readonly { sequence: number; action: StepAction }[]): OwnSteps {
  const done: number[] = [];
  const undone: number[] = [];
  for (const { sequence, action } of newestFirst.toReversed()) {
    if (action === 'undo') undone.push(...done.splice(-1));
    else if (action === 'redo') done.push(...undone.splice(-1));
    else {
      done.push(sequence);
      undone.length = 0;
    }
  }
  return { undo: done.at(-1) ?? null, redo: undone.at(-1) ?? null };
}
