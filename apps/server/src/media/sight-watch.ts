import type { Chunk, Init } from '@clerestory/llhls';
import type { PictureFault } from '@clerestory/protocol';
import type { Clock } from './clock.ts';
import { sightArgs } from './ffmpeg-args.ts';
import type { FfmpegRunner } from './ffmpeg-process.ts';
import { look, sightSize } from './sight.ts';
import { frozenMs, isSuspicious, maxPictures, pictureFault, remember, type Seen } from './sight-rules.ts';
import type { Stream } from './stream.ts';

export interface SightTiming {
  /** From one look at a stream to the next, ms: as a rule … */
  usualMs: number;
  /** … and while it looks as if its pictures stood still, or something is wrong. */
  closerMs: number;
  /** Between any two looks, whatever streams there are: the bound on what all looking costs, ms. */
  spacingMs: number;
}
export const defaultSightTiming: SightTiming = { usualMs: 60_000, closerMs: 2_500, spacingMs: 1_000 };

/** A picture that takes longer to decode is not looked at, ms. */
const decodeMs = 5_000;
/** Frames between key frames that take next to no bytes, as of a picture in which nothing moves: bytes of a chunk … */
const quietBytes = 800;
/** … or this share of the key chunk's; all of the last few chunks have to be so small. */
const quietShare = 0.03;
const quietChunks = 5;

interface Watched {
  seen: Seen[];
  /** Monotonic; no look before it. */
  dueMs: number;
  /** Sizes of the last chunks without a key frame, and of the last one with. */
  small: number[];
  keyBytes: number;
  fault: PictureFault | null;
  /** Its frames take next to no bytes. */
  quiet: boolean;
  /** Looks at it since it became so, in which nothing was amiss: each makes the next one later. */
  calm: number;
  /** The generation that is looked at, and which of its chunks was last: -1 none. */
  generation: number;
  lastIndex: number;
}

/**
 * Looks at a key frame of each running stream now and then, in turn and one at a time, and knows whose pictures are black,
 * frozen or out of focus. A stream whose frames begin to take next to no bytes is looked at more closely.
 */
export class SightWatch {
  readonly #clock: Clock;
  readonly #ffmpeg: FfmpegRunner;
  readonly #timing: SightTiming;
  readonly #onFault: (stream: Stream) => void;
  readonly #watched = new Map<Stream, Watched>();
  #callOff: (() => void) | null = null;
  #looking = false;
  #stopped = false;

  /** @throws RangeError when close looks follow one another so fast that the pictures kept do not reach back far enough. */
  constructor(
    { clock, ffmpeg }: { clock: Clock; ffmpeg: FfmpegRunner },
    timing: SightTiming,
    onFault: (stream: Stream) => void,
  ) {
    if ((maxPictures - 1) * timing.closerMs < frozenMs)
      throw new RangeError(`looks every ${timing.closerMs} ms never find a picture that stands still`);
    this.#clock = clock;
    this.#ffmpeg = ffmpeg;
    this.#timing = timing;
    this.#onFault = onFault;
  }

  faultOf(stream: Stream): PictureFault | null {
    return this.#watched.get(stream)?.fault ?? null;
  }

  /** From now on; ends with the stream. Drawn scenes have no sensor whose noise could be missed. */
  follow(stream: Stream): void {
    if (stream.isDrawn) return;
    stream.listen({
      onInit: ({ generation }) => {
        // What was seen before the connection broke still counts: a camera may freeze, and be connected to again.
        const known = this.#watched.get(stream);
        if (known) [known.generation, known.lastIndex, known.small] = [generation, -1, []];
        else this.#watched.set(stream, this.#fresh(generation));
        this.#schedule();
      },
      onChunk: (chunk) => this.#weigh(stream, chunk),
      onState: (state) => {
        if (state === 'idle') this.#forget(stream);
      },
      onRemoved: () => this.#forget(stream),
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }

  #fresh(generation: number): Watched {
    const dueMs = this.#clock.monotonicMs() + this.#timing.closerMs;
    return {
      seen: [],
      dueMs,
      small: [],
      keyBytes: 0,
      fault: null,
      quiet: false,
      calm: 0,
      generation,
      lastIndex: -1,
    };
  }

  #forget(stream: Stream): void {
    this.#watched.delete(stream);
  }

