import { isDeepStrictEqual } from 'node:util';
import type { IngestReport, MediaCamera, StreamName } from '@clerestory/protocol';
import type { z } from 'zod';
import { streamsOf } from './sources.ts';
import { Stream, type StreamDeps } from './stream.ts';

export type MediaCameraConfig = z.infer<typeof MediaCamera>;

/** Cameras one node takes; more are refused with a line in the log. */
export const maxCameras = 1_000;

interface Entry {
  config: MediaCameraConfig;
  streams: Map<StreamName, Stream>;
}

/** The cameras of this node and their streams. */
export class Cameras {
  readonly #deps: StreamDeps;
  readonly #onStream: (stream: Stream) => void;
  readonly #entries = new Map<string, Entry>();

  /** `onStream` hears of every stream that comes into being. */
  constructor(deps: StreamDeps, onStream: (stream: Stream) => void) {
    this.#deps = deps;
    this.#onStream = onStream;
  }

  /** The whole list: what is not in it is removed. */
  setAll(list: readonly MediaCameraConfig[]): void {
    const kept = new Set(list.map((camera) => camera.id));
    for (const id of [...this.#entries.keys()]) if (!kept.has(id)) this.remove(id);
    for (const camera of list) this.set(camera);
  }

  set(config: MediaCameraConfig): void {
    const entry = this.#entries.get(config.id);
    if (!entry) return this.#add(config);
    const before = entry.config;
    if (config.revision < before.revision) return;
    const sourceChanged = !isDeepStrictEqual(before.source, config.source);
    entry.config = config;
    if (sourceChanged || config.revision > before.revision)
      for (const stream of entry.streams.values()) stream.configure(sourceChanged ? config.source : null);
    if (sourceChanged) this.#matchStreams(entry);
    for (const stream of entry.streams.values()) stream.keepAlways(config.keep === 'always');
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    for (const stream of entry?.streams.values() ?? []) stream.remove();
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
    this.#matchStreams(entry);
    for (const stream of entry.streams.values()) stream.keepAlways(config.keep === 'always');
  }

  /** Gives an entry the streams its source has. Viewers of a stream that goes or comes choose again. */
  #matchStreams({ config, streams }: Entry): void {
    const wanted = streamsOf(config.source);
    const before = [...streams.values()];
    const gone = before.filter((stream) => !wanted.includes(stream.name));
    const come = wanted.filter((name) => !streams.has(name));
    if (gone.length + come.length === 0) return;
    for (const stream of gone) streams.delete(stream.name);
    for (const name of come) {
      const stream = new Stream(config.id, name, config.source, this.#deps);
      streams.set(name, stream);
      this.#onStream(stream);
    }
    for (const stream of before) stream.moved();
    for (const stream of gone) stream.remove();
  }
}
