import { readMoov, type ReadTrack } from './moov.ts';
import { initName } from './playlist.ts';
import type { Part } from './segment.ts';
import { sliceFragment } from './slice.ts';
import type { Init } from './types.ts';

interface KeptInit {
  init: Init;
  /** For cutting fragments; undefined until first needed. */
  track: ReadTrack | undefined;
}

/** The init segments of the generations in memory, and what can only be done with theirs at hand. */
export class Inits {
  readonly #kept = new Map<number, KeptInit>();

  get size(): number {
    return this.#kept.size;
  }

  add(init: Init): void {
    this.#kept.set(init.generation, { init, track: undefined });
  }

  find(generation: number): Init | null {
    return this.#kept.get(generation)?.init ?? null;
  }

  /** Lets go of all that are not among these. */
  keepOnly(used: ReadonlySet<number>): void {
    for (const generation of this.#kept.keys()) if (!used.has(generation)) this.#kept.delete(generation);
  }

  /** The bytes of a part: whole fragments as they are, others cut between their frames. */
  partBytes(part: Part, generation: number): Uint8Array[] {
    return part.slices.flatMap(({ entry, from, to }) => {
      if (from === 0 && to === entry.frameS.length) return [entry.chunk.bytes];
      const kept = this.#kept.get(generation);
      if (!kept) throw new Error(`${initName(generation)} went before its segments`);
      kept.track ??= readMoov(kept.init.bytes, kept.init.track.kind);
      return sliceFragment(entry.chunk.bytes, kept.track, from, to);
    });
  }
}
