import type { Segment } from './segment.ts';
import type { Chunk } from './types.ts';

/** What a join needs: the chunks from the last key frame on, whether or not a segment holds them too. */
export class LastGop {
  #chunks: Chunk[] = [];
  #unlistedBytes = 0;
  #key: Chunk | null = null;
  #anchorMsn = Infinity;

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }
  /** Bytes that no segment holds. */
  get unlistedBytes(): number {
    return this.#unlistedBytes;
  }
  /** Stays when the rest had to go. */
  get key(): Chunk | null {
    return this.#key;
  }
  /** Segment of the last key frame: it and later ones must stay, so that a join over HTTP finds it. */
  get anchorMsn(): number {
    return this.#anchorMsn;
  }

  /** `segment` is the one that took the chunk, or null. Chunks before the first key frame are of no use. */
  add(chunk: Chunk, segment: Segment | null): void {
    if (chunk.key) {
      this.drop();
      this.#key = chunk;
      this.#anchorMsn = segment?.msn ?? Infinity;
    } else if (this.#chunks.length === 0) return;
    this.#chunks.push(chunk);
    if (!segment) this.#unlistedBytes += chunk.bytes.length;
  }

  /** Too large, or no longer whole: nobody can join until the next key frame. */
  drop(): void {
    this.#chunks = [];
    this.#unlistedBytes = 0;
    this.#anchorMsn = Infinity;
  }

  /** Another generation. */
  restart(): void {
    this.drop();
    this.#key = null;
  }
}
