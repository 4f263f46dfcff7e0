import { multivariantPlaylist, playlistType, type RenditionReport, type Variant } from '@clerestory/llhls';
import { mediaPathOf, mediaPaths, type StreamName } from '@clerestory/protocol';
import type { Admission } from './admission.ts';
import type { Cameras } from './cameras.ts';
import type { Clock } from './clock.ts';
import type { Counters } from './counters.ts';
import type { Gate, ViewRequest } from './gate.ts';
import { answerBytes, HttpProblem, type Exchange } from './http-answer.ts';
import type { Posters } from './poster.ts';
import type { Stream } from './stream.ts';

/** A first request waits this long for a playlist worth having. */
const startWaitMs = 8_000;
/** A blocked request waits for so many target durations at most (8216bis, 6.2.5.2). */
const blockedTargets = 3;
/** Requests that wait at the same time on one node. */
const maxBlocked = 512;
/** Once one variant is known, the other is waited for this long. */
const secondVariantMs = 2_000;
const defaultMaxAgeS = 2;
const maxMaxAgeS = 86_400;
/** A page that shows stills may say when it asks for the next one, at most so far ahead. */
const maxAgainS = 60;

/** What a variant is said to need before it has been measured, kb/s. */
const assumedKbps: Record<StreamName, number> = { main: 4_000, sub: 700 };

/** What an address under `/live/` asks for. */
export type LiveAsked =
  | { kind: 'multivariant'; camera: string }
  | { kind: 'poster'; camera: string; stream: StreamName }
  | { kind: 'playlist'; camera: string; stream: StreamName }
  | { kind: 'resource'; camera: string; stream: StreamName; name: string };

/** Reads a path; null when it is none of ours. Pure. */
export function readLivePath(path: string): LiveAsked | null {
  const found = mediaPathOf('GET', path);
  const { camera = '', stream, name = '' } = found?.names ?? {};
  switch (found?.kind) {
    case 'multivariant':
      return { kind: 'multivariant', camera };
    case 'playlist':
    case 'poster':
      return { kind: found.kind, camera, stream: stream as StreamName };
    case 'resource':
      return { kind: 'resource', camera, stream: stream as StreamName, name };
    default:
      return null;
  }
}

/** The delivery directives of 8216bis, 6.2.5. Throws HttpProblem for what that tells to refuse. */
export function readDirectives(query: URLSearchParams): {
  msn: number | null;
  part: number | null;
  skip: boolean;
} {
  const number = (name: string): number | null => {
    const text = query.get(name);
    if (text === null) return null;
    if (!/^\d{1,15}$/.test(text)) throw new HttpProblem('invalid-request', `${name} is not a number`);
    return Number(text);
  };
  const [msn, part, skip] = [number('_HLS_msn'), number('_HLS_part'), query.get('_HLS_skip')];
  if (part !== null && msn === null)
    throw new HttpProblem('invalid-request', '_HLS_part is only allowed together with _HLS_msn');
  if (skip !== null && skip !== 'YES' && skip !== 'v2')
    throw new HttpProblem('invalid-request', '_HLS_skip is YES or v2');
  return { msn, part, skip: skip !== null };
}

/** @throws HttpProblem of code `invalid-request`. */
function secondsIn({ searchParams }: URL, name: string, fallback: number, max: number): number {
  const text = searchParams.get(name) ?? String(fallback);
  const seconds = Number(text);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text) || seconds > max)
    throw new HttpProblem('invalid-request', `${name} is a number of seconds from 0 to ${max}`);
  return seconds;
}

const blockedMs = ({ packager }: Stream): number => blockedTargets * packager.targetDurationS * 1000;

/** It does not run and will not within the next second: no use in waiting. */
const failing = ({ state }: Stream): boolean =>
  state === 'backoff' || state === 'unauthorized' || state === 'unsupported';

/** Enough of a stream to ask for it. */
type Named = Pick<Stream, 'camera' | 'name'>;

const unknownCamera = () => new HttpProblem('not-found', 'There is no such camera');

type HttpDoorName = Exclude<ViewRequest['door'], 'push' | 'replay' | 'listen'>;

export interface LiveDoorDeps {
  clock: Clock;
  counters: Counters;
  gate: Gate;
  admission: Admission | null;
  cameras: Cameras;
  posters: Posters;
}

/** LL-HLS over HTTP for any player, and the poster. */
export class LiveDoor {
  readonly #deps: LiveDoorDeps;
  #blocked = 0;

  constructor(deps: LiveDoorDeps) {
    this.#deps = deps;
  }

