import { CameraInput } from '@clerestory/protocol';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { city, isRendered, loopMs, readClock, renderScene, sceneFiles } from './index.ts';
import { framesPerSecond, loopFrames } from './loop.ts';
import { SceneFilm, sceneNames } from './render.ts';

const ffmpegPath = 'ffmpeg';
/** Wide enough that a clock cell of the half-size picture is four pixels. */
const small = { width: 640, height: 360 };

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'demo-city-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** All pictures of a file as one buffer of RGBA. */
function decode(path: string): Buffer {
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'];
  const { stdout, status, stderr } = spawnSync(ffmpegPath, args, { maxBuffer: 1 << 28 });
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const hashOf = (rgba: Uint8Array) => createHash('sha256').update(rgba).digest('hex');

describe('city', () => {
  const { cameras, name } = city();

  test('has twenty cameras whose ids, numbers, names and scenes differ', () => {
    expect(name).not.toBe('');
    expect(cameras).toHaveLength(20);
    for (const key of ['id', 'number', 'name', 'scene'] as const)
      expect(new Set(cameras.map((camera) => camera[key])).size).toBe(20);
    // The frame clock holds the number modulo 256: those must differ too.
    expect(new Set(cameras.map(({ number }) => number & 255)).size).toBe(20);
  });

  test('gives every camera a scene, and every scene a camera', () => {
    expect(cameras.map(({ scene }) => scene).sort()).toEqual([...sceneNames].sort());
  });

  test('fits the registry: each camera parses as CameraInput', () => {
    for (const { id, number, name, place, neighbourhood, latitude, longitude, tags, scene } of cameras) {
      const camera = { id, number, name, place, neighbourhood, latitude, longitude, tags };
      expect(CameraInput.parse({ ...camera, source: { kind: 'demo', scene } })).toMatchObject(camera);
    }
  });

  test('is the same for the same seed and lies elsewhere for another', () => {
    expect(city(3)).toEqual(city(3));
    expect(city(3).cameras[0]?.latitude).not.toBe(city(4).cameras[0]?.latitude);
  });

  test('has four or five neighbourhoods, and cameras lie within a few kilometres', () => {
    const hoods = new Set(cameras.map(({ neighbourhood }) => neighbourhood));
    expect(hoods.size).toBeGreaterThanOrEqual(4);
    expect(hoods.size).toBeLessThanOrEqual(5);
    const latitudes = cameras.map(({ latitude }) => latitude);
    expect((Math.max(...latitudes) - Math.min(...latitudes)) * 111_320).toBeLessThan(4000);
  });
});

describe('drawing', () => {
  test('is a whole number of frames to the loop', () => {
    expect((loopMs * framesPerSecond) % 1000).toBe(0);
    expect(loopFrames).toBe((loopMs / 1000) * framesPerSecond);
  });

  test('draws the same frame twice, byte by byte', () => {
    const first = new SceneFilm('night-crossing', { width: 320, height: 180 });
    const second = new SceneFilm('night-crossing', { width: 320, height: 180 });
    const hash = hashOf(first.frame(40));
    second.frame(7);
    expect(hashOf(second.frame(40))).toBe(hash);
    expect(hashOf(first.frame(41))).not.toBe(hash);
  });

  test.each(sceneNames)('%s moves, and its loop closes without a jump', (scene) => {
    const film = new SceneFilm(scene, { width: 160, height: 90 });
    // Above the burnt-in strip only: the clock in it starts again with the loop.
    const shown = (index: number) => film.frame(index).slice(0, 160 * 76 * 4);
    const change = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0) / a.length;
    const [start, next, last, again] = [shown(0), shown(1), shown(loopFrames - 1), shown(loopFrames)];
    expect(change(start, shown(100))).toBeGreaterThan(0.01);
    expect(change(start, again)).toBeLessThan(0.12);
    expect(change(last, start)).toBeLessThan(2.5 * change(start, next) + 0.6);
  });

  test('refuses a scene that does not exist and names those that do', () => {
    expect(() => new SceneFilm('moon-base')).toThrow(/no scene "moon-base".*harbour-bridge/);
  });
});

