import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HashedEntry, Role } from '@clerestory/protocol';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { eventually, Viewer } from '../../media/testing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';
import { addPrivateCamera, ownerOf } from '../../testing/private-camera.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-listening-'));
let farm: Farm;
let site: GuardedApp;
let auditor: Browser;
let source: object;

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 160, height: 90, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip }, sounds: { street: 'pcmu' } });
  site = await startGuardedApp();
  source = { kind: 'rtsp', main: farm.url('street'), transport: 'tcp' };
  await site.administrator.call('POST', '/cameras', { id: 'a', name: 'a', source });
  auditor = await site.personAs('auditor');
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
});
afterAll(async () => {
  await site.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  expect((await allow('a', false)).status).toBe(200);
});

const allow = (camera: string, allowed: boolean, who: Browser = site.administrator, headers = {}) =>
  who.call('PUT', `/cameras/${camera}/sound`, { allowed }, headers);
const entries = async (filter: string): Promise<HashedEntry[]> =>
  (await auditor.call('GET', `/record?limit=500&${filter}`)).body.items;
async function listener(browser: Browser) {
  const viewer = await Viewer.open(site.app.mediaPort, { headers: { cookie: browser.cookieHeader() } });
  return Object.assign(viewer, { browser });
}
const operator = async (role: Role = 'operator') => {
  const browser = await site.personAs(role);
  return { ...browser, browser, viewer: await listener(browser) };
};
const refused = (viewer: Viewer, channel: number) =>
  eventually('the refusal', () =>
    viewer.notices.find((notice) => notice.type === 'refused' && notice.channel === channel),
  );
const hears = (viewer: Viewer, channel: number, chunks = 3) =>
  eventually('sound', () => viewer.chunks(channel).length >= chunks, 30_000);

describe('who allows it', () => {
  test('it is off; administrators alone switch it, and each change is in the record, by name', async () => {
    expect((await site.administrator.call('GET', '/cameras/a')).body.sound).toBeUndefined();
    for (const role of ['operator', 'supervisor', 'investigator', 'auditor'] as const)
      expect((await allow('a', true, await site.personAs(role))).status).toBe(403);
    const before = (await entries('kind=camera-sound-changed')).length;
    const { body } = await site.administrator.call('GET', '/cameras/a');
    expect((await allow('a', true)).body).toMatchObject({ sound: true, revision: body.revision + 1 });
    // Changing nothing is nothing for the record.
    expect((await allow('a', true)).body.revision).toBe(body.revision + 1);
    expect((await allow('a', false, site.administrator, { 'if-match': '"1"' })).status).toBe(409);
    expect((await allow('nowhere', true)).status).toBe(404);
    const [newest] = await entries('kind=camera-sound-changed');
    expect(await entries('kind=camera-sound-changed')).toHaveLength(before + 1);
    expect(newest).toMatchObject({ subject: 'camera:a', detail: { allowed: true } });
    expect(newest?.actor).toMatch(/^person:/);
    // What else is changed leaves it as it is.
    const renamed = await site.administrator.call('PATCH', '/cameras/a', { name: 'A' });
    expect(renamed.body.sound).toBe(true);
  });

  test('never for a private camera, nor for one that has only pictures: both are told why', async () => {
    await addPrivateCamera(site, 'lent', source);
    const lent = await allow('lent', true);
    expect([lent.status, lent.body.detail]).toEqual([
      422,
      expect.stringMatching(/private, and its owner has lent pictures/),
    ]);
    const still = { kind: 'mjpeg', main: 'http://127.0.0.1:9/x.mjpg' };
    await site.administrator.call('POST', '/cameras', { id: 'still', name: 'still', source: still });
    const only = await allow('still', true);
    expect([only.status, only.body.errors[0].pointer]).toEqual([422, '/allowed']);
  });

  test('a camera that becomes private is heard by nobody from then on, which the record says', async () => {
    await site.administrator.call('POST', '/cameras', {
      ...{ id: 'shop', name: 'shop', source: { ...source, main: `${farm.url('street')}?shop` } },
    });
    expect((await allow('shop', true)).body.sound).toBe(true);
    const { viewer } = await operator();
    const channel = viewer.listen('shop');
    await hears(viewer, channel);
    const changed = await site.administrator.call('PATCH', '/cameras/shop', {
      ...{ visibility: 'private', owner: await ownerOf(site) },
    });
    expect([changed.status, changed.body.sound]).toEqual([200, undefined]);
    await refused(viewer, channel);
    const [newest] = await entries('kind=camera-sound-changed&subject=camera:shop');
    expect(newest?.detail).toEqual({ allowed: false, because: 'now-private' });
    const again = viewer.listen('shop');
    expect(await refused(viewer, again)).toMatchObject({
      reason: expect.stringMatching(/private camera is never listened/),
    });
    viewer.close();
  });
});

