import { test as base, type Locator, type Page } from '@playwright/test';
import type { ServerProcess } from '../../tools/harness/server-process.ts';
import { cameraName, Complaints, expect, fillLeftScreen, lostConnection } from './city.ts';
import { enter } from './sign-in.ts';
import { startServer } from './server.ts';

/** Cameras that send nothing, for tests of how a wall is arranged: where they are put is told, not what they show. */
export const test = base.extend<{ server: ServerProcess; complaints: Complaints }>({
  server: async ({ context }, use) => {
    const server = await startServer();
    await enter(context, server);
    await fillLeftScreen(server, { url: (name) => `rtsp://127.0.0.1:9/${name}` });
    await use(server);
    for (const page of context.pages()) await page.close();
    await server.stop();
  },
  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      // Stills of cameras that have none.
      complaints.allow(lostConnection);
      context.on('page', (page) => complaints.watch(page));
      await use(complaints);
      expect(complaints.left()).toEqual([]);
    },
    { auto: true },
  ],
});

export const row = (page: Page, camera: string): Locator => page.locator(`[data-camera-row="${camera}"]`);
export const stageTile = (page: Page, screen: string, tile: number): Locator =>
  page.locator(`[data-stage] [data-screen="${screen}"][data-tile="${tile}"]`);
export const open = async (page: Page, url: string) => {
  await page.goto(url);
  await expect(row(page, cameraName(1))).toBeVisible();
};
export const camerasOn = (page: Page): Promise<string[]> =>
  page.locator('.tile[data-tile]').evaluateAll((tiles) => tiles.map((tile) => tile.dataset.camera ?? ''));
export const showing = (page: Page, ...wanted: number[]) =>
  expect.poll(() => camerasOn(page)).toEqual(wanted.map((n) => (n === 0 ? '' : cameraName(n))));
