const tickMs = 1_000;
/** Extra looks between two ticks never come closer together than this. */
const minGapMs = 50;

/** What is looked at once per second. */
export interface Supervised {
  /** Looks, acts, and says for how long its state stays true if nothing new happens, milliseconds. */
  tick(nowMs: number): number;
}

/**
 * The one loop over all tiles of a page: once per second, and once more in between when a tile's state is about to
 * become untrue, so that LIVE never outlasts its three seconds.
 */
export class Supervisor {
  readonly #members = new Set<Supervised>();
  readonly #before: (nowMs: number, sinceMs: number) => void;
  readonly #nowMs: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #extra: ReturnType<typeof setTimeout> | undefined;
  #lastMs: number;

  /** `before` is called first at each regular tick, with the time since the tick before. */
  constructor(before: (nowMs: number, sinceMs: number) => void, nowMs: () => number) {
    this.#before = before;
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
  }

  add(member: Supervised): () => void {
    this.#members.add(member);
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
    return () => {
      this.#members.delete(member);
      if (this.#members.size > 0) return;
      clearInterval(this.#timer);
      clearTimeout(this.#extra);
      this.#timer = undefined;
    };
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    this.#before(nowMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#look(nowMs);
  }

  #look(nowMs: number): void {
    let holdsMs = Infinity;
    for (const member of this.#members) holdsMs = Math.min(holdsMs, member.tick(nowMs));
    clearTimeout(this.#extra);
    const untilTickMs = this.#lastMs + tickMs - nowMs;
    if (holdsMs < untilTickMs)
      this.#extra = setTimeout(() => this.#look(this.#nowMs()), Math.max(minGapMs, holdsMs));
  }
}
