import type { Page } from '@playwright/test';
import { expect, expectState } from './city.ts';
import { readTile } from './clock.ts';

/** Each of the four tiles of the left screen is live, with its own camera's picture. */
export const allLive = async (page: Page, timeout = 60_000) => {
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live', timeout);
    await expect.poll(async () => (await readTile(page, tile))?.camera, { timeout: 20_000 }).toBe(tile + 1);
  }
};
export const notLive = (page: Page, tile: number) => expectState(page, tile, /^(?!live$)/);
