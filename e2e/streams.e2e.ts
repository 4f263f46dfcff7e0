import type { Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { latencyMs, watchPictures, type PictureLook } from '../bench/pixels.ts';
import { makeClockClip } from '../tools/rtsp-farm/clips.ts';
import { startFarm } from '../tools/rtsp-farm/farm.ts';
import { freePort } from '../tools/harness/free-port.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import {
  assign,
  cameraName,
  expect,
  expectState,
  fillLeftScreen,
  lostConnection,
  test,
  tileAt,
} from './support/city.ts';
import { pictureAgeMs } from './support/age.ts';
import { readTile } from './support/clock.ts';
import { startOwnBrowser } from './support/own-browser.ts';
import { enter } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

const setLayout = (server: ServerProcess, layout: string, screen = 'left') =>
  server.api('PUT', `/walls/control-room/screens/${screen}/layout`, { layout });
const viewers = async (server: ServerProcess, camera: string) =>
  (await server.api<{ health: { viewers: number } }>('GET', `/cameras/${camera}`)).health.viewers;
/** What could have been seen on the page: a video in mid-seek goes on showing its last frame. */
const seen = (looks: readonly PictureLook[]) => looks.filter(({ seeking }) => !seeking);

test('a tile that grows gets the main stream, one that shrinks the small one, and no frame is black', async ({
  page,
}) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-clips-'));
  const clip = { camera: 9, seconds: 20, fps: 15, gopS: 1 };
  const [main, sub] = [path.join(dir, 'main.mp4'), path.join(dir, 'sub.mp4')];
  await makeClockClip({ ...clip, path: main, width: 1280, height: 720 });
  await makeClockClip({ ...clip, path: sub, width: 640, height: 360 });
  const farm = await startFarm({ mounts: { main, sub } });
  const server = await startServer();
  await enter(page.context(), server);
  await server.api('POST', '/cameras', {
    id: 'two-sizes',
    name: 'Two sizes',
    source: { kind: 'rtsp', main: farm.url('main'), sub: farm.url('sub'), transport: 'tcp' },
  });
  await setLayout(server, '16');
  await assign(server, 0, 'two-sizes');
  await page.goto(`${server.url}/screen/left`);
  await expectState(page, 0, 'live');
  const stream = (name: string) =>
    expect(tileAt(page, 0)).toHaveAttribute('data-stream', name, { timeout: 30_000 });
  await stream('sub');

  const watchMs = 8_000;
  for (const [layout, width] of [
    ['1', 1280],
    ['16', 640],
  ] as const) {
    const watching = watchPictures(page, '[data-tile="0"] video[data-shown]', watchMs, 40);
    await setLayout(server, layout);
    await stream(width === 1280 ? 'main' : 'sub');
    const looks = seen(await watching);
    expect(looks.length).toBeGreaterThan(watchMs / 200);
    expect(looks.filter(({ reading }) => reading?.camera !== 9)).toEqual([]);
    expect(looks.at(-1)?.width).toBe(width);
    // When each frame on show left the camera, whichever stream it came by: no step back of more than two frames.
    const captured = looks.map(({ reading, ...look }) => {
      const start = farm.t0(look.width === 1280 ? 'main' : 'sub');
      return look.atMs - latencyMs({ ...look, reading: reading ?? { camera: 0, ms: 0 } }, start);
    });
    const backMs = captured.map((ms, at) => (captured[at - 1] ?? ms) - ms);
    const at = backMs.indexOf(Math.max(...backMs));
    const around = looks.slice(Math.max(0, at - 3), at + 4).map(({ atMs, width, reading }) => ({
      ...{ atMs: Math.round(atMs - (looks[0]?.atMs ?? 0)), width, ms: reading?.ms },
    }));
    expect(Math.max(...backMs), JSON.stringify(around)).toBeLessThanOrEqual(2 * (1_000 / clip.fps));
    await expectState(page, 0, 'live');
  }
  await page.close();
  await server.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

test('a page behind another tab asks for nothing, and is at the live edge when it is in front again', async ({
  server,
  farm,
  complaints,
}) => {
  const own = await startOwnBrowser();
  const [context] = own.browser.contexts();
  if (!context) throw new Error('the browser has no window');
  context.on('page', (one) => complaints.watch(one));
  await enter(context, server);
  const page = await context.newPage();
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  await expect.poll(() => viewers(server, cameraName(1)), { timeout: 10_000 }).toBe(1);
  const visibility = () => page.evaluate(() => document.visibilityState);

  const other = await context.newPage();
  await other.bringToFront();
  await expect.poll(visibility).toBe('hidden');
  for (let n = 1; n <= 4; n++)
    await expect.poll(() => viewers(server, cameraName(n)), { timeout: 10_000 }).toBe(0);
  await expect(page.locator('[data-tile] video')).toHaveCount(0);

  const shownAtMs = Date.now();
  await page.bringToFront();
  await expect.poll(visibility).toBe('visible');
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live', 5_000);
    // The pixels' own clock, not what the page says of them.
    expect(await pictureAgeMs(page, tile, farm.t0(cameraName(tile + 1)))).toBeLessThanOrEqual(3_000);
  }
  expect(Date.now() - shownAtMs).toBeLessThan(8_000);
  await own.close();
});

