/**
 * Where the playhead of a live tile should be and how fast it should run. Pure; the only owner of `playbackRate` for
 * pictures from the push socket. All times are seconds of media time unless named otherwise.
 */

/** Distance behind the edge at which a tile plays while the network is calm, before its chunks are known, … */
export const calmTargetS = 0.4;
/** … and this much more than its longest chunk where chunks are short: the edge moves by a chunk at a time. */
const calmBeyondChunkS = 0.2;
/** Jitter never pushes a tile further behind than this. */
export const maxTargetS = 1.5;
/** Time a decoder needs beyond the next chunk's arrival. */
const decodeMarginS = 0.1;
/** During this time after the first append, backlog arrives and the playhead jumps instead of running faster. */
export const settleMs = 1_500;
/** Further behind the target than this it jumps. */
export const jumpBehindS = 3;
const fasterFromS = 0.12;
const normalBelowS = 0.02;
const catchUpRate = 1.1;
/** Less than this left in a buffered range that is not the last: jump over the gap. */
const gapRestS = 0.08;
/** Weight of a new reading in the smoothed distance. */
const smoothing = 0.2;

export interface Range {
  readonly startS: number;
  readonly endS: number;
}

export interface Playhead {
  readonly currentS: number;
  /** A seek is under way. */
  readonly seeking: boolean;
  /** Buffered ranges in order. */
  readonly ranges: readonly Range[];
  /** Since the first append; null if there was no seek to the edge yet. */
  readonly sinceFirstAppendMs: number | null;
  readonly targetS: number;
  /** Smoothed distance behind the edge as of the last decision; null before the first and after a jump. */
  readonly smoothedS: number | null;
  readonly rate: number;
}

export interface RateDecision {
  /** Where to jump, or null to play on. */
  readonly seekToS: number | null;
  readonly rate: number;
  readonly smoothedS: number | null;
}

/** Decides after each append. */
export function decideRate(head: Playhead): RateDecision {
  const last = head.ranges.at(-1);
  if (!last) return { seekToS: null, rate: 1, smoothedS: null };
  const liveS = Math.max(last.startS, last.endS - head.targetS);
  const jump: RateDecision = { seekToS: liveS, rate: 1, smoothedS: null };
  if (head.sinceFirstAppendMs === null) return jump;

  const distanceS = last.endS - head.currentS;
  if (head.currentS < last.startS) {
    const here = head.ranges.find((range) => range.startS <= head.currentS && head.currentS <= range.endS);
    const restS = here ? here.endS - head.currentS : 0;
    // The rest of an earlier range is played out, unless it is old.
    if (restS > gapRestS && distanceS <= head.targetS + jumpBehindS)
      return { seekToS: null, rate: head.rate, smoothedS: head.smoothedS };
    return jump;
  }
  if (head.seeking) return { seekToS: null, rate: 1, smoothedS: null };
  if (head.sinceFirstAppendMs < settleMs && distanceS > head.targetS + fasterFromS) return jump;
  if (distanceS > head.targetS + jumpBehindS) return jump;

  const smoothedS =
    head.smoothedS === null ? distanceS : head.smoothedS + smoothing * (distanceS - head.smoothedS);
  let rate = head.rate;
  if (smoothedS > head.targetS + fasterFromS) rate = catchUpRate;
  else if (smoothedS < head.targetS + normalBelowS) rate = 1;
  return { seekToS: null, rate, smoothedS };
}

/** Arrivals looked back on: about 10 s at five chunks per second. */
const arrivalsKept = 50;
/** The target rises by this much each time a picture runs out of data, whatever the arrivals looked like. */
const waitS = 0.08;
/** The target falls by this much per arrival once the network is calm again; it rises at once. */
const relaxS = 0.004;

/** Follows the jitter of arrivals. Give it live chunks only: backlog arrives in a burst and says nothing. */
export class JitterTarget {
  #latenessS: number[] = [];
  #durationS: number[] = [];
  #targetS = calmTargetS;

  get targetS(): number {
    return this.#targetS;
  }

  /** Takes one arrival: the chunk's media time and duration, and when it arrived, monotonic ms. */
  arrived(mediaS: number, durationS: number, nowMs: number): void {
    this.#latenessS.push(nowMs / 1000 - mediaS - durationS);
    this.#durationS.push(durationS);
    if (this.#latenessS.length > arrivalsKept) {
      this.#latenessS.shift();
      this.#durationS.shift();
    }
    // The highest reading is left out: one hiccup in ten seconds is not jitter.
    let [lowest, second, highest] = [Infinity, -Infinity, -Infinity];
    for (const late of this.#latenessS) {
      lowest = Math.min(lowest, late);
      second = Math.max(second, Math.min(highest, late));
      highest = Math.max(highest, late);
    }
    const jitterS = (this.#latenessS.length > 10 ? second : highest) - lowest;
    const longestS = Math.max(...this.#durationS);
    const calmS = Math.min(calmTargetS, longestS + calmBeyondChunkS);
    const boundedS = Math.min(maxTargetS, Math.max(calmS, longestS + jitterS + decodeMarginS));
    this.#targetS = boundedS >= this.#targetS ? boundedS : Math.max(boundedS, this.#targetS - relaxS);
  }

  /** The picture ran out of data: stay further behind for a while. */
  waited(): void {
    this.#targetS = Math.min(maxTargetS, this.#targetS + waitS);
  }

  /** The timeline jumped (chunks were left out): earlier arrivals say nothing any more. */
  reset(): void {
    this.#latenessS = [];
    this.#durationS = [];
  }
}
