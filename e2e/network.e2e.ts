import { startFaultProxy, type Fault, type FaultProxy } from '../tools/fault-proxy/proxy.ts';
import { freePort } from '../tools/harness/free-port.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import {
  assign,
  cameraCount,
  cameraName,
  expect,
  expectState,
  fillLeftScreen,
  lostConnection,
  test as base,
  tileAt,
} from './support/city.ts';
import { readTile } from './support/clock.ts';
import { enter } from './support/sign-in.ts';
import { WallWire } from './support/wall-wire.ts';
import { firstAfter, recordTiles } from './support/watch.ts';
import { assured } from '../tools/harness/assured.ts';
import { startServer } from './support/server.ts';

/** Another loopback address than the server's, so that both doors keep their ports on the far side of the proxy. */
const farSide = '127.0.0.2';
/** One animation frame, the recorder and the reading of the clock. */
const toleranceMs = 300;

interface Road {
  server: ServerProcess;
  url: string;
  control: FaultProxy;
  media: FaultProxy;
}

/** A screen that reaches the server, and the media node, through a network that breaks on demand. */
const test = base.extend<{ road: Road }>({
  road: async ({ farm, context, complaints }, use) => {
    complaints.allow(lostConnection);
    const [port, mediaPort] = [await freePort(), await freePort()];
    const server = await startServer({
      port,
      env: {
        CLERESTORY_MEDIA_PORT: String(mediaPort),
        CLERESTORY_ORIGINS: `http://${farSide}:${port}`,
      },
    });
    const url = `http://${farSide}:${port}`;
    await enter(context, server, 'team', url);
    await fillLeftScreen(server, farm);
    const proxy = (at: number) => startFaultProxy({ host: farSide, port: at, target: { port: at } });
    const [control, media] = [await proxy(port), await proxy(mediaPort)];
    await use({ server, url, control, media });
    for (const page of context.pages()) await page.close();
    await Promise.all([control.close(), media.close()]);
    await server.stop();
  },
});

const sequenceOf = async (server: ServerProcess) =>
  (await server.api<{ sequence: number }>('GET', '/walls/control-room')).sequence;

test('the control connection cut: pictures go on, what was changed meanwhile arrives once it is back', async ({
  page,
  road,
}) => {
  const wire = new WallWire(page);
  await page.goto(`${road.url}/screen/left`);
  for (let tile = 0; tile < cameraCount; tile++) await expectState(page, tile, 'live');
  const record = await recordTiles(page);
  road.control.set('refuse');
  road.control.cut();
  await expect(page.getByText(/control server away/i)).toBeVisible({ timeout: 40_000 });
  for (const camera of [cameraName(2), cameraName(3), cameraName(4)]) await assign(road.server, 0, camera);
  await expectState(page, 0, 'live', 1);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(1);
  road.control.set('pass');
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(4), { timeout: 30_000 });
  await expectState(page, 0, 'live', 15_000);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe(4);
  await expect(page.getByText(/control server away/i)).toBeHidden();
  // The other tiles did not notice: pictures do not depend on the control connection.
  expect((await record.read()).filter(({ tile, state }) => tile > 0 && state !== 'live')).toEqual([]);
  const sequence = await sequenceOf(road.server);
  await expect.poll(() => wire.applied.at(-1), { timeout: 10_000 }).toBe(sequence);
  expect(wire.faults()).toEqual([]);
});

test('the pictures’ connection cut, then reset: back at once, and never another camera’s picture', async ({
  page,
  road,
}) => {
  await page.goto(`${road.url}/screen/left`);
  for (let tile = 0; tile < cameraCount; tile++) await expectState(page, tile, 'live');
  for (const act of ['cut', 'reset'] as const) {
    const push = () => road.media.connections.find(({ opening }) => opening.includes('/push'));
    const [before, brokenAtMs] = [push(), Date.now()];
    expect(before).toBeDefined();
    before?.[act]();
    await expect.poll(() => push() !== undefined && push() !== before, { timeout: 15_000 }).toBe(true);
    for (let tile = 0; tile < cameraCount; tile++) {
      await expectState(page, tile, 'live', 15_000);
      const look = async () => (await readTile(page, tile))?.ms;
      const ms = await look();
      await expect.poll(look).not.toBe(ms);
      expect((await readTile(page, tile))?.camera).toBe(tile + 1);
    }
    expect(Date.now() - brokenAtMs, act).toBeLessThan(15_000);
  }
});

/** Breaks the way to both doors, or to the pictures alone. */
const breakages: { name: string; fault: Fault; doors: ('control' | 'media')[]; reset?: boolean }[] = [
  { name: 'a partition', fault: 'stall', doors: ['control', 'media'] },
  { name: 'half-open connections', fault: 'half-open', doors: ['control', 'media'] },
  { name: 'a reset, then nobody there', fault: 'refuse', doors: ['control', 'media'], reset: true },
  { name: 'a stalled connection to the pictures', fault: 'stall', doors: ['media'] },
];
for (const { name, fault, doors, reset } of breakages)
  test(`${name}: stale in time, no picture after ten seconds, all live again, no change missed or repeated`, async ({
    page,
    road,
  }) => {
    const wire = new WallWire(page);
    await page.goto(`${road.url}/screen/left`);
    for (let tile = 0; tile < cameraCount; tile++) await expectState(page, tile, 'live');
    const record = await recordTiles(page);
    const brokenAtMs = Date.now();
    for (const door of doors) {
      road[door].set(fault);
      if (reset) road[door].reset();
    }
    // What people do meanwhile: the last tile ends with another camera than it had.
    for (const n of [1, 2, 3, 1]) await assign(road.server, 3, cameraName(n));
    for (let tile = 0; tile < cameraCount; tile++)
      await expect.poll(() => readTile(page, tile), { timeout: 20_000 }).toBeNull();
    const broken = await record.read();
    const kept = doors.includes('control') ? [0, 1, 2, 3] : [0, 1, 2];
    for (const tile of kept) {
      const after = (wanted: Parameters<typeof firstAfter>[3]) =>
        firstAfter(broken, tile, brokenAtMs, wanted);
      expect(after(({ state }) => state !== 'live')).toBeLessThanOrEqual(3_000 + toleranceMs);
      expect(after(({ state }) => state === 'stale')).toBeLessThanOrEqual(4_000 + toleranceMs);
      expect(after(({ picture }) => picture === 'none')).toBeLessThanOrEqual(10_000 + toleranceMs);
    }
    const healedAtMs = Date.now();
    for (const door of doors) road[door].set('pass');
    for (let tile = 0; tile < 4; tile++) {
      await expectState(page, tile, 'live', 20_000);
      await expect.poll(async () => (await readTile(page, tile))?.camera).toBe(tile === 3 ? 1 : tile + 1);
    }
    expect(Date.now() - healedAtMs).toBeLessThan(20_000);
    // The line is good: one more change comes by itself.
    await assign(road.server, 3, cameraName(4));
    await expect(tileAt(page, 3)).toHaveAttribute('data-camera', cameraName(4));
    const sequence = await sequenceOf(road.server);
    await expect.poll(() => wire.applied.at(-1), { timeout: 10_000 }).toBe(sequence);
    expect(wire.faults()).toEqual([]);
    assured({
      ...{ row: 'C2', trials: kept.length },
      claim: `${name}: a tile is not live after 3 s, has no picture after 10 s, and is live again without a missed or repeated change`,
      control: 'the same tiles were live, and are, by their own frame clocks',
    });
  });