describe('renderScene', () => {
  test('writes both files with a clock that can be read back', async () => {
    const progress: number[] = [];
    await renderScene('waterfront-fog', {
      dir,
      ffmpegPath,
      frames: 20,
      size: small,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toHaveLength(20);
    expect(await isRendered(dir, 'waterfront-fog')).toBe(true);
    const number = city().cameras.find(({ scene }) => scene === 'waterfront-fog')?.number;
    const files = sceneFiles(dir, 'waterfront-fog');
    for (const [path, width, height] of [
      [files.main, 640, 360],
      [files.sub, 320, 180],
    ] as const) {
      const pictures = decode(path);
      const bytes = width * height * 4;
      expect(pictures.length).toBe(20 * bytes);
      for (const index of [0, 1, 9, 19]) {
        const reading = readClock(pictures.subarray(index * bytes, (index + 1) * bytes), width, height);
        expect(reading).toEqual({ camera: number, ms: Math.round((index * 1000) / framesPerSecond) });
      }
    }
  });

  test('encodes without reordering: no B-frames, one key frame a second', async () => {
    await renderScene('skyline', { dir, ffmpegPath, frames: 31, size: small });
    const args = ['-v', 'error', '-show_entries', 'stream=has_b_frames,profile:frame=key_frame,pict_type'];
    const { stdout } = spawnSync('ffprobe', [...args, '-of', 'json', sceneFiles(dir, 'skyline').sub]);
    const { streams, frames } = JSON.parse(stdout.toString()) as {
      streams: { has_b_frames: number; profile: string }[];
      frames: { key_frame: number; pict_type: string }[];
    };
    expect(streams[0]).toMatchObject({ has_b_frames: 0, profile: 'Main' });
    expect(frames.map(({ pict_type }) => pict_type).includes('B')).toBe(false);
    expect(frames.flatMap(({ key_frame }, index) => (key_frame === 1 ? [index] : []))).toEqual([0, 15, 30]);
  });

  test('leaves no file behind when it is aborted', async () => {
    const abort = new AbortController();
    const rendering = renderScene('alley', {
      dir: join(dir, 'aborted'),
      ffmpegPath,
      size: { width: 320, height: 180 },
      signal: abort.signal,
      onProgress: (done) => done === 3 && abort.abort(new Error('enough')),
    });
    await expect(rendering).rejects.toThrow('enough');
    expect(await readdir(join(dir, 'aborted'))).toEqual([]);
  });

  test('says what is wrong when the encoder is not there', async () => {
    const options = {
      dir: join(dir, 'none'),
      ffmpegPath: '/nowhere/ffmpeg',
      frames: 2,
      size: { width: 160, height: 90 },
    };
    await expect(renderScene('tunnel', options)).rejects.toThrow(
      /\/nowhere\/ffmpeg.*could not encode.*ENOENT/,
    );
    expect(await readdir(join(dir, 'none'))).toEqual([]);
  });
});

describe('render-cli', () => {
  const cli = fileURLToPath(new URL('./render-cli.ts', import.meta.url));
  const run = (args: string[]) => {
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    const closed = once(child, 'close') as Promise<[number | null]>;
    return { child, closed, output: () => output, errors: () => errors };
  };

  test('refuses a scene it does not know', async () => {
    const { closed, errors } = run([dir, 'moon-base']);
    expect((await closed)[0]).toBe(1);
    expect(errors()).toContain('no such scene: moon-base');
  });

  test('skips what is there already', async () => {
    const cache = await mkdtemp(join(dir, 'cache-'));
    const files = sceneFiles(cache, 'alley');
    await Promise.all([writeFile(files.main, 'x'), writeFile(files.sub, 'x')]);
    const { closed, output } = run([cache, 'alley', '--ffmpeg', '/nowhere/ffmpeg']);
    expect((await closed)[0]).toBe(0);
    expect(output()).toBe('');
  });

  test('reports a scene that fails, and fails itself', async () => {
    const { closed, output } = run([join(dir, 'bad'), 'alley', '--ffmpeg', '/nowhere/ffmpeg']);
    expect((await closed)[0]).toBe(1);
    expect(JSON.parse(output())).toMatchObject({
      scene: 'alley',
      error: expect.stringContaining('/nowhere/ffmpeg'),
    });
  });

  test('ends when its parent closes the pipe, and sweeps up the next time', async () => {
    const cache = await mkdtemp(join(dir, 'orphan-'));
    const { child, closed } = run([cache, 'alley']);
    // It draws at a low priority: beside other work it is long before there is something to encode.
    await expect.poll(async () => (await readdir(cache)).length, { timeout: 100_000 }).toBeGreaterThan(0);
    child.stdin.end();
    await closed;
    expect((await readdir(cache)).every((name) => name.endsWith('.part'))).toBe(true);
    await once(run([cache, 'alley', '--ffmpeg', '/nowhere/ffmpeg']).child, 'close');
    expect(await readdir(cache)).toEqual([]);
  }, 120_000);
});
