import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPlaylist } from '../../../../packages/llhls/testing/read-playlist.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import type { MediaNode } from './node.ts';
import { camera, eventually, startNode, TestClock, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-playlists-'));
const file = (name: string) => path.join(dir, `${name}.mp4`);
const cleanUp: (() => unknown)[] = [];

async function nodeOf(
  deps: Parameters<typeof startNode>[1] = {},
  config: Parameters<typeof startNode>[0] = {},
): Promise<MediaNode> {
  const sceneFiles = (_dir: string, scene: string) => ({ main: file(scene), sub: file('slow') });
  const node = await startNode(config, { sceneFiles, ...deps });
  cleanUp.push(() => node.close());
  return node;
}
async function farmOf(): Promise<Farm> {
  const farm = await startFarm({ mounts: { street: file('brisk'), square: file('brisk') } });
  cleanUp.push(() => farm.close());
  return farm;
}
const fetchOf = (node: MediaNode, where: string) => fetch(`http://127.0.0.1:${node.port}/live/${where}`);
const playlistOf = async (node: MediaNode, where: string) => {
  const answer = await fetchOf(node, `${where}/index.m3u8`);
  expect([where, answer.status]).toEqual([where, 200]);
  return readPlaylist(await answer.text());
};
const namesIn = ({ segments }: Awaited<ReturnType<typeof playlistOf>>) =>
  segments.flatMap(({ map, uri, parts }) => [
    map,
    ...(uri === null ? [] : [uri]),
    ...parts.map((part) => part.uri),
  ]);

beforeAll(async () => {
  const size = { width: 320, height: 180, fps: 15 };
  await makeClockClip({ path: file('brisk'), camera: 1, seconds: 4, ...size, gopS: 1 });
  await makeClockClip({ path: file('slow'), camera: 2, seconds: 10, ...size, gopS: 5 });
  // Noise, 3 MB a second.
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'nullsrc=s=320x180:r=15,geq=random(1)*255:128:128'],
    ...['-t', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '12', '-g', '15', '-pix_fmt', 'yuv420p'],
    file('heavy'),
  ]);
});
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('two playlists of one camera', () => {
  it('have the same target duration, though their key frames are not as far apart, and report each other', async () => {
    const node = await nodeOf();
    node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
    const first = await playlistOf(node, 'a/main');
    expect(first.targetDurationS).toBe(4);
    expect(first.reports).toEqual([]);
    const sub = await playlistOf(node, 'a/sub');
    expect(sub.targetDurationS).toBe(4);
    const last = sub.segments.at(-1);
    const main = await playlistOf(node, 'a/main');
    expect(main.targetDurationS).toBe(4);
    expect(main.reports).toMatchObject([{ uri: '../sub/index.m3u8', part: expect.any(Number) }]);
    expect(main.reports[0]?.msn).toBeGreaterThanOrEqual(last?.msn ?? Infinity);
    expect(main.reports[0]?.msn).toBeLessThanOrEqual((last?.msn ?? 0) + 1);
    expect(main.partHoldBackS).toBeGreaterThanOrEqual(3 * (sub.partTargetS ?? Infinity) - 1e-4);
  });

  it('say nothing of one that the gate keeps shut', async () => {
    let shut = false;
    const gate = {
      mayView: ({ stream }: { stream: string }) =>
        shut && stream === 'sub' ? ({ ok: false, reason: 'Not this one' } as const) : ({ ok: true } as const),
    };
    const node = await nodeOf({ gate });
    node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
    await playlistOf(node, 'a/sub');
    expect((await playlistOf(node, 'a/main')).reports).toHaveLength(1);
    shut = true;
    expect((await playlistOf(node, 'a/main')).reports).toEqual([]);
    expect((await fetchOf(node, 'a/sub/index.m3u8')).status).toBe(403);
    expect(node.figures().refusals).toBeGreaterThanOrEqual(2);
  });
});

describe('an address over time', () => {
  it('goes on with its numbers when nobody watched for a while and the clock was set back', async () => {
    const clock = new TestClock();
    const node = await nodeOf({ clock, leaseMs: 200, keepStoppedMs: 0 }, { warmMs: 0 });
    node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
    const before = await playlistOf(node, 'a/main');
    const [segment] = before.segments;
    await eventually('idle', () => node.reports()[0]?.state === 'idle');
    await eventually('the media is let go', () => clock.rang.includes(0));
    clock.setByMs = -3_600_000;
    const after = await playlistOf(node, 'a/main');
    const lastMsn = before.segments.at(-1)?.msn ?? Infinity;
    expect(after.mediaSequence).toBeGreaterThan(lastMsn);
    expect(after.discontinuitySequence).toBeGreaterThanOrEqual(before.discontinuitySequence);
    const names = new Set(namesIn(before));
    expect(namesIn(after).filter((name) => names.has(name))).toEqual([]);
    expect((await fetchOf(node, `a/main/${segment?.uri}`)).status).toBe(404);
    expect(after.segments[0]?.dateMs).toBeLessThan((segment?.dateMs ?? 0) - 3_000_000);
  });

  it('has nothing left of the camera that was there before', async () => {
    const farm = await farmOf();
    const clock = new TestClock();
    const node = await nodeOf({ clock });
    node.setCameras([camera('a', { main: farm.url('street') })]);
    const before = await playlistOf(node, 'a/main');
    const names = namesIn(before);
    const poster = await fetchOf(node, 'a/main/poster.jpg');
    expect(poster.status).toBe(200);
    for (const name of names) expect((await fetchOf(node, `a/main/${name}`)).status).toBe(200);

    node.setCamera(camera('a', { main: 'rtsp://127.0.0.1:9/elsewhere' }, { revision: 2 }));
    expect((await fetchOf(node, 'a/main/poster.jpg?maxAgeS=86400')).status).toBe(204);
    for (const name of names)
      expect([name, (await fetchOf(node, `a/main/${name}`)).status]).toEqual([name, 404]);
    expect((await fetchOf(node, 'a/main/index.m3u8')).status).toBe(503);
    expect((await fetchOf(node, 'a/index.m3u8')).status).toBe(503);

    clock.setByMs = -3_600_000;
    node.setCamera(camera('a', { main: farm.url('square') }, { revision: 3 }));
    const after = await playlistOf(node, 'a/main');
    expect(namesIn(after).filter((name) => names.includes(name))).toEqual([]);
    expect(after.mediaSequence).toBeGreaterThan(before.segments.at(-1)?.msn ?? Infinity);
  });
});

