import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import { camera, eventually, startNode, Viewer } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-private-past-'));
let farm: Farm;

beforeAll(async () => {
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 160, height: 90, fps: 15, gopS: 0.4 });
  farm = await startFarm({ mounts: { street: clip } });
});
afterAll(async () => {
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

test('nothing of a private camera is kept for a replay, whoever would ask; of one that becomes private, what was kept goes', async () => {
  const node = await startNode();
  const viewer = await Viewer.open(node.port);
  const source = { main: farm.url('street'), transport: 'tcp' as const };
  const nothing = 'Nothing is kept of the last minute: nobody was watching this camera then';
  /** So many channels were told that nothing is kept. */
  const refusals = () => viewer.reasons().filter((reason) => reason === nothing).length;
  const replays = () => viewer.notices.filter(({ type }) => type === 'replayed').length;
  try {
    node.setCameras([
      camera('street', source, { keep: 'always' }),
      camera('lent', source, { keep: 'always', private: true }),
    ]);
    const channels = ['street', 'lent'].map((id) => viewer.subscribe(id));
    await eventually(
      'some seconds of both',
      () => channels.every((channel) => viewer.chunks(channel).length > 15),
      20_000,
    );
    viewer.replay('lent', 30);
    await eventually('told that nothing is kept', () => refusals() === 1);
    // Control: of the public one, beside it, the last seconds are there.
    viewer.replay('street', 30);
    await eventually('all of it', () => replays() === 1);
    node.setCamera(camera('street', source, { keep: 'always', revision: 2, private: true }));
    viewer.replay('street', 30);
    await eventually('nothing any more', () => refusals() === 2);
    expect(replays()).toBe(1);
  } finally {
    viewer.close();
    await node.close();
  }
}, 60_000);

test('a private camera is opened for whoever watches it and for nothing else, and nothing of it stays', async () => {
  const away = await startFarm({ mounts: { street: path.join(dir, 'street.mp4') } });
  const node = await startNode({ warmMs: 1_000 });
  const source = { main: away.url('street'), transport: 'tcp' as const };
  const stateOf = (id: string) => node.reports().find((report) => report.camera === id)?.state;
  const still = async (id: string) =>
    (await fetch(`http://127.0.0.1:${node.port}/live/${id}/main/poster.jpg?maxAgeS=3600`)).status;
  try {
    node.setCameras([
      camera('always', source, { keep: 'always' }),
      camera('street', source),
      camera('lent', source, { keep: 'always', private: true }),
    ]);
    await eventually('the public one runs', () => stateOf('always') === 'running', 20_000);
    expect(stateOf('lent')).toBe('idle');
    const viewer = await Viewer.open(node.port);
    for (const id of ['street', 'lent']) viewer.subscribe(id);
    await eventually('it runs for its viewer', () => stateOf('lent') === 'running', 20_000);
    await eventually(
      'a still of each',
      async () => (await still('street')) + (await still('lent')) === 400,
      20_000,
    );
    viewer.close();
    // Who asked for a still counts as a viewer for ten seconds more.
    await eventually('it ends with them', () => stateOf('lent') === 'idle', 20_000);
    await eventually('as does the other', () => stateOf('street') === 'idle', 20_000);
    await away.close();
    expect(await still('lent')).not.toBe(200);
    // Control: of the public one the last still is kept.
    expect(await still('street')).toBe(200);
  } finally {
    await node.close();
    await away.close();
  }
}, 90_000);