describe('who listens', () => {
  test('where it is not allowed, nobody, and the record says that it was asked for', async () => {
    const { viewer, browser } = await operator();
    const channel = viewer.listen('a');
    expect(await refused(viewer, channel)).toMatchObject({
      reason: 'Nobody may listen to this camera. An administrator can allow it',
    });
    expect(viewer.frames).toEqual([]);
    const noted = await eventually('the note', async () =>
      (await entries(`kind=refused&actor=person:${browser.person}`)).at(0),
    );
    expect(noted).toMatchObject({ subject: 'camera:a', detail: { asked: 'frame:request:listen' } });
    viewer.close();
  });

  test('who does is in the record as a view of its own, and seen by everybody who may see the camera', async () => {
    await allow('a', true);
    const { viewer, browser } = await operator();
    const pictures = viewer.subscribe('a');
    await eventually('pictures', () => viewer.chunks(pictures).length >= 3, 30_000);
    const me = async () =>
      (await auditor.call('GET', '/cameras/a/viewers')).body.viewers.filter(({ name }: { name: string }) =>
        name.startsWith('operator'),
      );
    expect(await me()).toEqual([expect.not.objectContaining({ listens: true })]);
    const channel = viewer.listen('a');
    await hears(viewer, channel);
    expect(await me()).toEqual([expect.objectContaining({ listens: true })]);
    const started = await entries(`kind=view-started&actor=person:${browser.person}`);
    const mine = started.find(({ detail }) => detail['door'] === 'listen');
    expect(mine?.detail).toMatchObject({ stream: 'audio', as: 'person' });
    expect(started).toHaveLength(2);
    viewer.send({ type: 'unsubscribe', channel });
    const ended = await eventually(
      'its end',
      async () =>
        (await entries(`kind=view-ended&actor=person:${browser.person}`)).find(
          ({ detail }) => detail['view'] === mine?.detail['view'],
        ),
      30_000,
    );
    expect(ended.detail).toMatchObject({ reason: 'closed', streams: ['audio'] });
    expect(Number(ended.detail['bytes'])).toBeGreaterThan(1_000);
    expect(Number(ended.detail['seconds'])).toBeGreaterThan(0);
    expect(await me()).toEqual([expect.not.objectContaining({ listens: true })]);
    viewer.close();
  }, 60_000);

  test('no screen of a room, whatever is on its tiles', async () => {
    await allow('a', true);
    const guide = await site.personAs('supervisor');
    await guide.call('PUT', '/walls/control-room/screens/left/tiles/0', { camera: 'a' });
    const viewer = await listener(await site.pair('left'));
    const pictures = viewer.subscribe('a');
    const channel = viewer.listen('a');
    await refused(viewer, channel);
    await eventually('its pictures', () => viewer.chunks(pictures).length >= 3, 30_000);
    expect(viewer.chunks(channel)).toEqual([]);
    viewer.close();
  });
});

describe('when it ends', () => {
  const cases: Record<string, (browser: Browser & { person: string }) => Promise<unknown>> = {
    'nobody is allowed to any more': () => allow('a', false),
    'the session is locked': (browser) => browser.call('POST', '/session/lock'),
    'the right to watch is taken': ({ person }) =>
      site.administrator.call('POST', '/rights', {
        ...{ effect: 'deny', party: { kind: 'person', id: person }, rights: ['live'], group: null },
      }),
  };
  test.each(Object.keys(cases))('%s: within a second, and no byte comes after', async (name) => {
    await allow('a', true);
    const { viewer, browser } = await operator();
    const channel = viewer.listen('a');
    await hears(viewer, channel);
    await cases[name]?.(browser);
    const at = performance.now();
    await refused(viewer, channel);
    const chunks = viewer.chunks(channel).length;
    expect(performance.now() - at).toBeLessThan(1_000);
    const again = viewer.listen('a');
    await refused(viewer, again);
    expect(viewer.chunks(channel).length).toBe(chunks);
    expect(viewer.chunks(again)).toEqual([]);
    viewer.close();
  });
});
