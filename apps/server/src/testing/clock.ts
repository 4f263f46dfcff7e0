import type { Clock } from '../platform/clock.ts';

/** A clock that a test turns: `pass` lets time go by, `step` sets the wall clock as an administrator would. */
export class TurnedClock implements Clock {
  #wallMs = Date.UTC(2026, 0, 5, 8);
  #monotonicMs = 1_000_000;

  nowMs(): number {
    return this.#wallMs;
  }
  monotonicMs(): number {
    return this.#monotonicMs;
  }
  pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
  step(ms: number): void {
    this.#wallMs += ms;
  }
  /** The machine was off: the monotonic clock begins anew. */
  restart(awayMs: number): void {
    this.#wallMs += awayMs;
    this.#monotonicMs = 0;
  }
}
