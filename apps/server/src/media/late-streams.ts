/** Fewer streams than these say nothing of the machine. */
const fewest = 4;
/** How many times as long a stream may be late while most of them are. */
const patienceFactor = 6;
/** While most are late they are left one at a time, this far apart, ms: each new connection is work. */
const apartMs = 2_000;

/**
 * Which streams of a media node come late. A path that stays late is left for a new connection; but where most streams are
 * late at once it is this machine that is held up, or the one way all of them come by, and connecting all of them anew
 * would make it worse and say of every camera what is true of none. Times are monotonic ms.
 */
export class LateStreams {
  readonly #running = new Set<object>();
  readonly #lateSinceMs = new Map<object, number>();
  #leftMs = -Infinity;

  /** `run` had a picture: late, or in time. */
  see(run: object, late: boolean, nowMs: number): void {
    this.#running.add(run);
    if (!late) this.#lateSinceMs.delete(run);
    else if (!this.#lateSinceMs.has(run)) this.#lateSinceMs.set(run, nowMs);
  }

  forget(run: object): void {
    this.#running.delete(run);
    this.#lateSinceMs.delete(run);
  }

  /** Whether a new connection is worth trying for a run that has been late for `patienceMs`. */
  mayLeave(run: object, patienceMs: number, nowMs: number): boolean {
    const sinceMs = this.#lateSinceMs.get(run);
    if (sinceMs === undefined || nowMs - sinceMs < patienceMs) return false;
    const running = this.#running.size;
    if (running >= fewest && this.#lateSinceMs.size * 2 > running) {
      if (nowMs - sinceMs < patienceFactor * patienceMs || nowMs - this.#leftMs < apartMs) return false;
      this.#leftMs = nowMs;
    }
    return true;
  }
}
