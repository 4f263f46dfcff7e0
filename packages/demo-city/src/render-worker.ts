import { parentPort, workerData } from 'node:worker_threads';
import { renderScene } from './render.ts';

/** Draws the scenes it is told, one by one; answers each with its name, the time it took, or what went wrong. */
const { dir, ffmpegPath } = workerData as { dir: string; ffmpegPath: string };

parentPort?.on('message', async (scene: string) => {
  const startedMs = performance.now();
  try {
    await renderScene(scene, { dir, ffmpegPath });
    parentPort?.postMessage({ scene, ms: Math.round(performance.now() - startedMs) });
  } catch (error) {
    parentPort?.postMessage({ scene, error: error instanceof Error ? error.message : String(error) });
  }
});
