import type { Chunk, Init } from '@clerestory/llhls';
import type { Clock, Log } from './clock.ts';
import { posterArgs } from './ffmpeg-args.ts';
import type { FfmpegRunner } from './ffmpeg-process.ts';
import type { Stream } from './stream.ts';

/** A camera's last key frame as JPEG. */
export interface Poster {
  jpeg: Uint8Array;
  /** Unix ms of the picture. */
  capturedAtMs: number;
}

/** Pictures made at the same time; each takes about a tenth of a second of one core. */
const maxAtOnce = 2;
const maxWaiting = 64;
const makeTimeoutMs = 5_000;
const maxJpegBytes = 8 * 1024 * 1024;
/** Once after each start, but not while the first pictures are on their way to the screens. */
const afterStartMs = 3_000;

interface Frame {
  init: Init;
  chunk: Chunk;
}

/** Lent, and watched by nobody any more. */
const isOver = ({ isLent, state }: Stream) => isLent && state === 'idle';

/** Makes posters and keeps the last of each stream, also over restarts and while nobody watches. */
export class Posters {
  readonly #ffmpeg: FfmpegRunner;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #kept = new WeakMap<Stream, Poster>();
  readonly #making = new WeakMap<Stream, Promise<Poster | null>>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(ffmpeg: FfmpegRunner, clock: Clock, log: Log) {
    this.#ffmpeg = ffmpeg;
    this.#clock = clock;
    this.#log = log;
  }

  /** Makes one a while after each start of the stream and one of its last key frame when it stops; of what is lent none remains then. */
  follow(stream: Stream): void {
    let callOff: (() => void) | null = null;
    stream.listen({
      onInit: () => {
        callOff?.();
        callOff = this.#clock.after(afterStartMs, () => void this.#make(stream));
      },
      onState: (state) => {
        if (state === 'running' || state === 'starting') return;
        callOff?.();
        callOff = null;
        if (isOver(stream)) this.#kept.delete(stream);
        else void this.#make(stream);
      },
      onRemoved: () => callOff?.(),
    });
  }

  /** A poster at most `maxAgeMs` old if there can be one, or else the last there was; null when there never was one. */
  async get(stream: Stream, maxAgeMs: number): Promise<Poster | null> {
    const kept = this.#kept.get(stream) ?? null;
    if (kept && this.#clock.nowMs() - kept.capturedAtMs <= maxAgeMs) return kept;
    return (await this.#make(stream)) ?? kept;
  }

  #make(stream: Stream): Promise<Poster | null> {
    const under = this.#making.get(stream);
    if (under) return under;
    const { init } = stream.packager;
    const chunk = stream.packager.lastKeyChunk();
    const kept = this.#kept.get(stream) ?? null;
    if (!init || !chunk || chunk.generation !== init.generation) return Promise.resolve(kept);
    if (kept?.capturedAtMs === chunk.captureMs) return Promise.resolve(kept);
    const making = this.#inTurn(() => this.#encode({ init, chunk }))
      .then((jpeg) => {
        if (!jpeg) return this.#kept.get(stream) ?? null;
        if (isOver(stream)) return null;
        const poster = { jpeg, capturedAtMs: chunk.captureMs };
        this.#kept.set(stream, poster);
        return poster;
      })
      .finally(() => this.#making.delete(stream));
    this.#making.set(stream, making);
    return making;
  }

  /** At most a few at once; null when too many wait already. */
  async #inTurn(work: () => Promise<Uint8Array | null>): Promise<Uint8Array | null> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  #encode({ init, chunk }: Frame): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      const pieces: Uint8Array[] = [];
      let size = 0;
      const process = this.#ffmpeg.start({
        args: posterArgs,
        stdin: [init.bytes, chunk.bytes],
        secrets: [],
        onBytes: (bytes) => {
          size += bytes.length;
          if (size <= maxJpegBytes) pieces.push(bytes);
          else process.kill();
        },
        onEnd: ({ code, said }) => {
          callOff();
          if (code !== 0 || size === 0 || size > maxJpegBytes) {
            this.#log.warn({ code, said }, 'no poster could be made');
            return resolve(null);
          }
          resolve(Buffer.concat(pieces));
        },
      });
      const callOff = this.#clock.after(makeTimeoutMs, () => process.kill());
    });
  }
}
