import type { MediaAddress, StreamName } from '@clerestory/protocol';
import type * as HlsModule from 'hls.js/light';
import { pushUrl } from './early-socket.ts';
import { loadHls } from './hls-mse.ts';
import { HttpClock } from './http-clock.ts';
import { HlsLine, PushLine, type Line, type LineEvents } from './line.ts';
import { mediaBaseUrl, type Delivery } from '../../state/media-address.ts';
import type { PictureRoad } from './picture.ts';
import { PushClient } from './push-client.ts';
import { Supervisor, type Supervised } from './supervisor.ts';

/** Attempts in a row without an answer after which the push socket is taken for blocked, if HTTP gets through. */
const pushAttempts = 6;
const hlsRetryMs = 2_000;
/** A tick this late means that the machine slept: the socket is not to be trusted. */
const sleptMs = 15_000;
/** Wall clock and monotonic clock apart by this much since the last tick: asleep, or the clock was set. */
const clockJumpMs = 500;
/** The server's clock is doubted at most this often. */
const doubtEveryMs = 1_000;

/** A tile's side of the page: looked at once per second and told when to begin anew. */
export interface MediaMember extends Supervised {
  renew(): void;
}

/**
 * All that the tiles of one page share: the push socket, the server's clock, the loop, hls.js, and whether the page
 * is visible. One per page; see `liveMedia`.
 */
export class LiveMedia implements PictureRoad {
  readonly push = new PushClient();
  readonly #httpClock = new HttpClock();
  readonly #supervisor = new Supervisor(
    (nowMs, sinceMs) => this.#beforeTick(nowMs, sinceMs),
    () => this.nowMs(),
  );
  readonly #members = new Set<MediaMember>();
  readonly #forced: Delivery | null;
  #delivery: Delivery;
  #module: typeof HlsModule | null = null;
  #url: string | null = null;
  #visible = document.visibilityState === 'visible';
  #clockGapMs: number;
  #probing = false;
  /** So many tries of the socket had failed when HTTP was last seen to get through; null while it was not. */
  #answeredAt: number | null = null;
  #doubtedMs = -Infinity;

  constructor(forced: Delivery | null) {
    this.#forced = forced;
    this.#delivery = forced ?? 'push';
    this.#clockGapMs = Date.now() - this.nowMs();
    document.addEventListener('visibilitychange', () => this.#visibilityChanged());
    window.addEventListener('online', () => this.push.hurry());
    this.push.onLink((linked) => this.#linkChanged(linked));
    this.#load();
  }

  get url(): string | null {
    return this.#url;
  }

  get visible(): boolean {
    return this.#visible;
  }

  get delivery(): Delivery {
    return this.#delivery;
  }

  /** hls.js is loaded. */
  get ready(): boolean {
    return this.#module !== null;
  }

  /** hls.js; null until it is loaded. */
  get module(): typeof HlsModule | null {
    return this.#module;
  }

  /** The road to the media server is open, as far as is known. */
  get linked(): boolean {
    return this.#delivery === 'push' ? this.push.linked : true;
  }

  get devicePixelRatio(): number {
    return window.devicePixelRatio;
  }

  nowMs(): number {
    return performance.now();
  }

  /** The media server's Unix ms at a monotonic instant; null before it is known. */
  serverMs(monotonicMs: number): number | null {
    return this.#delivery === 'push'
      ? this.push.clock.unixMs(monotonicMs)
      : this.#httpClock.unixMs(monotonicMs);
  }

  /** A frame from the future was seen: one of the clocks was set. What was read of the server's is dropped, and read anew. */
  doubtClock(): void {
    const nowMs = this.nowMs();
    if (nowMs - this.#doubtedMs < doubtEveryMs) return;
    this.#doubtedMs = nowMs;
    this.push.askClockAgain();
    this.#httpClock.reset();
  }

  /**
   * Where the media node is. Null (the control server knows of none just now) keeps the last address: pictures go on
   * for as long as the node does.
   */
  setAddress(address: MediaAddress | null): void {
    const url = mediaBaseUrl(address, window.location);
    if (url === null) return;
    // The same address said again: the node has come back.
    if (url === this.#url) return this.push.hurry();
    this.#url = url;
    if (this.#forced !== 'llhls') this.push.setUrl(pushUrl(url));
    if (this.#delivery === 'llhls') this.#renewAll();
  }

  /** Closes the road and tries no other, until there is an address again. */
  leave(): void {
    this.#url = null;
    this.push.setUrl(null);
  }

  /** Adds a tile to the loop; the answer takes it out again. */
  join(member: MediaMember): () => void {
    const leave = this.#supervisor.add(member);
    this.#members.add(member);
    return () => {
      leave();
      this.#members.delete(member);
    };
  }

  /** Opens a line by the present road. Only while `ready`. */
  openLine(camera: string, stream: StreamName, events: LineEvents): Line {
    if (!this.#module) throw new Error('a line is opened only once hls.js is loaded: ask `ready` first');
    const now = () => this.nowMs();
    return this.#delivery === 'push'
      ? new PushLine(this.push, this.#module, camera, stream, events, now)
      : new HlsLine(this.#url ?? '', this.#module, camera, stream, events, now);
  }

  #load(): void {
    loadHls().then(
      (module) => {
        this.#module = module;
        for (const member of this.#members) member.renew();
      },
      () => setTimeout(() => this.#load(), hlsRetryMs),
    );
  }

  #beforeTick(nowMs: number, sinceMs: number): void {
    const gapMs = Date.now() - nowMs;
    const jumped = Math.abs(gapMs - this.#clockGapMs) > clockJumpMs;
    this.#clockGapMs = gapMs;
    // A frozen picture would look young by the time that was slept: nothing is live until the clock is known again.
    if (jumped) this.push.askClockAgain();
    if (this.#visible && (jumped || sinceMs > sleptMs)) this.#httpClock.reset();
    this.push.tick();
    if (this.#delivery === 'llhls') this.#httpClock.tick(nowMs);
    else if (this.push.failuresInARow >= pushAttempts) void this.#tryHttp();
  }

  /** Is it the socket alone that is blocked? Then pictures come by LL-HLS until it opens. */
  async #tryHttp(): Promise<void> {
    const { failuresInARow } = this.push;
    if (this.#probing || this.#url === null || this.#answeredAt === failuresInARow) return;
    this.#probing = true;
    try {
      // Any answer at all shows that HTTP gets through; what it says does not matter.
      await fetch(`${this.#url}/healthz`, { cache: 'no-store' });
      // A socket that was open before may only be behind a server that has just come back: it has one more try.
      const isBlocked = this.push.counts.opened === 0 || this.#answeredAt !== null;
      this.#answeredAt = failuresInARow;
      if (isBlocked && !this.push.linked) this.#take('llhls');
      else this.push.hurry();
    } catch {
      this.#answeredAt = null;
      // HTTP does not get through either: the server is away, and the socket goes on trying.
    } finally {
      this.#probing = false;
    }
  }

  #linkChanged(linked: boolean): void {
    this.#answeredAt = null;
    if (linked && this.#forced === null && this.#delivery === 'llhls') this.#take('push');
  }

  #take(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#renewAll();
  }

  #visibilityChanged(): void {
    this.#visible = document.visibilityState === 'visible';
    if (this.#visible) {
      this.push.askClockAgain();
      this.push.hurry();
    }
    this.#renewAll();
  }

  #renewAll(): void {
    for (const member of this.#members) member.renew();
  }
}