test('all cameras away and back on the same port: the reason in words, then live without a human', async ({
  page,
  clips,
}) => {
  const farm = await startFarm({ mounts: clips });
  const server = await startServer();
  await enter(page.context(), server);
  await fillLeftScreen(server, farm);
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  await farm.close();
  await expectState(page, 0, 'offline', 40_000);
  await expect(tileAt(page, 0)).toContainText('Nothing answers at that address and port');
  const back = await startFarm({ mounts: clips, port: farm.port });
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live', 60_000);
    await expect.poll(async () => (await readTile(page, tile))?.camera).toBe(tile + 1);
  }
  await page.close();
  await server.stop();
  await back.close();
});

/** The picture's box inside each tile, and the tile's inside the window. */
const boxes = (page: Page) =>
  page.locator('[data-tile] video[data-shown]').evaluateAll((videos) =>
    (videos as HTMLVideoElement[]).map((video) => {
      const tile = video.closest('[data-tile]')?.getBoundingClientRect();
      return {
        fit: getComputedStyle(video).objectFit,
        source: video.videoWidth / video.videoHeight,
        inside:
          tile !== undefined &&
          tile.width > 0 &&
          tile.left >= 0 &&
          tile.top >= 0 &&
          tile.right <= innerWidth + 0.5 &&
          tile.bottom <= innerHeight + 0.5,
      };
    }),
  );

test('a portrait screen: all tiles in sight, nothing stretched', async ({ page, server }) => {
  await page.setViewportSize({ width: 1080, height: 1920 });
  await setLayout(server, 'p1+4');
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  const found = await boxes(page);
  expect(found).toHaveLength(4);
  for (const { fit, source, inside } of found) {
    expect(fit).toBe('contain');
    expect(source).toBeCloseTo(16 / 9, 2);
    expect(inside).toBe(true);
  }
  // The whole grid is used: no tile is a sliver.
  const shapes = await page
    .locator('[data-tile]')
    .evaluateAll((tiles) => tiles.map((tile) => tile.getBoundingClientRect().width));
  expect(Math.min(...shapes)).toBeGreaterThan(300);
});

test('the media node comes back on another port: the screen gets the new page policy by itself', async ({
  page,
  farm,
  complaints,
}) => {
  complaints.allow(lostConnection, /Content.Security.Policy|Refused to connect|violates the following/i);
  const first = await startServer();
  await enter(page.context(), first);
  await fillLeftScreen(first, farm);
  await page.goto(`${first.url}/screen/left`);
  await expectState(page, 0, 'live');
  await page.evaluate(() => Object.assign(window, { oldPage: true }));
  await first.kill();
  const second = await startServer({
    port: first.port,
    dataDir: first.dataDir,
    env: { CLERESTORY_MEDIA_PORT: String(await freePort()) },
  });
  await expect
    .poll(() => page.evaluate(() => 'oldPage' in window).catch(() => true), { timeout: 30_000 })
    .toBe(false);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live', 30_000);
  await page.close();
  await second.stop();
  await first.stop();
});
