import type { PushFrame } from '@clerestory/protocol';
import type * as HlsModule from 'hls.js/light';
import type { MediaMember } from './live-media.ts';
import type { PushClient } from './push-client.ts';
import type { Feed, FeedListener } from './push-feed.ts';
import { PushPlayer } from './push-player.ts';
import { RebuildLimit } from './rebuild-limit.ts';
import type { SourceState } from './tile-state.ts';

export interface SoundView {
  readonly state: 'connecting' | 'playing' | 'failed';
  /** Why it fails, or why it takes so long, in words; '' when there is nothing to say. */
  readonly reason: string;
}

/** What a sound needs from the page. */
export interface SoundRoad {
  readonly push: PushClient;
  readonly module: typeof HlsModule | null;
  readonly visible: boolean;
  readonly delivery: 'push' | 'llhls';
  nowMs(): number;
  join(member: MediaMember): () => void;
}

/** Without a sound for so long, though the source runs and the page is linked, it is begun anew, ms. */
const silentMs = 5_000;
/** Nothing in the element has moved for so long although data arrives, ms. */
const stuckMs = 3_000;

/** The one sound of this page, … */
let current: SoundPlayer | null = null;
/** … and word of it to the other windows of this browser: of all of them one sounds. */
const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('clerestory-sound');
others?.addEventListener('message', () => current?.end());
function takeOver(player: SoundPlayer): void {
  current?.end();
  current = player;
  others?.postMessage('begun');
}

/**
 * The sound of one camera, on an element of its own: nothing of the picture depends on it. It ends with the right to it, when the
 * page is hidden, and when another tile or window begins to sound.
 */
export class SoundPlayer implements FeedListener {
  readonly #road: SoundRoad;
  readonly #onView: (view: SoundView | null) => void;
  readonly #element: HTMLAudioElement;
  readonly #limit = new RebuildLimit();
  readonly #feed: Feed;
  readonly #leave: () => void;
  #player: PushPlayer | null = null;
  #runs = false;
  #isBroken = false;
  #isOver = false;
  #heardAtS = 0;
  #movedMs: number;
  #arrivedMs: number;
  #view: SoundView = { state: 'connecting', reason: '' };

  /** `onView` gets null once, when the sound has ended without a fault. Call it from a gesture: browsers ask for one. */
  constructor(road: SoundRoad, stage: HTMLElement, camera: string, onView: (view: SoundView | null) => void) {
    takeOver(this);
    this.#road = road;
    this.#onView = onView;
    this.#movedMs = this.#arrivedMs = road.nowMs();
    this.#element = stage.ownerDocument.createElement('audio');
    this.#element.addEventListener('timeupdate', () => this.#sounded());
    stage.append(this.#element);
    this.#leave = road.join(this);
    this.#feed = road.push.listen(camera, this);
    if (road.delivery === 'llhls')
      queueMicrotask(() => this.#fail('Sound comes by the push socket alone, which is blocked on the way'));
  }

  get view(): SoundView {
    return this.#view;
  }

  /** Silence, and the grant is given back. */
  end(): void {
    if (this.#stop()) this.#onView(null);
  }

  init(frame: PushFrame): void {
    this.#drop();
    const { module } = this.#road;
    // No tile shows a picture before that is loaded, and no sound begins before a picture.
    if (!module || this.#isOver) return;
    const player: PushPlayer = new PushPlayer(
      module,
      frame,
      { failed: () => void (player === this.#player && (this.#isBroken = true)) },
      () => this.#road.nowMs(),
    );
    this.#player = player;
    this.#isBroken = false;
    this.#movedMs = this.#arrivedMs = this.#road.nowMs();
    player.attach(this.#element);
  }

  chunk(frame: PushFrame): void {
    this.#arrivedMs = this.#road.nowMs();
    if (this.#player && frame.generation === this.#player.generation) this.#player.chunk(frame);
  }

  skipped(): void {
    this.#player?.skipped();
  }

  state(state: SourceState, reason: string): void {
    this.#runs = state === 'running';
    if (state === 'unsupported') return this.#fail(reason);
    if (!this.#runs) this.#tell({ state: 'connecting', reason });
  }

  refused(reason: string): void {
    this.#fail(reason);
  }

  lost(): void {
    this.#runs = false;
    this.#drop();
    this.#tell({ state: 'connecting', reason: 'The media server cannot be reached' });
  }

  /** Once per second, from the supervisor: mends what has stopped. */
  tick(nowMs: number): number {
    this.#player?.tick(nowMs);
    const quietMs = nowMs - this.#arrivedMs;
    const isStuck = this.#player !== null && quietMs < 1_500 && nowMs - this.#movedMs > stuckMs;
    const isSilent = this.#runs && this.#road.push.linked && quietMs > silentMs;
    if ((this.#isBroken || isStuck || isSilent) && this.#limit.allows(nowMs)) {
      this.#isBroken = false;
      this.#movedMs = this.#arrivedMs = nowMs;
      this.#drop();
      this.#feed.restart();
    }
    return Infinity;
  }

  /** The page was hidden or shown, or the road is another: what nobody looks at is not listened to. */
  renew(): void {
    if (!this.#road.visible || this.#road.delivery !== 'push') this.end();
  }

  #sounded(): void {
    if (this.#isOver || this.#element.paused || this.#element.currentTime === this.#heardAtS) return;
    this.#heardAtS = this.#element.currentTime;
    this.#movedMs = this.#road.nowMs();
    if (this.#runs) this.#tell({ state: 'playing', reason: '' });
  }

  #drop(): void {
    this.#player?.destroy();
    this.#player = null;
  }

  #tell(view: SoundView): void {
    if (this.#isOver || (view.state === this.#view.state && view.reason === this.#view.reason)) return;
    this.#view = view;
    this.#onView(view);
  }

  #fail(reason: string): void {
    this.#tell({ state: 'failed', reason });
    this.#stop();
  }

  /** @returns whether it was on. */
  #stop(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    if (current === this) current = null;
    this.#leave();
    this.#feed.close();
    this.#drop();
    this.#element.remove();
    return true;
  }
}
