import { descendants } from '../tools/harness/server-process.ts';
import { allLive, notLive } from './support/all-live.ts';
import {
  cameraName,
  expect,
  expectState,
  fillLeftScreen,
  lostConnection,
  test,
  tileAt,
} from './support/city.ts';
import { readTile } from './support/clock.ts';
import { enter } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

// Most of the time nothing happens here, so that these run beside all others (playwright.config.ts).

test('the server away for a minute: the screen comes back by itself, changes made meanwhile included', async ({
  page,
  farm,
  complaints,
}) => {
  test.setTimeout(240_000);
  complaints.allow(lostConnection);
  const first = await startServer();
  await enter(page.context(), first);
  await fillLeftScreen(first, farm);
  await page.goto(`${first.url}/screen/left`);
  await allLive(page);
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await first.kill();
  await expect.poll(() => descendants(first.pid).length).toBe(0);
  await notLive(page, 0);
  const awayMs = 60_000;
  const awayUntil = Date.now() + awayMs;
  await expect.poll(() => Date.now() > awayUntil, { timeout: awayMs + 10_000, intervals: [1000] }).toBe(true);
  const second = await startServer({ port: first.port, dataDir: first.dataDir });
  await second.api('PUT', '/walls/control-room/screens/left/tiles/3', { camera: cameraName(1) });
  for (let tile = 0; tile < 3; tile++) await expectState(page, tile, 'live', 60_000);
  await expect(tileAt(page, 3)).toHaveAttribute('data-camera', cameraName(1), { timeout: 30_000 });
  await expectState(page, 3, 'live', 60_000);
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
  await second.stop();
  await first.stop();
});

test('two minutes in which nothing answers: no old picture stays, and all comes back by itself', async ({
  page,
  server,
  complaints,
}) => {
  test.setTimeout(360_000);
  complaints.allow(lostConnection);
  await page.goto(`${server.url}/screen/left`);
  await allLive(page);
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  const processes = [
    server.pid,
    ...descendants(server.pid).filter((pid) => descendants(pid, 'ffmpeg').length > 0),
  ];
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const awayMs = 120_000;
  const awayUntil = Date.now() + awayMs;
  try {
    for (let tile = 0; tile < 4; tile++)
      await expect.poll(() => readTile(page, tile), { timeout: 30_000 }).toBeNull();
    await expect(page.getByText(/control server away/i)).toBeVisible({ timeout: 40_000 });
    await expect
      .poll(() => Date.now() > awayUntil, { timeout: awayMs + 10_000, intervals: [1000] })
      .toBe(true);
    for (let tile = 0; tile < 4; tile++) await expectState(page, tile, /^(?!live$)/, 1);
  } finally {
    for (const pid of processes) process.kill(pid, 'SIGCONT');
  }
  await allLive(page);
  await expect(page.getByText(/control server away/i)).toBeHidden({ timeout: 40_000 });
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
});
