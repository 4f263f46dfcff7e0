import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm, type FarmOptions } from '../../../../tools/rtsp-farm/farm.ts';
import type { MediaNode } from './node.ts';
import type { PushFrame } from '@clerestory/protocol';
import { camera, clockIn, eventually, ingests, keepingLog, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-ingest-'));
const clip = path.join(dir, 'clock.mp4');
const hevc = path.join(dir, 'hevc.mp4');
const login = { user: 'gate keeper', password: `p@s:s/ #%w?rd'"` };
const withLogin = { username: login.user, password: login.password };
const cleanUp: (() => unknown)[] = [];
const opened = <T extends { close(): unknown }>(thing: T): T => {
  cleanUp.push(() => thing.close());
  return thing;
};
const farmOf = async (more: Partial<FarmOptions> = {}): Promise<Farm> =>
  opened(await startFarm({ mounts: { street: clip }, ...more }));
const nodeOf = async (...args: Parameters<typeof startNode>): Promise<MediaNode> =>
  opened(await startNode(...args));
const viewerOf = async (node: MediaNode): Promise<Viewer> => opened(await Viewer.open(node.port));

/** A node with one camera and a viewer of it. */
async function watch(source: Parameters<typeof camera>[1], ...args: Parameters<typeof startNode>) {
  const node = await nodeOf(...args);
  node.setCameras([camera('a', source)]);
  const viewer = await viewerOf(node);
  viewer.subscribe('a');
  return { node, viewer };
}

const flowing = (viewer: Viewer, count = 3) =>
  eventually(
    `${count} chunks; heard ${JSON.stringify(viewer.notices)}`,
    () => viewer.chunks().length >= count,
  );
const trouble = (viewer: Viewer, state: string) =>
  eventually(`state ${state}`, () =>
    viewer.notices.find((notice) => notice.type === 'state' && notice.state === state),
  );

beforeAll(async () => {
  const size = { width: 320, height: 180, fps: 15, gopS: 0.4 };
  await makeClockClip({ path: clip, camera: 1, seconds: 4, ...size });
  await makeClockClip({ path: hevc, camera: 2, seconds: 2, ...size, codec: 'h265' });
});
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
  expect(ingests()).toEqual([]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('ways to a camera', () => {
  it.each([
    ['TCP', { transport: 'tcp' }, { transport: 'tcp' }],
    ['UDP', { transport: 'udp' }, { transport: 'udp' }],
    ['UDP by itself when TCP is refused', { transport: 'udp' }, { transport: 'auto' }],
    ['Basic login', { auth: { method: 'basic', ...login } }, withLogin],
    ['Digest login', { auth: { method: 'digest', ...login } }, withLogin],
  ] as const)('plays over %s', async (_name, farmOptions, source) => {
    const farm = await farmOf(farmOptions);
    const { viewer } = await watch({ main: farm.url('street'), ...source });
    await flowing(viewer);
    expect(viewer.states()).toEqual(['starting', 'running']);
    expect(viewer.frames[0]).toMatchObject({
      kind: 'init',
      camera: 'a',
      codec: expect.stringMatching(/^avc1/),
    });
    expect(viewer.chunks()[0]).toMatchObject({ key: true, index: 0 });
  });

  it('knows when each picture was taken, as the frame clock in the picture tells', async () => {
    const farm = await farmOf();
    const { viewer } = await watch({ main: farm.url('street') });
    await flowing(viewer, 8);
    const [init] = viewer.frames;
    const { unixMs, loopMs } = farm.t0('street');
    // What ffmpeg held back while it looked at the stream comes in one burst, which makes the first estimate too late.
    for (const chunk of viewer.chunks().filter((one) => one.key && one.index >= 3)) {
      const { camera: number, ms } = clockIn(init as PushFrame, chunk, 320, 180);
      const offMs = (((chunk.captureMs - unixMs - ms) % loopMs) + loopMs) % loopMs;
      expect(number).toBe(1);
      expect(Math.min(offMs, loopMs - offMs)).toBeLessThan(150);
    }
  });

  it('plays demo scenes by the clock: main and sub show the same moment', async () => {
    const scene = path.join(dir, 'scene.mp4');
    await makeClockClip({ path: scene, camera: 4, seconds: 6, width: 320, height: 180, fps: 15, gopS: 1 });
    const files = { main: scene, sub: scene };
    // A scene goes on from where its clock stood when ffmpeg was ordered: how long that takes to start is the only lag.
    const tookMs = new Map<string, number>();
    const starting = async (name: string, channel?: number) => {
      const fromMs = performance.now();
      await eventually(`the first of ${name}`, () => viewer.chunks(channel).length > 0);
      tookMs.set(name, performance.now() - fromMs);
    };
    const { viewer } = await watch(
      { kind: 'demo', scene: 'corner' },
      {},
      { sceneFiles: () => files, sceneLoopMs: 6_000 },
    );
    await starting('main');
    const sub = viewer.subscribe('a', 'sub');
    await starting('sub', sub);
    const settledOf = (name: string) =>
      viewer.chunks().filter((one) => one.stream === name && one.key && one.index >= 5);
    await eventually('both streams', () => settledOf('main').length > 0 && settledOf('sub').length > 0);
    const [init] = viewer.frames;
    for (const chunk of [...settledOf('main'), ...settledOf('sub')]) {
      const { ms } = clockIn(init as PushFrame, chunk, 320, 180);
      const lagMs = ((chunk.captureMs - ms + 9_000) % 6_000) - 3_000;
      expect(lagMs).toBeGreaterThan(-100);
      expect(lagMs).toBeLessThan((tookMs.get(chunk.stream) ?? 0) + 100);
    }
    const all = viewer.chunks(sub);
    expect(all.map((chunk) => chunk.index)).toEqual(all.map((_, at) => at));
  });

  it('plays a looped file with timestamps that run on', async () => {
    const short = path.join(dir, 'short.mp4');
    await makeClockClip({ path: short, camera: 3, seconds: 1, width: 320, height: 180, fps: 15, gopS: 0.4 });
    const { viewer } = await watch(
      { kind: 'demo', scene: 'corner' },
      {},
      { sceneFiles: () => ({ main: short, sub: short }) },
    );
    await flowing(viewer, 10);
    const chunks = viewer.chunks();
    expect((chunks.at(-1)?.mediaS ?? 0) + 0.2).toBeGreaterThan(1.5);
    chunks.slice(1).forEach((chunk, index) => {
      const before = chunks[index];
      expect(chunk.mediaS).toBeCloseTo((before?.mediaS ?? 0) + (before?.durationS ?? 0), 2);
    });
  });

  it('waits for a demo scene that is still being drawn', async () => {
    const later = path.join(dir, 'later.mp4');
    const { viewer } = await watch(
      { kind: 'demo', scene: 'corner' },
      {},
      { sceneFiles: () => ({ main: later, sub: later }), timing: { sceneRetryMs: 50 } },
    );
    await eventually('the reason', () =>
      viewer.reasons().some((reason) => reason.includes('still being drawn')),
    );
    await makeClockClip({ path: later, camera: 3, seconds: 2, width: 320, height: 180, fps: 15, gopS: 0.4 });
    await flowing(viewer);
  });
});

describe('what is wrong, in words', () => {
  it('a wrong password', async () => {
    const farm = await farmOf({ auth: { method: 'digest', ...login } });
    const log = keepingLog();
    const { viewer, node } = await watch(
      { main: farm.url('street'), username: login.user, password: 'not-this-one' },
      {},
      { log },
    );
    const notice = await trouble(viewer, 'unauthorized');
    expect(notice).toMatchObject({ reason: 'The camera refuses the user name or password' });
    await eventually('its ffmpeg is gone', () => ingests().length === 0);
    const all = log.lines.join('\n') + JSON.stringify(node.reports()) + JSON.stringify(viewer.notices);
    expect(log.lines.join()).toContain('stream failed');
    for (const secret of ['not-this-one', login.user, '127.0.0.1', 'rtsp://'])
      expect(all).not.toContain(secret);
  });

  it('a wrong path', async () => {
    const farm = await farmOf();
    const { viewer } = await watch({ main: farm.url('nothing-here') });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'The camera has no stream at that path',
    });
  });

  it('a port where nothing answers', async () => {
    const { viewer } = await watch({ main: 'rtsp://127.0.0.1:9/x' });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'Nothing answers at that address and port',
    });
  });

  it('garbage', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(`SSH-2.0-nonsense\r\n${'\xff\x01'.repeat(500)}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened(server);
    const { viewer } = await watch({ main: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/x` });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'The camera answers, but not with RTSP',
    });
  });

  it('a redirect to another host is not followed, one to another port of the camera is', async () => {
    const farm = await farmOf();
    const there = farm.url('street');
    const sendingOn = async (to: string) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (bytes) => {
          const [, method = '', number = ''] = /^(\w+) [^]*CSeq: (\d+)/.exec(bytes.toString()) ?? [];
          const [status, header] =
            method === 'OPTIONS' ? ['200 OK', 'Public: DESCRIBE'] : ['302 Found', `Location: ${to}`];
          socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${number}\r\n${header}\r\n\r\n`);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      opened(server);
      return `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
    };
    const log = keepingLog();
    const elsewhere = await sendingOn(there.replace('127.0.0.1', 'localhost'));
    const { viewer } = await watch({ main: elsewhere, transport: 'tcp' }, {}, { log });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: expect.stringMatching(/^The camera sends us on to another address, which is not followed/),
    });
    expect(viewer.frames).toEqual([]);
    expect(log.lines.join('\n')).not.toMatch(/localhost|rtsp:/);

    const { viewer: second } = await watch({ main: await sendingOn(there), transport: 'tcp' });
    await eventually('pictures', () => second.chunks().length > 2, 25_000);
  });

  it('H.265, where nothing is to be converted', async () => {
    const farm = await farmOf({ mounts: { street: hevc } });
    const { viewer } = await watch({ main: farm.url('street') }, { conversions: 0 });
    expect(await trouble(viewer, 'unsupported')).toMatchObject({
      reason: expect.stringMatching(/^The camera sends H\.265, and this server is set up not to convert/),
    });
    expect(viewer.frames).toEqual([]);
  });

  it('no ffmpeg', async () => {
    const { viewer } = await watch({}, { ffmpegPath: '/nowhere/ffmpeg' });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'ffmpeg cannot be started: run sudo apt-get install ffmpeg, or correct CLERESTORY_FFMPEG',
    });
  });

  it('no ffmpeg, and so no demo scene that could be waited for', async () => {
    const { viewer } = await watch({ kind: 'demo', scene: 'corner' }, { ffmpegPath: '/nowhere/ffmpeg' });
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'ffmpeg cannot be started: run sudo apt-get install ffmpeg, or correct CLERESTORY_FFMPEG',
    });
  });

  it('a login longer than ffmpeg takes', async () => {
    const { viewer } = await watch({ username: 'u', password: '#'.repeat(60) });
    const notice = await trouble(viewer, 'unsupported');
    expect(JSON.stringify(notice)).toContain('too long');
  });
});

