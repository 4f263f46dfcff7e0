import {
  decodePushFrame,
  maxChannels,
  PushNotice,
  type PushFrame,
  type PushRequest,
  type StreamKind,
  type StreamName,
} from '@clerestory/protocol';
import {
  pushDefaults,
  retryPauseMs,
  type Feed,
  type FeedListener,
  type PushOptions,
  type Socket,
} from './push-feed.ts';
import { ServerClock } from './server-clock.ts';

interface Subscription {
  readonly camera: string;
  readonly stream: StreamKind;
  readonly listener: FeedListener;
  /** Null while not subscribed on the present socket. */
  channel: number | null;
  /** How far back a replay goes; null for live pictures. */
  readonly seconds: number | null;
  /** The server said no; stays out until `restart`. */
  refused: boolean;
}

const socketOpen = 1;
/** A try that has only just begun is not begun again. */
const youngTryMs = 1_000;

/**
 * The page's one push socket with all its channels. Reconnects for ever, subscribes everything again, keeps the
 * server's clock, and lets no frame through that is of another camera, or of its sound, than its channel asked for.
 * `tick` is called once per second by the supervisor; there is no timer in here but the one for the next attempt.
 */
export class PushClient {
  readonly clock = new ServerClock();
  /** Counters for reports and tests. */
  readonly counts = { opened: 0, failed: 0, crossed: 0, malformed: 0, frames: 0, bytes: 0 };
  readonly #options: PushOptions;
  readonly #subscriptions = new Set<Subscription>();
  readonly #byChannel = new Map<number, Subscription>();
  readonly #linkListeners = new Set<(linked: boolean) => void>();
  #url: string | null = null;
  #socket: Socket | null = null;
  #linked = false;
  #nextChannel = 1;
  #attempt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #connectingSinceMs = 0;
  #lastMessageMs = 0;
  #askedLifeMs: number | null = null;
  #lastClockMs = -Infinity;

  constructor(options: Partial<PushOptions> = {}) {
    this.#options = { ...pushDefaults, ...options };
  }

  /** The socket is open and has been answered on. */
  get linked(): boolean {
    return this.#linked;
  }

  /** Attempts in a row that did not lead to an answer. */
  get failuresInARow(): number {
    return this.#attempt;
  }

  onLink(listener: (linked: boolean) => void): () => void {
    this.#linkListeners.add(listener);
    return () => this.#linkListeners.delete(listener);
  }

