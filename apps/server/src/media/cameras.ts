import { isDeepStrictEqual } from 'node:util';
import { laterNumbers, TargetDuration, type Numbers } from '@clerestory/llhls';
import type { IngestReport, MediaCamera, StreamName } from '@clerestory/protocol';
import type { z } from 'zod';
import { streamsOf } from './sources.ts';
import { Stream, type StreamDeps } from './stream.ts';

export type MediaCameraConfig = z.infer<typeof MediaCamera>;

/** Cameras one node takes; more are refused with a line in the log. */
const maxCameras = 20_000;

interface Entry {
  config: MediaCameraConfig;
  streams: Map<StreamName, Stream>;
}

/** The cameras of this node and their streams. */
export class Cameras {
  readonly #deps: StreamDeps;
  readonly #onStream: (stream: Stream) => void;
  readonly #entries = new Map<string, Entry>();
  /** The latest of the numbers of all streams that are gone: whatever comes to an address of theirs goes on from there. */
  #goneNumbers: Numbers | undefined;

  /** `onStream` hears of every stream that comes into being. */
  constructor(deps: StreamDeps, onStream: (stream: Stream) => void) {
    this.#deps = deps;
    this.#onStream = onStream;
  }

  /** The whole list: what is not in it is removed. */
  setAll(list: readonly MediaCameraConfig[]): void {
    const kept = new Set(list.map((camera) => camera.id));
    for (const id of [...this.#entries.keys()]) if (!kept.has(id)) this.remove(id);
    // The list is the truth: a camera that was removed and made again has a lower revision than before.
    for (const camera of list) this.#put(camera);
  }

  /** One camera that is new or has changed; news that are older than what is known are left aside. */
  set(config: MediaCameraConfig): void {
    const known = this.#entries.get(config.id)?.config.revision ?? 0;
    if (config.revision >= known) this.#put(config);
  }

  #put(config: MediaCameraConfig): void {
    const entry = this.#entries.get(config.id);
    if (!entry) return this.#add(config);
    const before = entry.config;
    const sourceChanged = !isDeepStrictEqual(before.source, config.source);
    entry.config = config;
    if (sourceChanged) this.#renewStreams(entry);
    else if (config.revision !== before.revision)
      for (const stream of entry.streams.values()) stream.retryNow();
    for (const stream of entry.streams.values()) stream.keepAlways(config.keep === 'always');
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    for (const stream of entry?.streams.values() ?? []) this.#end(stream);
  }

  /** The stream that serves a wish; a camera without `sub` serves `main`. Null: no such camera. */
  find(camera: string, wanted: StreamName): Stream | null {
    const streams = this.#entries.get(camera)?.streams;
    return streams?.get(wanted) ?? streams?.get('main') ?? null;
  }

  /** Which streams a camera has; empty: no such camera. */
  streamsOf(camera: string): Stream[] {
    return [...(this.#entries.get(camera)?.streams.values() ?? [])];
  }

  all(): Stream[] {
    return [...this.#entries.values()].flatMap((entry) => [...entry.streams.values()]);
  }

  reports(): IngestReport[] {
    return this.all().map((stream) => stream.report());
  }

  #add(config: MediaCameraConfig): void {
    if (this.#entries.size >= maxCameras)
      return this.#deps.log.error({ camera: config.id, maxCameras }, 'too many cameras for one media node');
    const entry: Entry = { config, streams: new Map() };
    this.#entries.set(config.id, entry);
    this.#renewStreams(entry);
    for (const stream of entry.streams.values()) stream.keepAlways(config.keep === 'always');
  }

  /**
   * Gives an entry the streams its source has, all of them new: of another place, not even a poster may remain. Viewers
   * choose again.
   */
  #renewStreams({ config, streams }: Entry): void {
    const before = [...streams.values()];
    streams.clear();
    this.#retireNumbers(before);
    const terms = { targetDuration: new TargetDuration(), after: this.#goneNumbers };
    for (const name of streamsOf(config.source)) {
      const stream = new Stream(config.id, name, config.source, this.#deps, terms);
      streams.set(name, stream);
      this.#onStream(stream);
    }
    for (const stream of before) stream.moved();
    for (const stream of before) stream.remove();
  }

  #end(stream: Stream): void {
    this.#retireNumbers([stream]);
    stream.remove();
  }

  #retireNumbers(streams: readonly Stream[]): void {
    for (const { packager } of streams)
      this.#goneNumbers = this.#goneNumbers
        ? laterNumbers(this.#goneNumbers, packager.numbers)
        : packager.numbers;
  }
}
