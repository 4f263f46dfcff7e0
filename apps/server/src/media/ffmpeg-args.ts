import type { Mask } from '@clerestory/protocol';
import { maskFilters } from './masks.ts';
import { sightSize } from './sight.ts';

/** The only argument lists that are ever given to ffmpeg. Nothing in them comes from outside but the numbers of masks. */

const quiet = ['-hide_banner', '-nostats', '-loglevel', 'warning'];
/** With what is no fault, each line named by its level: that is how a redirect is told. */
const talkative = ['-hide_banner', '-nostats', '-loglevel', 'level+info'];
const wordsFor = (protocol: InputProtocol) => (protocol === 'rtsp' ? talkative : quiet);
/** Small, so that the first picture does not wait for ffmpeg's look at the stream. */
const probing = ['-probesize', '32768', '-analyzeduration', '500000'];
/** Sound may lie behind many pictures in the same stream. */
const soundProbing = ['-probesize', '1000000', '-analyzeduration', '1000000'];
/** Length of a fragment: what a picture waits for before it leaves, microseconds. */
const fragmentUs = 200_000;
const fragments = [
  ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  ...['-frag_duration', String(fragmentUs), '-flush_packets', '1', 'pipe:1'],
];
/** Decoding without a frame's delay. */
const slices = ['-threads', '2', '-thread_type', 'slice'];
const copied = ['-map', '0:v:0', '-an', '-c:v', 'copy', ...fragments];
/**
 * The sound alone, as every browser plays it, whatever the camera sends: AAC-LC, one channel. Holes in it become silence,
 * so that a player does not stumble over them.
 */
const heard = [
  ...['-map', '0:a:0', '-vn', '-af', 'aresample=async=1', '-ac', '1', '-ar', '48000'],
  ...['-c:a', 'aac', '-b:a', '64k', ...fragments],
];

/** Most lines of a converted picture; larger ones are made smaller. */
const mostLines = 1080;
/** Fields are made into frames: never, in all pictures, or in those that say that they have fields. */
type Deinterlace = 'no' | 'all' | 'flagged';
const yadif = { no: [], all: ['yadif=deint=all'], flagged: ['yadif=deint=interlaced'] } as const;
/**
 * H.264 that every browser plays, without a frame's delay: no B-frames, no look-ahead, sliced threads. A key frame each
 * second. Masks are painted last, on the picture as it will be encoded.
 */
const converted = (deinterlace: Deinterlace, masks: readonly Mask[]) => [
  ...['-map', '0:v:0', '-an', '-fps_mode', 'passthrough', '-filter_threads', '1'],
  '-vf',
  [
    ...yadif[deinterlace],
    `scale=w=trunc(iw*min(1\\,${mostLines}/ih)/2)*2:h=trunc(min(ih\\,${mostLines})/2)*2:out_range=tv`,
    'format=yuv420p',
    ...maskFilters(masks),
  ].join(','),
  ...[
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-profile:v',
    'baseline',
    '-threads',
    '2',
  ],
  ...[
    '-crf',
    '24',
    '-maxrate',
    '4M',
    '-bufsize',
    '4M',
    '-g',
    '250',
    '-force_key_frames',
    'expr:gte(t,n_forced)',
  ],
  ...fragments,
];

/** Which protocols ffmpeg may speak for an address; files are never among them. */
const protocols = {
  rtsp: 'pipe,tcp,udp,rtp,rtsp',
  rtmp: 'pipe,tcp,rtmp',
  srt: 'pipe,srt',
  tcp: 'pipe,tcp',
  udp: 'pipe,udp',
} as const;
export type InputProtocol = keyof typeof protocols;

/**
 * `address`: a script of the concat demuxer on stdin (see ffconcat.ts), which names it. `loop`: such a script too, of a
 * file for ever in real time, of which the first `burstS` seconds come at once. `media`: the media itself on stdin, at
 * the speed of the clock where it comes in `bursts`. `pictures`: JPEGs on stdin, converted. `ring`: fragmented MP4 on
 * stdin, converted.
 */
export type IngestInput =
  | { kind: 'address'; protocol: InputProtocol }
  | { kind: 'loop'; burstS: number }
  | { kind: 'media'; bursts: boolean }
  | { kind: 'pictures' }
  | { kind: 'ring'; interlaced: boolean };

