/** Chunks whose capture time is remembered: 20 s at five per second, more than is ever buffered ahead. */
const capturesKept = 128;
/** Half a frame of tolerance: a frame's presentation time may lie a little before its chunk's decode time. */
const earlyS = 0.02;
/** Two estimates that differ by more are of two timelines, and say nothing of one another, ms. */
const oneTimelineMs = 2_000;

export interface Capture {
  readonly mediaS: number;
  readonly endS: number;
  /** Of the chunk's first frame, Unix ms on the server's clock. */
  captureMs: number;
}

/**
 * When the pictures of one run were captured, by their place in media time. The server guesses that from arrivals, and
 * nothing arrives before it is captured: so a guess is never too early, and too late by the delay of whatever came first.
 * What was told of earlier chunks is put right as soon as one is known to have come sooner after its capture; a stream that has
 * just been started begins with half a second of such delay (ffmpeg reads for so long before it passes anything on).
 */
export class Captures {
  readonly #kept: Capture[] = [];

  add(mediaS: number, durationS: number, captureMs: number): void {
    const offsetMs = captureMs - mediaS * 1000;
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const before = this.#kept[index];
      const tooLateMs = before ? before.captureMs - before.mediaS * 1000 - offsetMs : 0;
      // Those before it are no later: they were put right by this one, or it by them.
      if (!before || tooLateMs <= 0 || tooLateMs > oneTimelineMs) break;
      before.captureMs -= tooLateMs;
    }
    this.#kept.push({ mediaS, endS: mediaS + durationS, captureMs });
    if (this.#kept.length > capturesKept) this.#kept.shift();
  }

  get last(): Capture | undefined {
    return this.#kept.at(-1);
  }

  /** The newest chunk that had begun at `captureMs`. */
  before(captureMs: number): Capture | undefined {
    return this.#kept.findLast((one) => one.captureMs <= captureMs);
  }

  /** When the frame at a place in media time was captured, Unix ms; null while nothing is known. */
  at(mediaS: number): number | null {
    const chunk = this.#kept.findLast((one) => one.mediaS <= mediaS + earlyS);
    if (!chunk) return this.#kept[0]?.captureMs ?? null;
    return chunk.captureMs + (Math.min(mediaS, chunk.endS) - chunk.mediaS) * 1000;
  }
}
