import { cameraName, expect, expectState, test, tileAt } from './support/city.ts';
import { readTile } from './support/clock.ts';

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