describe('recovery', () => {
  it('a camera that freezes is noticed, started anew and comes back', async () => {
    const farm = await farmOf();
    const { viewer, node } = await watch(
      { main: farm.url('street') },
      {},
      { timing: { noFramesMs: 1_000, firstFragmentMs: 1_500 }, random: () => 0 },
    );
    await flowing(viewer);
    const before = viewer.chunks().at(-1)?.generation ?? 0;
    farm.stall('street');
    expect(await trouble(viewer, 'stalled')).toMatchObject({ reason: 'No frames for more than 0.5 s' });
    expect(await trouble(viewer, 'backoff')).toMatchObject({ reason: 'No frames for 1 s' });
    farm.resume('street');
    await eventually('a new generation', () => viewer.chunks().some((chunk) => chunk.generation > before));
    expect(viewer.states().at(-1)).toBe('running');
    expect(node.reports()[0]?.facts.restarts).toBeGreaterThanOrEqual(1);
  });

  it('bytes that never make a picture do not pass for progress', async () => {
    const drip = path.join(dir, 'drip');
    writeFileSync(drip, '#!/bin/sh\nprintf "\\0\\0\\377\\377ftyp"\nwhile printf x; do sleep 0.05; done\n');
    chmodSync(drip, 0o755);
    const { viewer } = await watch(
      { transport: 'tcp' },
      { ffmpegPath: drip },
      { timing: { firstFragmentMs: 600, noFramesMs: 500 } },
    );
    expect(await trouble(viewer, 'backoff')).toMatchObject({
      reason: 'The camera answers, but sends no video within 0.6 s',
    });
  });

  it('an ffmpeg that is killed is replaced: new generation, new init, chunks from a key frame', async () => {
    const farm = await farmOf();
    const { viewer } = await watch({ main: farm.url('street') }, {}, { random: () => 0 });
    await flowing(viewer);
    const [ffmpeg, ...others] = ingests();
    expect(others).toEqual([]);
    process.kill(ffmpeg?.pid ?? 0, 'SIGKILL');
    const first = viewer.frames[0]?.generation ?? 0;
    await eventually('chunks again', () => viewer.chunks().some((chunk) => chunk.generation > first));
    const again = viewer.frames.filter((frame) => frame.generation > first);
    expect(again[0]).toMatchObject({ kind: 'init' });
    expect(again[1]).toMatchObject({ kind: 'chunk', index: 0, key: true });
  });

  it('a camera that drops its viewers comes back', async () => {
    const farm = await farmOf();
    const { viewer } = await watch({ main: farm.url('street') }, {}, { random: () => 0 });
    await flowing(viewer);
    const first = viewer.frames[0]?.generation ?? 0;
    farm.kick('street');
    await eventually('chunks again', () => viewer.chunks().some((chunk) => chunk.generation > first));
  });

  it('a corrected configuration is tried at once, however long the next try is away', async () => {
    const farm = await farmOf({ auth: { method: 'basic', ...login } });
    const wrong = { main: farm.url('street'), username: 'x', password: 'y' };
    const { viewer, node } = await watch(wrong);
    await trouble(viewer, 'unauthorized');
    node.setCamera(camera('a', { ...wrong, ...withLogin }, { revision: 2 }));
    await eventually('chunks', () => viewer.chunks().length > 0, 5_000);
  });

  it('a newcomer does not make a failing camera be tried sooner', async () => {
    const farm = await farmOf({ auth: { method: 'basic', ...login } });
    const { viewer, node } = await watch({ main: farm.url('street'), username: 'x', password: 'y' });
    await trouble(viewer, 'unauthorized');
    await eventually('its ffmpeg is gone', () => ingests().length === 0);
    const newcomer = await viewerOf(node);
    newcomer.subscribe('a');
    await trouble(newcomer, 'unauthorized');
    expect(ingests()).toEqual([]);
    expect(node.reports()[0]?.facts.restarts).toBe(0);
  });
});

