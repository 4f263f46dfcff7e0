import { RunningClock } from './running-clock.ts';

/**
 * Discontinuity numbers start from the hours since then: a process that starts later nearly always counts from a higher
 * number, and yet they stay small. hls.js keeps an array that is as long as the number is large and walks through it:
 * with seconds since 1970 the page hung for more than a minute (hls.js 1.7.4).
 */
const discontinuityEpochMs = Date.UTC(2026, 0, 1);

/** How far the numbers of an address have come. What is served there afterwards goes on from these. */
export interface Numbers {
  /** Where the clock that numbers are held against stands, ms. */
  clockMs: number;
  /** The next numbers that are free. */
  msn: number;
  generation: number;
  /** Of the last segment. */
  discontinuitySequence: number;
}

/** The later of each, so that neither's numbers are used again. */
export const laterNumbers = (a: Numbers, b: Numbers): Numbers => ({
  clockMs: Math.max(a.clockMs, b.clockMs),
  msn: Math.max(a.msn, b.msn),
  generation: Math.max(a.generation, b.generation),
  discontinuitySequence: Math.max(a.discontinuitySequence, b.discontinuitySequence),
});

/**
 * Gives out numbers that never go back: they begin with the clock's seconds, or after `after` where that is later, as it
 * is when the wall clock was set back meanwhile.
 */
export class Numbering {
  readonly clock: RunningClock;
  nextMsn: number;
  discontinuitySequence: number;
  #nextGeneration: number;

  /** `nowMs` is Unix time. */
  constructor(nowMs: number, after?: Numbers) {
    const base = Math.floor(nowMs / 1000);
    this.clock = new RunningClock(Math.max(nowMs, after?.clockMs ?? 0));
    this.nextMsn = Math.max(base, after?.msn ?? 0);
    this.#nextGeneration = Math.max(base, after?.generation ?? 0);
    const hours = Math.floor((nowMs - discontinuityEpochMs) / 3_600_000);
    this.discontinuitySequence = Math.max(0, hours, after?.discontinuitySequence ?? 0);
  }

  /** Numbers never overtake the clock: a process that starts later then never counts from a lower one. */
  get mayStart(): boolean {
    return this.nextMsn * 1000 <= this.clock.nowMs;
  }

  takeGeneration(): number {
    return this.#nextGeneration++;
  }

  /** Numbers of a new segment. */
  takeSegment(discontinuity: boolean): { msn: number; discontinuitySequence: number } {
    if (discontinuity) this.discontinuitySequence += 1;
    return { msn: this.nextMsn++, discontinuitySequence: this.discontinuitySequence };
  }

  get numbers(): Numbers {
    return {
      clockMs: this.clock.nowMs,
      msn: this.nextMsn,
      generation: this.#nextGeneration,
      discontinuitySequence: this.discontinuitySequence,
    };
  }
}
