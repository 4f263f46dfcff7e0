/** Waits after each failed try, ms: about a day in all; then the notice is a dead letter. */
export const retryAfterMs: readonly number[] = [
  5_000, 15_000, 60_000, 300_000, 1_800_000, 7_200_000, 28_800_000, 43_200_000,
];

/** @returns when to try again, Unix ms; null: never */
export const nextTry = (failed: number, nowMs: number): number | null => {
  const waitMs = retryAfterMs[failed - 1];
  return waitMs === undefined ? null : nowMs + waitMs;
};

/** Notices that are on their way at one time by mail, by push, by webhook. */
export const maxInFlight = 16;
/** And to one webhook or one browser, or to all webhooks behind one host. */
export const maxInFlightEach = 4;
/** To all browsers of a push service that answers. */
export const maxInFlightOnHost = 12;
/** To all hosts together that have not answered since the start: the rest is for those that do. */
export const maxInFlightUnproven = 8;
/** To all of those together that gave no answer in time when last tried. */
export const maxInFlightHung = 4;
/** An answer is waited for so long, ms; after one that hung, the shorter time, but for the last try. */
export const patienceMs = 10_000;
export const patienceAfterHungMs = 4_000;
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
