/** Pauses between rebuilds of one tile's player, milliseconds; the last one is repeated for ever. */
const pausesMs = [0, 2_000, 4_000, 8_000, 15_000] as const;
/** After this long without a rebuild the first pause counts again. */
const calmMs = 45_000;

/** Bounds how often a player is rebuilt, so that a broken camera costs no more than a working one. */
export class RebuildLimit {
  #lastMs = -Infinity;
  #inARow = 0;

  /** True if a rebuild is due now; it is counted as done. */
  allows(nowMs: number): boolean {
    const sinceMs = nowMs - this.#lastMs;
    if (sinceMs > calmMs) this.#inARow = 0;
    const pauseMs = pausesMs[Math.min(this.#inARow, pausesMs.length - 1)] ?? 0;
    if (sinceMs < pauseMs) return false;
    this.#lastMs = nowMs;
    this.#inARow += 1;
    return true;
  }
}
