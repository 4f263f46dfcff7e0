import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ForeignPages, type PushFrame } from '@clerestory/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { assured } from '../../../../tools/harness/assured.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { ForeignCount } from './foreign.ts';
import type { Gate, ViewRequest } from './gate.ts';
import type { MediaNode } from './node.ts';
import { camera, eventually, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-push-'));
const cleanUp: (() => unknown)[] = [];
const sceneFiles = (_dir: string, scene: string) => ({
  main: path.join(dir, `${scene}.mp4`),
  sub: path.join(dir, 'small.mp4'),
});

async function nodeOf(deps: Parameters<typeof startNode>[1] = {}): Promise<MediaNode> {
  const node = await startNode({}, { sceneFiles, ...deps });
  cleanUp.push(() => node.close());
  node.setCameras([
    camera('small', { kind: 'demo', scene: 'small' }),
    camera('heavy', { kind: 'demo', scene: 'heavy' }),
  ]);
  return node;
}
async function viewerOf(node: MediaNode, options: Parameters<typeof Viewer.open>[1] = {}): Promise<Viewer> {
  const viewer = await Viewer.open(node.port, options);
  cleanUp.push(() => viewer.close());
  return viewer;
}
const isChunk = (one: object): one is PushFrame => 'kind' in one && one.kind === 'chunk';

beforeAll(async () => {
  await makeClockClip({
    ...{ path: path.join(dir, 'small.mp4'), camera: 1, seconds: 4 },
    ...{ width: 320, height: 180, fps: 15, gopS: 0.4 },
  });
  // Noise, about 25 Mb/s: soon more than the sockets of the system hold.
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'nullsrc=s=320x180:r=15,geq=random(1)*255:128:128'],
    ...['-t', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '12', '-g', '30', '-pix_fmt', 'yuv420p'],
    path.join(dir, 'heavy.mp4'),
  ]);
});
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a channel', () => {
  it('starts with its state, then init, backlog from the last key frame, and each chunk without a gap', async () => {
    const node = await nodeOf();
    const first = await viewerOf(node);
    first.subscribe('small');
    await eventually('chunks', () => first.chunks().length >= 5);
    const viewer = await viewerOf(node);
    viewer.subscribe('small');
    await eventually('live chunks', () => viewer.chunks().filter((chunk) => !chunk.backlog).length >= 4);
    expect(viewer.heard[0]).toMatchObject({ type: 'state', channel: 1, state: 'running', stream: 'main' });
    expect(viewer.frames[0]).toMatchObject({ kind: 'init', camera: 'small', stream: 'main' });
    const chunks = viewer.chunks();
    expect(chunks[0]).toMatchObject({ key: true, backlog: true });
    expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, at) => (chunks[0]?.index ?? 0) + at));
    expect(chunks.map((chunk) => chunk.backlog)).toEqual(
      [...chunks.map((chunk) => chunk.backlog)].sort((a, b) => Number(b) - Number(a)),
    );
  });

  it('carries several cameras and streams on one socket, and says which stream it serves', async () => {
    const node = await nodeOf();
    node.setCamera(camera('plain', { main: 'rtsp://127.0.0.1:9/x' }));
    const viewer = await viewerOf(node);
    const [a, b, c] = [
      viewer.subscribe('small'),
      viewer.subscribe('small', 'sub'),
      viewer.subscribe('plain', 'sub'),
    ];
    await eventually('both', () => viewer.chunks(a).length > 1 && viewer.chunks(b).length > 1);
    expect(new Set(viewer.chunks(a).map((chunk) => chunk.stream))).toEqual(new Set(['main']));
    expect(new Set(viewer.chunks(b).map((chunk) => chunk.stream))).toEqual(new Set(['sub']));
    expect(viewer.notices.find((notice) => notice.type === 'state' && notice.channel === c)).toMatchObject({
      stream: 'main',
    });
  });

  it('moves to main when the camera loses its small stream, and back', async () => {
    const node = await nodeOf();
    const url = 'rtsp://127.0.0.1:9/x';
    node.setCamera(camera('two', { main: url, sub: url }));
    const viewer = await viewerOf(node);
    viewer.subscribe('two', 'sub');
    const served = () => viewer.notices.flatMap((notice) => (notice.type === 'state' ? [notice.stream] : []));
    await eventually('sub', () => served().at(-1) === 'sub');
    node.setCamera(camera('two', { main: url }, { revision: 2 }));
    await eventually('main', () => served().at(-1) === 'main');
    node.setCamera(camera('two', { main: url, sub: url }, { revision: 3 }));
    await eventually('sub again', () => served().at(-1) === 'sub');
    expect(node.reports().filter((report) => report.facts.viewers > 0)).toMatchObject([
      { camera: 'two', facts: { stream: 'sub', viewers: 1 } },
    ]);
  });

  it('ends when it is closed; the others go on', async () => {
    const node = await nodeOf();
    const viewer = await viewerOf(node);
    const [a, b] = [viewer.subscribe('small'), viewer.subscribe('small', 'sub')];
    await eventually('both', () => viewer.chunks(a).length > 0 && viewer.chunks(b).length > 0);
    viewer.send({ type: 'unsubscribe', channel: a });
    await eventually('released', () => node.reports()[0]?.facts.viewers === 0);
    const [had, others] = [viewer.chunks(a).length, viewer.chunks(b).length];
    await eventually('the other goes on', () => viewer.chunks(b).length >= others + 3);
    expect(viewer.chunks(a).length).toBeLessThanOrEqual(had + 1);
  });

  it('answers the clock question', async () => {
    const viewer = await viewerOf(await nodeOf());
    viewer.send({ type: 'time', clientMs: 12.5 });
    const answer = await eventually('the answer', () =>
      viewer.notices.find((notice) => notice.type === 'time'),
    );
    expect(answer).toMatchObject({ clientMs: 12.5 });
    expect(Math.abs((answer.type === 'time' ? answer.serverMs : 0) - Date.now())).toBeLessThan(1_000);
  });
});

