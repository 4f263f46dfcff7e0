import type { Chunk, Init } from '@clerestory/llhls';
import { encodePushHeader, type Playable, type PushNotice, type StreamKind } from '@clerestory/protocol';
import type { Admission } from './admission.ts';
import type { Counters } from './counters.ts';
import { scopeOf, type Gate, type ViewRequest } from './gate.ts';
import type { Stream } from './stream.ts';

/** What a channel carries: pictures or sound. */
export type Channelled = Stream<StreamKind>;
/** Enough of one to ask for it. */
type Named = Pick<Channelled, 'camera' | 'name'>;

/** Where a channel writes: the socket, with what is not yet taken by the network. */
export interface PushOutlet {
  /** Bytes that wait in this process for the network. */
  readonly queuedBytes: number;
  notice(notice: PushNotice): void;
  /** Nothing of what waits may leave any more. */
  drop(reason: string): void;
  /** `onSent` when the network has taken it. */
  video(header: Uint8Array, payload: Uint8Array, onSent: () => void): void;
}

export interface ChannelLimits {
  /** A channel with more live video than this waiting skips to its next key frame, seconds. */
  maxPendingS: number;
  /** So do all channels of a socket on which more than this waits, bytes. */
  skipAboveBytes: number;
  /** A socket on which more than this waits gets no backlog yet, bytes. */
  joinBelowBytes: number;
}
export const defaultChannelLimits: ChannelLimits = {
  maxPendingS: 1.5,
  skipAboveBytes: 4 * 1024 * 1024,
  joinBelowBytes: 2 * 1024 * 1024,
};

export interface ChannelWish {
  channel: number;
  camera: string;
  /** What the page asked for; what it gets may be `main`. `audio`: it listens, which takes a grant of its own. */
  stream: StreamKind;
  grant: string;
  /** What need not be converted for it. */
  plays: readonly Playable[];
}

interface ChannelDeps {
  viewer: string;
  gate: Gate;
  admission: Admission | null;
  counters: Counters;
  outlet: PushOutlet;
  limits: ChannelLimits;
  find(camera: string, wanted: StreamKind, plays: readonly Playable[]): Channelled | null;
  /** The channel has closed itself. */
  onClosed(channel: number): void;
}

const removedReason = 'The camera was removed';
const unknownCameraReason = 'There is no such camera';
const unheardReason = 'Nobody may listen to this camera';

/** One tile's video, or its sound, on a push socket: backlog, then every chunk, or the next key frame when the page is slow. */
export class PushChannel {
  readonly #wish: ChannelWish;
  readonly #deps: ChannelDeps;
  #stream: Channelled | null = null;
  readonly #door: ViewRequest['door'];
  /** Goes up with each opening and closing, so that a late answer of control is known as such. */
  #turn = 0;
  #release: (() => void) | null = null;
  /** `join`: waits for room for the backlog; `key`: for a key frame; `flow`: gets each chunk. */
  #mode: 'join' | 'key' | 'flow' = 'join';
  #sentGeneration: number | null = null;
  /** Of that generation, a chunk was sent. */
  #sentAny = false;
  /** What the channel gets before it flows; null when that is not known yet. */
  #backlog: Chunk[] | null = null;
  /** The last state that was told, so that nothing is told twice. */
  #told = '';
  /** Live video handed to the socket that the network has not taken. */
  #pendingS = 0;
  #skipped = { chunks: 0, bytes: 0 };

  constructor(wish: ChannelWish, deps: ChannelDeps) {
    this.#wish = wish;
    this.#deps = deps;
    this.#door = wish.stream === 'audio' ? 'listen' : 'push';
  }

  get isSound(): boolean {
    return this.#wish.stream === 'audio';
  }

  /** Finds the stream, says its state and sends what there is of it. */
  open(mayAsk = true): void {
    const { camera, stream: wanted, plays } = this.#wish;
    const stream = this.#deps.find(camera, wanted, plays);
    // Asked for also where there is none: a camera that one may not see answers no sooner and no later than one that
    // does not exist, and why there is no sound, control knows.
    const asked = stream ?? { camera, name: wanted };
    const verdict = this.#ask(asked);
    if (!verdict.ok && mayAsk && this.#deps.admission) return this.#askFor(asked, this.#deps.admission);
    if (!verdict.ok) return this.#refuse(verdict.reason);
    if (!stream) return this.#refuse(wanted === 'audio' ? unheardReason : unknownCameraReason);
    const { outlet } = this.#deps;
    const letGo = this.#deps.admission?.hold(this.#deps.viewer, stream.camera, scopeOf(this.#door));
    this.#stream = stream;
    this.#mode = 'join';
    this.#backlog = null;
    const unwatch = stream.watch({
      onInit: () => {
        this.#mode = 'join';
        this.#backlog = null;
        this.tryJoin();
      },
      onChunk: (chunk) => this.#take(chunk),
      onState: () => this.#tellState(),
      onEncoding: () => this.#move(),
      onMoved: (renewed) => {
        this.#move();
        if (renewed) outlet.drop('the camera has changed');
      },
      onRemoved: () => this.#refuse(removedReason),
    });
    this.#release = () => {
      unwatch();
      letGo?.();
    };
    this.#tellState();
    this.tryJoin();
  }

  close(): void {
    this.#turn += 1;
    this.#release?.();
    this.#release = null;
    this.#stream = null;
  }

