import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import type { MediaNode } from './node.ts';
import { loudestHz } from './testing-sound.ts';
import { camera, eventually, ingests, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sound-'));
const sounds = { pcmu: 'pcmu', pcma: 'pcma', aac: 'aac', opus: 'opus' } as const;
let farm: Farm;
let node: MediaNode;
let viewer: Viewer;
const heard = (id: string) => ({ main: farm.url(id), transport: 'tcp' as const });

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 160, height: 90, fps: 15, gopS: 0.4 });
  const mounts = Object.fromEntries(['mute', ...Object.keys(sounds)].map((name) => [name, clip]));
  farm = await startFarm({ mounts, sounds });
});
afterEach(async () => {
  viewer.close();
  await node.close();
  expect(ingests()).toEqual([]);
});
afterAll(async () => {
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});
const begin = async (cameras: Parameters<MediaNode['setCameras']>[0]) => {
  node = await startNode({}, { random: () => 0 });
  node.setCameras(cameras);
  viewer = await Viewer.open(node.port);
};
const initOf = (channel: number) =>
  viewer.frames.find((frame) => frame.kind === 'init' && frame.channel === channel);
const refusedOf = (channel: number) =>
  viewer.notices.flatMap((notice) =>
    notice.type === 'refused' && notice.channel === channel ? [notice.reason] : [],
  );

test.each(Object.keys(sounds))('whatever the camera sends is heard as AAC: %s', async (name) => {
  await begin([camera('a', heard(name), { sound: true })]);
  const channel = viewer.listen('a');
  await eventually('two seconds of it', () => viewer.chunks(channel).length >= 10, 30_000);
  const init = initOf(channel);
  expect(init).toMatchObject({ camera: 'a', stream: 'audio', codec: 'mp4a.40.2' });
  const chunks = viewer.chunks(channel);
  expect(chunks.every(({ stream, key }) => stream === 'audio' && key)).toBe(true);
  const mp4 = Buffer.concat([init?.payload ?? new Uint8Array(), ...chunks.map(({ payload }) => payload)]);
  expect(loudestHz(mp4)).toBeCloseTo(440, -1);
});

test('nothing is fetched until somebody listens, and pictures go on beside it', async () => {
  await begin([camera('a', heard('pcmu'), { sound: true })]);
  expect(ingests()).toEqual([]);
  const pictures = viewer.subscribe('a');
  await eventually('pictures', () => viewer.chunks(pictures).length >= 3);
  expect(ingests()).toHaveLength(1);
  const channel = viewer.listen('a');
  await eventually('sound', () => viewer.chunks(channel).length >= 3, 30_000);
  expect(ingests()).toHaveLength(2);
  expect(viewer.chunks(pictures).every(({ stream }) => stream === 'main')).toBe(true);
  // Its health, its playlists and its stills know nothing of it.
  expect(node.reports().map(({ facts }) => facts.stream)).toEqual(['main']);
  for (const address of ['audio/index.m3u8', 'audio/poster.jpg'])
    expect((await fetch(`http://127.0.0.1:${node.port}/live/a/${address}`)).status).toBe(404);
  const before = viewer.chunks(pictures).length;
  viewer.send({ type: 'unsubscribe', channel });
  await eventually('more pictures', () => viewer.chunks(pictures).length >= before + 5);
});

test('a camera without sound says so, once, and is not connected to again and again', async () => {
  await begin([
    camera('a', heard('mute'), { sound: true }),
    camera('b', { kind: 'mjpeg', main: 'http://127.0.0.1:9/x' }, { sound: true }),
  ]);
  viewer.listen('a');
  await eventually('told', () => viewer.reasons().includes('This camera sends no sound'), 30_000);
  expect(viewer.states()).toEqual(['starting', 'unsupported']);
  expect(ingests()).toEqual([]);
  // A kind of camera that has only pictures is not even connected to.
  const other = await Viewer.open(node.port);
  other.listen('b');
  await eventually('told', () => other.reasons().includes('This camera sends no sound'));
  other.close();
});

describe('nobody may hear it', () => {
  test('where that is not allowed, whoever else may watch, and of a private camera whatever is said', async () => {
    await begin([camera('a', heard('pcmu')), camera('lent', heard('pcmu'), { sound: true, private: true })]);
    const channels = ['a', 'lent'].map((id) => viewer.listen(id));
    for (const channel of channels) await eventually('the refusal', () => refusedOf(channel).length > 0);
    expect(channels.map(refusedOf)).toEqual([
      ['Nobody may listen to this camera'],
      ['Nobody may listen to this camera'],
    ]);
    expect(viewer.frames).toEqual([]);
    expect(ingests()).toEqual([]);
  });

  test.each([
    ['it is not allowed any more', {}],
    ['the camera becomes private', { sound: true, private: true }],
  ] as const)('when %s: it ends at once, and so does its ffmpeg', async (_name, after) => {
    await begin([camera('a', heard('pcmu'), { sound: true })]);
    const channel = viewer.listen('a');
    await eventually('sound', () => viewer.chunks(channel).length >= 3, 30_000);
    node.setCamera(camera('a', heard('pcmu'), { revision: 2, ...after }));
    await eventually('the end', () => refusedOf(channel).length > 0);
    const frames = viewer.frames.length;
    await eventually('no ffmpeg', () => ingests().length === 0);
    expect(viewer.frames.length).toBe(frames);
  });

  test('two at a time on one page', async () => {
    await begin([camera('a', heard('pcmu'), { sound: true }), camera('b', heard('aac'), { sound: true })]);
    const first = viewer.listen('a');
    const second = viewer.listen('b');
    await eventually('the refusal', () => refusedOf(second).length > 0);
    await eventually('the first', () => viewer.chunks(first).length >= 3, 30_000);
    viewer.send({ type: 'unsubscribe', channel: first });
    const third = viewer.listen('b');
    await eventually('the other', () => viewer.chunks(third).length >= 3, 30_000);
  });
});

test('the tone is told from another by the test itself', () => {
  const tone = (hz: number) =>
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', `sine=frequency=${hz}:duration=1:sample_rate=48000`],
      ...['-c:a', 'aac', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov', 'pipe:1'],
    ]);
  expect(loudestHz(tone(880))).toBeCloseTo(880, -1);
});
