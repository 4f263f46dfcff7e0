import type { FragmentUnit, PackagerFacts } from './types.ts';

const windowMs = 5_000;
/** Enough for 5 s of single-frame fragments at 100 frames per second. */
const maxEntries = 512;
/** A fragment may be this late before silence lowers the rates. */
const graceMs = 1_000;

/** Rates over the last 5 s, measured on media time, so that a network's bursts do not show. */
export class FactsMeter {
  #entries: { endMs: number; durationS: number; samples: number; bytes: number }[] = [];
  #lastKeyS: number | null = null;
  #gopMs: number | null = null;

  reset(): void {
    this.#entries = [];
    this.#lastKeyS = null;
    this.#gopMs = null;
  }

  add(fragment: FragmentUnit, captureMs: number): void {
    const { durationS, samples, bytes } = fragment;
    this.#entries.push({ endMs: captureMs + durationS * 1000, durationS, samples, bytes: bytes.length });
    while (this.#entries.length > maxEntries) this.#entries.shift();
    this.#forget(captureMs + durationS * 1000 - windowMs);
    if (!fragment.key) return;
    if (this.#lastKeyS !== null && fragment.mediaS > this.#lastKeyS)
      this.#gopMs = Math.round((fragment.mediaS - this.#lastKeyS) * 1000);
    this.#lastKeyS = fragment.mediaS;
  }

  #forget(beforeMs: number): void {
    while ((this.#entries[0]?.endMs ?? Infinity) < beforeMs) this.#entries.shift();
  }

  /** `nowMs` on the clock of the capture times. */
  facts(nowMs: number): PackagerFacts {
    const recent = this.#entries.filter((entry) => entry.endMs > nowMs - windowMs);
    const last = recent.at(-1);
    const sum = (pick: (entry: (typeof recent)[number]) => number) =>
      recent.reduce((total, entry) => total + pick(entry), 0);
    const silenceS = last ? Math.max(0, nowMs - last.endMs - graceMs) / 1000 : 0;
    const spanS = sum((entry) => entry.durationS) + silenceS;
    if (!last || spanS <= 0) return { fps: null, bitrateKbps: null, gopMs: this.#gopMs };
    return {
      fps: Math.round((sum((entry) => entry.samples) / spanS) * 100) / 100,
      bitrateKbps: Math.round((sum((entry) => entry.bytes) * 8) / spanS / 1000),
      gopMs: this.#gopMs,
    };
  }
}
