import { test as base, expect, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enter } from './sign-in.ts';
import { makeClockClip } from '../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../tools/rtsp-farm/farm.ts';
import type { ServerProcess } from '../../tools/harness/server-process.ts';
import { startServer } from './server.ts';

/** How many RTSP cameras the farm has: `cam1` … `cam4`; camera n's frame clock says n. */
export const cameraCount = 4;
export const cameraName = (n: number) => `cam${n}`;

/** Registers the farm's cameras and puts them on the left screen, 2 × 2. */
export async function fillLeftScreen(server: ServerProcess, farm: Pick<Farm, 'url'>): Promise<void> {
  for (let n = 1; n <= cameraCount; n++) {
    const name = cameraName(n);
    await server.api('POST', '/cameras', {
      id: name,
      number: 100 + n,
      name: `Camera ${n}`,
      place: 'Test street',
      source: { kind: 'rtsp', main: farm.url(name), transport: 'tcp' },
    });
  }
  await server.api('PUT', '/walls/control-room/screens/left/layout', { layout: '4' });
  for (let n = 1; n <= cameraCount; n++) await assign(server, n - 1, cameraName(n));
}

export const assign = (server: ServerProcess, tile: number, camera: string, screen = 'left') =>
  server.api('PUT', `/walls/control-room/screens/${screen}/tiles/${tile}`, { camera });

export const tileAt = (page: Page, tile: number) => page.locator(`[data-tile="${tile}"]`).first();

export async function expectState(
  page: Page,
  tile: number,
  state: string | RegExp,
  timeout = 30_000,
): Promise<void> {
  await expect(tileAt(page, tile)).toHaveAttribute('data-state', state, { timeout });
}

/** What the browser complained of; a test fails on anything that it did not announce. */
export class Complaints {
  readonly #said: string[] = [];
  readonly #allowed: RegExp[] = [];

  watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.#said.push(message.text());
    });
    page.on('pageerror', (error) => this.#said.push(String(error)));
  }

  /** For tests that break something on purpose: the browser reports the lost connection by itself. */
  allow(...patterns: RegExp[]): void {
    this.#allowed.push(...patterns);
  }

  left(): string[] {
    return this.#said.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
  }
}

/** A browser logs each failed connection itself; that is what these tests cause. */
export const lostConnection =
  /WebSocket connection to|ERR_CONNECTION|ERR_EMPTY_RESPONSE|Failed to load resource/;

export interface Worker {
  /** Frames per second of the farm's cameras. */
  fps: number;
  clips: Record<string, string>;
}
interface Each {
  farm: Farm;
  server: ServerProcess;
  complaints: Complaints;
}

/** A farm of real RTSP cameras, a real server process, and pages that may not complain. */
export const test = base.extend<Each, Worker>({
  fps: [15, { option: true, scope: 'worker' }],
  clips: [
    async ({ fps }, use) => {
      const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-clips-'));
      const clips: Record<string, string> = {};
      for (let n = 1; n <= cameraCount; n++) {
        const file = path.join(dir, `${cameraName(n)}.mp4`);
        await makeClockClip({
          path: file,
          camera: n,
          seconds: 20,
          width: 640,
          height: 360,
          fps,
          gopS: 1,
        });
        clips[cameraName(n)] = file;
      }
      await use(clips);
      rmSync(dir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  farm: async ({ clips }, use) => {
    const farm = await startFarm({ mounts: clips });
    await use(farm);
    await farm.close();
  },
  server: async ({ context, farm }, use) => {
    const server = await startServer();
    await enter(context, server);
    await fillLeftScreen(server, farm);
    await use(server);
    // A page that outlives its server complains of it, rightly.
    for (const page of context.pages()) await page.close();
    await server.stop();
  },
  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      context.on('page', (page) => complaints.watch(page));
      await use(complaints);
      expect(complaints.left()).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
