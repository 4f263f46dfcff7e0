/** Waits after each failed try, ms: about a day in all; then the notice is a dead letter. */
export const retryAfterMs: readonly number[] = [
  5_000, 15_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000, 43_200_000,
];

/** @returns when to try again, Unix ms; null: never */
export const nextTry = (failed: number, nowMs: number): number | null => {
  const waitMs = retryAfterMs[failed - 1];
  return waitMs === undefined ? null : nowMs + waitMs;
};

/** Notices that are on their way at one time by mail, by push, by webhook: one that hangs holds up no other. */
export const maxInFlight = 16;
/** And to one webhook or one browser. */
export const maxInFlightEach = 4;
/** How often the store is looked at for what is due, ms; a notice of this process itself wakes the sender at once. */
export const lookEveryMs = 1_000;
/** Addresses one owner may have notices pushed to. */
export const maxPushes = 5;
/** Dead letters that are listed. */
export const maxDeadListed = 200;
/** Orders that are listed. */
export const maxDelaysListed = 200;
/** Sent notices are forgotten after this time, ms; the record keeps that they were sent. */
export const keepSentMs = 30 * 24 * 60 * 60_000;
