import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeClockClip } from '../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../tools/rtsp-farm/farm.ts';

export interface BenchCameras {
  farm: Farm;
  /** Mount names, `cam1` …; camera n's frame clock says n. */
  names: string[];
  dir: string;
  close(): Promise<void>;
}

/** A usual sub stream: 640×360, 15 frames/s, 500 kbit/s. */
export const clip = { width: 640, height: 360, fps: 15, seconds: 20, kbps: 500 };

/** `count` real RTSP cameras, each with its own clip: `clip`, but for what `picture` says otherwise. */
export async function startCameras(
  count: number,
  gopS = 1,
  picture: Partial<typeof clip> = {},
): Promise<BenchCameras> {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-bench-'));
  const names = Array.from({ length: count }, (_, index) => `cam${index + 1}`);
  const mounts: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const file = path.join(dir, `${name}.mp4`);
    await makeClockClip({ path: file, camera: index + 1, gopS, ...clip, ...picture });
    mounts[name] = file;
  }
  const farm = await startFarm({ mounts });
  return {
    farm,
    names,
    dir,
    async close() {
      await farm.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
