/** The only argument lists that are ever given to ffmpeg. Nothing in them comes from outside. */

const quiet = ['-hide_banner', '-nostats', '-loglevel', 'warning'];
/** Small, so that the first picture does not wait for ffmpeg's look at the stream. */
const probing = ['-probesize', '32768', '-analyzeduration', '500000'];
/** Length of a fragment: what a picture waits for before it leaves, microseconds. */
const fragmentUs = 200_000;
const fragmentedMp4 = [
  ...['-map', '0:v:0', '-an', '-c:v', 'copy'],
  ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  ...['-frag_duration', String(fragmentUs), '-flush_packets', '1', 'pipe:1'],
];

/**
 * Both read a script of the concat demuxer on stdin (see ffconcat.ts), which names the source.
 * `rtsp`: a camera. `loop`: a file for ever in real time, of which the first `burstS` seconds come at once.
 */
export type IngestInput = { kind: 'rtsp' } | { kind: 'loop'; burstS: number };

/** Arguments that turn a source into fragmented MP4 on stdout, video only, not encoded again. */
export function ingestArgs(input: IngestInput): string[] {
  const script = (protocols: string) => ['-f', 'concat', '-safe', '0', '-protocol_whitelist', protocols];
  switch (input.kind) {
    case 'rtsp':
      return [...quiet, ...script('pipe,tcp,udp,rtp,rtsp'), ...probing, '-i', 'pipe:0', ...fragmentedMp4];
    case 'loop':
      if (!(input.burstS >= 0 && input.burstS <= 60)) throw new RangeError('a burst lasts 0 to 60 s');
      return [
        ...quiet,
        // Real-time reading starts at time 0, so what lies before that is read at once.
        ...['-re', '-stream_loop', '-1', '-itsoffset', (-input.burstS).toFixed(3)],
        ...script('pipe,file'),
        ...['-i', 'pipe:0'],
        ...fragmentedMp4,
      ];
  }
}

/** As `posterArgs`, but small: a picture to recognise the place by. */
export const trialPictureArgs: readonly string[] = [
  ...quiet,
  ...['-threads', '1', '-f', 'mp4', '-protocol_whitelist', 'pipe', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-an', '-frames:v', '1', '-vf', 'scale=480:-2', '-pix_fmt', 'yuvj420p'],
  ...['-q:v', '8', '-f', 'mjpeg', 'pipe:1'],
];

/** Arguments that turn an init segment and a key chunk on stdin into one JPEG on stdout. */
export const posterArgs: readonly string[] = [
  ...quiet,
  ...['-threads', '1', '-f', 'mp4', '-protocol_whitelist', 'pipe', '-i', 'pipe:0'],
  ...['-map', '0:v:0', '-an', '-frames:v', '1', '-pix_fmt', 'yuvj420p', '-q:v', '5', '-f', 'mjpeg', 'pipe:1'],
];
