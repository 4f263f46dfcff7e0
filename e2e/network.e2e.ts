import { startFaultProxy, type FaultProxy } from '../tools/fault-proxy/proxy.ts';
import { freePort } from '../tools/harness/free-port.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import {
  assign,
  cameraName,
  expect,
  expectState,
  fillLeftScreen,
  lostConnection,
  test as base,
  tileAt,
} from './support/city.ts';
import { readTile } from './support/clock.ts';

/** Another loopback address than the server's, so that both doors keep their ports on the far side of the proxy. */
const farSide = '127.0.0.2';

interface Way {
  server: ServerProcess;
  url: string;
  control: FaultProxy;
  media: FaultProxy;
}

/** A screen that reaches the server, and the media node, through a network that breaks on demand. */
const test = base.extend<{ way: Way }>({
  way: async ({ farm, context }, use) => {
    const [port, mediaPort] = [await freePort(), await freePort()];
    const server = await startServerProcess({
      port,
      env: {
        CLERESTORY_MEDIA_PORT: String(mediaPort),
        CLERESTORY_ORIGINS: `http://${farSide}:${port}`,
      },
    });
    await fillLeftScreen(server, farm);
    const proxy = (at: number) =>
      startFaultProxy({ host: farSide, port: at, target: { host: '127.0.0.1', port: at } });
    const [control, media] = [await proxy(port), await proxy(mediaPort)];
    await use({ server, url: `http://${farSide}:${port}`, control, media });
    for (const page of context.pages()) await page.close();
    await Promise.all([control.close(), media.close()]);
    await server.stop();
  },
});

test('the control connection cut: pictures go on, what was changed meanwhile arrives once it is back', async ({
  page,
  way,
  complaints,
}) => {
  complaints.allow(lostConnection);
  await page.goto(`${way.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  way.control.set('refuse');
  way.control.reset();
  await expect(page.getByText(/control server away/i)).toBeVisible({ timeout: 40_000 });
  for (const camera of [cameraName(2), cameraName(3), cameraName(4)]) await assign(way.server, 0, camera);
  await expectState(page, 0, 'live', 1);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(1);
  way.control.set('pass');
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(4), { timeout: 30_000 });
  await expectState(page, 0, 'live', 15_000);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(4);
  await expect(page.getByText(/control server away/i)).toBeHidden();
});

test('the pictures’ connection reset: back at once', async ({ page, way, complaints }) => {
  complaints.allow(lostConnection);
  await page.goto(`${way.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  way.media.reset();
  await expect.poll(() => way.media.open, { timeout: 15_000 }).toBeGreaterThan(0);
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live', 15_000);
    const before = (await readTile(page, tile))?.ms;
    await expect.poll(async () => (await readTile(page, tile))?.ms).not.toBe(before);
  }
});

test('a half-open connection: stale in time, no picture after ten seconds, live again after healing', async ({
  page,
  way,
  complaints,
}) => {
  complaints.allow(lostConnection);
  await page.goto(`${way.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  const stalledAt = Date.now();
  way.media.set('stall');
  await expect(tileAt(page, 0)).not.toHaveAttribute('data-state', 'live', { timeout: 10_000 });
  expect(Date.now() - stalledAt).toBeLessThan(4_000);
  await expectState(page, 0, /^(stale|offline)$/, 10_000);
  expect(Date.now() - stalledAt).toBeLessThan(5_000);
  await expect.poll(() => readTile(page, 0), { timeout: 15_000 }).toBeNull();
  expect(Date.now() - stalledAt).toBeLessThan(12_500);
  way.media.set('pass');
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live', 30_000);
    await expect.poll(async () => (await readTile(page, tile))?.camera).toBe(tile + 1);
  }
});
