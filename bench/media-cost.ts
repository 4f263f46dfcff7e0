import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import { startFarm } from '../tools/rtsp-farm/farm.ts';
import { serverVitals } from '../tools/soak/vitals.ts';
import { clipOf } from './cameras.ts';
import { untilOnline } from './design-wall.ts';
import { coresUsed, sampleCpu } from './processes.ts';
import type { Table } from './table.ts';

/** Running cameras, and what their server costs: cores, and private memory in MB. */
export interface MediaCost {
  cameras: number;
  /** Push sockets that take `channels` of the cameras each. */
  viewers: number;
  channels: number;
  controlCores: number;
  mediaCores: number;
  ffmpegCores: number;
  controlMb: number;
  mediaMb: number;
  ffmpegMb: number;
  /** Sent to all viewers, Mbit/s. */
  sentMbit: number;
}

const settleMs = 8_000;
const measureMs = 15_000;
/** One clip plays on several cameras: what a camera costs does not depend on its picture. */
const clips = 4;
const round = (value: number) => Math.round(value * 1000) / 1000;

/** All streams on, nobody watching, and then `viewers` push sockets of `channels` channels. */
export async function measureMediaCost(
  cameraCount: number,
  viewers: number,
  channels: number,
): Promise<MediaCost> {
  const files: string[] = [];
  for (let camera = 1; camera <= clips; camera++) files.push(await clipOf({ camera, gopS: 1 }));
  const names = Array.from({ length: cameraCount }, (_, index) => `cam${index + 1}`);
  const mounts = Object.fromEntries(names.map((name, index) => [name, files[index % clips] as string]));
  const farm = await startFarm({ mounts });
  const server = await startServerProcess();
  try {
    for (const name of names)
      await server.api('POST', '/cameras', {
        ...{ id: name, name, keep: 'always' },
        source: { kind: 'rtsp', main: farm.url(name), transport: 'tcp' },
      });
    await untilOnline(server, cameraCount);
    const crowd = viewers > 0 ? await openCrowd(server, names, viewers, channels) : null;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const figures = await measure(server);
    const sentMbit = crowd ? await crowd.close() : 0;
    return { cameras: cameraCount, viewers, channels, ...figures, sentMbit };
  } finally {
    await server.stop();
    await farm.close();
  }
}

async function measure(server: ServerProcess) {
  const before = sampleCpu([server.pid]);
  await new Promise((resolve) => setTimeout(resolve, measureMs));
  const after = sampleCpu([server.pid]);
  const { control, media, ffmpeg } = serverVitals(server.pid);
  const only = (pid: number, sample: typeof before) => ({
    ...sample,
    byPid: new Map([...sample.byPid].filter(([one]) => one === pid)),
  });
  return {
    controlCores: round(coresUsed(only(control.pid, before), only(control.pid, after))),
    mediaCores: round(coresUsed(only(media.pid, before), only(media.pid, after))),
    ffmpegCores: round(coresUsed(before, after, (name) => name === 'ffmpeg')),
    controlMb: Math.round(control.privateMb),
    mediaMb: Math.round(media.privateMb),
    ffmpegMb: Math.round(ffmpeg.privateMb),
  };
}

/** Viewers in a process of their own. `close` tells what they got since they were all there, Mbit/s. */
async function openCrowd(
  server: ServerProcess,
  cameras: readonly string[],
  viewers: number,
  channels: number,
): Promise<{ close(): Promise<number> }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'crowd.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const cookie = (await server.signedIn('team')).cookieHeader();
  const url = `ws://127.0.0.1:${await mediaPortOf(server)}/push`;
  child.stdin.write(`${JSON.stringify({ url, cookie, origin: server.url, cameras, viewers, channels })}\n`);
  const first = await lines.next();
  if (first.value !== 'ready') throw new Error(`the crowd did not get in: ${String(first.value)}`);
  return {
    async close() {
      child.stdin.end();
      const { value } = await lines.next();
      return Math.round(Number(value));
    },
  };
}

/** The media node's port, as pages learn it. */
async function mediaPortOf(server: ServerProcess): Promise<string> {
  const page = await (await fetch(`${server.url}/screen/left`)).text();
  const port = /name="clerestory-media-port" content="(\d+)"/.exec(page)?.[1];
  if (port === undefined) throw new Error('the page names no media port');
  return port;
}

const columns = [
  ...['control cores', 'media cores', 'ffmpeg cores', 'ms of a core per second and camera'],
  ...['control MB', 'media MB', 'ffmpeg MB', 'MB per camera'],
];

const cells = (one: MediaCost): (string | number)[] => [
  ...[one.controlCores, one.mediaCores, one.ffmpegCores],
  ((1000 * (one.mediaCores + one.ffmpegCores)) / one.cameras).toFixed(2),
  ...[one.controlMb, one.mediaMb, one.ffmpegMb],
  (one.ffmpegMb / one.cameras).toFixed(1),
];

/** What the server costs with so many cameras, nobody watching. */
export async function benchCameras(counts: readonly number[]): Promise<Table> {
  const figures: MediaCost[] = [];
  for (const count of counts) figures.push(await measureMediaCost(count, 0, 0));
  return {
    name: 'cameras',
    title: 'The server, by cameras',
    note: 'All streams run, nobody watches; private memory. Per camera: media process and ffmpeg; memory of its ffmpeg.',
    columns: ['cameras', ...columns],
    rows: figures.map((one) => [one.cameras, ...cells(one)]),
    figures,
  };
}

/** What push sockets cost, beside none. */
export async function benchViewers(viewers: number, cameras: number): Promise<Table> {
  const channels = 4;
  const none = await measureMediaCost(cameras, 0, 0);
  const many = await measureMediaCost(cameras, viewers, channels);
  const each = (more: number, less: number, per: number) => ((more - less) / per).toFixed(3);
  return {
    name: 'viewers',
    title: 'The server, by push sockets',
    note: `${cameras} cameras; each socket takes ${channels} of them. ${each(many.mediaCores * 1000, none.mediaCores * 1000, viewers)} ms of a core per second and socket; ${each(many.mediaMb, none.mediaMb, viewers)} MB per socket.`,
    columns: ['sockets', 'sent Mbit/s', ...columns],
    rows: [none, many].map((one) => [one.viewers, one.sentMbit, ...cells(one)]),
    figures: [none, many],
  };
}
