import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { city, type DemoCamera } from './city.ts';
import { sceneFiles } from './files.ts';
import { framesPerSecond, loopFrames, Painting, type SceneBuilder } from './kit/scene.ts';
import { Overlay } from './overlay.ts';
import { scenes } from './scenes/index.ts';

export interface RenderOptions {
  /** Folder for the files; made if missing. */
  dir: string;
  ffmpegPath: string;
  signal?: AbortSignal;
  /** Called after each frame. */
  onProgress?: (done: number, of: number) => void;
  /** For tests: fewer frames, a smaller picture (16:9, width a multiple of 160). */
  frames?: number;
  size?: { width: number; height: number };
}

const mainSize = { width: 1280, height: 720 };
/** As much of the encoder's complaint as goes into an error. */
const maxComplaint = 600;

/** The names of all scenes. */
export const sceneNames: readonly string[] = Object.keys(scenes);

function requireScene(scene: string): { camera: DemoCamera; build: SceneBuilder } {
  const camera = city().cameras.find((one) => one.scene === scene);
  const build = (scenes as Record<string, SceneBuilder | undefined>)[scene];
  if (!build || !camera)
    throw new RangeError(`there is no scene "${scene}"; there are: ${sceneNames.join(', ')}`);
  return { camera, build };
}

/** Draws a scene frame by frame, with caption and frame clock. */
export class SceneFilm {
  readonly width: number;
  readonly height: number;
  private readonly painting: Painting;
  private readonly overlay: Overlay;

  /** @throws RangeError for a scene or camera that does not exist */
  constructor(scene: string, size: { width: number; height: number } = mainSize) {
    const { camera, build } = requireScene(scene);
    this.width = size.width;
    this.height = size.height;
    this.painting = new Painting(scene, build, size.width, size.height);
    this.overlay = new Overlay(camera, size);
  }

  /** Red, green, blue, 255 of frame `index` of the loop. The buffer is used again by the next call. */
  frame(index: number): Uint8Array {
    const rgba = this.painting.draw(index / framesPerSecond);
    this.overlay.paint(rgba, Math.round((index * 1000) / framesPerSecond));
    return rgba;
  }
}

/**
 * A quick preset with the two tools of slower ones that are worth their time here: on the busiest scene this comes within
 * 0.002 SSIM of `veryfast` for two thirds of its work. One thread each, as two scenes are drawn side by side.
 */
const mainTools = 'mbtree=1:rc-lookahead=10';
const subTools = 'mbtree=1:rc-lookahead=15:partitions=i8x8,i4x4,p8x8:subme=2';

function encoderArguments(
  size: { width: number; height: number },
  parts: { main: string; sub: string },
): string[] {
  const gop = String(framesPerSecond);
  const output = (label: string, o: { crf: number; kbps: number; tools: string; path: string }) => [
    ...['-map', label, '-c:v', 'libx264', '-preset', 'superfast', '-x264-params', o.tools],
    ...['-profile:v', 'main', '-bf', '0', '-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
    ...['-crf', String(o.crf), '-maxrate', `${o.kbps}k`, '-bufsize', `${o.kbps}k`, '-threads', '1'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'],
    ...['-movflags', '+faststart', '-f', 'mp4', o.path],
  ];
  const half = `${size.width / 2}:${size.height / 2}`;
  const yuv = 'out_color_matrix=bt709:out_range=tv,format=yuv420p';
  return [
    ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb0', '-s', `${size.width}x${size.height}`],
    ...['-framerate', gop, '-i', 'pipe:0', '-filter_complex'],
    // Converted once, then halved: cheaper than converting twice.
    `[0:v]scale=flags=bilinear:${yuv},split=2[main][whole];[whole]scale=${half}:flags=area[sub]`,
    ...output('[main]', { crf: 23, kbps: 2000, tools: mainTools, path: parts.main }),
    ...output('[sub]', { crf: 24, kbps: 480, tools: subTools, path: parts.sub }),
  ];
}

/** Resolves when a stream has taken a chunk; rejects when the encoder has gone. */
async function feed(encoder: ChildProcessWithoutNullStreams, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    encoder.stdin.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

/**
 * Draws a scene and encodes it, once large and once small, in one go. The files appear under their names only when
 * they are whole. Rejects with the encoder's complaint, or with the signal's reason.
 */
export async function renderScene(scene: string, options: RenderOptions): Promise<void> {
  const { dir, ffmpegPath, signal, onProgress, frames = loopFrames, size = mainSize } = options;
  signal?.throwIfAborted();
  await mkdir(dir, { recursive: true });
  const files = sceneFiles(dir, scene);
  const parts = { main: `${files.main}.${process.pid}.part`, sub: `${files.sub}.${process.pid}.part` };
  requireScene(scene);
  const encoder = spawn(ffmpegPath, encoderArguments(size, parts), { stdio: 'pipe' });
  const abort = () => encoder.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  let complaint = '';
  encoder.stderr.on(
    'data',
    (text: Buffer) => (complaint = (complaint + text.toString()).slice(-maxComplaint)),
  );
  encoder.stdout.resume();
  encoder.stdin.on('error', () => undefined);
  const ended = once(encoder, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  try {
    await once(encoder, 'spawn');
    const film = new SceneFilm(scene, size);
    for (let index = 0; index < frames; index++) {
      await feed(encoder, film.frame(index));
      signal?.throwIfAborted();
      onProgress?.(index + 1, frames);
    }
    encoder.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`ended with code ${code}`);
    await rename(parts.sub, files.sub);
    await rename(parts.main, files.main);
  } catch (error) {
    encoder.kill('SIGKILL');
    await ended.catch(() => undefined);
    await Promise.all([rm(parts.main, { force: true }), rm(parts.sub, { force: true })]);
    signal?.throwIfAborted();
    const why = complaint.trim() || (error instanceof Error ? error.message : String(error));
    throw new Error(`${ffmpegPath} could not encode the scene "${scene}": ${why}`, { cause: error });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