/**
 * Arguments that turn a source into fragmented MP4 on stdout, video only. It is encoded again where it comes as `pictures`
 * or from a `ring`, and wherever there are `masks`, which nothing gets around.
 */
export function ingestArgs(input: IngestInput, masks: readonly Mask[] = []): string[] {
  const output = masks.length > 0 ? converted('flagged', masks) : copied;
  const decoding = masks.length > 0 ? slices : [];
  const script = (allowed: string) => ['-f', 'concat', '-safe', '0', '-protocol_whitelist', allowed];
  const pipe = ['-protocol_whitelist', 'pipe', '-i', 'pipe:0'];
  switch (input.kind) {
    case 'address':
      return [
        ...[...wordsFor(input.protocol), ...decoding, ...script(protocols[input.protocol])],
        ...[...probing, '-i', 'pipe:0', ...output],
      ];
    case 'loop':
      if (!(input.burstS >= 0 && input.burstS <= 60)) throw new RangeError('a burst lasts 0 to 60 s');
      return [
        ...quiet,
        // Real-time reading starts at time 0, so what lies before that is read at once.
        ...['-re', '-stream_loop', '-1', '-itsoffset', (-input.burstS).toFixed(3)],
        ...decoding,
        ...script('pipe,file'),
        ...['-i', 'pipe:0'],
        ...output,
      ];
    case 'media':
      return [...quiet, ...(input.bursts ? ['-re'] : []), ...decoding, ...probing, ...pipe, ...output];
    case 'pictures':
      return [
        ...quiet,
        ...[
          '-threads',
          '1',
          '-use_wallclock_as_timestamps',
          '1',
          '-f',
          'mpjpeg',
          '-probesize',
          '32',
          '-analyzeduration',
          '0',
        ],
        ...pipe,
        ...converted('no', masks),
      ];
    case 'ring':
      return [
        ...quiet,
        ...[...slices, '-f', 'mp4'],
        ...pipe,
        ...converted(input.interlaced ? 'all' : 'no', masks),
      ];
  }
}

/** Arguments that turn a source into fragmented MP4 on stdout, its sound only. */
export function soundArgs(input: Extract<IngestInput, { kind: 'address' | 'media' }>): string[] {
  if (input.kind === 'media') {
    const pace = input.bursts ? ['-re'] : [];
    return [...quiet, ...pace, ...soundProbing, '-protocol_whitelist', 'pipe', '-i', 'pipe:0', ...heard];
  }
  const script = ['-f', 'concat', '-safe', '0', '-protocol_whitelist', protocols[input.protocol]];
  return [...wordsFor(input.protocol), ...script, ...soundProbing, '-i', 'pipe:0', ...heard];
}

/** As `posterArgs`, but small: a picture to recognise the place by. */
export const trialPictureArgs: readonly string[] = [
  ...quiet,
  ...['-threads', '1', '-f', 'mp4', '-protocol_whitelist', 'pipe', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-an', '-frames:v', '1', '-vf', 'scale=480:-2', '-pix_fmt', 'yuvj420p'],
  ...['-q:v', '8', '-f', 'mjpeg', 'pipe:1'],
];

/** As `posterArgs`, but a small picture in brightness alone, one byte a pixel: for a program to look at. */
export const sightArgs: readonly string[] = [
  ...['-hide_banner', '-nostats', '-loglevel', 'quiet', '-threads', '1', '-f', 'mp4'],
  ...['-protocol_whitelist', 'pipe', '-i', 'pipe:0', '-map', '0:v:0', '-an', '-frames:v', '1'],
  ...['-vf', `scale=${sightSize.width}:${sightSize.height}:flags=area,format=gray`],
  ...['-f', 'rawvideo', 'pipe:1'],
];

/**
 * Arguments that turn an init segment and a key chunk on stdin into one JPEG on stdout. Colour in full, so that it does
 * not reach over the edges of masks: 18 masked key frames were off by up to 9 steps there at 4:2:0 and quality 5, and by
 * up to 7 so, with 35 % more bytes (28 November 2026).
 */
export const posterArgs: readonly string[] = [
  ...quiet,
  ...['-threads', '1', '-f', 'mp4', '-protocol_whitelist', 'pipe', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-an', '-frames:v', '1', '-pix_fmt', 'yuvj444p', '-q:v', '4', '-f', 'mjpeg', 'pipe:1'],
];
