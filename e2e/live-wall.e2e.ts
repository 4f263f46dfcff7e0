import { descendants } from '../tools/harness/server-process.ts';
import { assign, cameraCount, cameraName, expect, expectState, test, tileAt } from './support/city.ts';
import { readTile } from './support/clock.ts';

test('every tile shows its own camera, live, and the picture moves', async ({ page, server }) => {
  await page.goto(`${server.url}/screen/left`);
  for (let n = 1; n <= cameraCount; n++) {
    await expectState(page, n - 1, 'live');
    await expect(tileAt(page, n - 1)).toHaveAttribute('data-camera', cameraName(n));
    await expect.poll(async () => (await readTile(page, n - 1))?.camera).toBe(n);
    const before = (await readTile(page, n - 1))?.ms;
    await expect.poll(async () => (await readTile(page, n - 1))?.ms).not.toBe(before);
  }
  const latency = Number(await tileAt(page, 0).getAttribute('data-latency-ms'));
  expect(latency).toBeGreaterThan(0);
  expect(latency).toBeLessThanOrEqual(3000);
});

test('one change reaches every open window of a screen, and one stream is read once', async ({
  context,
  server,
}) => {
  const pages = [await context.newPage(), await context.newPage()];
  for (const page of pages) {
    await page.goto(`${server.url}/screen/left`);
    await expectState(page, 0, 'live');
  }
  await assign(server, 0, cameraName(2));
  for (const page of pages) {
    await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(2));
    await expectState(page, 0, 'live');
    await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(2);
  }
  // Camera 2 is on two tiles of two windows: four viewers, one ffmpeg. Camera 1 is still warm.
  // One that makes a still is soon gone.
  await expect.poll(() => descendants(server.pid, 'ffmpeg').length).toBe(cameraCount);
});

test('a network that takes no WebSocket gets LL-HLS by itself, live as well', async ({
  page,
  server,
  complaints,
}) => {
  complaints.allow(/WebSocket/);
  // A real socket whose upgrade is refused, as a proxy does that knows none.
  await page.addInitScript(() => {
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(new URL('/nowhere', url), protocols);
      }
    };
  });
  const playlists: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('.m3u8')) playlists.push(request.url());
  });
  await page.goto(`${server.url}/screen/left`);
  for (let n = 1; n <= cameraCount; n++) {
    await expectState(page, n - 1, /^(live|late)$/, 60_000);
    await expect.poll(async () => (await readTile(page, n - 1))?.camera, { timeout: 30_000 }).toBe(n);
  }
  expect(playlists.length).toBeGreaterThan(cameraCount);
});

test('a screen that nobody made says so, and comes to life when it is made', async ({ page, server }) => {
  await page.goto(`${server.url}/screen/new-one`);
  await expect(page.getByText('new-one').first()).toBeVisible();
  await server.api('POST', '/walls/control-room/screens', { id: 'new-one', name: 'New one', layout: '1' });
  await assign(server, 0, cameraName(3), 'new-one');
  await expectState(page, 0, 'live', 60_000);
});
