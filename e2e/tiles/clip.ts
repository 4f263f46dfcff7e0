import { execFileSync } from 'node:child_process';
import { Fmp4Reader, type FragmentUnit, type InitUnit } from '@clerestory/llhls';

/** A short real clip, cut the way a media node cuts a camera's stream. */
export interface Clip {
  init: InitUnit;
  chunks: FragmentUnit[];
  durationS: number;
}

/** Encodes a moving test picture with ffmpeg: H.264, 15 frames per second, a key frame each `gopS`, fragments of 200 ms. */
export function makeClip(seconds: number, size = '320x180', gopS = 1): Clip {
  const gop = String(15 * gopS);
  const bytes = execFileSync(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi'],
      ...['-i', `testsrc2=size=${size}:rate=15:duration=${seconds}`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
      ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
      ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
      ...['-frag_duration', '200000', 'pipe:1'],
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  const units = new Fmp4Reader().push(bytes);
  const init = units.find((unit) => unit.kind === 'init');
  const chunks = units.filter((unit) => unit.kind === 'fragment');
  const last = chunks.at(-1);
  if (!init || !last) throw new Error('ffmpeg made a clip without pictures');
  return { init, chunks, durationS: last.mediaS + last.durationS };
}

/** The same chunk at a later media time: writes the decode time of its one track (tfdt, ISO/IEC 14496-12, 8.8.12). */
export function movedBy(chunk: Uint8Array, seconds: number, timescale: number): Uint8Array {
  const moved = Buffer.from(chunk);
  const at = moved.indexOf('tfdt');
  const ticks = Math.round(seconds * timescale);
  if (moved[at + 4] === 1) moved.writeBigUInt64BE(moved.readBigUInt64BE(at + 8) + BigInt(ticks), at + 8);
  else moved.writeUInt32BE(moved.readUInt32BE(at + 8) + ticks, at + 8);
  return moved;
}
