import { chooseStream } from '@clerestory/layout';
import { noSuchStream, type CameraHealth, type StreamName, type TileReport } from '@clerestory/protocol';
import type { LiveMedia } from './live-media.ts';
import type { PlayerStats } from './live-player.ts';
import { Picture } from './picture.ts';
import { Poster, posterMaxAgeMs } from './poster.ts';
import type { Supervised } from './supervisor.ts';
import { durationText, staleAgeMs, tileState, type TileVerdict } from './tile-state.ts';

/** What React draws. Replaced only when something in it changes. */
export interface TileView {
  readonly state: TileReport['state'];
  readonly picture: 'video' | 'poster' | 'none';
  /** Age of the picture, or how long there has been none, in words such as "12 s"; '' where none is told. */
  readonly age: string;
  readonly reason: string;
  /** What is to be said of a live picture; '' when nothing. */
  readonly note: string;
  /** It is offline because the camera refuses our login. */
  readonly loginRefused: boolean;
  /** The stream on show. */
  readonly stream: StreamName | null;
}

export const emptyView: TileView = {
  state: 'empty',
  picture: 'none',
  age: '',
  reason: '',
  note: '',
  loginRefused: false,
  stream: null,
};

/** What is on a tile, as far as the driver needs to know. */
export interface TileCamera {
  readonly id: string;
  readonly hasSub: boolean;
  /** Areas that nobody is to see, as one text: with others, what is on show has to go. */
  readonly masks: string;
}

/** `TileCamera.masks` of a camera of the registry. */
export const masksKey = (camera: { masks?: unknown } | undefined): string =>
  JSON.stringify(camera?.masks ?? []);

/** Where a driver sends its words. */
export interface TileListener {
  view(view: TileView): void;
  /** Age of the frame on show when it appeared, milliseconds; null while there is no moving picture. About once a second. */
  latency(latencyMs: number | null): void;
}

/**
 * A stream that runs has its picture on the tile within this time, sooner than a still. Only where that does not come
 * true is the still fetched: sixteen of them at once would hold sixteen pictures up.
 */
export const stillAfterMs = 300;
/** Where its data has come, the picture is on its way through a decoder, and the still waits for so long more. */
const decodingMs = 700;

/** A frame may seem to come this long before its capture, for the error of the clock reading. More means a wrong clock. */
const clockErrorMs = 500;

const noVerdict: TileVerdict = {
  state: 'empty',
  picture: false,
  ageMs: null,
  reason: '',
  note: '',
  loginRefused: false,
  holdsMs: Infinity,
};

/**
 * The driver of one tile: decides what the tile is, from what its picture, the media server and the control server
 * say. React gives it a stage to put elements on and is told of each new view; it never touches a player.
 */
export class LiveTile implements Supervised {
  readonly #media: LiveMedia;
  readonly #listener: TileListener;
  #stage: HTMLElement | null = null;
  #leave: (() => void) | null = null;
  #camera: TileCamera | null = null;
  #health: CameraHealth | null = null;
  /** Monotonic ms at which the health said that the pictures are frozen. */
  #frozenAtMs: number | null = null;
  #heightPx = 0;
  #zoom = 1;
  #picture: Picture | null = null;
  #poster: Poster | null = null;
  #stillTimer: ReturnType<typeof setTimeout> | undefined;
  #sinceMs = 0;
  #verdict = noVerdict;
  #view = emptyView;
  #latencyMs: number | null = null;
  #lookQueued = false;

  constructor(media: LiveMedia, listener: TileListener) {
    this.#media = media;
    this.#listener = listener;
  }

  /** Gives the driver its place in the page and starts it. */
  attach(stage: HTMLElement): void {
    this.#stage = stage;
    this.#leave = this.#media.join(this);
    this.#start();
  }

  /** Takes everything off the stage. The tile can be attached again. */
  detach(): void {
    this.#leave?.();
    this.#leave = null;
    this.#stop();
    this.#stage = null;
  }

  /**
   * Puts a camera on the tile, or takes it off. The old picture goes at once: it is another camera's, or shows what is
   * masked now.
   */
  show(camera: TileCamera | null): void {
    const same = camera?.id === this.#camera?.id && camera?.masks === this.#camera?.masks;
    this.#camera = camera;
    if (same) return;
    this.#stop();
    this.#start();
  }