  /** Costs next to nothing, so that it can be done for each chunk. */
  #weigh(stream: Stream, { key, bytes }: Chunk): void {
    const watched = this.#watched.get(stream);
    if (!watched) return;
    if (key) watched.keyBytes = bytes.length;
    else {
      watched.small.push(bytes.length);
      if (watched.small.length > quietChunks) watched.small.shift();
    }
    const wasQuiet = watched.quiet;
    watched.quiet = isQuiet(watched);
    if (wasQuiet || !watched.quiet) return;
    watched.calm = 0;
    const soonMs = this.#clock.monotonicMs() + this.#timing.closerMs;
    if (watched.dueMs <= soonMs) return;
    watched.dueMs = soonMs;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#stopped || this.#looking) return;
    this.#callOff?.();
    this.#callOff = null;
    const dues = [...this.#watched.values()].map(({ dueMs }) => dueMs);
    if (dues.length === 0) return;
    const waitMs = Math.max(this.#timing.spacingMs, Math.min(...dues) - this.#clock.monotonicMs());
    this.#callOff = this.#clock.after(waitMs, () => {
      this.#looking = true;
      void this.#next().finally(() => {
        this.#looking = false;
        this.#schedule();
      });
    });
  }

  /** Looks at the stream that has waited longest. */
  async #next(): Promise<void> {
    const [first] = [...this.#watched].sort(([, a], [, b]) => a.dueMs - b.dueMs);
    if (!first) return;
    const [stream, watched] = first;
    const { init } = stream.packager;
    const chunk = stream.packager.lastKeyChunk();
    // Where pictures are renewed in strips, a chunk that one may join at does not hold a whole picture.
    const isWhole = stream.encoding?.idr !== false;
    const there = stream.live && isWhole && init && chunk && chunk.generation === init.generation;
    // Key frames may be far apart, or come once alone: one that was looked at says nothing new.
    const isNew = there && (chunk.generation !== watched.generation || chunk.index !== watched.lastIndex);
    const luma = isNew ? await this.#decode(init, chunk) : null;
    const nowMs = this.#clock.monotonicMs();
    if (luma && chunk) {
      [watched.generation, watched.lastIndex] = [chunk.generation, chunk.index];
      watched.seen = remember(watched.seen, { ...look(luma), atMs: nowMs });
      const found = pictureFault(watched.seen);
      // A picture that stands still takes next to no bytes between key frames.
      const fault = found === 'frozen' && !watched.quiet ? null : found;
      const isNews = fault !== watched.fault;
      watched.fault = fault;
      if (isNews && this.#watched.has(stream)) this.#onFault(stream);
    }
    const { closerMs, usualMs } = this.#timing;
    const closely = watched.fault !== null || isSuspicious(watched.seen) || !luma;
    if (closely) watched.calm = 0;
    else watched.calm += 1;
    const calmMs = watched.quiet ? Math.min(usualMs, closerMs * 2 ** watched.calm) : usualMs;
    watched.dueMs = nowMs + (closely ? closerMs : calmMs);
  }

  #decode(init: Init, chunk: Chunk): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      const pieces: Uint8Array[] = [];
      const process = this.#ffmpeg.start({
        args: sightArgs,
        stdin: [init.bytes, chunk.bytes],
        secrets: [],
        onBytes: (bytes) => pieces.push(bytes),
        onEnd: () => {
          callOff();
          const luma = Buffer.concat(pieces);
          resolve(luma.length === sightSize.width * sightSize.height ? luma : null);
        },
      });
      const callOff = this.#clock.after(decodeMs, () => process.kill());
    });
  }
}

function isQuiet({ small, keyBytes }: Watched): boolean {
  const most = Math.max(quietBytes, keyBytes * quietShare);
  return small.length >= quietChunks && small.every((bytes) => bytes < most);
}