  /** The grant for a camera is over; closes the channel if it was on it. @returns whether it was */
  grantEnded(camera: string, reason: string): boolean {
    const stream = this.#stream;
    if (stream?.camera !== camera || this.#ask(stream).ok) return false;
    this.#refuse(reason);
    return true;
  }

  /** There is no grant yet: control is asked, once. */
  #askFor({ camera, name }: Named, admission: Admission): void {
    const turn = (this.#turn += 1);
    void admission
      .ask({ viewer: this.#deps.viewer, camera, stream: name, door: this.#door })
      .then((answer) => {
        if (turn !== this.#turn) return;
        if (answer.ok) this.open(false);
        else this.#refuse(answer.reason);
      });
  }

  /** Sends what can be sent of init and backlog: no more than the socket has room for. */
  tryJoin(): void {
    const stream = this.#stream;
    const { outlet, limits } = this.#deps;
    if (this.#mode !== 'join' || !stream?.live) return;
    const room = () => outlet.queuedBytes <= limits.joinBelowBytes;
    if (!this.#backlog) {
      const { init } = stream.packager;
      if (!room() || !init || !this.#sendInit(stream, init)) return;
      this.#backlog = stream.packager.join();
      if (this.#backlog.length === 0) this.#mode = 'key';
    }
    while (this.#backlog.length > 0 && room()) {
      const chunk = this.#backlog.shift();
      if (chunk && !this.#sendChunk(stream, chunk, true)) return;
    }
    if (this.#backlog.length > 0) return;
    this.#backlog = null;
    if (this.#mode === 'join') this.#mode = 'flow';
  }

  /** While the backlog is on its way, what is new waits behind it: at most one group of pictures. */
  #takeBehindBacklog(chunk: Chunk): void {
    if (this.#backlog && chunk.key) for (const old of this.#backlog.splice(0)) this.#skip(old);
    this.#backlog?.push(chunk);
    this.tryJoin();
  }

  #move(): void {
    const { camera, stream: wanted, plays } = this.#wish;
    if (this.#deps.find(camera, wanted, plays) === this.#stream) return;
    this.close();
    this.#sentGeneration = null;
    this.open();
  }

  #ask({ camera, name }: Named) {
    const { viewer, gate } = this.#deps;
    return gate.mayView({ viewer, camera, stream: name, grant: this.#wish.grant, door: this.#door });
  }

  #refuse(reason: string): void {
    this.close();
    this.#deps.outlet.notice({ type: 'refused', channel: this.#wish.channel, reason });
    this.#deps.onClosed(this.#wish.channel);
  }

  #tellState(): void {
    const stream = this.#stream;
    if (!stream || stream.state === 'idle') return;
    const { state, reason, name } = stream;
    const behindMs = Math.round(stream.behindMs);
    const told = `${state} ${name} ${behindMs} ${reason}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#deps.outlet.notice({
      ...{ type: 'state', channel: this.#wish.channel, state, reason, stream: name },
      ...(behindMs > 0 && { behindMs }),
    });
  }

  #take(chunk: Chunk): void {
    const stream = this.#stream;
    if (!stream) return;
    if (this.#mode === 'join') return this.#takeBehindBacklog(chunk);
    const { outlet, limits } = this.#deps;
    const slow = this.#pendingS > limits.maxPendingS || outlet.queuedBytes > limits.skipAboveBytes;
    if (slow) this.#mode = 'key';
    if (this.#mode === 'key' && (slow || !chunk.key)) {
      // Before its first key frame a channel misses nothing.
      if (this.#sentAny) this.#skip(chunk);
      return;
    }
    this.#mode = 'flow';
    this.#sendChunk(stream, chunk, false);
  }

  #sendInit(stream: Channelled, init: Init): boolean {
    if (this.#sentGeneration === init.generation) return true;
    const { generation, track, bytes } = init;
    const frame = { generation, index: 0, key: false, captureMs: 0, mediaS: 0, durationS: 0 };
    if (!this.#send(stream, { ...frame, kind: 'init', backlog: false, codec: track.codec }, bytes, () => {}))
      return false;
    this.#sentGeneration = generation;
    this.#sentAny = false;
    this.#skipped = { chunks: 0, bytes: 0 };
    return true;
  }

  #skip(chunk: Chunk): void {
    this.#skipped.chunks += 1;
    this.#skipped.bytes += chunk.bytes.length;
  }

  #sendChunk(stream: Channelled, chunk: Chunk, backlog: boolean): boolean {
    if (this.#skipped.chunks > 0) {
      this.#deps.counters.skips += 1;
      this.#deps.outlet.notice({ type: 'skipped', channel: this.#wish.channel, ...this.#skipped });
      this.#skipped = { chunks: 0, bytes: 0 };
    }
    this.#sentAny = true;
    const { bytes, ...frame } = chunk;
    const liveS = backlog ? 0 : chunk.durationS;
    this.#pendingS += liveS;
    return this.#send(stream, { ...frame, kind: 'chunk', backlog, codec: '' }, bytes, () => {
      this.#pendingS -= liveS;
    });
  }

  /** The only place from which video and sound leave by this door; false when the gate said no. */
  #send(
    stream: Channelled,
    frame: Omit<Parameters<typeof encodePushHeader>[0], 'channel' | 'camera' | 'stream' | 'grant'>,
    payload: Uint8Array,
    onSent: () => void,
  ): boolean {
    const verdict = this.#ask(stream);
    if (!verdict.ok) {
      this.#refuse(verdict.reason);
      return false;
    }
    const { channel, grant } = this.#wish;
    const header = encodePushHeader({ ...frame, channel, grant, camera: stream.camera, stream: stream.name });
    this.#deps.counters.sentBytes.push += header.length + payload.length;
    this.#deps.admission?.sent(
      { viewer: this.#deps.viewer, camera: stream.camera, stream: stream.name, door: this.#door },
      header.length + payload.length,
    );
    this.#deps.outlet.video(header, payload, onSent);
    return true;
  }
}
