import type { PushFrame, StreamKind, StreamName } from '@clerestory/protocol';
import type * as HlsModule from 'hls.js/light';
import { HlsPlayer } from './hls-player.ts';
import type { TilePlayer } from './live-player.ts';
import type { PushClient } from './push-client.ts';
import type { Feed, FeedListener } from './push-feed.ts';
import { PushPlayer } from './push-player.ts';
import type { SourceState, TileFacts } from './tile-state.ts';

/** What a line tells its tile. A `run` is a new player that wants an element; the one before will get nothing more. */
export interface LineEvents {
  run(player: TilePlayer): void;
  /** The line's state has changed; look again. */
  changed(): void;
  /** The present run has failed and cannot go on. */
  failed(detail: string): void;
}

/** One stream of one camera on its way to a tile, whichever road it takes. A tile has two while it swaps streams. */
export interface Line {
  /** The stream that was asked for. */
  readonly stream: StreamName;
  /** The stream that comes: a camera without a sub stream sends main. */
  readonly served: StreamName;
  readonly source: TileFacts['source'];
  /** Why the server refuses it; null while it does not. */
  readonly refusal: string | null;
  readonly unplayable: string | null;
  /** When something of the stream came last, on the page's monotonic clock; null: never, or not known of this road. */
  readonly arrivedAtMs: number | null;
  /** Something should come: the road is open and nobody says otherwise. */
  readonly open: boolean;
  /** Starts over: a new run will come. */
  restart(): void;
  close(): void;
}

const playable = (codec: string): boolean =>
  codec !== '' && MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`);

const unplayableReason = (codec: string): string =>
  /^(hvc1|hev1)/.test(codec)
    ? 'The camera sends H.265, which this browser or machine cannot play'
    : `The camera sends ${codec || 'a kind of video'} that this browser cannot play`;

/** A line over the push socket. Every init on it begins a new run. */
export class PushLine implements Line, FeedListener {
  readonly stream: StreamName;
  served: StreamName;
  source: Line['source'] = null;
  refusal: string | null = null;
  unplayable: string | null = null;
  arrivedAtMs: number | null = null;
  readonly #module: typeof HlsModule;
  readonly #events: LineEvents;
  readonly #nowMs: () => number;
  readonly #feed: Feed;
  readonly #client: PushClient;
  #player: PushPlayer | null = null;

  constructor(
    client: PushClient,
    module: typeof HlsModule,
    camera: string,
    stream: StreamName,
    events: LineEvents,
    nowMs: () => number,
  ) {
    this.stream = stream;
    this.served = stream;
    this.#module = module;
    this.#client = client;
    this.#events = events;
    this.#nowMs = nowMs;
    this.#feed = client.subscribe(camera, stream, this);
  }

  get open(): boolean {
    return this.#client.linked;
  }

  init(frame: PushFrame): void {
    this.#serves(frame.stream);
    this.refusal = null;
    this.unplayable = playable(frame.codec) ? null : unplayableReason(frame.codec);
    this.#player = null;
    if (this.unplayable !== null) return this.#events.changed();
    const player: PushPlayer = new PushPlayer(
      this.#module,
      frame,
      { failed: (detail) => this.#failed(player, detail) },
      this.#nowMs,
    );
    this.#player = player;
    this.#events.run(player);
  }

  chunk(frame: PushFrame): void {
    this.arrivedAtMs = this.#nowMs();
    // A chunk of another generation than the init it should follow belongs to a run that is over.
    if (this.#player && frame.generation === this.#player.generation) this.#player.chunk(frame);
  }

  skipped(): void {
    this.#player?.skipped();
  }

  state(state: SourceState, reason: string, served: StreamKind, behindMs?: number): void {
    this.source = { state, reason, behindMs };
    this.refusal = null;
    this.#serves(served);
    this.#events.changed();
  }

  refused(reason: string): void {
    this.refusal = reason;
    this.#player = null;
    this.#events.changed();
  }

  lost(): void {
    this.source = null;
    this.#player = null;
    this.#events.changed();
  }

  /** A refusal stands until the server says something else: asking again is no access. */
  restart(): void {
    this.#player = null;
    this.#feed.restart();
  }

  close(): void {
    this.#player = null;
    this.#feed.close();
  }

  /** A line is of pictures; the client lets no sound through to it. */
  #serves(stream: StreamKind): void {
    if (stream !== 'audio') this.served = stream;
  }

  #failed(player: PushPlayer, detail: string): void {
    if (player !== this.#player) return;
    this.#player = null;
    // Not from inside hls.js's own event: the tile will destroy it.
    queueMicrotask(() => this.#events.failed(detail));
  }
}

/** A line over the LL-HLS door: one run until it fails or is started over. */
export class HlsLine implements Line {
  readonly stream: StreamName;
  readonly served: StreamName;
  readonly source = null;
  refusal: string | null = null;
  readonly unplayable = null;
  readonly arrivedAtMs = null;
  readonly open = true;
  readonly #module: typeof HlsModule;
  readonly #url: string;
  readonly #events: LineEvents;
  readonly #nowMs: () => number;
  #player: HlsPlayer | null = null;
  #closed = false;

  constructor(
    mediaUrl: string,
    module: typeof HlsModule,
    camera: string,
    stream: StreamName,
    events: LineEvents,
    nowMs: () => number,
  ) {
    this.stream = stream;
    this.served = stream;
    this.#module = module;
    this.#url = `${mediaUrl}/live/${camera}/${stream}/index.m3u8`;
    this.#events = events;
    this.#nowMs = nowMs;
    // The tile must know its line before the first run.
    queueMicrotask(() => this.restart());
  }

  restart(): void {
    if (this.#closed) return;
    this.refusal = null;
    const player: HlsPlayer = new HlsPlayer(
      this.#module,
      this.#url,
      { failed: (detail, status) => this.#failed(player, detail, status) },
      this.#nowMs,
    );
    this.#player = player;
    this.#events.run(player);
  }

  close(): void {
    this.#closed = true;
    this.#player = null;
  }

  #failed(player: HlsPlayer, detail: string, status: number | undefined): void {
    if (player !== this.#player) return;
    this.#player = null;
    if (status === 401 || status === 403) this.refusal = 'The media server refuses this picture';
    queueMicrotask(() => (this.refusal === null ? this.#events.failed(detail) : this.#events.changed()));
  }
}
