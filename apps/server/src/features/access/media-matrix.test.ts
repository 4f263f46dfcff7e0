import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { assured } from '../../../../../tools/harness/assured.ts';
import { eventually, Viewer } from '../../media/testing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { Browser } from '../../testing/browser.ts';
import { policy, type PolicyRow } from './policy.ts';

/*
 * A1 for the media paths: every way to a byte of video or sound × every kind of asker × every relation to the camera. The oracle is
 * written apart from the code: what each asker may is in its own row, in words.
 */
const cameras = ['open', 'unwatched', 'unseen'] as const;
type CameraName = (typeof cameras)[number];
/** `open` all may watch; `unwatched` operators may see and not watch; `unseen` does not exist for them. */
type Outcome = 'video' | 'sign in' | 'forbidden' | 'not there';

const oracle: Record<string, readonly [open: Outcome, unwatched: Outcome, unseen: Outcome]> = {
  nobody: ['sign in', 'sign in', 'sign in'],
  'a forged cookie': ['sign in', 'sign in', 'sign in'],
  'an ended session': ['sign in', 'sign in', 'sign in'],
  'a disabled account': ['sign in', 'sign in', 'sign in'],
  'a revoked screen': ['sign in', 'sign in', 'sign in'],
  'a screen that shows the camera': ['video', 'video', 'video'],
  'a screen that shows nothing': ['not there', 'not there', 'not there'],
  operator: ['video', 'forbidden', 'not there'],
  'operator, locked': ['video', 'forbidden', 'not there'],
  supervisor: ['video', 'video', 'video'],
  'supervisor, locked': ['video', 'video', 'video'],
  investigator: ['video', 'video', 'video'],
  auditor: ['forbidden', 'forbidden', 'forbidden'],
  administrator: ['forbidden', 'forbidden', 'forbidden'],
  'nobody, with a link to the open camera': ['video', 'not there', 'not there'],
  'nobody, with a link that was ended': ['sign in', 'sign in', 'sign in'],
  'nobody, with a link whose maker signed out': ['sign in', 'sign in', 'sign in'],
};
/** What was, for a minute: a right of its own, which acts, so that a lock takes it; a link is for what is live. */
const replayOracle: typeof oracle = {
  ...oracle,
  'a screen that shows the camera': ['forbidden', 'forbidden', 'forbidden'],
  operator: ['forbidden', 'forbidden', 'not there'],
  'operator, locked': ['forbidden', 'forbidden', 'not there'],
  'supervisor, locked': ['forbidden', 'forbidden', 'forbidden'],
  'nobody, with a link to the open camera': ['forbidden', 'not there', 'not there'],
};
/** Its sound, which an administrator allowed: for who sits there, unlocked, and for no screen or other player. */
const soundOracle: typeof oracle = {
  ...oracle,
  'a screen that shows the camera': ['forbidden', 'forbidden', 'forbidden'],
  'operator, locked': ['forbidden', 'forbidden', 'not there'],
  'supervisor, locked': ['forbidden', 'forbidden', 'forbidden'],
  'nobody, with a link to the open camera': ['forbidden', 'not there', 'not there'],
};
const statusOf: Record<Exclude<Outcome, 'video'>, number> = {
  'sign in': 401,
  forbidden: 403,
  'not there': 404,
};

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-media-matrix-'));
let farm: Farm;
let site: GuardedApp;
let guide: Browser;
const askers = new Map<string, { browser: Browser; link?: string }>();

