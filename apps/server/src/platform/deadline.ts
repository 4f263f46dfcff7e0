import type { Clock } from './clock.ts';

/**
 * A moment that no turned clock can put off: it is past when either the wall clock or the monotonic clock says so.
 * Setting the wall clock back does not lengthen it, setting it forward may shorten it.
 */
export interface Deadline {
  wallMs: number;
  monotonicMs: number;
}

export const deadlineIn = (clock: Clock, leftMs: number): Deadline => ({
  wallMs: clock.nowMs() + leftMs,
  monotonicMs: clock.monotonicMs() + leftMs,
});

/** What is left, ms; at most 0 when it is past. */
export const leftOf = (clock: Clock, deadline: Deadline): number =>
  Math.min(deadline.wallMs - clock.nowMs(), deadline.monotonicMs - clock.monotonicMs());

export const isPast = (clock: Clock, deadline: Deadline): boolean => leftOf(clock, deadline) <= 0;

/**
 * A deadline read back from the store, where only the wall clock's is kept. A clock that is now behind a time it has
 * shown before (`seenMs`) cannot be trusted to say how long we were away: past.
 */
export function deadlineFromStore(clock: Clock, wallMs: number, seenMs: number, atMostMs: number): Deadline {
  const nowMs = clock.nowMs();
  const leftMs = nowMs < seenMs ? 0 : Math.min(wallMs - nowMs, atMostMs);
  return deadlineIn(clock, Math.max(0, leftMs));
}

/** The same deadline, its wall time moved forward in time only: after the wall clock was set back it is due earlier. */
export function tightened(clock: Clock, deadline: Deadline): Deadline {
  return { ...deadline, wallMs: Math.min(deadline.wallMs, clock.nowMs() + leftOf(clock, deadline)) };
}
