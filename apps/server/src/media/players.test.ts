import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readClock, type ClockReading } from '@clerestory/demo-city/clock';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { playerNames, startPlayer } from '../../../../tools/hls-players/players.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm } from '../../../../tools/rtsp-farm/farm.ts';
import { camera, eventually, startNode } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-players-'));
const clip = path.join(dir, 'clock.mp4');
const size = { width: 320, height: 180 };
const fps = 15;
/** Longer than the test: a frame clock that grows is then the only right one. */
const loopS = 90;
const cleanUp: (() => unknown)[] = [];

beforeAll(() => makeClockClip({ path: clip, camera: 1, seconds: loopS, ...size, fps, gopS: 1 }));
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('ffmpeg and both HLS clients of GStreamer play it, and go on when the camera was lost and is back', async () => {
  const farm = await startFarm({ mounts: { street: clip } });
  cleanUp.push(() => farm.close());
  const node = await startNode();
  cleanUp.push(() => node.close());
  node.setCameras([camera('a', { main: farm.url('street'), transport: 'tcp' })]);

  const players = playerNames.map((name) => {
    const pictures: (ClockReading | null)[] = [];
    const address = `http://127.0.0.1:${node.port}/live/a/index.m3u8`;
    const player = startPlayer(name, address, size, (rgba) =>
      pictures.push(readClock(rgba, size.width, size.height)),
    );
    cleanUp.push(() => player.close());
    return { name, pictures, player };
  });
  /** Waits until it is so for each of them, and says of whom it never was. */
  const everyOne = async (what: string, is: (one: (typeof players)[number]) => boolean) => {
    const missing = () => players.filter((one) => !is(one));
    await eventually(what, () => missing().every(({ player }) => !player.running()), 30_000).catch(() => {});
    expect(
      missing().map(({ name, pictures, player }) => [name, pictures.length, player.said()]),
      what,
    ).toEqual([]);
  };

  await everyOne('two seconds of pictures', ({ pictures }) => pictures.length >= 2 * fps);
  farm.kick('street');
  await eventually('the camera is back', () => {
    const [report] = node.reports();
    return report?.facts.restarts === 1 && report.state === 'running';
  });
  const backMs = Date.now() - farm.t0('street').unixMs;
  await everyOne(
    'two seconds of what came after',
    ({ pictures }) => pictures.filter((one) => (one?.ms ?? 0) > backMs).length >= 2 * fps,
  );

  for (const { name, pictures, player } of players) {
    expect([name, player.running(), player.said()]).toEqual([name, true, '']);
    // Every picture is whole, of this camera, and later than the one before.
    expect([name, pictures.findIndex((one) => one?.camera !== 1)]).toEqual([name, -1]);
    const times = pictures.map((one) => one?.ms ?? 0);
    const stepsMs = times.slice(1).map((ms, at) => ms - (times[at] ?? 0));
    expect([name, stepsMs.filter((stepMs) => stepMs <= 0)]).toEqual([name, []]);
    // None is missing but those for which there was no camera. hlsdemux2 may jump ahead by itself.
    const gaps = stepsMs.filter((stepMs) => stepMs > 1.5 * (1000 / fps)).length;
    if (name !== 'hlsdemux2') expect([name, gaps]).toEqual([name, 1]);
  }
}, 90_000);
