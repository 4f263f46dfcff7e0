import type { Entry } from './segment.ts';

/** Target durations to choose from, whole seconds, and the longest first GOP for which the short one is right. */
export const shortTargetS = 4;
const longTargetS = 10;
const shortGopS = 4.2;
/** Frames looked at before the part target is fixed: about one second of them, 512 at most. */
const measuredS = 0.9;
const maxMeasuredFrames = 512;
/** Rounding of sums of durations, seconds. */
const epsilonS = 1e-6;

/**
 * EXT-X-TARGETDURATION, whole seconds: fixed once, never changed (8216bis, 6.2.1), and the same in all variants of a
 * camera (6.2.4), which therefore share one of these. The first segment that closes in any of them decides.
 */
export class TargetDuration {
  #seconds: number | null;

  constructor(seconds: number | null = null) {
    this.#seconds = seconds === null ? null : Math.max(1, Math.round(seconds));
  }

  /** Null until it is fixed. */
  get fixedS(): number | null {
    return this.#seconds;
  }
  /** What is assumed until then is the most it can be. */
  get seconds(): number {
    return this.#seconds ?? longTargetS;
  }

  /** `atKey`: a key frame ended the segment, so that its length is that of the source's GOPs. */
  fix(segmentS: number, atKey: boolean): void {
    this.#seconds ??= atKey && segmentS <= shortGopS ? shortTargetS : longTargetS;
  }
}

/** Looks at the first frames of a playlist to find its part target, which is fixed then (8216bis, 6.2.1). */
export class PartTarget {
  readonly #wantedS: number;
  #seconds: number | null = null;
  #frameS: number[] = [];
  #sumS = 0;

  /** Parts hold the fewest frames that last `wantedS`. */
  constructor(wantedS: number) {
    this.#wantedS = wantedS;
  }

  /** Null until it is fixed, and for ever when there was nothing to measure. */
  get seconds(): number | null {
    return this.#seconds;
  }

  measure({ frameS }: Entry): void {
    if (this.#seconds !== null || this.#frameS.length >= maxMeasuredFrames) return;
    for (const durationS of frameS.slice(0, maxMeasuredFrames)) {
      this.#frameS.push(durationS);
      this.#sumS += durationS;
    }
  }

  /** Fixes the target if enough was seen and returns it if that was now. */
  fix(): number | null {
    if (this.#seconds !== null || this.#sumS < measuredS) return null;
    this.#seconds = partTargetOf(this.#frameS, this.#wantedS, shortTargetS);
    this.#frameS = [];
    return this.#seconds;
  }
}

/**
 * The part target of a playlist, seconds, from the durations of the frames it has seen: the fewest frames that reach
 * `wantedS` (as ffmpeg's fragments do), plus 8 % for jitter of timestamps, rounded up to 10 ms so that a restarted
 * process finds the same value. A full part is thus 88 to 93 % of the target; RFC 8216bis asks for 85 to 100 %.
 * Null when there is nothing to measure.
 */
function partTargetOf(frameS: readonly number[], wantedS: number, maxS: number): number | null {
  const sorted = frameS.filter((durationS) => durationS > 0).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return null;
  const frames = Math.max(1, Math.ceil(wantedS / median - 0.05));
  return Math.min(maxS, Math.ceil(frames * median * 1.08 * 100 - epsilonS) / 100);
}
