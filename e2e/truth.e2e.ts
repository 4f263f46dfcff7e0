import { cameraName, expect, expectState, test, tileAt } from './support/city.ts';
import { readTile } from './support/clock.ts';
import { brightness, film, type ScreenFrame } from './support/screencast.ts';
import { firstAfter, recordTiles, statesSince } from './support/watch.ts';

test('a camera that freezes is never shown as live: stale with its age, then no picture, then back', async ({
  page,
  server,
  farm,
}) => {
  await page.goto(`${server.url}/screen/left`);
  await expectState(page, 0, 'live');
  await expectState(page, 1, 'live');
  farm.stall(cameraName(1));
  await expectState(page, 0, /^(stale|offline)$/);
  // After ten seconds the old picture is gone from the page, whatever the state is called.
  await expect.poll(() => readTile(page, 0), { timeout: 20_000 }).toBeNull();
  expect((await tileAt(page, 0).getAttribute('data-reason'))?.length).toBeGreaterThan(5);
  // Its neighbours did not notice.
  await expectState(page, 1, 'live', 1);
  farm.resume(cameraName(1));
  await expectState(page, 0, 'live', 60_000);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(1);
});

test('health says what is wrong in words, to everybody, and stores it', async ({ page, server, farm }) => {
  await page.goto(`${server.url}/screen/left`);
  await expectState(page, 0, 'live');
  await server.api('POST', '/cameras', {
    id: 'wrong-path',
    name: 'Wrong path',
    source: { kind: 'rtsp', main: farm.url('no-such-camera'), transport: 'tcp' },
  });
  await server.api('PUT', '/walls/control-room/screens/left/tiles/3', { camera: 'wrong-path' });
  await expectState(page, 3, 'offline', 40_000);
  await expect(tileAt(page, 3)).toContainText(/no stream at that path/i);
  const health = () =>
    server.api<{ items: { to: string; reason: string }[] }>('GET', '/cameras/wrong-path/transitions');
  await expect.poll(async () => (await health()).items[0]?.to, { timeout: 20_000 }).toBe('offline');
  await expectState(page, 0, 'live', 1);
});

/** One animation frame, the recorder and the reading of the clock. */
const toleranceMs = 300;

test('a decoder that stands still: not live after three seconds, then made anew by itself', async ({
  page,
  server,
}) => {
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  const record = await recordTiles(page);
  // Frames go on arriving and none appears: the element stands, and nothing that the page calls moves it.
  const stoodAtMs = await tileAt(page, 0)
    .locator('video[data-shown]')
    .evaluate((video: HTMLVideoElement) => {
      video.pause();
      video.play = () => new Promise<void>(() => undefined);
      Object.defineProperty(video, 'currentTime', { get: () => 1, set: () => undefined });
      return Date.now();
    });
  await expectState(page, 0, /^(?!live$)/, 10_000);
  const after = firstAfter(await record.read(), 0, stoodAtMs, ({ state }) => state !== 'live');
  expect(after).toBeLessThanOrEqual(3_000 + toleranceMs);
  await expectState(page, 0, 'live', 20_000);
  const before = await readTile(page, 0);
  expect(before?.camera).toBe(1);
  await expect.poll(async () => (await readTile(page, 0))?.ms).not.toBe(before?.ms);
  const moments = await record.read();
  for (const tile of [1, 2, 3]) expect(statesSince(moments, tile, stoodAtMs)).toEqual(['live']);
});

test('a page that hangs: the screen is veiled within three seconds, and clears when the page is back', async ({
  context,
  page,
  server,
}) => {
  const darkroom = await context.newPage();
  await page.bringToFront();
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  const camera = await film(page);
  await expect.poll(() => camera.frames.length).toBeGreaterThan(5);
  const hungAtMs = await page.evaluate(() => {
    const atMs = Date.now();
    while (Date.now() < atMs + 6_000);
    return atMs;
  });
  const shownAt = (atMs: number) => camera.frames.findLast((frame) => frame.atMs <= atMs) as ScreenFrame;
  const usual = await brightness(darkroom, shownAt(hungAtMs));
  for (const sinceMs of [3_000 + toleranceMs, 4_500, 5_900])
    expect(await brightness(darkroom, shownAt(hungAtMs + sinceMs)), `${sinceMs} ms`).toBeLessThan(usual / 2);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live', 15_000);
  await expect
    .poll(() => brightness(darkroom, camera.frames.at(-1) as ScreenFrame), { timeout: 5_000 })
    .toBeGreaterThan(usual * 0.9);
  await camera.stop();
});
