import type { Chunk, FragmentUnit } from './types.ts';

/** Rounding of sums of durations, seconds. */
const epsilonS = 1e-6;

/** Frames `from` (inclusive) to `to` (exclusive) of a chunk. */
export interface Slice {
  entry: Entry;
  from: number;
  to: number;
}

/** A chunk with the durations of its frames; one "frame" when it cannot be cut. */
export interface Entry {
  chunk: Chunk;
  frameS: readonly number[];
}

/** A partial segment (RFC 8216bis, 4.4.4.9). */
export interface Part {
  slices: Slice[];
  durationS: number;
  /** It contains the start of a key frame. */
  independent: boolean;
}

export function entryOf(chunk: Chunk, fragment: FragmentUnit): Entry {
  const frameS = fragment.frameS?.length ? fragment.frameS : [fragment.durationS];
  return { chunk, frameS };
}

/**
 * A media segment, open (growing) or closed. With a part target it gathers frames into parts: as many as fit, so that
 * no part is longer than the target and all but the last are as near to it as whole frames allow.
 */
export class Segment {
  readonly msn: number;
  readonly generation: number;
  /** EXT-X-DISCONTINUITY stands before it. */
  readonly discontinuity: boolean;
  /** Its Discontinuity Sequence Number. */
  readonly discontinuitySequence: number;
  readonly captureMs: number;
  readonly entries: Entry[] = [];
  durationS = 0;
  byteLength = 0;
  #parts: Part[] | null;
  #partTargetS: number;
  #building: Part = { slices: [], durationS: 0, independent: false };

  constructor(start: {
    msn: number;
    generation: number;
    discontinuity: boolean;
    discontinuitySequence: number;
    captureMs: number;
    partTargetS: number | null;
  }) {
    this.msn = start.msn;
    this.generation = start.generation;
    this.discontinuity = start.discontinuity;
    this.discontinuitySequence = start.discontinuitySequence;
    this.captureMs = start.captureMs;
    this.#partTargetS = start.partTargetS ?? 0;
    this.#parts = start.partTargetS === null ? null : [];
  }

  /** Null: a segment without parts, because the target is not known yet or its frames are longer than it. */
  get parts(): readonly Part[] | null {
    return this.#parts;
  }

  /** Gives parts to a segment that was started before the target was known, unless its frames are too long for it. */
  divide(partTargetS: number): void {
    if (this.#parts || this.entries.some(({ frameS }) => frameS.some((durationS) => durationS > partTargetS)))
      return;
    this.#parts = [];
    this.#partTargetS = partTargetS;
    for (const entry of this.entries) this.#appendFrames(entry);
  }

  /** It starts with a key frame. */
  get independent(): boolean {
    return this.entries[0]?.chunk.key ?? false;
  }

  /** Frames wait for more to fill a part. */
  get gathering(): boolean {
    return this.#building.slices.length > 0;
  }

  append(entry: Entry): void {
    this.entries.push(entry);
    this.durationS += entry.chunk.durationS;
    this.byteLength += entry.chunk.bytes.length;
    if (this.#parts) this.#appendFrames(entry);
  }

  /** No more chunks will come: what is left becomes the last part, which may be short. */
  close(): void {
    this.#publish();
  }

  #appendFrames(entry: Entry): void {
    entry.frameS.forEach((durationS, index) => this.#appendFrame(entry, index, durationS));
  }

  #appendFrame(entry: Entry, index: number, durationS: number): void {
    const limitS = this.#partTargetS + epsilonS;
    if (this.#building.durationS + durationS > limitS) this.#publish();
    const part = this.#building;
    const last = part.slices.at(-1);
    if (last?.entry === entry) last.to = index + 1;
    else part.slices.push({ entry, from: index, to: index + 1 });
    part.durationS += durationS;
    if (entry.chunk.key && index === 0) part.independent = true;
    // Another frame like this one would not fit: the part is as full as it gets, and nobody should wait for it.
    if (part.durationS + durationS > limitS) this.#publish();
  }

  #publish(): void {
    if (!this.#parts || this.#building.slices.length === 0) return;
    this.#parts.push(this.#building);
    this.#building = { slices: [], durationS: 0, independent: false };
  }
}