describe('one ffmpeg for one stream', () => {
  it('whoever watches, and it stays warm for a while after the last', async () => {
    const farm = await farmOf();
    const node = await nodeOf({ warmMs: 400 });
    node.setCameras([camera('a', { main: farm.url('street') })]);
    const viewers = await Promise.all(Array.from({ length: 10 }, () => viewerOf(node)));
    let most = 0;
    for (const viewer of viewers) viewer.subscribe('a');
    await eventually('all see it', () => {
      most = Math.max(most, ingests().length);
      return viewers.every((viewer) => viewer.chunks().length >= 2);
    });
    expect(most).toBe(1);
    const [ffmpeg] = ingests();
    expect(node.reports()[0]?.facts.viewers).toBe(10);

    for (const viewer of viewers) viewer.close();
    await eventually('nobody is counted', () => node.reports()[0]?.facts.viewers === 0);
    expect(ingests()).toHaveLength(1);
    const back = await viewerOf(node);
    back.subscribe('a');
    await eventually('the backlog', () => back.chunks().length > 0);
    expect(back.chunks()[0]).toMatchObject({ key: true, backlog: true });
    expect(ingests().map((one) => one.pid)).toEqual([ffmpeg?.pid]);

    back.close();
    await eventually('idle', () => node.reports()[0]?.state === 'idle');
    await eventually('no ffmpeg', () => ingests().length === 0);
  });

  it('an `always` camera runs unwatched, and stops when that is taken back', async () => {
    const farm = await farmOf();
    const node = await nodeOf({ warmMs: 100 });
    node.setCameras([camera('a', { main: farm.url('street') }, { keep: 'always' })]);
    await eventually('running', () => node.reports()[0]?.state === 'running');
    node.setCamera(camera('a', { main: farm.url('street') }, { revision: 2 }));
    await eventually('idle', () => node.reports()[0]?.state === 'idle');
  });

  it('a camera that is removed is stopped and its viewers are told', async () => {
    const farm = await farmOf();
    const { viewer, node } = await watch({ main: farm.url('street') });
    await flowing(viewer);
    node.removeCamera('a');
    await eventually('the notice', () => viewer.reasons().includes('The camera was removed'));
    await eventually('no ffmpeg', () => ingests().length === 0);
  });

  it('tells changes at once', async () => {
    const farm = await farmOf();
    const node = await nodeOf();
    const states: string[] = [];
    node.onIngest((reports) => states.push(...reports.map((report) => report.state)));
    node.setCameras([camera('a', { main: farm.url('street') })]);
    const viewer = await viewerOf(node);
    viewer.subscribe('a');
    await flowing(viewer, 1);
    expect(states.slice(0, 2)).toEqual(['starting', 'running']);
    await eventually('facts', () => node.reports()[0]?.facts.fps);
    expect(node.reports()[0]?.facts).toMatchObject({ stream: 'main', width: 320, height: 180, viewers: 1 });
  });
});