  /** Answers a request below `/live/`. Throws HttpProblem. */
  async answer(exchange: Exchange): Promise<void> {
    const asked = readLivePath(exchange.url.pathname);
    if (!asked) throw new HttpProblem('not-found', 'There is nothing at this address');
    if (asked.kind === 'multivariant') return this.#multivariant(exchange, asked.camera);
    // A still is made of whatever the camera sends; players get what all of them can play.
    const stream =
      asked.kind === 'poster'
        ? this.#deps.cameras.source(asked.camera, asked.stream)
        : this.#deps.cameras.find(asked.camera, asked.stream);
    const door = mediaPaths[asked.kind].asks;
    // Asked for also where there is none, as one that may not be seen is.
    await this.#admit(exchange, stream ?? { camera: asked.camera, name: asked.stream }, door);
    if (!stream) throw unknownCamera();
    const againMs =
      asked.kind === 'poster' ? secondsIn(exchange.url, 'againS', 0, maxAgainS) * 1000 : undefined;
    // Whoever waits for an answer watches: the grant stays until it is given.
    const letGo = this.#deps.admission?.hold(exchange.viewer, stream.camera);
    try {
      if (asked.kind === 'poster') return await this.#poster(exchange, stream, againMs);
      stream.lease(exchange.viewer);
      if (asked.kind === 'playlist') return await this.#playlist(exchange, stream);
      return await this.#resource(exchange, stream, asked.name);
    } finally {
      letGo?.(againMs);
    }
  }

  async #multivariant(exchange: Exchange, camera: string): Promise<void> {
    const streams = this.#deps.cameras.streamsOf(camera);
    if (streams.length === 0) {
      await this.#admit(exchange, { camera, name: 'main' }, mediaPaths.multivariant.asks);
      throw unknownCamera();
    }
    for (const stream of streams) await this.#admit(exchange, stream, mediaPaths.multivariant.asks);
    const unknown = streams.filter((stream) => !stream.track);
    for (const stream of unknown) stream.lease(exchange.viewer);
    const settled = (stream: Stream) => stream.track !== null || failing(stream);
    const first = unknown.map((stream) => this.#wait(exchange, stream, () => settled(stream), startWaitMs));
    await Promise.race(first.length === 0 ? [true] : first);
    for (const stream of unknown) await this.#wait(exchange, stream, () => settled(stream), secondVariantMs);
    const variants = streams.flatMap((stream) => this.#variant(stream));
    if (variants.length === 0) throw this.#notYet(streams[0]);
    const body = Buffer.from(multivariantPlaylist(variants));
    await this.#send(exchange, streams, playlistType, [body]);
  }

  #variant(stream: Stream): Variant[] {
    const { track, name } = stream;
    if (!track) return [];
    const { fps, bitrateKbps } = stream.report().facts;
    // BANDWIDTH is the peak (8216bis, 4.4.6.2): half as much again as the average of the last seconds.
    const bandwidth = (bitrateKbps === null ? assumedKbps[name] : bitrateKbps * 1.5) * 1000;
    const { codec, width, height } = track;
    return [{ uri: `${name}/index.m3u8`, bandwidth, codec, width, height, ...(fps ? { fps } : {}) }];
  }

