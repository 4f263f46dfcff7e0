import { randomUUID } from 'node:crypto';

/** Time and ids come in from outside, so that tests can turn the clock. */
export interface Clock {
  /** Unix ms, for what people read and what is stored. */
  nowMs(): number;
  /** Monotonic ms, for durations. */
  monotonicMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const newId = (): string => randomUUID();
