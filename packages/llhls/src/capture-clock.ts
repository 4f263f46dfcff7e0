const bucketMs = 1_000;
/**
 * Seconds with arrivals that are remembered; also how long a changed path takes to be believed. Seconds without any do
 * not count: after a long silence the backlog that comes is still old.
 */
const maxBuckets = 30;
/** Beyond this a difference is no jitter and no drift. */
const jumpMs = 2_000;
/** How fast the estimate may move towards later: 0.3 ms per second of media, three times a poor crystal's drift. */
const slewPerMs = 0.0003;

/**
 * Estimates when the frames of a source were captured, from when their fragments arrive.
 *
 * A fragment is complete after its last frame, so `arrival − end of its media` is a constant (the source's time
 * origin plus the shortest way) plus whatever delay this fragment met. Delay is never negative: the smallest value
 * seen lately is the best guess, and every later arrival is just late. So:
 *
 * - the estimate follows the minimum of the last 30 s; down at once, up slowly (drift of the camera's clock);
 * - a late fragment keeps its true, older time: a picture that was stuck for 5 s must not look live;
 * - when the source's own timestamps jump by more than 2 s against the arrivals, everything starts anew.
 *
 * It never comes to believe that a path which stays late is on time: a backlog of ten seconds that stays would then be
 * shown as live. Who feeds it looks at the lateness and connects anew. Arrivals are on a monotonic clock for the same
 * reason: an arrival clock that is set looks just like a path that became late.
 *
 * What it cannot know: the constant delay inside the camera and the network. Results never go back and are never later
 * than the arrival.
 */
export class CaptureClock {
  /** Minimum of the offsets per second of arrival; at most `maxBuckets`. */
  #buckets: { second: number; offsetMs: number }[] = [];
  #offsetMs: number | null = null;
  #nextMediaS = 0;
  #lastCaptureMs = Number.NEGATIVE_INFINITY;

  /** Forgets everything: the source was started anew. */
  reset(): void {
    this.#buckets = [];
    this.#offsetMs = null;
    this.#lastCaptureMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * When the first frame of a fragment was captured, on the clock of the arrivals, ms. `mediaS` and `durationS` are the fragment's own
   * times, `arrivalMs` is when its last byte came (monotonic). Call once per fragment, in order.
   */
  captureMs(mediaS: number, durationS: number, arrivalMs: number): number {
    const offsetMs = arrivalMs - (mediaS + durationS) * 1000;
    const mediaJumped = Math.abs(mediaS - this.#nextMediaS) * 1000 > jumpMs;
    const known = this.#offsetMs;
    if (known !== null && mediaJumped && Math.abs(offsetMs - known) > jumpMs) {
      this.#buckets = [];
      this.#offsetMs = null;
    }
    const lowest = this.#lowest(offsetMs, arrivalMs);
    this.#offsetMs = this.#approach(lowest, durationS * 1000);
    this.#nextMediaS = mediaS + durationS;

    const estimate = Math.max(mediaS * 1000 + this.#offsetMs, this.#lastCaptureMs);
    this.#lastCaptureMs = Math.min(estimate, arrivalMs);
    return this.#lastCaptureMs;
  }

  #lowest(offsetMs: number, arrivalMs: number): number {
    const second = Math.floor(arrivalMs / bucketMs);
    const last = this.#buckets.at(-1);
    if (last && last.second >= second) last.offsetMs = Math.min(last.offsetMs, offsetMs);
    else this.#buckets.push({ second, offsetMs });
    if (this.#buckets.length > maxBuckets) this.#buckets.shift();
    return this.#buckets.reduce((low, bucket) => Math.min(low, bucket.offsetMs), offsetMs);
  }

  #approach(targetMs: number, durationMs: number): number {
    const now = this.#offsetMs;
    if (now === null || targetMs <= now) return targetMs;
    return Math.min(targetMs, now + durationMs * slewPerMs);
  }
}
