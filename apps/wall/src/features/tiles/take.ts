import { createVideo, type TilePlayer } from './live-player.ts';

/** Readings of the frame counter that the frame rate is taken from. */
const rateReadings = 4;

/** The newest frame seen on a video element. */
export interface ShownFrame {
  /** When it was seen to appear, monotonic ms. */
  atMs: number;
  /** When it was captured, Unix ms on the server's clock; null if not known. */
  captureMs: number | null;
}

/**
 * One video element with the player that feeds it, watched for frames. A tile shows the newest take that has had
 * its first frame; the one before is thrown away then, so that there is no black frame between them.
 */
export class Take {
  readonly video: HTMLVideoElement;
  readonly player: TilePlayer;
  readonly startedMs: number;
  #frame: ShownFrame | null = null;
  #readings: { atMs: number; frames: number }[] = [];
  #callback: number | null = null;
  #inFront = false;
  readonly #nowMs: () => number;
  readonly #onFrame: () => void;

  /** `onFrame` is called with each frame that is seen: every one until the take is in front, then about one a second. */
  constructor(stage: HTMLElement, player: TilePlayer, nowMs: () => number, onFrame: () => void) {
    this.player = player;
    this.#nowMs = nowMs;
    this.#onFrame = onFrame;
    this.startedMs = nowMs();
    this.video = createVideo(document);
    // Below what is on show, and not hidden: a browser need not decode what it does not draw.
    stage.prepend(this.video);
    player.attach(this.video);
    this.#askForFrame();
  }

  /** The newest frame on this element; null before the first. */
  get frame(): ShownFrame | null {
    return this.#frame;
  }

  /** Frames per second over the last readings; null before there are two. */
  get fps(): number | null {
    const [first, last] = [this.#readings[0], this.#readings.at(-1)];
    if (!first || !last || last.atMs <= first.atMs) return null;
    return ((last.frames - first.frames) * 1000) / (last.atMs - first.atMs);
  }

  /** Once per second: counts frames, keeps the player going, asks to be called with the next frame. */
  tick(nowMs: number): void {
    this.player.tick(nowMs);
    const frames = this.video.getVideoPlaybackQuality().totalVideoFrames;
    this.#readings.push({ atMs: nowMs, frames });
    if (this.#readings.length > rateReadings) this.#readings.shift();
    if (this.#callback === null) this.#askForFrame();
  }

  /** Draws the element above all others of its tile. */
  bringToFront(): void {
    this.#inFront = true;
    this.video.dataset['shown'] = 'true';
  }

  destroy(): void {
    if (this.#callback !== null) this.video.cancelVideoFrameCallback(this.#callback);
    this.#callback = null;
    this.player.destroy();
    this.video.remove();
  }

  /**
   * Only a frame that was handed to the compositor counts as seen (`requestVideoFrameCallback`: Chromium 83, Safari
   * 15.4, Firefox 132). The playhead and the count of decoded frames go on while nothing is drawn.
   */
  #askForFrame(): void {
    this.#callback = this.video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.#callback = null;
      this.#saw(this.#nowMs(), mediaTime);
      if (!this.#inFront) this.#askForFrame();
    });
  }

  #saw(atMs: number, mediaS: number): void {
    this.#frame = { atMs, captureMs: this.player.captureMs(mediaS) };
    this.#onFrame();
  }
}
