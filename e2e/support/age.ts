import { expect, type Page } from '@playwright/test';
import { latencyMs, watchClocks } from '../../bench/pixels.ts';
import type { LoopStart } from '../../tools/rtsp-farm/farm.ts';

/** Age of the picture that is on a tile, ms, read from its pixels: now minus the moment the frame left the camera. */
export async function pictureAgeMs(page: Page, tile: number, start: LoopStart): Promise<number> {
  let ageMs = Number.NaN;
  // A video in mid-seek can be seen, and not be read.
  await expect
    .poll(async () => {
      const look = (await watchClocks(page, 1, 1)).find((one) => one.tile === String(tile));
      if (look) ageMs = latencyMs(look, start);
      return look !== undefined;
    })
    .toBe(true);
  return ageMs;
}
