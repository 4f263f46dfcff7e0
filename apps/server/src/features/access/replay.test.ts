import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HashedEntry, Role } from '@clerestory/protocol';
import { makeClockClip } from '../../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../../tools/rtsp-farm/farm.ts';
import { clockIn, eventually, Viewer } from '../../media/testing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-replay-'));
let farm: Farm;
let site: GuardedApp;
let auditor: Browser;

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 10, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
  site = await startGuardedApp();
  const source = { kind: 'rtsp', main: farm.url('street') };
  await site.administrator.call('POST', '/cameras', { id: 'a', name: 'a', keep: 'always', source });
  await site.administrator.call('POST', '/cameras', { id: 'unwatched', name: 'unwatched', source });
  auditor = await site.personAs('auditor');
  await eventually('the media node', () => site.app.mediaReady(), 60_000);
});
afterAll(async () => {
  await site.stop();
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

async function viewerAs(role: Role) {
  const browser = await site.personAs(role);
  const headers = { cookie: browser.cookieHeader() };
  return Object.assign(await Viewer.open(site.app.mediaPort, { headers }), { browser });
}
/** A minute's worth may not be there yet; some seconds are. */
const somethingKept = async (viewer: Viewer) => {
  viewer.subscribe('a');
  await eventually('three seconds of video', () => viewer.chunks(1).length > 15, 20_000);
};
const entries = async (filter: string): Promise<HashedEntry[]> =>
  (await auditor.call('GET', `/record?limit=500&${filter}`)).body.items;

describe('no right to replay, no byte', () => {
  test('who may watch live alone is told so', async () => {
    const viewer = await viewerAs('operator');
    await somethingKept(viewer);
    const channel = viewer.replay('a', 30);
    await eventually('the refusal', () =>
      viewer.reasons().some((reason) => reason.startsWith('You have no right to replay')),
    );
    expect(viewer.frames.filter((frame) => frame.channel === channel)).toEqual([]);
    viewer.close();
  });
  test('a locked session replays nothing, and what it was sent ends', async () => {
    const viewer = await viewerAs('supervisor');
    await somethingKept(viewer);
    const channel = viewer.replay('a', 30);
    await eventually('all of it', () => viewer.notices.some(({ type }) => type === 'replayed'));
    await viewer.browser.call('POST', '/session/lock');
    await eventually('its end', () =>
      viewer.notices.some((notice) => notice.type === 'refused' && notice.channel === channel),
    );
    const before = viewer.frames.length;
    const again = viewer.replay('a', 30);
    await eventually('the refusal', () =>
      viewer.reasons().includes('This session is locked. Unlock it to replay'),
    );
    expect(viewer.frames.slice(before).filter((frame) => frame.channel === again)).toEqual([]);
    viewer.close();
  });
  test('the right is taken away: the replay ends, the live picture goes on', async () => {
    const viewer = await viewerAs('supervisor');
    await somethingKept(viewer);
    const channel = viewer.replay('a', 30);
    await eventually('all of it', () => viewer.notices.some(({ type }) => type === 'replayed'));
    const party = { kind: 'person', id: viewer.browser.person };
    await site.administrator.call('POST', '/rights', {
      effect: 'deny',
      party,
      rights: ['replay'],
      group: null,
    });
    await eventually('its end', () =>
      viewer.notices.some((notice) => notice.type === 'refused' && notice.channel === channel),
    );
    const chunks = viewer.chunks(1).length;
    await eventually('more live video', () => viewer.chunks(1).length > chunks + 5);
    viewer.close();
  });
  test('of a camera that nobody watched there is nothing, in words', async () => {
    const viewer = await viewerAs('supervisor');
    viewer.replay('unwatched', 30);
    await eventually('the reason', () =>
      viewer.reasons().some((reason) => reason.startsWith('Nothing is kept of the last minute')),
    );
    viewer.replay('nowhere', 30);
    await eventually('the other', () => viewer.reasons().includes('There is no such camera'));
    viewer.close();
  });
});

test('a replay is what was seen live, whole, from a key frame on, with its times; it is in the record', async () => {
  const viewer = await viewerAs('investigator');
  await somethingKept(viewer);
  const channel = viewer.replay('a', 60);
  const whole = await eventually('all of it', () => viewer.notices.find(({ type }) => type === 'replayed'));
  if (whole.type !== 'replayed') throw new Error('unreachable');
  const chunks = viewer.chunks(channel);
  const init = viewer.frames.find((frame) => frame.channel === channel && frame.kind === 'init');
  if (!init || !chunks[0]) throw new Error('nothing came');
  expect(chunks[0].key).toBe(true);
  expect(chunks.map(({ index }) => index)).toEqual(chunks.map((_, at) => (chunks[0]?.index ?? 0) + at));
  expect(whole.fromMs).toBe(chunks[0].captureMs);
  expect(whole.untilMs - whole.fromMs).toBeGreaterThan(3_000);
  // Byte for byte what the live channel had.
  const live = viewer.chunks(1).find(({ index }) => chunks.some((chunk) => chunk.index === index));
  const same = chunks.find(({ index }) => index === live?.index);
  expect(Buffer.compare(Buffer.from(same?.payload ?? []), Buffer.from(live?.payload ?? [1]))).toBe(0);
  expect(clockIn(init, chunks[0], 320, 180).camera).toBe(1);

  const started = await entries(`kind=view-started&actor=person:${viewer.browser.person}`);
  expect(started.map(({ detail }) => detail['door']).sort()).toEqual(['push', 'replay']);
  const { viewers } = (await auditor.call('GET', '/cameras/a/viewers')).body;
  expect(viewers.filter(({ name }: { name: string }) => name.startsWith('investigator'))).toHaveLength(1);
  viewer.send({ type: 'unsubscribe', channel });
  const replay = started.find(({ detail }) => detail['door'] === 'replay');
  const ended = await eventually(
    'the end in the record',
    async () =>
      (await entries(`kind=view-ended&actor=person:${viewer.browser.person}`)).find(
        ({ detail }) => detail['view'] === replay?.detail['view'],
      ),
    25_000,
  );
  expect(ended.detail).toMatchObject({ reason: 'closed', streams: ['main'] });
  viewer.close();
}, 60_000);
