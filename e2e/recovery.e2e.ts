import { existsSync } from 'node:fs';
import { descendants } from '../tools/harness/server-process.ts';
import { cameraName, expect, expectState, fillLeftScreen, lostConnection, test } from './support/city.ts';
import { allLive } from './support/all-live.ts';
import { readTile } from './support/clock.ts';
import { enter } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

test('a camera that drops its connection, and a killed ffmpeg', async ({ page, server, farm }) => {
  await page.goto(`${server.url}/screen/left`);
  await allLive(page);
  const before = descendants(server.pid, 'ffmpeg');
  farm.kick(cameraName(1));
  await expect
    .poll(() => descendants(server.pid, 'ffmpeg').filter((pid) => !before.includes(pid)).length, {
      timeout: 30_000,
    })
    .toBeGreaterThan(0);
  await allLive(page);
  const victims = descendants(server.pid, 'ffmpeg');
  const killedAtMs = Date.now();
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  await expect
    .poll(() => descendants(server.pid, 'ffmpeg').filter((pid) => !victims.includes(pid)).length, {
      timeout: 30_000,
    })
    .toBe(4);
  await allLive(page);
  expect(Date.now() - killedAtMs).toBeLessThan(15_000);
  expect(descendants(server.pid, 'ffmpeg').filter((pid) => victims.includes(pid))).toEqual([]);
});

test('a killed media process', async ({ page, server, complaints }) => {
  complaints.allow(lostConnection);
  await page.goto(`${server.url}/screen/left`);
  await allLive(page);
  const [media] = descendants(server.pid).filter((pid) => descendants(pid, 'ffmpeg').length > 0);
  const ffmpegs = descendants(server.pid, 'ffmpeg');
  const killedAtMs = Date.now();
  process.kill(media ?? 0, 'SIGKILL');
  // It may be back within the three seconds in which the last picture still counts as live.
  await expect
    .poll(() => descendants(server.pid, 'ffmpeg').filter((pid) => !ffmpegs.includes(pid)).length, {
      timeout: 30_000,
    })
    .toBe(4);
  await allLive(page);
  expect(Date.now() - killedAtMs).toBeLessThan(20_000);
  const alive = descendants(server.pid, 'ffmpeg');
  expect(alive.filter((pid) => ffmpegs.includes(pid))).toEqual([]);
});

test('a frozen media process: the pictures age in sight, go, and come back', async ({
  page,
  server,
  complaints,
}) => {
  complaints.allow(lostConnection);
  await page.goto(`${server.url}/screen/left`);
  await allLive(page);
  const [media] = descendants(server.pid).filter((pid) => descendants(pid, 'ffmpeg').length > 0);
  process.kill(media ?? 0, 'SIGSTOP');
  await expectState(page, 0, /^(stale|offline|connecting)$/);
  await expect.poll(() => readTile(page, 0), { timeout: 20_000 }).toBeNull();
  process.kill(media ?? 0, 'SIGCONT');
  await allLive(page);
});

test('a frozen control server: pictures go on, and the screen says so', async ({
  page,
  server,
  complaints,
}) => {
  complaints.allow(lostConnection);
  await page.goto(`${server.url}/screen/left`);
  await allLive(page);
  process.kill(server.pid, 'SIGSTOP');
  try {
    await expect(page.getByText(/control server away/i)).toBeVisible({ timeout: 40_000 });
    await expectState(page, 0, 'live', 1);
    const before = await readTile(page, 0);
    await expect.poll(async () => (await readTile(page, 0))?.ms).not.toBe(before?.ms);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await expect(page.getByText(/control server away/i)).toBeHidden({ timeout: 40_000 });
  await allLive(page);
});

test('the server killed and started again at once: every tile is back by itself, on new ffmpegs alone', async ({
  page,
  farm,
  complaints,
}) => {
  complaints.allow(lostConnection);
  const first = await startServer();
  await enter(page.context(), first);
  await fillLeftScreen(first, farm);
  await page.goto(`${first.url}/screen/left`);
  await allLive(page);
  // One for each stream, once those that make stills have ended.
  let old: number[] = [];
  await expect.poll(() => (old = descendants(first.pid, 'ffmpeg')).length, { timeout: 10_000 }).toBe(4);
  const killedAtMs = Date.now();
  await first.kill();
  const second = await startServer({ port: first.port, dataDir: first.dataDir });
  // Only then: what is buffered stays live for a moment after the kill.
  await expect.poll(() => descendants(second.pid, 'ffmpeg').length, { timeout: 20_000 }).toBe(4);
  await allLive(page, 20_000);
  expect(Date.now() - killedAtMs).toBeLessThan(30_000);
  const isAlive = (pid: number) => existsSync(`/proc/${pid}`);
  await expect.poll(() => old.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => descendants(second.pid, 'ffmpeg').length, { timeout: 10_000 }).toBe(4);
  await page.close();
  await second.stop();
  await first.stop();
});
