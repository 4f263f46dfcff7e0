import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HashedEntry } from '@clerestory/protocol';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { eventually, Viewer } from '../../media/testing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { Browser } from '../../testing/browser.ts';
import { openWindow } from '../../testing/server.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-views-'));
const wall = 'control-room';
const cameras = ['a', 'b', 'c', 'd', 'e'];
let farm: Farm;
let site: GuardedApp;
let auditor: Browser;

const live = (browser: Browser) =>
  Viewer.open(site.app.mediaPort, { headers: { cookie: browser.cookieHeader() } });
const media = (address: string, browser?: Browser) =>
  fetch(`http://127.0.0.1:${site.app.mediaPort}${address}`, {
    ...(browser && { headers: { cookie: browser.cookieHeader() } }),
    signal: AbortSignal.timeout(10_000),
  });
const entries = async (filter: string): Promise<HashedEntry[]> =>
  (await auditor.call('GET', `/record?limit=500&${filter}`)).body.items;
const denyTo = async (person: string, rights: string[] = ['live']) =>
  site.administrator.call('POST', '/rights', {
    effect: 'deny',
    party: { kind: 'person', id: person },
    rights,
    group: null,
  });

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
  site = await startGuardedApp({ CLERESTORY_WARM_S: '60' });
  for (const id of cameras)
    await site.administrator.call('POST', '/cameras', {
      ...{ id, name: id, keep: 'always' },
      source: { kind: 'rtsp', main: farm.url('street') },
    });
  auditor = await site.personAs('auditor');
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
});
afterAll(async () => {
  await site.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('no grant, no byte', () => {
  test('nobody, a forged cookie, an auditor, an administrator, an operator who may not: no door opens', async () => {
    const forged = new Browser(site.app.url);
    forged.cookies.set('clerestory', 'x'.repeat(43));
    const blind = await site.personAs('operator');
    await denyTo(blind.person);
    for (const [who, browser, status] of [
      ['nobody', undefined, 401],
      ['forged', forged, 401],
      ['auditor', auditor, 403],
      ['administrator', site.administrator, 403],
      ['denied', blind, 403],
    ] as const)
      for (const address of [
        '/live/a/index.m3u8',
        '/live/a/main/index.m3u8',
        '/live/a/main/poster.jpg',
        '/live/a/main/init-1.mp4',
      ]) {
        const answer = await media(address, browser);
        expect([who, address, answer.status]).toEqual([who, address, status]);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
      }
    await expect(Viewer.open(site.app.mediaPort)).rejects.toThrow('401');
    await expect(live(forged)).rejects.toThrow('401');
    const viewer = await live(blind);
    viewer.subscribe('a');
    const refused = await eventually('refused', () => viewer.notices.find(({ type }) => type === 'refused'));
    expect(refused).toMatchObject({ reason: 'You have no right to watch this camera' });
    viewer.subscribe('nowhere');
    await eventually('refused too', () => viewer.reasons().includes('There is no such camera'));
    expect(viewer.frames).toEqual([]);
    viewer.close();
    const refusals = (await entries('kind=refused')).map(({ detail }) => detail['asked']);
    expect(refusals).toEqual(
      expect.arrayContaining(['media:playlist', 'media:poster', 'frame:request:subscribe']),
    );
  });

  test('a camera that one may not see and one that does not exist take the same road to the same answer', async () => {
    const { administrator } = site;
    const group = await administrator.call('POST', '/camera-groups', {
      ...{ id: 'unseen', name: 'Unseen', cameras: ['e'] },
    });
    const operator = await site.personAs('operator');
    const denied = await administrator.call('POST', '/rights', {
      ...{ effect: 'deny', party: { kind: 'person', id: operator.person }, rights: ['see'], group: 'unseen' },
    });
    expect([group.status, denied.status]).toEqual([201, 201]);
    expect((await media('/live/d/main/index.m3u8', operator)).status).toBe(200);
    const seen = await Promise.all(
      ['e', 'nowhere'].map(async (camera) => {
        const paths = ['index.m3u8', 'main/index.m3u8', 'main/poster.jpg', 'sub/init-1.mp4'];
        const answers = [];
        for (const name of paths) {
          const answer = await media(`/live/${camera}/${name}`, operator);
          answers.push([answer.status, await answer.text()]);
        }
        const viewer = await live(operator);
        viewer.subscribe(camera);
        viewer.replay(camera, 30);
        viewer.listen(camera);
        await eventually('three refusals', () => viewer.notices.length === 3);
        const notices = viewer.notices.toSorted((a, b) =>
          Number('channel' in a && 'channel' in b && a.channel - b.channel),
        );
        viewer.close();
        const recorded = await eventually('the record', async () => {
          const found = await entries(
            `kind=refused&actor=person:${operator.person}&subject=camera:${camera}`,
          );
          return found.length >= 5 && found;
        });
        return {
          ...{ answers, notices },
          // Each was asked of control, which has noted it: no answer came out of the media process's own head.
          recorded: recorded.map(({ detail }) => [detail['asked'], detail['code']]).sort(),
        };
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]?.answers.map(([status]) => status)).toEqual([404, 404, 404, 404]);
    expect(seen[0]?.recorded).toEqual(
      [
        'frame:request:listen',
        'frame:request:replay',
        'frame:request:subscribe',
        'media:playlist',
        'media:poster',
      ].map((asked) => [asked, 'not-found']),
    );
  });

  test('the beginning is in the record before the first byte, the end has every byte', async () => {
    const operator = await site.personAs('operator');
    const viewer = await live(operator);
    let received = 0;
    viewer.socket.on('message', (data: Buffer, isBinary) => (received += isBinary ? data.length : 0));
    viewer.subscribe('a');
    await eventually('the first frame', () => viewer.frames.length > 0);
    const started = await entries(`kind=view-started&actor=person:${operator.person}`);
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({
      subject: 'camera:a',
      detail: { as: 'person', door: 'push', stream: 'main' },
    });
    const watching = await operator.call('GET', '/cameras/a/viewers');
    expect(watching.body.viewers).toEqual([
      { kind: 'person', name: expect.stringContaining('operator'), since: expect.any(Number) },
    ]);

    await eventually('a second of video', () => viewer.chunks().length > 10);
    viewer.send({ type: 'unsubscribe', channel: 1 });
    const ended = await eventually(
      'the end in the record',
      async () => (await entries(`kind=view-ended&actor=person:${operator.person}`))[0],
      25_000,
    );
    expect(ended.detail).toMatchObject({
      view: started[0]?.detail['view'],
      bytes: received,
      reason: 'closed',
      streams: ['main'],
    });
    expect(Number(ended.detail['seconds'])).toBeGreaterThan(0.5);
    expect((await operator.call('GET', '/cameras/a/viewers')).body.viewers).toEqual([]);
    viewer.close();
  });
});

describe('A2: last byte within a second', () => {
  test('for an HLS player that waits in a request', async () => {
    const operator = await site.personAs('operator');
    const playlist = await (await media('/live/b/main/index.m3u8', operator)).text();
    const msn =
      Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]) +
      (playlist.match(/#EXTINF/g)?.length ?? 0) +
      1;
    const waiting = media(`/live/b/main/index.m3u8?_HLS_msn=${msn}`, operator).then(
      (answer) => answer.status,
      () => 'cut',
    );
    await eventually(
      'it is a viewer',
      async () => (await operator.call('GET', '/cameras/b/viewers')).body.viewers.length > 0,
    );
    await operator.call('DELETE', '/session');
    expect([401, 403, 'cut']).toContain(await waiting);
  });

  test('a screen shows what is on its tiles, and goes dark when it is taken off or revoked', async () => {
    const supervisor = await site.personAs('supervisor');
    const tile = `/walls/${wall}/screens/left/tiles/0`;
    await supervisor.call('PUT', tile, { camera: 'a' });
    const screen = await site.pair('left');
    const viewer = await live(screen);
    viewer.subscribe('a');
    viewer.subscribe('b');
    await eventually('a', () => viewer.chunks(1).length > 2);
    await eventually('not b', () => viewer.reasons().includes('There is no such camera'));
    expect(viewer.chunks(2)).toEqual([]);
    await supervisor.call('PUT', tile, { camera: 'b' });
    await eventually('a ended', () =>
      viewer.notices.some((one) => one.type === 'refused' && one.channel === 1),
    );
    viewer.subscribe('b');
    await eventually('b', () => viewer.chunks(3).length > 2);
    const startMs = performance.now();
    await supervisor.call('DELETE', `/screen-devices/${screen.device}`);
    await eventually('cut', () => viewer.socket.readyState === viewer.socket.CLOSED);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await expect(live(screen)).rejects.toThrow('401');
  });
});

describe('links for other players', () => {
  test('by explicit right, for one camera, without a cookie, until ended', async () => {
    const operator = await site.personAs('operator');
    expect((await operator.call('POST', '/cameras/c/player-link')).status).toBe(403);
    const supervisor = await site.personAs('supervisor');
    const made = await supervisor.call('POST', '/cameras/c/player-link');
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const master = await fetch(made.body.url);
    expect(master.status).toBe(200);
    const variant = /^main\/.*$/m.exec(await master.text())?.[0] ?? '';
    const playlist = await fetch(made.body.url.replace('index.m3u8', variant));
    expect(playlist.status).toBe(200);
    expect(await playlist.text()).toContain('#EXTM3U');
    expect((await fetch(made.body.url.replace('/c/', '/d/'))).status).toBe(404);
    const renewed = await supervisor.call('POST', `/player-links/${made.body.id}/renew`);
    expect(renewed.body.expiresAt).toBeGreaterThanOrEqual(made.body.expiresAt);
    expect((await operator.call('DELETE', `/player-links/${made.body.id}`)).status).toBe(404);
    expect((await operator.call('GET', '/cameras/c/viewers')).body.viewers[0]).toMatchObject({
      kind: 'player',
    });
    expect((await supervisor.call('DELETE', `/player-links/${made.body.id}`)).status).toBe(204);
    expect((await fetch(made.body.url)).status).toBe(401);
    const again = await supervisor.call('POST', '/cameras/c/player-link');
    expect((await fetch(again.body.url)).status).toBe(200);
    await supervisor.call('DELETE', '/session');
    expect((await fetch(again.body.url)).status).toBe(401);
    expect(JSON.stringify(await entries('subject=camera:c'))).not.toContain(again.body.url.split('/')[4]);
  });
});

describe('restarts', () => {
  test('who watches is told to those who may see the camera', async () => {
    const operator = await site.personAs('operator');
    const socket = await openWindow(
      site.app.url,
      { surface: 'console' },
      { cookie: operator.cookieHeader() },
    );
    await socket.emitWithAck('wall:join', {});
    const told: string[] = [];
    socket.on('camera:viewers', ({ camera, viewers }) => told.push(`${camera} ${viewers.length}`));
    const viewer = await live(operator);
    viewer.subscribe('e');
    await eventually('told', () => told.includes('e 1'));
    viewer.close();
    socket.close();
  });

  test('the media process killed: the same view goes on, and what was taken meanwhile stays taken', async () => {
    const [kept, lost] = [await site.personAs('operator'), await site.personAs('operator')];
    const before = await Promise.all([live(kept), live(lost)]);
    for (const viewer of before) viewer.subscribe('a');
    await eventually('both', () => before.every((viewer) => viewer.chunks().length > 1));
    process.kill(site.app.mediaPid() ?? 0, 'SIGKILL');
    await lost.call('DELETE', '/session');
    const viewer = await eventually('back', () => live(kept).catch(() => null), 20_000);
    viewer.subscribe('a');
    await eventually('again', () => viewer.chunks().length > 1, 20_000);
    await expect(live(lost)).rejects.toThrow('401');
    expect(await entries(`kind=view-started&actor=person:${kept.person}`)).toHaveLength(1);
    viewer.close();
  });

  test('the server restarted: what was ended stays ended, and every view has an end', async () => {
    const [kept, lost] = [await site.personAs('operator'), await site.personAs('operator')];
    const viewer = await live(kept);
    viewer.subscribe('a');
    await eventually('it plays', () => viewer.chunks().length > 1);
    await lost.call('DELETE', '/session');
    const { dir: data } = site;
    await site.app.close();
    site = await startGuardedApp({}, data);
    await eventually('the media node', () => site.app.mediaReady(), 60_000);
    auditor = new Browser(site.app.url);
    await auditor.signIn('auditor-1');
    await expect(live(lost)).rejects.toThrow('401');
    const again = await live(kept);
    again.subscribe('a');
    await eventually('it plays again', () => again.chunks().length > 1);
    again.close();
    const [started, ended] = [await entries('kind=view-started'), await entries('kind=view-ended')];
    const open = started.filter(({ detail }) => !ended.some((one) => one.detail['view'] === detail['view']));
    expect(open.map(({ actor }) => actor)).toEqual([`person:${kept.person}`]);
    expect((await auditor.call('GET', '/record/verification')).body).toMatchObject({ ok: true });
  });
});
