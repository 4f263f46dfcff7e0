import type { Command, WallState } from '@clerestory/protocol';
import { apply } from './apply.ts';
import { settle } from './decide.ts';
import type { DecideContext } from './decision.ts';

/**
 * What the wall will look like if the server accepts the command: for showing while its answer is awaited, never for
 * keeping. It keeps the sequence of the state it was made from, so that no real commit is taken for applied, and
 * predictions can be made on top of each other. Null when the command would be refused; the same object when it
 * would change nothing.
 */
export function predict(state: WallState, command: Command, context: DecideContext): WallState | null {
  // Against one's own copy nothing conflicts; whether it does on the server, the server says.
  const decision = settle(state, command, Number.POSITIVE_INFINITY, context);
  if (!decision.ok) return null;
  if (decision.events.length === 0) return state;
  const sequence = state.sequence + 1;
  const { events } = decision;
  const after = apply(state, {
    wall: state.id,
    sequence,
    at: context.nowMs,
    by: context.by,
    key: 'prediction',
    events,
  });
  return { ...after, sequence: state.sequence };
}
