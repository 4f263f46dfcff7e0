import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { RecordVerification } from '@clerestory/protocol';
import { addPerson, Browser } from '../../apps/server/src/testing/browser.ts';
import { freePort } from '../harness/free-port.ts';
import { descendants, isRunning, startServerProcess, type ServerProcess } from '../harness/server-process.ts';
import { chance } from './chance.ts';
import { deskWriter } from './desk-load.ts';
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
import { peopleWriter, rightsWriter, screenWriter } from './people-load.ts';
import { StoreCheck } from './store-check.ts';
import { everyItem, wordsOf } from './words.ts';

export interface KillReport {
  kills: number;
  /** Changes that were acknowledged: in all, and of each kind of writer. */
  acknowledged: number;
  acknowledgedOf: Record<string, number>;
  /** Entries of the record that were followed along its chain, each beside what it says was done. */
  entries: number;
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

/** What the doors say, with the commits that came since those of the file. */
async function heldBy(team: Browser, administrator: Browser, inFile: Held['commits']): Promise<Held> {
  const since = await everyItem<Held['commits'][number]>(
    team,
    `/walls/${wallId}/commits`,
    'since',
    String(inFile.length),
  );
  return {
    commits: [...inFile, ...since],
    cameras: await everyItem(team, '/cameras'),
    words: await wordsOf(administrator),
  };
}

interface Worker {
  name: string;
  writer: Writer;
  /** What was on its way when the server died. */
  pending: Change | null;
}

/** Works until the server is gone. `told` hears of each acknowledgement. */
async function work(worker: Worker, told: (worker: Worker) => void, faults: string[]): Promise<void> {
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
    told(worker);
  }
}

/**
 * Kills the real server with SIGKILL at random moments under mixed changes: looks at its file, in which nothing may be
 * done by half, starts it again on the same store, sends again what was on its way, and compares what it says with what
 * the clients were told.
 * @throws Error when the server does not start or nobody can sign in.
 */
export async function runKills(options: {
  kills: number;
  seed: number;
  /** Asked before each kill: enough. */
  ended?: () => boolean;
  /** Hears of each kill, when all of it held. */
  held?: (report: Readonly<KillReport>) => void;
}): Promise<KillReport> {
  const random = chance(options.seed);
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-kill-'));
  const dataDir = path.join(dir, 'data');
  const port = await freePort();
  const silent = await silentCamera();
  const journal: Journal = { commits: new Map(), cameras: new Map(), words: new Map() };
  const store = new StoreCheck(dataDir);
  const report: KillReport = {
    kills: 0,
    acknowledged: 0,
    acknowledgedOf: {},
    entries: 0,
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
    // What is compiled once need not be at each start; all else of a start is as it is.
    const env = { NODE_COMPILE_CACHE: path.join(dir, 'compiled') };
    server = await startServerProcess({ dataDir, port, env });
    report.slowestStartMs = Math.max(report.slowestStartMs, performance.now() - startedMs);
    return server;
  };
  const acknowledged = ({ name }: Worker) => {
    report.acknowledged += 1;
    report.acknowledgedOf[name] = (report.acknowledgedOf[name] ?? 0) + 1;
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
    await addPerson(administrator, 'ann', ['auditor']);
    const auditor = new Browser(running.url);
    await auditor.signIn('ann');
    const byAdministrator = () => administrator;
    const byTeam = () => team;
    const writers: Record<string, Writer> = {
      cameras: cameraWriter('camera', byAdministrator, journal, random),
      walls: wallWriter('wall-1', byTeam, journal, random, 1),
      'walls, another': wallWriter('wall-2', byTeam, journal, random, 2),
      'walls by socket': (socket = socketWriter('socket', byTeam, journal, 1)),
      people: peopleWriter('person', byAdministrator, journal, random),
      rights: rightsWriter('right', byAdministrator, journal, random),
      screens: screenWriter('screen', byTeam, journal),
      desk: await deskWriter('desk', administrator, journal, random),
    };
    const workers: Worker[] = Object.entries(writers).map(([name, writer]) => ({
      name,
      writer,
      pending: null,
    }));
    // Ended cleanly once, so that what was compiled is kept.
    await running.stop();
    running = await start();

    for (let round = 0; round < options.kills && options.ended?.() !== true; round++) {
      await socket.connect();
      let left = 1 + Math.floor(random() * mostBeforeKill);
      const enough = Promise.withResolvers<void>();
      const told = (worker: Worker) => {
        acknowledged(worker);
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
      const file = store.look(journal);
      running = await start();
      await socket.connect();
      for (const worker of workers) {
        if (!worker.pending) continue;
        if (await worker.pending.send()) report.committedUnanswered += 1;
        worker.pending = null;
        acknowledged(worker);
      }
      const held = await heldBy(team, administrator, file.commits);
      const seen = [...file.faults, ...differences(journal, held)];
      for (const { writer } of workers) seen.push(...((await writer.check?.()) ?? []));
      faults.push(...seen.map((fault) => `after kill ${round + 1}: ${fault}`));
      if (faults.length > 0) break;
      report.entries = store.entries;
      options.held?.(report);
    }
    const { body } = await auditor.call('GET', '/record/verification');
    const verified = body as RecordVerification;
    if (!verified.ok) faults.push(`the record: entry ${verified.sequence}: ${verified.fault}`);
    faults.push(...differences(journal, await heldBy(team, administrator, [])));
    socket.close();
    await running.stop();
    faults.push(...store.look(journal).faults);
    report.entries = store.entries;
    return report;
  } finally {
    socket?.close();
    // It is the last one started; the others are dead.
    await (server as ServerProcess | null)?.stop();
    silent.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
