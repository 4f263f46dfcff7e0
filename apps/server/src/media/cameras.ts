import { isDeepStrictEqual } from 'node:util';
import { laterNumbers, TargetDuration, type Numbers } from '@clerestory/llhls';
import type { IngestReport, MediaCamera, PictureFault, Playable, StreamName } from '@clerestory/protocol';
import type { z } from 'zod';
import { conversionNeeded } from './playability.ts';
import { streamsOf, type ConversionSource, type StreamSource } from './sources.ts';
import { Stream, type StreamDeps } from './stream.ts';

export type MediaCameraConfig = z.infer<typeof MediaCamera>;

/** Cameras one node takes; more are refused with a line in the log. */
const maxCameras = 20_000;

interface Entry {
  config: MediaCameraConfig;
  streams: Map<StreamName, Stream>;
  /** For pages that cannot play a stream as it is: the same, converted. */
  conversions: Map<StreamName, Stream>;
  /** Null until somebody listens. */
  sound: Stream<'audio'> | null;
}

/** How long a conversion waits for a key frame to begin with, ms: they may be a minute apart. */
const keyFramePatienceMs = 70_000;
/** With masks, no stream of the camera as it is exists anywhere. */
const sourceOf = ({ source, masks = [] }: MediaCameraConfig): StreamSource =>
  masks.length > 0 ? { kind: 'masked', of: source, masks } : source;
/** Of what is lent there is no sound, whatever else is said of it. */
const mayBeHeard = ({ sound, private: isLent }: MediaCameraConfig): boolean => sound === true && !isLent;
/** Nobody's camera is opened before somebody watches it under a grant; one that would send to us finds no door till then. */
const always = ({ keep, source, private: isLent }: MediaCameraConfig): boolean =>
  // A camera that sends to us does so whether or not anybody watches.
  !isLent && (keep === 'always' || source.kind === 'push');

const stayOf = ({ private: isLent }: MediaCameraConfig) => ({ keepsPast: !isLent, isLent: isLent === true });

/** The cameras of this node and their streams. */
export class Cameras {
  readonly #deps: StreamDeps;
  readonly #onStream: (stream: Stream) => void;
  readonly #onConversion: (of: Stream) => void;
  readonly #faultOf: (stream: Stream) => PictureFault | null;
  readonly #entries = new Map<string, Entry>();
  /** The latest of the numbers of all streams that are gone: whatever comes to an address of theirs goes on from there. */
  #goneNumbers: Numbers | undefined;

  /**
   * `onStream` hears of every stream that comes into being, `onConversion` of news of a stream's conversion; `faultOf` knows
   * what is wrong with a stream's pictures.
   */
  constructor(
    deps: StreamDeps,
    onStream: (stream: Stream) => void,
    onConversion: (of: Stream) => void = () => {},
    faultOf: (stream: Stream) => PictureFault | null = () => null,
  ) {
    this.#deps = deps;
    this.#onStream = onStream;
    this.#onConversion = onConversion;
    this.#faultOf = faultOf;
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
    const sourceChanged =
      before.private !== config.private || !isDeepStrictEqual(sourceOf(before), sourceOf(config));
    entry.config = config;
    if (sourceChanged) this.#renewStreams(entry);
    else if (!mayBeHeard(config)) this.#dropSound(entry);
    else if (config.revision !== before.revision)
      for (const stream of entry.streams.values()) stream.retryNow();
    for (const stream of entry.streams.values()) stream.keepAlways(always(config));
  }

  remove(id: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    for (const stream of entry ? [...entry.conversions.values(), ...entry.streams.values()] : [])
      this.#end(stream);
    entry?.sound?.remove();
  }

  /** The stream as the camera sends it, for a wish; a camera without `sub` serves `main`. Null: no such camera. */
  source(camera: string, wanted: StreamName): Stream | null {
    const streams = this.#entries.get(camera)?.streams;
    return streams?.get(wanted) ?? streams?.get('main') ?? null;
  }

  /** The same for a page, converted where it could not play it. `plays`: what it can, besides plain H.264. */
  find(camera: string, wanted: StreamName, plays: readonly Playable[] = []): Stream | null {
    const stream = this.source(camera, wanted);
    const entry = this.#entries.get(camera);
    if (!stream?.encoding || !entry || conversionNeeded(stream.encoding, plays) === null) return stream;
    return entry.conversions.get(stream.name) ?? this.#convert(entry, stream);
  }

