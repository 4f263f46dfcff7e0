import { Past } from '@clerestory/llhls';

/** How far back a replay goes. */
export const replayMs = 60_000;
/** Of one stream: a minute at 6.7 Mb/s. */
const maxStreamBytes = 48 * 1024 * 1024;

/** The last minute of every stream that runs, within one bound for all of them. */
export class ReplayMemory {
  readonly #maxBytes: number;
  readonly #pasts = new Set<Past>();

  /** Bytes for all streams together; 0 keeps nothing. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get byteLength(): number {
    let bytes = 0;
    for (const past of this.#pasts) bytes += past.byteLength;
    return bytes;
  }

  /** Room for one stream; none where nothing of it is to be kept. */
  open(keeps: boolean): Past {
    const maxBytes = keeps ? Math.min(maxStreamBytes, this.#maxBytes) : 0;
    const past = new Past({ keepMs: replayMs, maxBytes });
    this.#pasts.add(past);
    return past;
  }

  /** The stream is forgotten, and what was kept of it. */
  close(past: Past): void {
    past.clear();
    this.#pasts.delete(past);
  }

  /** Something was added: what holds most gives way until the bound is kept. */
  fit(): void {
    let left = this.byteLength - this.#maxBytes;
    while (left > 0) {
      let largest: Past | null = null;
      for (const past of this.#pasts) if (past.byteLength > (largest?.byteLength ?? 0)) largest = past;
      if (!largest) return;
      const before = largest.byteLength;
      largest.dropOldest();
      left -= before - largest.byteLength;
    }
  }
}
