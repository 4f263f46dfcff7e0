/** Capture times that go back by more than this mean that somebody set the clock. */
const clockStepMs = 5_000;

/**
 * Time for numbering segments: wall-clock time that only ever goes forward. When the wall clock is set back it goes on
 * from where it was, so that the playlist does not stand still until the wall clock has caught up.
 */
export class RunningClock {
  #nowMs: number;
  /** Added to wall-clock times since the wall clock was set back. */
  #stepMs = 0;
  #lastCaptureMs: number | null = null;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A wall-clock time was seen. */
  see(wallMs: number): void {
    if (wallMs + this.#stepMs < this.#nowMs - clockStepMs) this.#stepMs = this.#nowMs - wallMs;
    this.#nowMs = Math.max(this.#nowMs, wallMs + this.#stepMs);
  }

  /**
   * A fragment was seen. Only steps between captures count: the first ones of a source that sends what it had buffered
   * may be much older than the time at which it was started.
   */
  seeCapture(captureMs: number, durationS: number): void {
    const before = this.#lastCaptureMs;
    if (before !== null && captureMs < before - clockStepMs) this.#stepMs += before - captureMs;
    this.#lastCaptureMs = captureMs;
    this.#nowMs = Math.max(this.#nowMs, captureMs + durationS * 1000 + this.#stepMs);
  }

  /** The next capture belongs to another run of the source. */
  restart(): void {
    this.#lastCaptureMs = null;
  }
}
