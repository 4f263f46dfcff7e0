import type { PushFrame } from '@clerestory/protocol';
import type * as HlsModule from 'hls.js/light';
import { Captures } from './captures.ts';
import { HlsMse } from './hls-mse.ts';
import { play, rangesOf, type PlayerEvents, type PlayerStats, type TilePlayer } from './live-player.ts';
import { decideRate, JitterTarget } from './rate-rule.ts';
import { KeyFrames } from './trim.ts';

const trimEveryMs = 10_000;
/** A chunk this far back in media time cannot follow in the same run, seconds. */
const backwardS = 1;

/** Not moved nearer than this to the end of what has arrived: it would stand there at once. */
const leastAheadS = 0.1;
/** A smaller step than this is not worth a seek, s. */
const leastStepS = 0.02;

/** Plays one generation of one channel of the push socket, pictures or sound, through hls.js's buffer. */
export class PushPlayer implements TilePlayer {
  readonly generation: number;
  readonly #mse: HlsMse;
  readonly #events: PlayerEvents;
  readonly #nowMs: () => number;
  readonly #target = new JitterTarget();
  #video: HTMLMediaElement | null = null;
  #captures = new Captures();
  readonly #keys = new KeyFrames();
  #needKey = true;
  #firstAppendMs: number | null = null;
  #smoothedS: number | null = null;
  #trimmedMs: number;
  #lastDataMs: number | null = null;
  #waits = 0;
  #mediaAppended = false;
  readonly #onWaiting = () => {
    if (this.#firstAppendMs === null || this.#video?.seeking !== false) return;
    this.#waits += 1;
    this.#target.waited();
  };

  constructor(module: typeof HlsModule, init: PushFrame, events: PlayerEvents, nowMs: () => number) {
    this.generation = init.generation;
    this.#events = events;
    this.#nowMs = nowMs;
    this.#trimmedMs = nowMs();
    const mse = { appended: () => this.#appended(), failed: (detail: string) => this.#events.failed(detail) };
    this.#mse = new HlsMse(module, mse, init.stream === 'audio' ? 'audio' : 'video');
    this.#mse.init(init.payload, init.codec);
  }

  attach(video: HTMLMediaElement): void {
    this.#video = video;
    video.addEventListener('waiting', this.#onWaiting);
    this.#mse.attach(video);
    play(video);
  }

  /** Takes the next chunk of the channel; those before the first key frame are left out. */
  chunk(frame: PushFrame): void {
    const nowMs = this.#nowMs();
    this.#lastDataMs = nowMs;
    if (this.#needKey && !frame.key) return;
    this.#needKey = false;
    const last = this.#captures.last;
    if (last && frame.mediaS < last.mediaS - backwardS) return this.#events.failed('media time went back');
    if (frame.key) this.#keys.add(frame.mediaS);
    this.#captures.add(frame.mediaS, frame.durationS, frame.captureMs);
    if (!frame.backlog) this.#target.arrived(frame.mediaS, frame.durationS, nowMs);
    this.#mediaAppended = true;
    this.#mse.append(frame.payload);
  }

  /** Chunks were left out: what follows begins with a key frame after a gap. */
  skipped(): void {
    this.#needKey = true;
    this.#target.reset();
  }

  captureMs(mediaS: number): number | null {
    return this.#captures.at(mediaS);
  }

  advanceTo(captureMs: number): boolean {
    const video = this.#video;
    const capture = this.#captures.before(captureMs);
    const last = this.#captures.last;
    if (!video || video.seeking || !capture || !last) return false;
    const wantedS = capture.mediaS + (captureMs - capture.captureMs) / 1000;
    const mediaS = Math.min(wantedS, last.endS - leastAheadS);
    if (mediaS <= video.currentTime + leastStepS) return false;
    video.currentTime = mediaS;
    return true;
  }

  tick(nowMs: number): void {
    const video = this.#video;
    if (!video) return;
    if (video.paused) play(video);
    if (nowMs - this.#trimmedMs < trimEveryMs) return;
    this.#trimmedMs = nowMs;
    const startS = rangesOf(video)[0]?.startS;
    const untilS = this.#keys.cutS(video.currentTime);
    if (startS !== undefined && untilS !== null && untilS > startS) this.#mse.trim(untilS);
  }

  stats(): PlayerStats {
    const video = this.#video;
    const endS = video ? rangesOf(video).at(-1)?.endS : undefined;
    return {
      behindS: video && endS !== undefined ? endS - video.currentTime : null,
      targetS: this.#target.targetS,
      waits: this.#waits,
      rate: video?.playbackRate ?? 1,
      lastDataMs: this.#lastDataMs,
    };
  }

  destroy(): void {
    this.#video?.removeEventListener('waiting', this.#onWaiting);
    this.#mse.destroy();
    this.#video = null;
    this.#captures = new Captures();
  }

  #appended(): void {
    const video = this.#video;
    if (!video || !this.#mediaAppended) return;
    const nowMs = this.#nowMs();
    const decision = decideRate({
      currentS: video.currentTime,
      seeking: video.seeking,
      ranges: rangesOf(video),
      sinceFirstAppendMs: this.#firstAppendMs === null ? null : nowMs - this.#firstAppendMs,
      targetS: this.#target.targetS,
      smoothedS: this.#smoothedS,
      rate: video.playbackRate,
    });
    if (decision.seekToS !== null) {
      this.#firstAppendMs ??= nowMs;
      video.currentTime = decision.seekToS;
    }
    this.#smoothedS = decision.smoothedS;
    if (video.playbackRate !== decision.rate) video.playbackRate = decision.rate;
  }
}
