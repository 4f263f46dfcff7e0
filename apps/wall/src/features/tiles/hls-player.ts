import type * as HlsModule from 'hls.js/light';
import type Hls from 'hls.js/light';
import { play, type PlayerEvents, type PlayerStats, type TilePlayer } from './live-player.ts';

/** Further behind the live position than this, the playhead jumps to it, seconds. */
const jumpBehindS = 2.5;

/**
 * Plays the LL-HLS door by its URL, for networks that let no WebSocket through. hls.js does everything here, the rate
 * included; what its defaults get wrong for a wall that runs for days is set right in the configuration.
 */
export class HlsPlayer implements TilePlayer {
  readonly #hls: Hls;
  #video: HTMLVideoElement | null = null;
  #waits = 0;
  #lastDataMs: number | null = null;
  readonly #onWaiting = () => {
    if (this.#video?.seeking === false) this.#waits += 1;
  };

  constructor(module: typeof HlsModule, url: string, events: PlayerEvents, nowMs: () => number) {
    const { Events } = module;
    const { default: loading } = module.default.DefaultConfig.manifestLoadPolicy;
    this.#hls = new module.default({
      enableWorker: false,
      lowLatencyMode: true,
      // The media node knows the viewer by the cookie.
      xhrSetup: (request: XMLHttpRequest) => {
        request.withCredentials = true;
      },
      // The default back buffer is infinite and fills 150 MB per tile.
      backBufferLength: 8,
      maxBufferLength: 6,
      maxMaxBufferLength: 8,
      maxLiveSyncPlaybackRate: 1.1,
      // The default adds a second to the latency at each stall, for ever.
      liveSyncOnStallIncrease: 0.1,
      capLevelToPlayerSize: false,
      // A camera that is away is asked for again by the tile, in its own time.
      manifestLoadPolicy: { default: { ...loading, errorRetry: null, timeoutRetry: null } },
    });
    this.#hls.on(Events.BUFFER_APPENDED, () => {
      this.#lastDataMs = nowMs();
    });
    this.#hls.on(Events.ERROR, (_name, data) => {
      if (!data.fatal) return;
      const status = data.response?.code;
      if (status) events.failed(data.details, status);
      else events.failed(data.details);
    });
    this.#hls.loadSource(url);
  }

  attach(video: HTMLVideoElement): void {
    this.#video = video;
    video.addEventListener('waiting', this.#onWaiting);
    this.#hls.attachMedia(video);
    play(video);
  }

  captureMs(mediaS: number): number | null {
    const date = this.#hls.playingDate;
    if (!date || !this.#video) return null;
    return date.getTime() + (mediaS - this.#video.currentTime) * 1000;
  }

  tick(): void {
    const video = this.#video;
    const liveS = this.#hls.liveSyncPosition;
    if (!video) return;
    if (video.paused) play(video);
    if (liveS !== null && video.currentTime > 0 && liveS - video.currentTime > jumpBehindS && !video.seeking)
      video.currentTime = liveS;
  }

  stats(): PlayerStats {
    return {
      behindS: this.#hls.latency || null,
      targetS: this.#hls.targetLatency,
      waits: this.#waits,
      rate: this.#video?.playbackRate ?? 1,
      lastDataMs: this.#lastDataMs,
    };
  }

  destroy(): void {
    this.#video?.removeEventListener('waiting', this.#onWaiting);
    this.#hls.destroy();
    this.#video = null;
  }
}
