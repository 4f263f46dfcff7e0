import { test as base, expect, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import react from '@vitejs/plugin-react';
import { makeClip, type Clip } from './clip.ts';
import { PushSource } from './push-source.ts';

const pageRoot = fileURLToPath(new URL('../../apps/wall/src/features/tiles/testing', import.meta.url));

/** A tile as automation sees it. */
export const tileAt = (page: Page, tile: number) => page.locator(`[data-tile="${tile}"]`);
export const expectState = (page: Page, tile: number, state: string, timeout = 10_000) =>
  expect(tileAt(page, tile)).toHaveAttribute('data-state', state, { timeout });

export interface Look {
  atMs: number;
  state: string;
  /**
   * The video on show draws a picture: one was decoded from what it plays. Until it loads something else, that one stays
   * on show while the next is awaited, in mid-seek and at a gap (HTML, "the video element": what it represents while
   * the current frame is not available).
   */
  drawn: boolean;
}

/** Watches one tile in every animation frame until `stop`; what a person could have seen. */
export async function watchTile(page: Page, tile: number): Promise<{ stop(): Promise<Look[]> }> {
  await page.evaluate((index) => {
    const looks: { atMs: number; state: string; drawn: boolean }[] = [];
    const watch = { looks, on: true };
    Object.assign(window, { [`watch${index}`]: watch });
    const look = () => {
      const box = document.querySelector<HTMLElement>(`[data-tile="${index}"]`);
      const video = box?.querySelector<HTMLVideoElement>('video[data-shown]');
      const drawn =
        !!video &&
        video.readyState >= HTMLMediaElement.HAVE_METADATA &&
        video.getVideoPlaybackQuality().totalVideoFrames > 0;
      looks.push({ atMs: Date.now(), state: box?.dataset['state'] ?? '', drawn });
      if (watch.on) requestAnimationFrame(look);
    };
    look();
  }, tile);
  return {
    stop: () =>
      page.evaluate((index) => {
        const watch = (window as unknown as Record<string, { looks: Look[]; on: boolean }>)[`watch${index}`];
        if (!watch) throw new Error('this tile is not watched');
        watch.on = false;
        return watch.looks;
      }, tile),
  };
}

/** The page of tiles over a scripted source; a test fails on any console error that it did not announce. */
export const test = base.extend<
  { source: PushSource; complaints: { allow: RegExp[] } },
  { built: { folder: string; clip: Clip } }
>({
  built: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names from this pattern
    async ({}, use) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'clerestory-tiles-'));
      await build({
        root: pageRoot,
        configFile: false,
        logLevel: 'error',
        plugins: [react()],
        build: { outDir: folder, emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 2_000 },
      });
      await use({ folder, clip: makeClip(6) });
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  source: async ({ built, page, complaints }, use) => {
    const source = await PushSource.start(built.folder);
    for (const id of ['north', 'south', 'east', 'west']) source.add(id, built.clip);
    await page.goto(`http://127.0.0.1:${source.port}/`);
    await use(source);
    expect(complaints.allow).toBeDefined();
    await page.goto('about:blank');
    await source.stop();
  },
  complaints: [
    async ({ page }, use) => {
      const said: string[] = [];
      const allow: RegExp[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(String(error)));
      await use({ allow });
      expect(said.filter((text) => !allow.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

/** Puts cameras on tiles and waits until all of them are live. */
export async function showLive(
  page: Page,
  source: PushSource,
  layout: '1' | '4',
  ids: string[],
): Promise<void> {
  await show(page, source, layout, ids);
  for (let tile = 0; tile < ids.length; tile++) await expectState(page, tile, 'live');
}

export async function show(
  page: Page,
  source: PushSource,
  layout: '1' | '4',
  ids: (string | null)[],
  hasSub = false,
): Promise<void> {
  await page.evaluate(
    ([port, grid, cameras, sub]) => {
      window.tiles.mediaAt(port);
      window.tiles.show(
        grid,
        cameras.map((id) => (id === null ? null : { id, hasSub: sub })),
      );
    },
    [source.port, layout, ids, hasSub] as const,
  );
}

declare global {
  interface Window {
    tiles: {
      show(layout: string, cameras: ({ id: string; hasSub: boolean } | null)[]): void;
      mediaAt(port: number): void;
      media(): { push: { counts: Record<string, number> } };
      hlsVersion: string;
      loadHls(): Promise<{ default: { version: string } }>;
      HlsMse: new (
        module: unknown,
        events: { appended(): void; failed(detail: string): void },
      ) => {
        attach(video: HTMLVideoElement): void;
        init(bytes: Uint8Array, codec: string): void;
        append(bytes: Uint8Array): void;
        trim(untilS: number): void;
        destroy(): void;
      };
    };
  }
}
