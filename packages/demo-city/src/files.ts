import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Part of every file's name. Raise it when a drawing changes, so that cached files of the old one are not used. */
const drawingVersion = 'v1';

export interface SceneFiles {
  /** 1280 × 720. */
  main: string;
  /** 640 × 360. */
  sub: string;
}

/** Where a scene's two files are, whether they exist or not. */
export function sceneFiles(dir: string, scene: string): SceneFiles {
  const stem = join(dir, `${scene}-${drawingVersion}`);
  return { main: `${stem}-main.mp4`, sub: `${stem}-sub.mp4` };
}

/** Whether both files of a scene are there; they appear only when they are whole. */
export async function isRendered(dir: string, scene: string): Promise<boolean> {
  const { main, sub } = sceneFiles(dir, scene);
  const found = await Promise.allSettled([access(main), access(sub)]);
  return found.every(({ status }) => status === 'fulfilled');
}