describe('a blocked request', () => {
  it.each([
    { what: 'short', gop: 'brisk', stream: 'main', targetDurationS: 4 },
    { what: 'long', gop: 'slow', stream: 'sub', targetDurationS: 10 },
  ])('ends with 503 after three $what target durations', async ({ stream, targetDurationS }) => {
    const clock = new TestClock();
    const limitMs = 3_000 * targetDurationS;
    clock.shorten = (delayMs) => (delayMs > limitMs - 1_000 && delayMs <= limitMs ? 50 : delayMs);
    const node = await nodeOf({ clock });
    node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
    const list = await playlistOf(node, `a/${stream}`);
    expect(list.targetDurationS).toBe(targetDurationS);
    const open = (list.segments.findLast((segment) => segment.uri !== null)?.msn ?? 0) + 1;
    const answer = await fetchOf(node, `a/${stream}/index.m3u8?_HLS_msn=${open + 1}`);
    expect(answer.status).toBe(503);
    expect(clock.rang.some((delayMs) => delayMs > limitMs - 1_000 && delayMs <= limitMs)).toBe(true);
  });
});

describe('who asks, and how', () => {
  it('a page from elsewhere gets nothing, though it sends no Origin; one of ours does', async () => {
    const node = await nodeOf();
    node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
    const statusFrom = (site: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const address = `http://127.0.0.1:${node.port}/live/a/main/poster.jpg`;
        get(address, { headers: { 'sec-fetch-site': site } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).on('error', reject);
      });
    expect(await statusFrom('cross-site')).toBe(403);
    for (const site of ['same-site', 'same-origin', 'none'])
      expect([site, await statusFrom(site)]).toEqual([site, 204]);
  });

  it('one that reads nothing is cut off after its time', async () => {
    const clock = new TestClock();
    const patienceMs = 30_000;
    const node = await nodeOf({ clock });
    node.setCameras([camera('a', { kind: 'demo', scene: 'heavy' })]);
    const [segment] = (await playlistOf(node, 'a/main')).segments;
    const where = `a/main/${segment?.uri}`;
    const segmentBytes = (await (await fetchOf(node, where)).arrayBuffer()).byteLength;
    expect(segmentBytes).toBeGreaterThan(1_000_000);

    clock.shorten = (delayMs) => (delayMs === patienceMs ? 200 : delayMs);
    clock.rang.length = 0;
    // More than the system's buffers hold, one answer after the other on one connection.
    const answers = 20;
    const socket = connect({ host: '127.0.0.1', port: node.port });
    cleanUp.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write(`GET /live/${where} HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\n\r\n`.repeat(answers));
    socket.pause();
    await eventually('its time is up', () => clock.rang.includes(patienceMs));
    let got = 0;
    socket.on('data', (bytes) => (got += bytes.length));
    socket.resume();
    await eventually('cut off', () => socket.closed);
    expect(got).toBeLessThan(answers * segmentBytes);
  });
});

it('counts what leaves by each door', async () => {
  const node = await nodeOf();
  node.setCameras([camera('a', { kind: 'demo', scene: 'brisk' })]);
  const viewer = await Viewer.open(node.port);
  cleanUp.push(() => viewer.close());
  viewer.subscribe('a');
  await eventually('chunks', () => viewer.chunks().length >= 3);
  const [segment] = (await playlistOf(node, 'a/main')).segments;
  const size = (await (await fetchOf(node, `a/main/${segment?.uri}`)).arrayBuffer()).byteLength;
  const jpeg = (await (await fetchOf(node, 'a/main/poster.jpg')).arrayBuffer()).byteLength;
  const { sentBytes, pushSockets, memoryBytes } = node.figures();
  expect(sentBytes.llhls).toBeGreaterThan(size);
  expect(sentBytes.poster).toBe(jpeg);
  expect(sentBytes.push).toBeGreaterThan(viewer.chunks()[0]?.payload.length ?? Infinity);
  expect([pushSockets, memoryBytes > 10_000_000]).toEqual([1, true]);
  const turn = async () => {
    const untilMs = performance.now() + 100;
    await eventually('the loop turned', () => performance.now() > untilMs);
  };
  await turn();
  const heldUntilMs = performance.now() + 300;
  while (performance.now() < heldUntilMs);
  await turn();
  expect(node.figures().loopLagMs).toBeGreaterThanOrEqual(200);
});
