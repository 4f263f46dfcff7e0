import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Problem } from '@clerestory/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import type { Gate, ViewRequest } from './gate.ts';
import { readDirectives, readLivePath } from './live-door.ts';
import type { MediaNode } from './node.ts';
import { camera, eventually, ingests, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-live-'));
const clip = path.join(dir, 'clock.mp4');
const cleanUp: (() => unknown)[] = [];

async function nodeOf(
  deps: Parameters<typeof startNode>[1] = {},
  config: Parameters<typeof startNode>[0] = {},
) {
  const node = await startNode(config, { sceneFiles: () => ({ main: clip, sub: clip }), ...deps });
  cleanUp.push(() => node.close());
  node.setCameras([
    camera('a', { kind: 'demo', scene: 'corner' }),
    camera('dead', { main: 'rtsp://127.0.0.1:9/x' }),
  ]);
  return node;
}
const fetchOf = (node: MediaNode, where: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${node.port}${where}`, init);
const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return Problem.parse(await answer.json());
};
/** Names in a playlist, by a pattern with one group. */
const names = (playlist: string, pattern: RegExp) =>
  [...playlist.matchAll(pattern)].map((match) => match[1] ?? '');

beforeAll(() =>
  makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 1 }),
);
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('LL-HLS', () => {
  it('plays from nothing: both playlists, init, segment, parts and the part to come', async () => {
    const node = await nodeOf();
    const multivariant = await (await fetchOf(node, '/live/a/index.m3u8')).text();
    expect(names(multivariant, /\n(\w+\/index\.m3u8)/g)).toEqual(['main/index.m3u8', 'sub/index.m3u8']);
    expect(multivariant).toMatch(/CODECS="avc1\.[0-9a-f]{6}",RESOLUTION=320x180/);

    const answer = await fetchOf(node, '/live/a/main/index.m3u8');
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const playlist = await answer.text();
    const [map] = names(playlist, /#EXT-X-MAP:URI="([^"]+)"/g);
    const [segment] = names(playlist, /\n(seg-\d+\.m4s)/g);
    const [next] = names(playlist, /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/g);
    expect(playlist).toContain('#EXT-X-PROGRAM-DATE-TIME:');
    for (const [name, box] of [
      [map, 'ftyp'],
      [segment, 'moof'],
      [next, 'moof'],
    ] as const) {
      const piece = await fetchOf(node, `/live/a/main/${name}`);
      expect([piece.status, piece.headers.get('content-type')]).toEqual([200, 'video/mp4']);
      expect(Buffer.from(await piece.arrayBuffer()).toString('latin1', 4, 8)).toBe(box);
    }
  });

  it('blocks a reload until the part is there', async () => {
    const node = await nodeOf();
    const now = await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    const msn = Number(names(now, /#EXT-X-MEDIA-SEQUENCE:(\d+)/g)[0]) + names(now, /\n(seg-)/g).length;
    const later = await (await fetchOf(node, `/live/a/main/index.m3u8?_HLS_msn=${msn}&_HLS_skip=YES`)).text();
    expect(later).toContain(`seg-${msn}.m4s`);
    expect(now).not.toContain(`\nseg-${msn}.m4s`);
  });

  it.each([
    ['_HLS_part=1', 'only allowed together'],
    ['_HLS_msn=x', 'not a number'],
    ['_HLS_msn=-1', 'not a number'],
    ['_HLS_msn=9999999999', 'too far in the future'],
    ['_HLS_skip=maybe', '_HLS_skip is YES or v2'],
  ])('refuses %s', async (query, words) => {
    const node = await nodeOf();
    const answer = await fetchOf(node, `/live/a/main/index.m3u8?${query}`);
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toContain(words);
  });

  it.each([
    '/live/nobody/index.m3u8',
    '/live/nobody/main/index.m3u8',
    '/live/a/main/seg-1.m4s',
    '/live/a/main/init-1.mp4',
    '/live/a/main/part-1-1.m4s',
    '/live/a/main/x.mp4',
    '/live/a/other/index.m3u8',
    '/live/a/main/..%2f..%2fetc%2fpasswd',
    '/live/../healthzz',
    '/',
  ])('knows nothing at %s', async (where) => {
    const node = await nodeOf();
    const answer = await fetchOf(node, where);
    expect(answer.status).toBe(404);
    expect((await problemOf(answer)).code).toBe('not-found');
  });

  it('says why there is nothing to play', async () => {
    const node = await nodeOf();
    for (const where of ['/live/dead/main/index.m3u8', '/live/dead/index.m3u8']) {
      const answer = await fetchOf(node, where);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('2');
      expect((await problemOf(answer)).detail).toBe('Nothing answers at that address and port');
    }
  });

  it('counts an HTTP client as a viewer, and only for a while', async () => {
    const node = await nodeOf({}, { warmMs: 0 });
    await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    expect(node.reports()[0]).toMatchObject({ state: 'running', facts: { viewers: 1 } });
    await eventually('the lease ends', () => node.reports()[0]?.state === 'idle');
    await eventually('no ffmpeg', () => ingests().length === 0);
  }, 20_000);
});

describe('poster', () => {
  it('is the last picture, also when nothing runs; asking for it starts nothing', async () => {
    const node = await nodeOf({}, { warmMs: 0 });
    const none = await fetchOf(node, '/live/a/main/poster.jpg');
    expect(none.status).toBe(204);
    expect(await none.text()).toBe('');
    expect(ingests()).toEqual([]);

    const viewer = await Viewer.open(node.port);
    viewer.subscribe('a');
    await eventually('pictures', () => viewer.chunks().length >= 3);
    const poster = await fetchOf(node, '/live/a/main/poster.jpg');
    expect([poster.status, poster.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const jpeg = Buffer.from(await poster.arrayBuffer());
    expect([jpeg.readUInt16BE(0), jpeg.readUInt16BE(jpeg.length - 2)]).toEqual([0xffd8, 0xffd9]);
    const key = viewer.chunks().find((chunk) => chunk.key);
    expect(Number(poster.headers.get('x-captured-at'))).toBe(Math.round(key?.captureMs ?? 0));

    viewer.close();
    await eventually('idle', () => node.reports()[0]?.state === 'idle');
    await eventually('no ffmpeg', () => ingests().length === 0);
    const kept = await fetchOf(node, '/live/a/main/poster.jpg?maxAgeS=0');
    expect(kept.status).toBe(200);
    expect(ingests()).toEqual([]);
    expect((await fetchOf(node, '/live/a/main/poster.jpg?maxAgeS=soon')).status).toBe(400);
    expect((await fetchOf(node, '/live/a/main/poster.jpg?againS=61')).status).toBe(400);
  });
});

describe('the gate', () => {
  const flip = () => {
    const state = { open: true, asked: [] as ViewRequest[], yes: Infinity };
    const gate: Gate = {
      mayView(request) {
        state.asked.push(request);
        if (state.open && state.yes-- > 0) return { ok: true };
        return { ok: false, reason: 'Access ended by owner' };
      },
    };
    return { state, gate };
  };

  it('closes every address, waiting requests included', async () => {
    const { state, gate } = flip();
    const node = await nodeOf({ gate });
    const playlist = await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    await (await fetchOf(node, '/live/a/main/poster.jpg')).arrayBuffer();
    const [map] = names(playlist, /#EXT-X-MAP:URI="([^"]+)"/g);
    const [segment] = names(playlist, /\n(seg-\d+\.m4s)/g);
    const [part] = names(playlist, /#EXT-X-PART:[^\n]*URI="([^"]+)"/g);
    const all = [
      '/live/a/index.m3u8',
      ...['index.m3u8', 'poster.jpg', map, segment, part].map((name) => `/live/a/main/${name}`),
    ];
    for (const where of all) expect([where, (await fetchOf(node, where)).status]).toEqual([where, 200]);

    // The segment after the open one: at least a second away.
    const latest = await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    const msn =
      Number(names(latest, /#EXT-X-MEDIA-SEQUENCE:(\d+)/g)[0]) + names(latest, /\n(seg-)/g).length + 1;
    const before = state.asked.length;
    const waits = fetchOf(node, `/live/a/main/index.m3u8?_HLS_msn=${msn}`);
    await eventually('it waits', () => state.asked.length > before);
    state.open = false;
    for (const where of all) {
      const answer = await fetchOf(node, where);
      expect([where, answer.status]).toEqual([where, 403]);
      expect((await problemOf(answer)).detail).toBe('Access ended by owner');
    }
    expect((await waits).status).toBe(403);
    expect(new Set(state.asked.map((request) => request.door))).toEqual(new Set(['llhls', 'poster']));
    expect(new Set(state.asked.map((request) => request.camera))).toEqual(new Set(['a']));
  });

  it('cuts a segment off between two of its pieces', async () => {
    const { state, gate } = flip();
    const node = await nodeOf({ gate });
    const playlist = await (await fetchOf(node, '/live/a/main/index.m3u8')).text();
    const [segment] = names(playlist, /\n(seg-\d+\.m4s)/g);
    const whole = (await (await fetchOf(node, `/live/a/main/${segment}`)).arrayBuffer()).byteLength;
    // Asked at the address, before the answer, and for each piece: the second piece is refused.
    state.yes = 3;
    const got = await new Promise<number>((resolve) => {
      get(`http://127.0.0.1:${node.port}/live/a/main/${segment}`, (answer) => {
        let size = 0;
        answer.on('data', (bytes: Buffer) => (size += bytes.length));
        answer.on('error', () => {});
        answer.on('close', () => resolve(size));
      }).on('error', () => resolve(0));
    });
    expect(got).toBeLessThan(whole);
    expect(state.yes).toBeLessThanOrEqual(0);
  });
});

