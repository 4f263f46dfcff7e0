import type { Commit, WallState } from '@clerestory/protocol';
import { apply } from './apply.ts';

/** A state brought as far as the commits reach without a hole. */
export interface CatchUp {
  readonly state: WallState;
  /** Null when nothing is missing, else the sequence that is wanted next and the one that came instead. */
  readonly gap: { readonly expected: number; readonly received: number } | null;
}

/**
 * Applies the commits that follow the state, in the order of their sequence whatever the order they came in; those that
 * are in the state already are left out. Stops before a hole and reports it: ask the server for what came after
 * `state.sequence`. Throws BrokenCommitError as `apply` does.
 */
export function catchUp(state: WallState, commits: readonly Commit[]): CatchUp {
  let reached = state;
  for (const commit of [...commits].sort((a, b) => a.sequence - b.sequence)) {
    if (commit.sequence <= reached.sequence) continue;
    const expected = reached.sequence + 1;
    if (commit.sequence > expected) return { state: reached, gap: { expected, received: commit.sequence } };
    reached = apply(reached, commit);
  }
  return { state: reached, gap: null };
}