  /** Where the socket is; null closes it. Another address than before is connected to at once. */
  setUrl(url: string | null): void {
    if (url === this.#url) return;
    this.#url = url;
    this.#attempt = 0;
    this.clock.reset();
    this.#drop();
    this.#connect();
  }

  /** Tries at once instead of at the end of the pause: the network has come back. */
  hurry(): void {
    const tryingMs = this.#options.nowMs() - this.#connectingSinceMs;
    if (this.#linked || (this.#socket && tryingMs < youngTryMs)) return;
    this.#attempt = 0;
    this.#drop();
    this.#connect();
  }

  /** Opens a channel and keeps it open across reconnects until `close`. At most `maxChannels` at once. */
  subscribe(camera: string, stream: StreamName, listener: FeedListener): Feed {
    return this.#open({ camera, stream, listener, seconds: null, channel: null, refused: false });
  }

  /** Asks for the last seconds of a camera, once. Lost with the socket: then `lost`, and nothing more. */
  replay(camera: string, stream: StreamName, seconds: number, listener: FeedListener): Feed {
    return this.#open({ camera, stream, listener, seconds, channel: null, refused: false });
  }

  /** The sound of a camera; one at a time. */
  listen(camera: string, listener: FeedListener): Feed {
    return this.#open({ camera, stream: 'audio', listener, seconds: null, channel: null, refused: false });
  }

  #open(subscription: Subscription): Feed {
    this.#subscriptions.add(subscription);
    this.#join(subscription);
    return {
      restart: () => {
        if (!this.#subscriptions.has(subscription)) return;
        subscription.refused = false;
        this.#leave(subscription);
        this.#join(subscription);
      },
      close: () => {
        this.#leave(subscription);
        this.#subscriptions.delete(subscription);
      },
    };
  }

  /** Once per second: reads the clock, finds a dead socket. */
  tick(): void {
    const nowMs = this.#options.nowMs();
    const socket = this.#socket;
    if (!socket) return;
    if (socket.readyState !== socketOpen) {
      if (nowMs - this.#connectingSinceMs > this.#options.openTimeoutMs) this.#lost(socket);
      return;
    }
    if (this.#askedLifeMs !== null && nowMs - this.#askedLifeMs > this.#options.deadMs)
      return this.#lost(socket);
    if (this.#askedLifeMs === null && nowMs - this.#lastMessageMs > this.#options.quietMs) {
      this.#askedLifeMs = nowMs;
      this.#askTime();
    } else if (nowMs - this.#lastClockMs > this.#options.clockEveryMs) this.#askTime();
  }

  /** The machine slept or its clock was set: what was measured of the server's clock is void. */
  askClockAgain(): void {
    this.clock.reset();
    this.#askTime();
  }

  close(): void {
    this.setUrl(null);
    this.#subscriptions.clear();
  }

  #connect(): void {
    clearTimeout(this.#retryTimer);
    if (this.#url === null || this.#socket) return;
    this.#connectingSinceMs = this.#options.nowMs();
    let socket: Socket;
    try {
      socket = this.#options.openSocket(this.#url);
    } catch {
      this.counts.failed += 1;
      this.#attempt += 1;
      return this.#retryLater();
    }
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#message(socket, event.data as unknown);
    socket.onclose = () => this.#lost(socket);
    // One that was opened before its turn.
    if (socket.readyState === socketOpen) this.#opened();
  }

  #opened(): void {
    this.#lastMessageMs = this.#options.nowMs();
    this.#askedLifeMs = null;
    // The clock first: no frame can be called live without it.
    this.#askTime();
    for (const subscription of this.#subscriptions) {
      subscription.refused = false;
      this.#join(subscription);
    }
  }

  #message(socket: Socket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#lastMessageMs = this.#options.nowMs();
    this.#askedLifeMs = null;
    if (!this.#linked) {
      this.#attempt = 0;
      this.counts.opened += 1;
      this.#setLinked(true);
    }
    if (typeof data === 'string') this.#notice(data);
    else if (data instanceof ArrayBuffer) this.#frame(data);
    else this.counts.malformed += 1;
  }

  #frame(data: ArrayBuffer): void {
    let frame: PushFrame;
    try {
      frame = decodePushFrame(data);
    } catch {
      this.counts.malformed += 1;
      return;
    }
    const subscription = this.#byChannel.get(frame.channel);
    // Frames may still be on their way on a channel that has just been left.
    if (!subscription) return;
    const isSound = frame.stream === 'audio';
    if (frame.camera !== subscription.camera || isSound !== (subscription.stream === 'audio')) {
      this.counts.crossed += 1;
      return;
    }
    this.counts.frames += 1;
    this.counts.bytes += data.byteLength;
    if (frame.kind === 'init') subscription.listener.init(frame);
    else subscription.listener.chunk(frame);
  }

  #notice(text: string): void {
    let parsed: ReturnType<typeof PushNotice.safeParse>;
    try {
      parsed = PushNotice.safeParse(JSON.parse(text));
    } catch {
      parsed = PushNotice.safeParse(null);
    }
    if (!parsed.success) {
      this.counts.malformed += 1;
      return;
    }
    const notice = parsed.data;
    if (notice.type === 'time') {
      this.clock.answered(notice.clientMs, this.#options.nowMs(), notice.serverMs);
      return;
    }
    const subscription = this.#byChannel.get(notice.channel);
    if (!subscription) return;
    const { listener } = subscription;
    if (notice.type === 'replayed') return listener.replayed?.(notice.fromMs, notice.untilMs);
    if (notice.type === 'state') listener.state(notice.state, notice.reason, notice.stream, notice.behindMs);
    else if (notice.type === 'skipped') listener.skipped();
    else {
      this.#byChannel.delete(notice.channel);
      subscription.channel = null;
      subscription.refused = true;
      listener.refused(notice.reason);
    }
  }

  #join(subscription: Subscription): void {
    if (this.#socket?.readyState !== socketOpen || subscription.channel !== null || subscription.refused)
      return;
    if (this.#byChannel.size >= maxChannels) {
      subscription.refused = true;
      const reason = `This page shows ${maxChannels} pictures already, and cannot show more`;
      // Later, as all that a subscriber hears: it may still be waiting for its feed.
      queueMicrotask(() => subscription.listener.refused(reason));
      return;
    }
    const channel = this.#nextChannel++;
    subscription.channel = channel;
    this.#byChannel.set(channel, subscription);
    const { camera, stream, seconds } = subscription;
    if (stream === 'audio') return this.#send({ type: 'listen', channel, camera });
    const plays = [...this.#options.plays];
    if (seconds !== null) return this.#send({ type: 'replay', channel, camera, stream, seconds, plays });
    this.#send({ type: 'subscribe', channel, camera, stream, grant: '', plays });
  }

  #leave(subscription: Subscription): void {
    const { channel } = subscription;
    if (channel === null) return;
    subscription.channel = null;
    this.#byChannel.delete(channel);
    if (this.#socket?.readyState === socketOpen) this.#send({ type: 'unsubscribe', channel });
  }

  #askTime(): void {
    if (this.#socket?.readyState !== socketOpen) return;
    const nowMs = this.#options.nowMs();
    this.#lastClockMs = nowMs;
    this.#send({ type: 'time', clientMs: nowMs });
  }

  #send(request: PushRequest): void {
    this.#socket?.send(JSON.stringify(request));
  }

  #lost(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.counts.failed += 1;
    this.#attempt += 1;
    this.#drop();
    this.#retryLater();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    const cut = [...this.#byChannel.values()];
    this.#byChannel.clear();
    for (const subscription of cut) subscription.channel = null;
    this.#setLinked(false);
    for (const subscription of cut) subscription.listener.lost();
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    if (this.#url === null) return;
    this.#retryTimer = setTimeout(() => this.#connect(), retryPauseMs(this.#attempt, this.#options));
  }

  #setLinked(linked: boolean): void {
    if (linked === this.#linked) return;
    this.#linked = linked;
    for (const listener of this.#linkListeners) listener(linked);
  }
}