  /** The sound of a camera; null: no such camera, or nobody may hear it. Its health, stills and playlists know nothing of it. */
  sound(camera: string): Stream<'audio'> | null {
    const entry = this.#entries.get(camera);
    if (!entry || !mayBeHeard(entry.config)) return null;
    const { source } = entry.config;
    const terms = { targetDuration: new TargetDuration(), keepsPast: false };
    return (entry.sound ??= new Stream(camera, 'audio', { kind: 'sound', of: source }, this.#deps, terms));
  }

  /** Which streams a camera has for players that know plain H.264; empty: no such camera. */
  streamsOf(camera: string): Stream[] {
    const names = [...(this.#entries.get(camera)?.streams.keys() ?? [])];
    return names.flatMap((name) => this.find(camera, name) ?? []);
  }

  all(): Stream[] {
    return [...this.#entries.values()].flatMap((entry) => [...entry.streams.values()]);
  }

  reports(): IngestReport[] {
    return this.all().map((stream) => this.report(stream));
  }

  /** Of a stream of `all`, with how its conversion stands. */
  report(stream: Stream): IngestReport {
    const seen = this.#faultOf(stream);
    const own = stream.report();
    const report = seen === null ? own : { ...own, facts: { ...own.facts, picture: seen } };
    const conversion = this.#entries.get(stream.camera)?.conversions.get(stream.name);
    if (!conversion || conversion.state === 'idle') return report;
    // The conversion itself is one of the stream's viewers.
    const viewers = Math.max(0, stream.viewers - 1) + conversion.viewers;
    const cores = conversion.cores();
    const converting = { conversion: conversion.reason, ...(cores !== null && { cores }) };
    return { ...report, facts: { ...report.facts, viewers, ...converting } };
  }

  #convert(entry: Entry, of: Stream): Stream {
    const source: ConversionSource = {
      kind: 'convert',
      of,
      get from() {
        return (of.encoding && conversionNeeded(of.encoding, [])) ?? 'this format';
      },
      get interlaced() {
        return of.encoding?.track.sps?.interlaced === true;
      },
      hold: () => of.watch({}),
      ready: (signal) => of.until(() => of.live && of.packager.join().length > 0, keyFramePatienceMs, signal),
    };
    const after = this.#goneNumbers
      ? laterNumbers(this.#goneNumbers, of.packager.numbers)
      : of.packager.numbers;
    const terms = { targetDuration: new TargetDuration(), after, ...stayOf(entry.config) };
    const stream = new Stream(of.camera, of.name, source, this.#deps, terms);
    entry.conversions.set(of.name, stream);
    // Should the camera send something else one day, whoever watches asks again what fits.
    of.listen({ onEncoding: () => stream.moved(false) });
    stream.listen({ onState: () => this.#onConversion(of) });
    return stream;
  }

  #add(config: MediaCameraConfig): void {
    if (this.#entries.size >= maxCameras)
      return this.#deps.log.error({ camera: config.id, maxCameras }, 'too many cameras for one media node');
    const entry: Entry = { config, streams: new Map(), conversions: new Map(), sound: null };
    this.#entries.set(config.id, entry);
    this.#renewStreams(entry);
    for (const stream of entry.streams.values()) stream.keepAlways(always(config));
  }

  /**
   * Gives an entry the streams its source has, all of them new: of another place, or of areas that are masked now, not even
   * a poster may remain. Viewers choose again.
   */
  #renewStreams(entry: Entry): void {
    const { config, streams, conversions } = entry;
    const before = [...conversions.values(), ...streams.values()];
    streams.clear();
    conversions.clear();
    this.#retireNumbers(before);
    const terms = { targetDuration: new TargetDuration(), after: this.#goneNumbers, ...stayOf(config) };
    for (const name of streamsOf(config.source)) {
      const stream = new Stream(config.id, name, sourceOf(config), this.#deps, terms);
      streams.set(name, stream);
      this.#onStream(stream);
    }
    for (const stream of before) stream.moved(true);
    for (const stream of before) stream.remove();
    this.#dropSound(entry);
  }

  /** Whoever listens asks again, and hears on if they may. */
  #dropSound(entry: Entry): void {
    const before = entry.sound;
    entry.sound = null;
    before?.moved(true);
    before?.remove();
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