  async #playlist(exchange: Exchange, stream: Stream): Promise<void> {
    const { msn, part, skip } = readDirectives(exchange.url.searchParams);
    const startedMs = this.#deps.clock.monotonicMs();
    if (!stream.packager.ready) {
      const isMoved = () => this.#deps.cameras.find(stream.camera, stream.name) !== stream;
      const settled = () => stream.packager.ready || failing(stream) || isMoved();
      await this.#wait(exchange, stream, settled, startWaitMs);
      // Only now it is known what the camera sends, and that it has to be converted.
      const other = this.#deps.cameras.find(stream.camera, stream.name);
      if (other && other !== stream) return this.#playlist(exchange, other);
      if (!stream.packager.ready) throw this.#notYet(stream);
    }
    if (msn !== null) {
      const blocked = stream.packager.blockedBy(msn, part);
      if (blocked === 'invalid' || blocked === 'too-far')
        throw new HttpProblem('invalid-request', 'That part is too far in the future');
      if (blocked === 'wait') {
        const there = () => stream.packager.blockedBy(msn, part) === 'ready';
        const leftMs = blockedMs(stream) - (this.#deps.clock.monotonicMs() - startedMs);
        if (!(await this.#wait(exchange, stream, there, leftMs))) throw this.#notYet(stream);
      }
    }
    const playlist = stream.packager.playlist({ skip, others: this.#others(exchange, stream) });
    await this.#send(exchange, [stream], playlistType, [Buffer.from(playlist)]);
  }

  /**
   * The camera's other playlists that go on now, for EXT-X-RENDITION-REPORT (8216bis, 4.4.5.4). One that nobody watches
   * stands still, so that nothing up to date can be said of it.
   */
  #others(exchange: Exchange, stream: Stream): RenditionReport[] {
    return this.#deps.cameras.streamsOf(stream.camera).flatMap((other) => {
      const { edge } = other.packager;
      if (other === stream || !other.live || !edge || !this.#ask(exchange, other, 'llhls').ok) return [];
      return [{ ...edge, uri: `../${other.name}/index.m3u8` }];
    });
  }

  async #resource(exchange: Exchange, stream: Stream, name: string): Promise<void> {
    let found = stream.packager.resource(name);
    if (found === 'wait') {
      const there = () => stream.packager.resource(name) !== 'wait';
      if (!(await this.#wait(exchange, stream, there, blockedMs(stream)))) throw this.#notYet(stream);
      found = stream.packager.resource(name);
    }
    if (found === null || found === 'wait')
      throw new HttpProblem('not-found', 'This piece of video is not kept, or never was there');
    await this.#send(exchange, [stream], found.contentType, found.bytes);
  }

  async #poster(exchange: Exchange, stream: Stream, againMs = 0): Promise<void> {
    const maxAgeS = secondsIn(exchange.url, 'maxAgeS', defaultMaxAgeS, maxMaxAgeS);
    const poster = await this.#deps.posters.get(stream, maxAgeS * 1000);
    if (!poster) {
      // Nothing is wrong, there is just nothing yet: a browser would write an error into its console for a 404.
      exchange.response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
      return;
    }
    exchange.response.setHeader('X-Captured-At', String(Math.round(poster.capturedAtMs)));
    await this.#send(exchange, [stream], 'image/jpeg', [poster.jpeg], 'poster', againMs);
  }

  /** The only way by which video leaves through this door: the gate is asked again for each piece. */
  async #send(
    exchange: Exchange,
    streams: readonly Stream[],
    contentType: string,
    pieces: readonly Uint8Array[],
    door: HttpDoorName = 'llhls',
    againMs = 0,
  ): Promise<void> {
    for (const stream of streams) this.#pass(exchange, stream, door);
    const mayGo = () => streams.every((stream) => this.#ask(exchange, stream, door).ok);
    const { counters, admission } = this.#deps;
    const [stream] = streams;
    const onSent = (bytes: number) => {
      counters.sentBytes[door] += bytes;
      if (!stream) return;
      const { camera, name } = stream;
      admission?.sent({ viewer: exchange.viewer, camera, stream: name, door }, bytes, againMs);
    };
    await answerBytes(exchange, contentType, pieces, mayGo, onSent);
  }

  #ask({ viewer }: Exchange, { camera, name }: Named, door: HttpDoorName) {
    return this.#deps.gate.mayView({ viewer, camera, stream: name, grant: '', door });
  }

  /** Gets a grant, where grants are asked for and there is none yet. */
  async #admit(exchange: Exchange, stream: Named, door: HttpDoorName): Promise<void> {
    const { admission } = this.#deps;
    if (admission && !this.#ask(exchange, stream, door).ok) {
      const { viewer } = exchange;
      const answer = await admission.ask({ viewer, camera: stream.camera, stream: stream.name, door });
      if (!answer.ok) throw new HttpProblem(answer.code, answer.reason);
    }
    this.#pass(exchange, stream, door);
  }

  #pass(exchange: Exchange, stream: Named, door: HttpDoorName): void {
    const verdict = this.#ask(exchange, stream, door);
    if (!verdict.ok) throw new HttpProblem('forbidden', verdict.reason);
  }

  #notYet(stream: Stream | undefined): HttpProblem {
    return new HttpProblem('unavailable', stream?.reason || 'No picture from this camera yet', 2);
  }

  /** Waits, counted as a viewer all the while; false in good time when there are too many who wait. */
  async #wait(exchange: Exchange, stream: Stream, ready: () => boolean, timeoutMs: number): Promise<boolean> {
    if (ready()) return true;
    if (this.#blocked >= maxBlocked)
      throw new HttpProblem('unavailable', 'Too many players wait at once; try again', 2);
    this.#blocked += 1;
    const release = stream.watch({});
    try {
      return await stream.until(ready, timeoutMs, exchange.signal);
    } finally {
      release();
      stream.lease(exchange.viewer);
      this.#blocked -= 1;
    }
  }
}
