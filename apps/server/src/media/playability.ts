import type { TrackInfo } from '@clerestory/llhls';
import type { Playable } from '@clerestory/protocol';

/** What was seen of a stream's encoding. */
export interface Encoding {
  track: TrackInfo;
  /** Its key frames are IDR pictures; false with intra refresh, where a browser's decoder never begins. */
  idr: boolean;
}

/**
 * What a stream is, in words, when a page cannot play it as it is and it has to be converted; null when it plays.
 * `plays`: what the page says it can, besides H.264 (8 bit, 4:2:0, whole frames), which all can.
 */
export function conversionNeeded({ track, idr }: Encoding, plays: readonly Playable[]): string | null {
  const { codec, sps } = track;
  if (/^avc[13]\./.test(codec)) {
    if (sps && sps.chroma > 1) return sps.chroma === 3 ? 'H.264 4:4:4' : 'H.264 4:2:2';
    if (sps && sps.bitDepth > 8) return `H.264 ${sps.bitDepth} bit`;
    if (sps?.interlaced) return 'interlaced H.264';
    return idr ? null : 'H.264 without key frames';
  }
  if (/^h(vc|ev)1\./.test(codec)) return plays.includes('h265') ? null : 'H.265';
  if (/^av01\./.test(codec)) return plays.includes('av1') ? null : 'AV1';
  if (/^vp09/.test(codec)) return 'VP9';
  if (/^mp4v\.6c/i.test(codec)) return 'MJPEG';
  if (/^mp4v\.(20|60|61)/i.test(codec) || codec === 'mp4v') return 'MPEG-4';
  return 'a format that browsers do not play';
}
