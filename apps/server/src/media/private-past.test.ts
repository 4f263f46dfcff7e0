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
