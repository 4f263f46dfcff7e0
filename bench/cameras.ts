import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeClockClip } from '../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../tools/rtsp-farm/farm.ts';

export interface BenchCameras {
  farm: Farm;
  /** Mount names, `cam1` …; camera n's frame clock says n. */
  names: string[];
  /** A folder that goes with them. */
  dir: string;
  close(): Promise<void>;
}

/** A usual sub stream: 640×360, 15 frames/s, 500 kbit/s. */
export const clip = { width: 640, height: 360, fps: 15, seconds: 20, kbps: 500 };
export type Picture = typeof clip;

/** What one camera shows: which it is, seconds between its key frames, and what differs from `clip`. */
export interface BenchCamera extends Partial<Picture> {
  camera: number;
  gopS: number;
}

/** Clips are made once for a machine: 36 of them take minutes. */
const cacheDir = path.join(tmpdir(), 'clerestory-bench-clips');

/** The clip of a camera; made if there is none yet. */
export async function clipOf({ camera, gopS, ...picture }: BenchCamera): Promise<string> {
  const shape = { ...clip, ...picture };
  const { width, height, fps, seconds, kbps } = shape;
  const file = path.join(cacheDir, `${camera}-${width}x${height}-${fps}-${seconds}s-${kbps}k-gop${gopS}.mp4`);
  if (existsSync(file)) return file;
  mkdirSync(cacheDir, { recursive: true });
  const part = `${file}.${process.pid}.mp4`;
  await makeClockClip({ path: part, camera, gopS, ...shape });
  renameSync(part, file);
  return file;
}

/** Real RTSP cameras by mount name, each with its own clip. */
export async function startFarmOf(mounts: Readonly<Record<string, BenchCamera>>): Promise<BenchCameras> {
  const files: Record<string, string> = {};
  for (const [name, camera] of Object.entries(mounts)) files[name] = await clipOf(camera);
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-bench-'));
  const farm = await startFarm({ mounts: files });
  return {
    farm,
    names: Object.keys(mounts),
    dir,
    async close() {
      await farm.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** `count` cameras, but for what `picture` says as `clip`. */
export function startCameras(count: number, gopS = 1, picture: Partial<Picture> = {}): Promise<BenchCameras> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return startFarmOf(
    Object.fromEntries(numbers.map((camera) => [`cam${camera}`, { camera, gopS, ...picture }])),
  );
}