describe('who may ask', () => {
  it('pages of this host, by CORS; no other page, no foreign name, no other method', async () => {
    const node = await nodeOf();
    const page = await fetchOf(node, '/healthz', { headers: { origin: 'http://localhost:8080' } });
    expect(page.headers.get('access-control-allow-origin')).toBe('http://localhost:8080');
    expect(page.headers.get('access-control-expose-headers')).toContain('X-Captured-At');
    expect(await page.json()).toMatchObject({ status: 'ok' });
    const foreign = await fetchOf(node, '/live/a/main/poster.jpg', {
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    expect(node.takeForeign()).toEqual([{ address: '127.0.0.1', count: 1 }]);
    expect(node.takeForeign()).toEqual([]);
    const rebound = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'evil.example' };
      get(`http://127.0.0.1:${node.port}/healthz`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect(rebound).toBe(403);
    expect((await fetchOf(node, '/live/a/main/index.m3u8', { method: 'POST' })).status).toBe(405);
    expect((await fetchOf(node, '/live/a/index.m3u8', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('takes any port when the wanted one is in use, unless it is fixed', async () => {
    const node = await nodeOf();
    const second = await nodeOf({}, { port: node.port });
    expect(second.port).not.toBe(node.port);
    await expect(nodeOf({}, { port: node.port, portFixed: true })).rejects.toThrow(
      `Port ${node.port} is in use`,
    );
  });
});

it('readLivePath and readDirectives', () => {
  expect(readLivePath('/live/cam-1/index.m3u8')).toEqual({ kind: 'multivariant', camera: 'cam-1' });
  expect(readLivePath('/live/cam-1/sub/seg-5.m4s')).toEqual({
    ...{ kind: 'resource', camera: 'cam-1', stream: 'sub', name: 'seg-5.m4s' },
  });
  for (const path of [
    '/live/-x/index.m3u8',
    '/live/a/seg-1.m4s',
    '/live/a/main/',
    '/live/a/main/A.m4s',
    '/live/a',
  ])
    expect(readLivePath(path)).toBeNull();
  expect(readDirectives(new URLSearchParams('_HLS_msn=5&_HLS_part=0&_HLS_skip=v2'))).toEqual({
    ...{ msn: 5, part: 0, skip: true },
  });
});
