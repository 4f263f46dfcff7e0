/** Answers kept: a minute at one question per 10 s. */
const samplesKept = 6;

interface Sample {
  roundTripMs: number;
  offsetMs: number;
}

/**
 * The media server's clock as read over the push socket, NTP-like: of the last answers the one with the shortest
 * round trip is believed. Instants are monotonic ms of this page.
 */
export class ServerClock {
  #samples: Sample[] = [];
  #offsetMs: number | null = null;

  /** Takes one answer: asked and answered at these instants, the server's Unix ms in between. */
  answered(askedMs: number, answeredMs: number, serverMs: number): void {
    const roundTripMs = answeredMs - askedMs;
    if (!(roundTripMs >= 0) || !Number.isFinite(serverMs)) return;
    this.#samples.push({ roundTripMs, offsetMs: serverMs - (askedMs + answeredMs) / 2 });
    if (this.#samples.length > samplesKept) this.#samples.shift();
    this.#offsetMs = this.#samples.reduce((best, sample) =>
      sample.roundTripMs < best.roundTripMs ? sample : best,
    ).offsetMs;
  }

  /** Unix ms of the server at a monotonic instant; null before the first answer. */
  unixMs(monotonicMs: number): number | null {
    return this.#offsetMs === null ? null : monotonicMs + this.#offsetMs;
  }

  /** Forgets everything: the machine slept or its clock was set, so the offset may be wrong. */
  reset(): void {
    this.#samples = [];
    this.#offsetMs = null;
  }
}