const fetchMedia = (address: string, browser?: Browser) =>
  fetch(`http://127.0.0.1:${site.app.mediaPort}${address}`, {
    headers: { ...(browser && { cookie: browser.cookieHeader() }) },
    signal: AbortSignal.timeout(10_000),
  });

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip }, sounds: { street: 'pcmu' } });
  site = await startGuardedApp();
  const { administrator } = site;
  for (const id of cameras)
    await administrator.call('POST', '/cameras', {
      ...{ id, name: id, keep: 'always' },
      source: { kind: 'rtsp', main: farm.url('street') },
    });
  for (const id of cameras)
    expect((await administrator.call('PUT', `/cameras/${id}/sound`, { allowed: true })).status).toBe(200);
  for (const [camera, right] of [
    ['unwatched', 'live'],
    ['unseen', 'see'],
  ] as const) {
    const group = (await administrator.call('POST', '/camera-groups', { name: camera, cameras: [camera] }))
      .body;
    const rule = {
      effect: 'deny',
      party: { kind: 'role', id: 'operator' },
      rights: [right],
      group: group.id,
    };
    expect((await administrator.call('POST', '/rights', rule)).status).toBe(201);
  }
  guide = await site.personAs('supervisor');

  askers.set('nobody', { browser: new Browser(site.app.url) });
  const forged = new Browser(site.app.url);
  forged.cookies.set('clerestory', 'x'.repeat(43));
  askers.set('a forged cookie', { browser: forged });
  const kept = (browser: Browser) => {
    const copy = new Browser(site.app.url);
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    return copy;
  };
  const ended = await site.personAs('supervisor');
  askers.set('an ended session', { browser: kept(ended) });
  await ended.call('DELETE', '/session');
  const disabled = await site.personAs('supervisor');
  askers.set('a disabled account', { browser: disabled });
  await administrator.call('PATCH', `/people/${disabled.person}`, { disabled: true });
  const revoked = await site.pair('right');
  askers.set('a revoked screen', { browser: revoked });
  await administrator.call('DELETE', `/screen-devices/${revoked.device}`);
  askers.set('a screen that shows nothing', { browser: await site.pair('centre') });
  for (const [tile, camera] of cameras.entries())
    await guide.call('PUT', `/walls/control-room/screens/left/tiles/${tile}`, { camera });
  askers.set('a screen that shows the camera', { browser: await site.pair('left') });
  for (const role of ['operator', 'supervisor', 'investigator', 'auditor'] as const)
    askers.set(role, { browser: await site.personAs(role) });
  askers.set('administrator', { browser: administrator });
  for (const role of ['operator', 'supervisor'] as const) {
    const browser = await site.personAs(role);
    await browser.call('POST', '/session/lock');
    askers.set(`${role}, locked`, { browser });
  }
  const linkOf = async (browser: Browser) => (await browser.call('POST', '/cameras/open/player-link')).body;
  const tokenOf = (link: { url: string }) => link.url.split('/')[4] ?? '';
  const stranger = { browser: new Browser(site.app.url) };
  askers.set('nobody, with a link to the open camera', { ...stranger, link: tokenOf(await linkOf(guide)) });
  const over = await linkOf(guide);
  await guide.call('DELETE', `/player-links/${over.id}`);
  askers.set('nobody, with a link that was ended', { ...stranger, link: tokenOf(over) });
  const maker = await site.personAs('supervisor');
  askers.set('nobody, with a link whose maker signed out', {
    ...stranger,
    link: tokenOf(await linkOf(maker)),
  });
  await maker.call('DELETE', '/session');
  for (const camera of cameras) {
    const said = async () => (await playlistOf(camera).catch(() => '')).includes('#EXTINF');
    await eventually(`pictures of ${camera}`, said, 60_000);
  }
}, 120_000);
afterAll(async () => {
  await site.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

const playlistOf = async (camera: string) =>
  (await fetchMedia(`/live/${camera}/main/index.m3u8`, guide)).text();

/** Addresses below the camera that exist now, as somebody who may watch it sees them. */
async function addressesOf(camera: string): Promise<Record<string, string>> {
  const playlist = await playlistOf(camera);
  const last = (pattern: RegExp) => [...playlist.matchAll(pattern)].at(-1)?.[1] ?? '';
  return {
    'the list of variants': 'index.m3u8',
    'a playlist': 'main/index.m3u8',
    'a playlist to come': `main/index.m3u8?_HLS_msn=${Number(last(/#EXT-X-MEDIA-SEQUENCE:(\d+)/g)) + (playlist.match(/#EXTINF/g)?.length ?? 0)}`,
    'an init': `main/${last(/#EXT-X-MAP:URI="([^"]+)"/g)}`,
    'a segment': `main/${last(/^([^#\n]+)$/gm)}`,
    'a part': `main/${last(/#EXT-X-PART:[^\n]*URI="([^"]+)"/g)}`,
    'a still': 'main/poster.jpg',
    'a still of the small stream': 'sub/poster.jpg',
  };
}

async function overHttp(asker: string, address: string, camera: CameraName): Promise<string> {
  const { browser, link } = askers.get(asker) ?? { browser: guide };
  const answer = await fetchMedia(
    link ? `/player/${link}/${camera}/${address}` : `/live/${camera}/${address}`,
    browser,
  );
  const bytes = (await answer.arrayBuffer()).byteLength;
  const type = answer.headers.get('content-type') ?? '';
  if (answer.status === 200 && bytes > 0 && !type.includes('problem')) return 'video';
  // A refusal carries words and nothing else.
  expect([asker, address, type]).toEqual([asker, address, 'application/problem+json']);
  const named = Object.entries(statusOf).find(([, status]) => status === answer.status)?.[0];
  return named ?? `status ${answer.status}`;
}

async function overPush(
  asker: string,
  camera: CameraName,
  what: 'live' | 'replay' | 'sound',
): Promise<string> {
  const { browser, link } = askers.get(asker) ?? { browser: guide };
  // A link is for one road alone; its token is in no cookie.
  const cookie = link ? `clerestory=${link}` : browser.cookieHeader();
  const viewer = await Viewer.open(site.app.mediaPort, { headers: { cookie } }).catch(
    (error: Error) => error,
  );
  if (viewer instanceof Error) return viewer.message === '401' ? 'sign in' : viewer.message;
  try {
    if (what === 'live') viewer.subscribe(camera);
    else if (what === 'sound') viewer.listen(camera);
    else viewer.send({ type: 'replay', channel: 1, camera, stream: 'main', seconds: 5 });
    const refused = () => viewer.notices.some(({ type }) => type === 'refused');
    await eventually('an answer', () => viewer.chunks().length > 0 || refused(), 30_000);
    if (viewer.chunks().length > 0) return 'video';
    expect(viewer.frames).toEqual([]);
    return viewer.reasons().includes('There is no such camera') ? 'not there' : 'forbidden';
  } finally {
    viewer.close();
  }
}

let cells = 0;
describe('A1: every way to a byte of video, by every kind of asker', () => {
  test.each(Object.keys(oracle))('%s', { timeout: 60_000 }, async (asker) => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const [at, camera] of cameras.entries()) {
      const outcome = oracle[asker]?.[at] ?? '';
      for (const [what, address] of Object.entries(await addressesOf(camera))) {
        const cell = `${what} of the ${camera} camera`;
        expected[cell] = outcome;
        found[cell] = await overHttp(asker, address, camera);
        cells += 1;
      }
      const pushed = `the push socket for the ${camera} camera`;
      found[pushed] = await overPush(asker, camera, 'live');
      expected[pushed] = outcome;
      const replayed = `a replay of the ${camera} camera`;
      found[replayed] = await overPush(asker, camera, 'replay');
      expected[replayed] = replayOracle[asker]?.[at] ?? '';
      const heard = `the sound of the ${camera} camera`;
      found[heard] = await overPush(asker, camera, 'sound');
      expected[heard] = soundOracle[asker]?.[at] ?? '';
      cells += 3;
    }
    expect(found).toEqual(expected);
  });

  test.each([
    'media:upgrade',
    'media:multivariant',
    'media:playlist',
    'media:resource',
    'media:poster',
    'frame:binary:chunk',
  ] as const)('the row %s is asked: where it lets nobody in, nobody comes in', async (door) => {
    askers.set('somebody new', { browser: await site.personAs('supervisor') });
    const rows = policy as Record<string, PolicyRow>;
    const row = policy[door];
    rows[door] = { who: [] };
    try {
      const address = `main/${door === 'media:poster' ? 'poster.jpg' : 'index.m3u8'}`;
      const outcome =
        door.startsWith('media:') && door !== 'media:upgrade'
          ? await overHttp('somebody new', address, 'open')
          : await overPush('somebody new', 'open', 'live');
      expect(outcome).toBe('forbidden');
    } finally {
      rows[door] = row;
    }
  });

  test('each cell was asked, and is noted', () => {
    expect(cells).toBe(Object.keys(oracle).length * cameras.length * 11);
    assured({
      ...{ row: 'A1', trials: cells, whole: true },
      claim:
        'every way to a byte of video × every kind of asker × every relation to the camera is as the oracle says; a refusal has no byte of video',
      control: 'the same addresses give video to whoever may watch, in the same test',
    });
  });
});
