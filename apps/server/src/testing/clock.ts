import type { Clock } from '../platform/clock.ts';
import type { Machine } from '../platform/machine.ts';

/** A clock that a test turns: `pass` lets time go by, `step` sets the wall clock as an administrator would. */
export class TurnedClock implements Clock, Machine {
  #wallMs = Date.UTC(2026, 0, 5, 8);
  #monotonicMs = 1_000_000;
  #uptimeMs = 1_000_000;
  #starts = 1;

  nowMs(): number {
    return this.#wallMs;
  }
  monotonicMs(): number {
    return this.#monotonicMs;
  }
  get boot(): string {
    return `start-${this.#starts}`;
  }
  uptimeMs(): number {
    return this.#uptimeMs;
  }
  pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
    this.#uptimeMs += ms;
  }
  step(ms: number): void {
    this.#wallMs += ms;
  }
  /** The machine was off: the monotonic clock begins anew. */
  restart(awayMs: number): void {
    this.#wallMs += awayMs;
    this.#monotonicMs = 0;
    this.#uptimeMs = 0;
    this.#starts += 1;
  }
  /** The server was off, and the machine was not. */
  restartServer(awayMs = 0): void {
    this.pass(awayMs);
    this.#monotonicMs = 0;
  }
}
