/** Numbers of one player, for reports and tests. */
export interface PlayerStats {
  /** Distance behind the edge of what is buffered, seconds. */
  behindS: number | null;
  /** Distance aimed at, seconds. */
  targetS: number | null;
  /** Times the picture ran out of data since the start. */
  waits: number;
  rate: number;
  /** When data last arrived, monotonic ms. */
  lastDataMs: number | null;
}

/**
 * Drives one video element, outside React, for one unbroken run of pictures: it is built for an init segment or a
 * playlist and thrown away with its element when that run ends. Two drivers: `PushPlayer` and `HlsPlayer`.
 */
export interface TilePlayer {
  attach(video: HTMLVideoElement): void;
  /** When the frame at this media time was captured, Unix ms on the server's clock; null if not known. */
  captureMs(mediaS: number): number | null;
  /**
   * Plays on from the frame captured then, or from the last one that is there: to take over from another player.
   * @returns whether that lies ahead
   */
  advanceTo?(captureMs: number): boolean;
  /** Once per second, from the supervisor. */
  tick(nowMs: number): void;
  stats(): PlayerStats;
  destroy(): void;
}

/** A player's only words to its tile. */
export interface PlayerEvents {
  /** It cannot go on; `status` is the HTTP status behind it, where there is one. */
  failed(detail: string, status?: number): void;
}

/** Sets a video element up the way every tile needs it: muted, inline, never in another window. */
export function createVideo(document: Document): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.tabIndex = -1;
  video.setAttribute('aria-hidden', 'true');
  return video;
}

/** Starts playing; a refusal by the browser shows as a picture that does not advance, which the supervisor sees. */
export function play(media: HTMLMediaElement): void {
  media.play().catch(() => undefined);
}

export function rangesOf(media: HTMLMediaElement): { startS: number; endS: number }[] {
  const { buffered } = media;
  return Array.from({ length: buffered.length }, (_, index) => ({
    startS: buffered.start(index),
    endS: buffered.end(index),
  }));
}
