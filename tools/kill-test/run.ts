import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import type { Browser } from '../../apps/server/src/testing/browser.ts';
import { freePort } from '../harness/free-port.ts';
import { descendants, isRunning, startServerProcess, type ServerProcess } from '../harness/server-process.ts';
import { differences, type Held, type Journal } from './journal.ts';
import {
  cameraWriter,
  isRefusal,
  socketWriter,
  steadyCameras,
  wallId,
  wallWriter,
  type Change,
  type Writer,
} from './load.ts';

export interface KillReport {
  kills: number;
  /** Changes that were acknowledged. */
  acknowledged: number;
  /** Wall commands that were committed when the server died, but not answered: sent again, they changed nothing more. */
  committedUnanswered: number;
  /** From the start of the process to "ready", the slowest, ms. */
  slowestStartMs: number;
  /** Processes below the servers at the moments of their death, ffmpeg included. */
  childrenSeen: number;
  ffmpegSeen: number;
  /** Whatever was not as it was acknowledged; empty when all held. */
  faults: string[];
}

/** Acknowledgements after which the server is killed: chance between one and this. */
const mostBeforeKill = 40;
/** … and so much later still, at most, ms: in the midst of whatever it does then. */
const mostDelayMs = 12;
/** What is below a killed server has to be gone by then, ms. */
const orphanPatienceMs = 5_000;

const steadySource = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };

/** mulberry32: the same chance for the same seed. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cameras that take the connection and never say a word, so that an ffmpeg runs for each while the server lives. */
async function silentCamera() {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/main`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function orphansOf(pids: readonly number[]): Promise<number[]> {
  const untilMs = performance.now() + orphanPatienceMs;
  let left = pids.filter(isRunning);
  while (left.length > 0 && performance.now() < untilMs) {
    await setTimeout(20);
    left = left.filter(isRunning);
  }
  return left;
}

/** SQLite's own word on a copy, so that the server itself has to recover the original. */
function integrity(dataDir: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'clerestory-copy-'));
  try {
    for (const name of ['clerestory.db', 'clerestory.db-wal'])
      if (existsSync(path.join(dataDir, name))) copyFileSync(path.join(dataDir, name), path.join(copy, name));
    const database = new SqliteDatabase(path.join(copy, 'clerestory.db'));
    const word = String(database.pragma('integrity_check', { simple: true }));
    database.close();
    return word;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function heldBy(team: Browser): Promise<Held> {
  const all = async <T>(address: string, from: string): Promise<T[]> => {
    const items: T[] = [];
    for (let next: string | null = '0'; next !== null;) {
      const { body } = await team.call('GET', `${address}?limit=500&${from}=${next}`);
      items.push(...(body.items as T[]));
      next = body.next as string | null;
    }
    return items;
  };
  return {
    commits: await all(`/walls/${wallId}/commits`, 'since'),
    cameras: await all('/cameras', 'cursor'),
  };
}

interface Worker {
  writer: Writer;
  /** What was on its way when the server died. */
  pending: Change | null;
}

/** Works until the server is gone. `told` hears of each acknowledgement. */
async function work(worker: Worker, told: () => void, faults: string[]): Promise<void> {
  for (;;) {
    const change = worker.pending ?? worker.writer.next();
    worker.pending = change;
    try {
      await change.send();
    } catch (error) {
      if (isRefusal(error)) faults.push(error.message);
      return;
    }
    worker.pending = null;
    told();
  }
}

/**
 * Kills the real server with SIGKILL at random moments under mixed changes, starts it again on the same store, sends
 * again what was on its way, and compares the store with what the clients were told.
 * @throws Error when the server does not start or nobody can sign in.
 */
export async function runKills(options: {
  kills: number;
  seed: number;
  /** Asked before each kill: enough. */
  ended?: () => boolean;
}): Promise<KillReport> {
  const random = chance(options.seed);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'clerestory-kill-'));
  const port = await freePort();
  const silent = await silentCamera();
  const journal: Journal = { commits: new Map(), cameras: new Map() };
  const report: KillReport = {
    kills: 0,
    acknowledged: 0,
    committedUnanswered: 0,
    slowestStartMs: 0,
    childrenSeen: 0,
    ffmpegSeen: 0,
    faults: [],
  };
  const { faults } = report;
  let server: ServerProcess | null = null;
  const start = async (): Promise<ServerProcess> => {
    const startedMs = performance.now();
    server = await startServerProcess({ dataDir, port });
    report.slowestStartMs = Math.max(report.slowestStartMs, performance.now() - startedMs);
    return server;
  };
  let socket: ReturnType<typeof socketWriter> | null = null;
  try {
    let running = await start();
    // The port stays, and sessions outlive the server: what is signed in once stays so.
    const team = await running.signedIn('team');
    const administrator = await running.signedIn('administrator');
    for (const id of steadyCameras)
      await running.api('POST', '/cameras', { id, name: id, source: steadySource });
    const always = { kind: 'rtsp', main: silent.url, transport: 'tcp' };
    await running.api('POST', '/cameras', { id: 'silent', name: 'silent', keep: 'always', source: always });
    socket = socketWriter('socket', () => team, journal, 1);
    const workers: Worker[] = [
      cameraWriter('camera', () => administrator, journal, random),
      wallWriter('wall-1', () => team, journal, random, 1),
      wallWriter('wall-2', () => team, journal, random, 2),
      socket,
    ].map((writer) => ({ writer, pending: null }));

    for (let round = 0; round < options.kills && options.ended?.() !== true; round++) {
      await socket.connect();
      let left = 1 + Math.floor(random() * mostBeforeKill);
      const enough = Promise.withResolvers<void>();
      const told = () => {
        report.acknowledged += 1;
        left -= 1;
        if (left === 0) enough.resolve();
      };
      const busy = Promise.all(workers.map((worker) => work(worker, told, faults)));
      await Promise.race([enough.promise, busy]);
      await setTimeout(random() * mostDelayMs);
      const children = descendants(running.pid);
      report.childrenSeen += children.length;
      report.ffmpegSeen += descendants(running.pid, 'ffmpeg').length;
      await running.kill();
      await busy;
      report.kills += 1;
      for (const pid of await orphansOf(children)) faults.push(`process ${pid} outlived its server`);
      const word = integrity(dataDir);
      if (word !== 'ok') faults.push(`integrity_check says ${word}`);
      running = await start();
      await socket.connect();
      for (const worker of workers) {
        if (!worker.pending) continue;
        if (await worker.pending.send()) report.committedUnanswered += 1;
        worker.pending = null;
        report.acknowledged += 1;
      }
      const seen = differences(journal, await heldBy(team));
      faults.push(...seen.map((fault) => `after kill ${round + 1}: ${fault}`));
      if (faults.length > 0) break;
    }
    return report;
  } finally {
    socket?.close();
    // It is the last one started; the others are dead.
    await (server as ServerProcess | null)?.stop();
    silent.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