  /** The control server's word on the camera. */
  setHealth(health: CameraHealth | null): void {
    this.#health = health;
    const isFrozen = health?.streams.some(({ picture }) => picture === 'frozen') ?? false;
    this.#frozenAtMs = isFrozen ? (this.#frozenAtMs ?? this.#media.nowMs()) : null;
    this.#lookSoon();
  }

  /** The tile's height in CSS pixels: decides between the small and the large stream. */
  setHeight(heightPx: number): void {
    this.#heightPx = heightPx;
    this.#start();
  }

  /** The page was hidden or shown, or the road to the pictures is another: begin anew, or stop. */
  renew(): void {
    this.#stop();
    this.#start();
  }

  /** A grant for this camera was given to somebody, or what was asked for was refused: a tile that was refused asks again. */
  granted(): void {
    if (this.#verdict.state === 'refused') this.renew();
  }

  tick(nowMs: number): number {
    // A hidden page waits for nothing.
    if (!this.#media.visible) this.#sinceMs = nowMs;
    this.#start();
    this.#picture?.want(this.#wantedStream());
    this.#picture?.tick(nowMs);
    return this.#look(nowMs);
  }

  /** This tile's line in the screen's report. */
  report(tile: number): TileReport {
    const { state, reason } = this.#verdict;
    const moving = state === 'live' || state === 'late';
    return {
      tile,
      camera: this.#camera?.id ?? null,
      state,
      reason: reason.slice(0, 200),
      stream: this.#view.stream,
      latencyMs: this.#latencyMs,
      fps: moving ? (this.#picture?.fps ?? null) : null,
    };
  }

  /** The camera on the tile; null on an empty one. */
  get camera(): string | null {
    return this.#camera?.id ?? null;
  }

  /** The stream that the tile's size asks for. */
  get stream(): StreamName {
    return this.#wantedStream();
  }

  /** Looked at closer, a tile counts as so much taller: the large stream has more to show. */
  setZoom(scale: number): void {
    this.#zoom = scale;
    this.#start();
  }

  /** What is on show, for whoever takes a picture of it; null while it is not live or late. */
  still(): { video: HTMLVideoElement; captureMs: number; stream: StreamName } | null {
    const { state } = this.#verdict;
    const still = this.#picture?.still();
    const { stream } = this.#view;
    if (!still || still.captureMs === null || stream === null || (state !== 'live' && state !== 'late'))
      return null;
    return { video: still.video, captureMs: still.captureMs, stream };
  }

  /** When the picture on show was captured, Unix ms; null where there is no moving one, or its time is not known. */
  captureMs(): number | null {
    const frame = this.#verdict.picture ? this.#picture?.frame : null;
    if (!frame) return null;
    return this.still()?.captureMs ?? frame.captureMs;
  }

  /** Numbers for tests and the bench. */
  stats(): (PlayerStats & { rebuilds: number; swaps: number }) | null {
    const player = this.#picture?.player?.stats();
    return this.#picture && player ? { ...player, ...this.#picture.counts } : null;
  }

  #start(): void {
    const [stage, camera, url] = [this.#stage, this.#camera, this.#media.url];
    const ready = stage && camera && url !== null && this.#media.visible && this.#heightPx > 0;
    if (ready && this.#stillTimer === undefined) {
      this.#sinceMs = this.#media.nowMs();
      this.#stillTimer = setTimeout(() => this.#lookSoon(), stillAfterMs);
    }
    if (ready && !this.#picture && this.#media.ready)
      this.#picture = new Picture(this.#media, stage, camera.id, this.#wantedStream(), () =>
        this.#lookSoon(),
      );
    this.#lookSoon();
  }

  #stop(): void {
    this.#picture?.destroy();
    this.#picture = null;
    this.#poster?.destroy();
    this.#poster = null;
    clearTimeout(this.#stillTimer);
    this.#stillTimer = undefined;
    this.#sinceMs = this.#media.nowMs();
    // At once, not at the next look: the name above may already be another camera's.
    this.#look(this.#sinceMs);
  }

  /** Fetches the still, once, as soon as it is clear that the moving picture will take its time. */
  #stillIfSlow(nowMs: number): void {
    const [stage, camera, url] = [this.#stage, this.#camera, this.#media.url];
    if (this.#poster || this.#stillTimer === undefined || !stage || !camera || url === null) return;
    if (this.#picture?.frame) return;
    const { source = null, arrivedAtMs = null } = this.#picture?.line ?? {};
    const isDecoding = arrivedAtMs !== null && nowMs - this.#sinceMs < stillAfterMs + decodingMs;
    const slow =
      this.#media.delivery === 'llhls' ||
      (source !== null && source.state !== 'running') ||
      (nowMs - this.#sinceMs >= stillAfterMs && !isDecoding);
    if (slow) this.#poster = new Poster(stage, url, camera.id, this.#wantedStream(), () => this.#lookSoon());
  }

  #wantedStream(): StreamName {
    return chooseStream({
      tileHeightPx: this.#heightPx * this.#zoom,
      devicePixelRatio: this.#media.devicePixelRatio,
      current: this.#picture?.line.stream ?? null,
      hasSub: this.#camera?.hasSub === true && !this.#isSubMissing(),
    });
  }

  /**
   * The small stream is the camera's own fault, and the large one plays or may play: that is tried instead. Where it plays,
   * the picture looks now and then whether the small one is back; a camera that is away is not asked twice.
   */
  #isSubMissing(): boolean {
    const line = this.#picture?.line;
    if (line?.stream !== 'sub') return false;
    if (line.unplayable !== null || line.source?.state === 'unsupported') return true;
    if (line.source?.state !== 'backoff') return false;
    const mainPlays = this.#health?.streams.some(({ stream, fps }) => stream === 'main' && (fps ?? 0) > 0);
    return mainPlays === true || line.source.reason === noSuchStream;
  }

  /** Several things that happen together lead to one look. */
  #lookSoon(): void {
    if (this.#lookQueued) return;
    this.#lookQueued = true;
    queueMicrotask(() => {
      this.#lookQueued = false;
      if (this.#stage) this.#look(this.#media.nowMs());
    });
  }

  #look(nowMs: number): number {
    this.#stillIfSlow(nowMs);
    const picture = this.#picture;
    const frame = picture?.frame ?? null;
    const since = (atMs: number | null) => (atMs === null ? null : nowMs - atMs);
    const age = (captureMs: number | null, atMs: number): number | null => {
      const serverMs = this.#media.serverMs(atMs);
      if (captureMs === null || serverMs === null) return null;
      if (serverMs - captureMs >= -clockErrorMs) return Math.max(0, serverMs - captureMs);
      this.#media.doubtClock();
      return null;
    };
    this.#verdict = tileState({
      assigned: this.#camera !== null,
      refused: picture?.line.refusal ?? null,
      unplayable: picture?.line.unplayable ?? null,
      linked: this.#media.linked,
      source: picture?.line.source ?? null,
      health: this.#health,
      frozenForMs: since(this.#frozenAtMs),
      frame: frame && { sinceMs: nowMs - frame.atMs, ageMs: age(frame.captureMs, nowMs) },
      arrivedForMs: since(picture?.line.arrivedAtMs ?? null),
      waitingMs: nowMs - this.#sinceMs,
    });
    if (frame) this.#poster?.hide();
    const { state } = this.#verdict;
    let latencyMs: number | null = null;
    if (frame && state === 'live') latencyMs = age(frame.captureMs, frame.atMs);
    else if (frame && state === 'late') latencyMs = age(frame.captureMs, nowMs);
    if (latencyMs !== this.#latencyMs) {
      this.#latencyMs = latencyMs;
      this.#listener.latency(latencyMs);
    }
    this.#show(age(this.#poster?.captureMs ?? null, nowMs));
    return this.#verdict.holdsMs;
  }

  #show(posterAgeMs: number | null): void {
    const { state, picture, reason, note, loginRefused, ageMs } = this.#verdict;
    // A still whose age is not known, or too great, says nothing about now.
    const recent = posterAgeMs !== null && posterAgeMs <= posterMaxAgeMs;
    const poster = state === 'connecting' && recent && this.#poster?.shown === true;
    const toldMs = poster ? posterAgeMs : ageMs;
    const view: TileView = {
      state,
      picture: picture ? 'video' : poster ? 'poster' : 'none',
      age: toldMs === null || (state === 'late' && toldMs <= staleAgeMs) ? '' : durationText(toldMs),
      reason,
      note,
      loginRefused,
      stream: picture ? (this.#picture?.stream ?? null) : null,
    };
    const old = this.#view;
    const equal = (Object.keys(view) as (keyof TileView)[]).every((key) => view[key] === old[key]);
    if (equal) return;
    this.#view = view;
    this.#listener.view(view);
  }
}
