import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { paintClock } from '@clerestory/demo-city/clock';

export interface ClockClip {
  /** Where the MP4 goes. */
  path: string;
  /** Number in the frame clock, and what the colour is made of. */
  camera: number;
  seconds: number;
  /** Pixels, even. */
  width: number;
  height: number;
  fps: number;
  /** Seconds between key frames. */
  gopS: number;
  /** Default `h264`. */
  codec?: 'h264' | 'h265';
  /** A picture with so much in it that it takes this many kbit/s; without, it is plain and takes next to none. */
  kbps?: number;
}

/** Limited-range luma (ITU-R BT.601). */
const luma = { light: 235, dark: 16, ground: 96, bar: 190 } as const;

/**
 * Makes a clip whose every frame says which camera it is of and when in its loop it was made: the frame clock at the
 * bottom, for programs; a colour and a moving bar, for people. Throws when ffmpeg fails.
 */
export async function makeClockClip(clip: ClockClip): Promise<void> {
  const { path, seconds, width, height, fps, gopS, codec = 'h264', kbps } = clip;
  const gop = String(Math.max(1, Math.round(gopS * fps)));
  const encoder =
    codec === 'h264'
      ? ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'baseline', '-sc_threshold', '0']
      : ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', '-tag:v', 'hvc1'];
  const args = [
    ...['-hide_banner', '-nostats', '-loglevel', 'error', '-y'],
    ...[
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p',
      '-s',
      `${width}x${height}`,
      '-r',
      String(fps),
      '-i',
      'pipe:0',
    ],
    ...[...encoder, '-g', gop, '-keyint_min', gop],
    ...(kbps === undefined
      ? ['-crf', '24']
      : ['-b:v', `${kbps}k`, '-maxrate', `${kbps}k`, '-bufsize', `${kbps}k`]),
    ...['-movflags', '+faststart', path],
  ];
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close') as Promise<[number | null]>;
  const grain = kbps === undefined ? null : makeGrain();
  for (let frame = 0; frame < seconds * fps && child.exitCode === null; frame++)
    if (!child.stdin.write(paintFrame(clip, frame, grain)))
      await Promise.race([once(child.stdin, 'drain'), ended]);
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`ffmpeg could not make the clip ${path} (exit code ${code})`);
}

/** A ring of brightnesses around 0, the same in every run (linear congruential, Numerical Recipes' constants). */
function makeGrain(): Int8Array {
  let state = 1;
  return Int8Array.from({ length: 65_521 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 27) - 16;
  });
}

/** One frame as planar YUV 4:2:0. */
function paintFrame(
  { camera, seconds, width, height, fps }: ClockClip,
  frame: number,
  grain: Int8Array | null,
): Uint8Array {
  const size = width * height;
  const pixels = new Uint8Array(size * 1.5);
  const fill = (x: number, y: number, w: number, h: number, value: number) => {
    const [left, right] = [Math.round(x), Math.min(width, Math.round(x + w))];
    for (let row = Math.round(y); row < Math.min(height, Math.round(y + h)); row++)
      pixels.fill(value, row * width + left, row * width + right);
  };
  pixels.fill(luma.ground, 0, size);
  // Elsewhere in the ring for each frame, so that no frame follows from the one before.
  for (let at = 0, from = frame * 7_919; grain && at < size; at++)
    pixels[at] = luma.ground + (grain[(from + at) % grain.length] ?? 0);
  pixels.fill(((camera * 53) % 180) + 38, size, size * 1.25);
  pixels.fill(((camera * 97) % 180) + 38, size * 1.25);
  // Comes down as it goes across, so that within a clip no picture is like another: that would be a frozen camera's.
  const down = frame / (fps * seconds);
  fill(
    ((frame * width) / 80) % (width - width / 16),
    height * (1 / 6 + down / 3),
    width / 16,
    height / 3,
    luma.bar,
  );
  paintClock(width, height, { camera, ms: (frame * 1000) / fps }, (x, y, w, h, light) =>
    fill(x, y, w, h, light ? luma.light : luma.dark),
  );
  return pixels;
}
