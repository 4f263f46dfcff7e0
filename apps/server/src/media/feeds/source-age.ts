/** Steps of a source's own dates beyond this are meant: it plays something else now, ms. */
const stepMs = 1_000;

/**
 * How far a source's pictures are behind its camera by what the source itself says: the dates of its pieces, and how
 * much of them it had when playing began. Pure; what comes later than that, such as delays of the network, is seen
 * elsewhere.
 */
export class SourceAge {
  readonly #played: 'evenly' | 'as they come';
  readonly #leastMs: number;
  #behindMs: number;
  #anchor: { capturedMs: number; playedMs: number } | null = null;
  #playedMs = 0;

  /**
   * `evenly`: whole segments, each written at once and played at the speed of the clock, one after the other. `aheadMs`:
   * what the playlist held from the start of the first of them: all of it was captured before, whatever its dates say.
   */
  constructor(played: 'evenly' | 'as they come', aheadMs: number) {
    this.#played = played;
    this.#leastMs = played === 'evenly' ? aheadMs : 0;
    this.#behindMs = this.#leastMs;
  }

  /** Takes the next piece: when its first frame was captured (Unix ms; null: not said). Returns how far behind it is, ms. */
  behind(capturedMs: number | null, durationMs: number, nowMs: number): number {
    const playedMs = this.#playedMs;
    this.#playedMs += durationMs;
    if (capturedMs === null) return this.#behindMs;
    const atOnceMs = nowMs - capturedMs - (this.#played === 'evenly' ? 0 : durationMs);
    const olderMs = this.#anchor
      ? this.#anchor.capturedMs + (playedMs - this.#anchor.playedMs) - capturedMs
      : null;
    if (olderMs === null) this.#become(atOnceMs);
    else if (Math.abs(olderMs) > stepMs) this.#become(this.#behindMs + olderMs);
    // What came fastest tells most of the source; the rest is the way.
    else if (this.#played === 'as they come') this.#become(Math.min(this.#behindMs, atOnceMs));
    if (olderMs === null || Math.abs(olderMs) > stepMs) this.#anchor = { capturedMs, playedMs };
    return this.#behindMs;
  }

  #become(behindMs: number): void {
    this.#behindMs = Math.max(this.#leastMs, behindMs);
  }
}