describe('refusals', () => {
  it('of foreign pages are counted by place, those of too many places together', () => {
    const foreign = new ForeignCount();
    for (let n = 0; n < 10_000; n++) foreign.note(`198.18.${n >> 8}.${n & 255}`);
    foreign.note('198.18.0.0');
    const taken = foreign.take();
    expect(ForeignPages.parse(taken)).toHaveLength(101);
    expect([taken[0], taken.at(-1)]).toEqual([
      { address: '198.18.0.0', count: 2 },
      { address: 'several', count: 9_900 },
    ]);
  });

  it.each([
    'http://evil.example',
    'https://127.0.0.1.evil.example',
    'null',
    'http://localhost.evil.example:8080',
  ])('a page of %s gets no socket', async (origin) => {
    const node = await nodeOf();
    await expect(viewerOf(node, { origin })).rejects.toThrow('403');
    expect(node.takeForeign()).toEqual([{ address: '127.0.0.1', count: 1 }]);
    await expect(viewerOf(node, { origin: 'http://localhost:8080' })).resolves.toBeDefined();
  });

  it('a foreign name for our address gets no socket', async () => {
    const node = await nodeOf();
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(viewerOf(node, { headers })).rejects.toThrow('403');
  });

  it('a camera that does not exist', async () => {
    const viewer = await viewerOf(await nodeOf());
    viewer.subscribe('nobody');
    await eventually('refused', () => viewer.reasons().includes('There is no such camera'));
  });

  it.each([
    ['not JSON', 'hello'],
    ['not a request', '{"type":"watch"}'],
    ['too large', JSON.stringify({ type: 'time', clientMs: 1, x: 'x'.repeat(70_000) })],
    ['binary', Buffer.from([1, 2, 3])],
  ])('a message that is %s ends the socket', async (_name, message) => {
    const viewer = await viewerOf(await nodeOf());
    viewer.socket.send(message);
    await eventually('closed', () => viewer.socket.readyState === viewer.socket.CLOSED);
  });

  it('too many messages, and too many channels', async () => {
    const node = await nodeOf({ pushLimits: { maxChannels: 2, messageBurst: 10, messagesPerS: 1 } });
    const viewer = await viewerOf(node);
    for (let count = 0; count < 3; count++) viewer.subscribe('small');
    const refused = await eventually('refused', () =>
      viewer.notices.find((notice) => notice.type === 'refused'),
    );
    expect(refused).toMatchObject({ channel: 3, reason: 'A page may watch 2 streams at once' });
    for (let count = 0; count < 10; count++) viewer.send({ type: 'time', clientMs: count });
    await eventually('closed', () => viewer.socket.readyState === viewer.socket.CLOSED);
  });
});

describe('the gate', () => {
  it('is asked for every frame, and a no stops the channel within its next chunk', async () => {
    let open = true;
    const asked: ViewRequest[] = [];
    const gate: Gate = {
      mayView(request) {
        if (open) asked.push(request);
        return open ? { ok: true } : { ok: false, reason: 'Access ended by owner' };
      },
    };
    const node = await nodeOf({ gate });
    const viewer = await viewerOf(node);
    viewer.send({ type: 'subscribe', channel: 7, camera: 'small', stream: 'sub', grant: 'g-1' });
    await eventually('chunks', () => viewer.chunks().length >= 5);
    open = false;
    const refused = await eventually('refused', () =>
      viewer.notices.find((notice) => notice.type === 'refused'),
    );
    expect(refused).toMatchObject({ channel: 7, reason: 'Access ended by owner' });
    expect(viewer.heard.at(-1)).toEqual(refused);
    // Once to open the channel, then once for each frame that left.
    expect(asked).toHaveLength(viewer.frames.length + 1);
    expect(new Set(asked.map((request) => JSON.stringify({ ...request, viewer: '' })))).toEqual(
      new Set([JSON.stringify({ viewer: '', camera: 'small', stream: 'sub', grant: 'g-1', door: 'push' })]),
    );

    const frames = viewer.frames.length;
    const again = viewer.subscribe('small');
    await eventually('refused again', () =>
      viewer.notices.some((notice) => notice.type === 'refused' && notice.channel === again),
    );
    expect(viewer.frames).toHaveLength(frames);
    await eventually('nobody is counted', () => node.reports().every((report) => report.facts.viewers === 0));
  });
});

