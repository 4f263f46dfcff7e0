import type { Chunk, Init } from './types.ts';

/** One unbroken run of the source: the chunks belong to the init. */
export interface PastRun {
  init: Init;
  chunks: Chunk[];
}

/** What may be kept of one stream, and of all of them together. */
export interface PastLimits {
  /** How far back. */
  keepMs: number;
  /** Of this stream, bytes. */
  maxBytes: number;
}

/**
 * What was, beyond the playlist: chunks of the last minute, in whole groups of pictures, across restarts of the source.
 * The bytes are those of the ring as long as that holds them too.
 */
export class Past {
  readonly #limits: PastLimits;
  readonly #kept: { init: Init; chunk: Chunk }[] = [];
  #bytes = 0;

  constructor(limits: PastLimits) {
    this.#limits = limits;
  }

  get byteLength(): number {
    return this.#bytes;
  }

  add(init: Init, chunk: Chunk): void {
    // Without its key frame a picture cannot be shown.
    if (this.#kept.length === 0 && !chunk.key) return;
    this.#kept.push({ init, chunk });
    this.#bytes += chunk.bytes.length;
    const oldestMs = chunk.captureMs - this.#limits.keepMs;
    while (this.#bytes > this.#limits.maxBytes || (this.#secondStart()?.captureMs ?? Infinity) <= oldestMs)
      if (!this.dropOldest()) break;
  }

  /** Drops the oldest group of pictures; false when there is none. */
  dropOldest(): boolean {
    if (this.#kept.length === 0) return false;
    do {
      this.#bytes -= this.#kept.shift()?.chunk.bytes.length ?? 0;
    } while (this.#kept[0] && !this.#kept[0].chunk.key);
    return true;
  }

  clear(): void {
    this.#kept.length = 0;
    this.#bytes = 0;
  }

  /** From the last key frame at or before `fromMs` (Unix ms of capture) on; from the first there is, where that is later. */
  since(fromMs: number): PastRun[] {
    let start = 0;
    for (const [at, { chunk }] of this.#kept.entries())
      if (chunk.key && chunk.captureMs <= fromMs) start = at;
    const runs: PastRun[] = [];
    for (const { init, chunk } of this.#kept.slice(start)) {
      const run = runs.at(-1);
      if (run?.init === init) run.chunks.push(chunk);
      else runs.push({ init, chunks: [chunk] });
    }
    return runs;
  }

  #secondStart(): Chunk | null {
    for (let at = 1; at < this.#kept.length; at++)
      if (this.#kept[at]?.chunk.key) return this.#kept[at]?.chunk ?? null;
    return null;
  }
}
