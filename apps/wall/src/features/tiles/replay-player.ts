import type { PushFrame, StreamName } from '@clerestory/protocol';
import { createVideo, rangesOf } from './live-player.ts';
import type { PushClient } from './push-client.ts';
import type { Feed } from './push-feed.ts';

/** What is fetched, seconds. */
export const replaySeconds = 60;
/** Where a replay begins, seconds before its end. */
const startBeforeS = 15;
/** A hole shorter than this is stepped over. */
const stepS = 0.05;

export interface ReplayView {
  readonly state: 'loading' | 'playing' | 'paused' | 'ended' | 'failed';
  /** When the frame on show was captured, Unix ms; null before there is one. */
  readonly atMs: number | null;
  /** What there is, Unix ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Why it failed, in words. */
  readonly reason: string;
}

const beginning: ReplayView = { state: 'loading', atMs: null, fromMs: 0, untilMs: 0, reason: '' };

/**
 * The last minute of one camera on an element of its own, above the live picture. Its clock is the time of capture: a
 * source that started anew leaves a hole in it, which is stepped over. Ends at once with the right to it.
 */
export class ReplayPlayer {
  readonly #onView: (view: ReplayView) => void;
  readonly #video = createVideo(document);
  readonly #source = new MediaSource();
  readonly #url: string;
  readonly #feed: Feed;
  readonly stream: StreamName;
  #buffer: SourceBuffer | null = null;
  #queue: PushFrame[] = [];
  /** An init whose first chunk has not come: it says where the run lies in time. */
  #isNewRun = false;
  #baseMs: number | null = null;
  #whole = false;
  #started = false;
  #isOver = false;
  #view = beginning;
  #callback: number;

  constructor(
    stage: HTMLElement,
    push: PushClient,
    camera: string,
    stream: StreamName,
    onView: (view: ReplayView) => void,
  ) {
    this.#onView = onView;
    this.stream = stream;
    this.#url = URL.createObjectURL(this.#source);
    this.#video.dataset['replay'] = 'true';
    this.#video.autoplay = false;
    this.#video.src = this.#url;
    stage.append(this.#video);
    this.#source.addEventListener('sourceopen', () => this.#work());
    for (const name of ['timeupdate', 'pause', 'play', 'ended', 'seeked', 'waiting'] as const)
      this.#video.addEventListener(name, () => this.#look());
    this.#video.addEventListener('error', () => this.#fail('This browser cannot play what was kept'));
    this.#callback = this.#askForFrame();
    const take = (frame: PushFrame) => {
      // The message's bytes are the socket's; a copy outlives it in the queue.
      this.#queue.push({ ...frame, payload: frame.payload.slice() });
      this.#work();
    };
    this.#feed = push.replay(camera, stream, replaySeconds, {
      init: take,
      chunk: take,
      skipped: () => undefined,
      state: () => undefined,
      replayed: (fromMs, untilMs) => {
        this.#whole = true;
        this.#tell({ fromMs, untilMs });
        this.#work();
      },
      refused: (reason) => this.#fail(reason),
      lost: () => this.#fail('The media server went away, and with it what it kept'),
    });
  }

  get view(): ReplayView {
    return this.#view;
  }

  /** The element, and the time of the frame on it; null before there is one. */
  still(): { video: HTMLVideoElement; captureMs: number; stream: StreamName } | null {
    const { atMs, state } = this.#view;
    return atMs === null || state === 'failed'
      ? null
      : { video: this.#video, captureMs: atMs, stream: this.stream };
  }

  toggle(): void {
    if (this.#video.paused) {
      if (this.#video.ended) this.seek(this.#view.fromMs);
      this.#play();
    } else this.#video.pause();
  }

  /** Goes so many seconds on or back. */
  step(seconds: number): void {
    if (this.#view.atMs !== null) this.seek(this.#view.atMs + seconds * 1000);
  }

  /** To a time of capture, Unix ms. */
  seek(atMs: number): void {
    if (this.#baseMs === null) return;
    const ranges = rangesOf(this.#video);
    const wantedS = (atMs - this.#baseMs) / 1000;
    const range =
      ranges.find(({ endS }) => endS - stepS > wantedS) ?? (ranges.length > 0 ? ranges.at(-1) : undefined);
    if (range)
      this.#video.currentTime = Math.min(Math.max(wantedS, range.startS), Math.max(0, range.endS - stepS));
  }

  destroy(): void {
    this.#isOver = true;
    this.#video.cancelVideoFrameCallback(this.#callback);
    this.#feed.close();
    this.#queue = [];
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.remove();
    URL.revokeObjectURL(this.#url);
  }

  #play(): void {
    this.#video.play().catch(() => undefined);
  }

  /** Appends one thing after the other. */
  #work(): void {
    if (this.#view.state === 'failed' || this.#source.readyState !== 'open' || this.#buffer?.updating) return;
    const next = this.#queue[0];
    if (!next) {
      if (this.#whole && this.#buffer) this.#source.endOfStream();
      return;
    }
    try {
      if (next.kind === 'init') this.#useInit(next);
      else if (this.#isNewRun) this.#place(next);
      this.#queue.shift();
      this.#buffer?.appendBuffer(next.payload as Uint8Array<ArrayBuffer>);
    } catch (error) {
      this.#fail(`This browser cannot play what was kept (${(error as Error).name})`);
    }
  }

  #useInit({ codec }: PushFrame): void {
    const type = `video/mp4; codecs="${codec}"`;
    this.#isNewRun = true;
    if (this.#buffer) return this.#buffer.changeType(type);
    this.#buffer = this.#source.addSourceBuffer(type);
    this.#buffer.addEventListener('updateend', () => {
      this.#start();
      this.#work();
    });
  }

  /** Media time begins anew with each run; the time of capture goes on. */
  #place({ captureMs, mediaS }: PushFrame): void {
    this.#isNewRun = false;
    this.#baseMs ??= captureMs;
    if (this.#buffer) this.#buffer.timestampOffset = (captureMs - this.#baseMs) / 1000 - mediaS;
  }

  #start(): void {
    if (this.#started || !this.#whole || this.#queue.length > 0) return;
    this.#started = true;
    this.seek(this.#view.untilMs - startBeforeS * 1000);
    this.#play();
  }

  #askForFrame(): number {
    return this.#video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.#callback = this.#askForFrame();
      if (this.#baseMs !== null) this.#tell({ atMs: this.#baseMs + mediaTime * 1000 });
    });
  }

  #look(): void {
    if (this.#view.state === 'failed' || !this.#started) return;
    const video = this.#video;
    const inside = rangesOf(video).some(
      ({ startS, endS }) => startS <= video.currentTime && video.currentTime < endS - stepS,
    );
    const next = rangesOf(video).find(({ startS }) => startS > video.currentTime);
    if (!inside && next && !video.seeking) video.currentTime = next.startS;
    this.#tell({ state: video.ended ? 'ended' : video.paused ? 'paused' : 'playing' });
  }

  #fail(reason: string): void {
    this.#queue = [];
    // What ended may not stay to be seen.
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.hidden = true;
    this.#tell({ state: 'failed', reason, atMs: null });
  }

  #tell(part: Partial<ReplayView>): void {
    // An element that is taken down still says so.
    if (this.#isOver) return;
    this.#view = { ...this.#view, ...part };
    this.#onView(this.#view);
  }
}
