import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startFaultProxy } from '../../../../tools/fault-proxy/proxy.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import type { MediaNode } from './node.ts';
import { camera, eventually, ingests, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-patience-'));
const clip = path.join(dir, 'clock.mp4');
const slow = path.join(dir, 'slow.mp4');
/** Between two key frames, seconds. */
const slowGopS = 6;
const cleanUp: (() => unknown)[] = [];
const opened = <T extends { close(): unknown }>(thing: T): T => {
  cleanUp.push(() => thing.close());
  return thing;
};
const farmOf = async (): Promise<Farm> => opened(await startFarm({ mounts: { street: clip, slow } }));
const nodeOf = async (...args: Parameters<typeof startNode>): Promise<MediaNode> =>
  opened(await startNode(...args));
const viewerOf = async (node: MediaNode): Promise<Viewer> => {
  const viewer = opened(await Viewer.open(node.port));
  viewer.subscribe('a');
  return viewer;
};
const restartsOf = (node: MediaNode) => [node.reports()[0]?.facts.restarts, node.figures().ingestRestarts];

beforeAll(async () => {
  const size = { width: 320, height: 180, fps: 15 };
  await makeClockClip({ path: clip, camera: 1, seconds: 4, ...size, gopS: 0.4 });
  await makeClockClip({ path: slow, camera: 2, seconds: 2 * slowGopS, ...size, gopS: slowGopS });
});
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
  expect(ingests()).toEqual([]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('a path that becomes late and stays late is left for a new connection', async () => {
  const farm = await farmOf();
  const proxy = opened(await startFaultProxy({ target: { port: farm.port } }));
  const node = await nodeOf(
    {},
    { timing: { lateMs: 800, latePatienceMs: 1_500, noFramesMs: 20_000 }, random: () => 0 },
  );
  node.setCameras([camera('a', { main: `rtsp://127.0.0.1:${proxy.port}/street`, transport: 'tcp' })]);
  const viewer = await viewerOf(node);
  await eventually('pictures', () => viewer.chunks().length >= 10);
  const [first] = viewer.chunks();
  proxy.delay(2_500);
  await eventually('the reason', () => viewer.reasons().includes('Pictures arrive late; connecting again'));
  proxy.delay(0);
  await eventually('a new generation', () =>
    viewer.chunks().some((chunk) => chunk.generation > (first?.generation ?? 0)),
  );
  expect(restartsOf(node)).toEqual([1, 1]);
});

it('a path that is late only for a moment is kept', async () => {
  const farm = await farmOf();
  const proxy = opened(await startFaultProxy({ target: { port: farm.port } }));
  const node = await nodeOf({}, { timing: { lateMs: 800, latePatienceMs: 10_000, noFramesMs: 20_000 } });
  node.setCameras([camera('a', { main: `rtsp://127.0.0.1:${proxy.port}/street`, transport: 'tcp' })]);
  const viewer = await viewerOf(node);
  await eventually('pictures', () => viewer.chunks().length >= 10);
  proxy.set('stall');
  const before = viewer.chunks().length;
  const stalledMs = performance.now();
  await eventually('a while without', () => performance.now() - stalledMs > 1_500);
  proxy.set('pass');
  await eventually('pictures again', () => viewer.chunks().length >= before + 15);
  expect(new Set(viewer.chunks().map((chunk) => chunk.generation)).size).toBe(1);
  expect(restartsOf(node)).toEqual([0, 0]);
});

it('what comes while this process is held up is no silence of the camera', async () => {
  const farm = await farmOf();
  const timing = { noFramesMs: 1_000, lateMs: 20_000 };
  const node = await nodeOf({}, { timing });
  node.setCameras([camera('a', { main: farm.url('street') })]);
  const viewer = await viewerOf(node);
  await eventually('pictures', () => viewer.chunks().length >= 10);
  const before = viewer.chunks().length;
  // From a message on, after which a loop looks at its timers first, and then reads what has come.
  await new Promise((resolve) => viewer.socket.once('message', resolve));
  const heldUpUntilMs = performance.now() + 2 * timing.noFramesMs;
  while (performance.now() < heldUpUntilMs);
  await eventually('pictures again', () => viewer.chunks().length >= before + 20);
  expect(new Set(viewer.chunks().map((chunk) => chunk.generation)).size).toBe(1);
  expect(restartsOf(node)).toEqual([0, 0]);
});

it('a first key frame may take longer than any pause later on', async () => {
  const farm = await farmOf();
  const timing = { noFramesMs: 1_500, firstFragmentMs: 5_000, firstKeyFrameMs: 20_000 };
  const node = await nodeOf({}, { timing });
  node.setCameras([camera('a', { main: farm.url('slow') })]);
  // Its key frames are at multiples of the GOP; joined right after one, the next is most of a GOP away.
  const sinceKeyMs = () => (Date.now() - farm.t0('slow').unixMs) % (slowGopS * 1000);
  await eventually('a key frame has just passed', () => sinceKeyMs() > 100 && sinceKeyMs() < 1_500);
  const startedMs = performance.now();
  const viewer = await viewerOf(node);
  await eventually('a picture', () => viewer.chunks().length > 0, 20_000);
  expect(performance.now() - startedMs).toBeGreaterThan(timing.noFramesMs * 2);
  expect(viewer.chunks()[0]).toMatchObject({ key: true, index: 0 });
  expect(viewer.states().filter((state) => state !== 'starting')).toEqual(['running']);
  expect(viewer.reasons()).toContain('Connected; waiting for the camera’s next key frame');
  expect(restartsOf(node)).toEqual([0, 0]);
});

it('one that never comes ends the patience in the end', async () => {
  const farm = await farmOf();
  const timing = { noFramesMs: 500, firstFragmentMs: 5_000, firstKeyFrameMs: 1_200 };
  const node = await nodeOf({}, { timing });
  node.setCameras([camera('a', { main: farm.url('slow') })]);
  const sinceKeyMs = () => (Date.now() - farm.t0('slow').unixMs) % (slowGopS * 1000);
  await eventually('a key frame has just passed', () => sinceKeyMs() > 100 && sinceKeyMs() < 1_500);
  const viewer = await viewerOf(node);
  await eventually('the reason', () => viewer.reasons().includes('No frames for 1.2 s'));
});

it('only a start after a failure is a restart', async () => {
  const farm = await farmOf();
  const node = await nodeOf({ warmMs: 0 }, { random: () => 0 });
  node.setCameras([camera('a', { main: farm.url('street') })]);
  for (let visit = 0; visit < 3; visit++) {
    const viewer = await viewerOf(node);
    await eventually('pictures', () => viewer.chunks().length >= 2);
    viewer.close();
    await eventually('idle', () => node.reports()[0]?.state === 'idle');
    await eventually('no ffmpeg', () => ingests().length === 0);
  }
  expect(restartsOf(node)).toEqual([0, 0]);
  const viewer = await viewerOf(node);
  await eventually('pictures', () => viewer.chunks().length >= 2);
  process.kill(ingests()[0]?.pid ?? 0, 'SIGKILL');
  const generation = viewer.chunks()[0]?.generation ?? 0;
  await eventually('pictures again', () => viewer.chunks().some((chunk) => chunk.generation > generation));
  expect(restartsOf(node)).toEqual([1, 1]);
});