describe('a page that does not keep up', () => {
  it('is skipped to a key frame and told how much it missed; its neighbour is not disturbed', async () => {
    const node = await nodeOf({ pushLimits: { maxPendingS: 0.5 } });
    const [slow, brisk] = [await viewerOf(node), await viewerOf(node)];
    for (let count = 0; count < 6; count++) slow.subscribe('heavy');
    brisk.subscribe('heavy');
    await eventually('both see it', () => slow.chunks(6).length > 0 && brisk.chunks().length > 0);
    slow.socket.pause();
    const before = brisk.chunks().length;
    await eventually('time goes by', () => brisk.chunks().length >= before + 15);
    slow.socket.resume();
    const skipped = await eventually('the notice', () =>
      slow.notices.find((notice) => notice.type === 'skipped'),
    );
    const channel = skipped.type === 'skipped' ? skipped.channel : 0;
    const after = () => slow.heard.slice(slow.heard.indexOf(skipped)).filter(isChunk);
    const next = await eventually('its next chunk', () => after().find((chunk) => chunk.channel === channel));
    const last = slow.heard.slice(0, slow.heard.indexOf(skipped)).filter(isChunk);
    const lastIndex = last.findLast((chunk) => chunk.channel === channel)?.index ?? 0;
    expect(next.key).toBe(true);
    expect(skipped).toMatchObject({ chunks: next.index - lastIndex - 1 });

    const seen = brisk.chunks().map((chunk) => chunk.index);
    expect(seen).toEqual(seen.map((_, at) => (seen[0] ?? 0) + at));
    expect(brisk.notices.filter((notice) => notice.type === 'skipped')).toEqual([]);
    assured({
      ...{ row: 'C3', trials: 1 },
      claim: 'a page that does not keep up goes on at a key frame and is told how much it missed',
      control: 'a page beside it that keeps up misses nothing and is told nothing',
    });
  });

  it('gets a backlog that is larger than what may wait in pieces, as fast as it reads', async () => {
    const node = await nodeOf({ pushLimits: { joinBelowBytes: 64 * 1024 } });
    const first = await viewerOf(node);
    first.subscribe('heavy');
    await eventually('chunks', () => first.chunks().length >= 4);
    const viewer = await viewerOf(node);
    for (let count = 0; count < 3; count++) viewer.subscribe('heavy');
    await eventually('live', () => [1, 2, 3].every((n) => viewer.chunks(n).some((chunk) => !chunk.backlog)));
    for (const channel of [1, 2, 3]) {
      const indexes = viewer.chunks(channel).map((chunk) => chunk.index);
      expect(indexes).toEqual(indexes.map((_, at) => (indexes[0] ?? 0) + at));
      expect(viewer.chunks(channel)[0]).toMatchObject({ key: true, backlog: true });
    }
  });

  it('is ended when more waits for it than one page may have', async () => {
    const node = await nodeOf({
      pushLimits: { maxPendingS: Infinity, skipAboveBytes: Infinity, maxQueuedBytes: 4 * 1024 * 1024 },
    });
    const slow = await viewerOf(node);
    for (let count = 0; count < 6; count++) slow.subscribe('heavy');
    await eventually('all see it', () => slow.chunks(6).length > 0);
    slow.socket.pause();
    await eventually('ended', () => node.reports().every((report) => report.facts.viewers === 0));
    assured({
      ...{ row: 'C3', trials: 1 },
      claim: 'a page that reads nothing is ended before more waits for it than one page may have',
      control: 'one that reads, however large its backlog, is given all of it',
    });
  });

  it('is ended when nothing is heard from it', async () => {
    const node = await nodeOf({ pushLimits: { pingMs: 50, silenceMs: 300 } });
    const [dead, alive] = [await viewerOf(node, { autoPong: false }), await viewerOf(node)];
    dead.subscribe('small');
    alive.subscribe('small');
    await eventually('ended', () => dead.socket.readyState === dead.socket.CLOSED);
    const count = alive.chunks().length;
    await eventually('the other goes on', () => alive.chunks().length > count + 3);
  });
});
