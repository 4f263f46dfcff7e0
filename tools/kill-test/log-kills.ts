import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { HashedEntry, LogStatus, RecordKind } from '@clerestory/protocol';
import { equalBytes, formatVerifierKey, parseVerifierKey, type SignedCheckpoint } from '@clerestory/tlog';
import { addPerson, Browser } from '../../apps/server/src/testing/browser.ts';
import { checkConsistency, opened, type Keys } from '../../apps/verify/src/checkpoints.ts';
import { sha256 } from '../../apps/verify/src/crypto.ts';
import { openSource, type Source } from '../../apps/verify/src/source.ts';
import { checkWholeLog } from '../../apps/verify/src/whole-log.ts';
import { witnessServer } from '../../apps/witness/src/server.ts';
import { SeenLogs } from '../../apps/witness/src/state.ts';
import { Witness } from '../../apps/witness/src/witness.ts';
import { freePort } from '../harness/free-port.ts';
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts';
import { chance } from './chance.ts';
import { logDifferences, type LogHeld, type LogJournal } from './log-journal.ts';

export interface LogKillReport {
  kills: number;
  /** Entries that clients were told of, and what the log came to. */
  acknowledged: number;
  entries: number;
  /** Checkpoints that somebody fetched, and proofs between one and the next. */
  checkpoints: number;
  proofs: number;
  /** From the start of the process to "ready", the slowest, ms. */
  slowestStartMs: number;
  journal: LogJournal;
  held: LogHeld;
  /** Whatever was not as it was told or signed; empty when all held. */
  faults: string[];
}

/** Acknowledgements after which the server is killed: chance between one and this. */
const mostBeforeKill = 80;
/** … and so much later still, at most, ms. */
const mostDelayMs = 12;
const operators = 4;
const cameras = Array.from({ length: 30 }, (_, n) => `camera-${n}`);
/** Views that one person asks for at once: they share a transaction. */
const atOnce = 10;
const readers = 2;
/** Where nothing listens: nobody needs a picture here. */
const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
const patienceMs = 30_000;
const main = path.resolve(import.meta.dirname, 'log-server.ts');
const verifier = path.resolve(import.meta.dirname, '../../apps/verify/src/main.ts');

async function eventually<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > untilMs) throw new Error(`never happened: ${what}`);
    await setTimeout(20);
  }
}

/** Every entry of a kind, by pages, oldest first. */
async function entriesOf(auditor: Browser, kind: RecordKind): Promise<HashedEntry[]> {
  const found: HashedEntry[] = [];
  for (let cursor = ''; ;) {
    const { items, next } = (await auditor.call('GET', `/record?limit=500&kind=${kind}${cursor}`)).body;
    found.push(...(items as HashedEntry[]));
    if (next === null) return found.toReversed();
    cursor = `&cursor=${next}`;
  }
}

/** A witness elsewhere, as far as it can be in one process. */
async function startWitness(dir: string, log: SignedCheckpoint['signed'][number]['key']) {
  const { privateKey } = generateKeyPairSync('ed25519');
  const seen = new SeenLogs(path.join(dir, 'seen'));
  const nowS = () => Math.floor(Date.now() / 1_000);
  const witness = new Witness({ name: 'witness.example', secret: privateKey, logs: [log], seen, nowS });
  const server = witnessServer(witness).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, key: witness.key, setting: `http://127.0.0.1:${port}/ ${formatVerifierKey(witness.key)}` };
}

/**
 * Kills the server with SIGKILL at random moments while views are begun in groups and the record is read, starts it again,
 * and looks whether every entry that was told is in the log once, whether each checkpoint that was ever served is on the way
 * to the next, and whether the witness goes along.
 * @throws Error when the server does not start, or does not do what it promises within half a minute.
 */
export async function runLogKills({ kills, seed }: { kills: number; seed: number }): Promise<LogKillReport> {
  const random = chance(seed);
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-log-kill-'));
  const dataDir = path.join(dir, 'data');
  const [port, mediaPort] = [await freePort(), await freePort()];
  const env: Record<string, string> = { CLERESTORY_MEDIA_PORT: String(mediaPort) };
  const journal: LogJournal = { readings: new Map(), views: new Map() };
  const rounds: number[] = [];
  const faults: string[] = [];
  const kept = new Map<number, { note: string; root: Uint8Array }>();
  let [slowestStartMs, acknowledged, proofs, size] = [0, 0, 0, 0];
  let running: ServerProcess | null = null;
  const start = async (): Promise<ServerProcess> => {
    const startedMs = performance.now();
    running = await startServerProcess({ env, dataDir, port, main });
    slowestStartMs = Math.max(slowestStartMs, performance.now() - startedMs);
    return running;
  };
  let witness: Awaited<ReturnType<typeof startWitness>> | null = null;
  try {
    let server = await start();
    const administrator = await server.signedIn('administrator');
    for (const id of cameras) await server.api('POST', '/cameras', { id, name: id, source });
    await addPerson(administrator, 'ann', ['auditor']);
    const auditor = new Browser(server.url);
    await auditor.signIn('ann');
    const people: { person: string; browser: Browser }[] = [];
    for (let n = 0; n < operators; n++) {
      const browser = new Browser(server.url);
      const person = await addPerson(administrator, `operator-${n}`, ['operator']);
      await browser.signIn(`operator-${n}`);
      people.push({ person, browser });
    }
    const key = parseVerifierKey(sha256, (await (await fetch(`${server.url}/log/key`)).text()).trim());
    if (!key) throw new Error('the log has no key');
    witness = await startWitness(dir, key);
    const keys: Keys = { log: [key], witnesses: [witness.key] };
    env['CLERESTORY_WITNESSES'] = witness.setting;
    await server.stop();
    server = await start();

    const log = openSource(`${server.url}/log`);
    const open = (note: string): SignedCheckpoint => {
      const found = opened(note, keys);
      if (!found.ok) throw new Error(`a checkpoint that is none: ${found.fault}`);
      return found.value;
    };
    /** Keeps a checkpoint as an outsider does; two of one size have to be the same. */
    const keep = (note: string): SignedCheckpoint => {
      const one = open(note);
      const { size: at, root } = one.checkpoint;
      const before = kept.get(at);
      if (before && !equalBytes(before.root, root)) faults.push(`two logs of ${at} entries were signed`);
      kept.set(at, before ?? { note, root });
      return one;
    };
    const served = async () => Buffer.from(await log.read('checkpoint')).toString('utf8');
    /** Its last sequence, by an entry that nobody keeps count of. */
    const head = async () => (await auditor.call('GET', '/record?limit=1')).body.head.sequence as number;

    /** All of the log up to a checkpoint that the witness has signed, against every checkpoint that was ever served. */
    const check = async (): Promise<void> => {
      const end = await eventually('the witness signs', async () => {
        const status = (await administrator.call('GET', '/log')).body as LogStatus;
        if (status.halted !== null) throw new Error(`the log stands: ${status.halted}`);
        const one = keep(await served());
        return one.signed.length === 2 ? one : null;
      });
      size = end.checkpoint.size;
      const largest = Math.max(...kept.keys());
      if (size < largest) faults.push(`${size} entries were signed after ${largest}`);
      const notes = [...kept.values()].map(({ note }) => open(note));
      faults.push(...(await checkWholeLog({ source: cached(log), end, kept: notes })).faults);
    };

    const round = async (at: number): Promise<void> => {
      let left = 1 + Math.floor(random() * mostBeforeKill);
      const enough = Promise.withResolvers<void>();
      const told = () => {
        acknowledged += 1;
        left -= 1;
        if (left === 0) enough.resolve();
      };
      let count = 0;
      const read = async (reader: number): Promise<void> => {
        for (;;) {
          const mark = `camera:mark-${at}-${reader}-${(count += 1)}`;
          const { status, body } = await auditor.call('GET', `/record?limit=1&subject=${mark}`);
          if (status !== 200) throw new Error(`the record answers ${status}`);
          journal.readings.set(mark, body.head);
          told();
        }
      };
      const view = async (person: string, browser: Browser, camera: string): Promise<void> => {
        const name = `${at} ${person} ${camera}`;
        journal.views.set(name, 'asked');
        const address = `http://127.0.0.1:${mediaPort}/live/${camera}/main/poster.jpg`;
        for (;;) {
          const { status } = await fetch(address, { headers: { cookie: browser.cookieHeader() } });
          // There is no picture; but that it may be seen is said when it is in the record.
          if (status === 200 || status === 204) break;
          if (status !== 503) throw new Error(`a view is answered ${status}`);
          await setTimeout(20);
        }
        journal.views.set(name, 'told');
        told();
      };
      const watch = async ({ person, browser }: (typeof people)[number]): Promise<void> => {
        const order = cameras.map((camera) => [random(), camera] as const).toSorted(([a], [b]) => a - b);
        for (let n = 0; n < order.length; n += atOnce)
          await Promise.all(order.slice(n, n + atOnce).map(([, camera]) => view(person, browser, camera)));
      };
      const keepServed = async (): Promise<void> => {
        for (;;) {
          const answer = await fetch(`${server.url}/log/checkpoint`);
          keep(await answer.text());
          await setTimeout(25);
        }
      };
      const busy = [
        ...people.map(watch),
        ...Array.from({ length: readers }, (_, n) => read(n)),
        keepServed(),
      ];
      const done = Promise.allSettled(busy);
      await Promise.race([enough.promise, done]);
      await setTimeout(random() * mostDelayMs);
      await server.kill();
      for (const one of await done)
        if (one.status === 'rejected' && !isBroken(one.reason)) faults.push(String(one.reason));
    };

    for (let at = 0; at < kills && faults.length === 0; at++) {
      rounds.push(await head());
      await round(at);
      server = await start();
      await check();
    }
    rounds.push(await head());
    const notes = [...kept].toSorted(([a], [b]) => a - b).map(([, { note }]) => open(note));
    const tiles = cached(log);
    await check();
    for (const [at, one] of notes.entries()) {
      const next = notes[at + 1];
      if (!next) break;
      faults.push(...(await checkConsistency(one, next, tiles)).faults);
      proofs += 1;
    }
    const held: LogHeld = {
      readings: (await entriesOf(auditor, 'record-read')).filter(({ detail }) =>
        String(detail['subject']).startsWith('camera:mark-'),
      ),
      begun: await entriesOf(auditor, 'view-started'),
      ended: (await entriesOf(auditor, 'view-ended')).map(({ detail }) => String(detail['view'])),
      rounds,
    };
    faults.push(...logDifferences(journal, held));
    const command = [verifier, 'log', `${server.url}/log`, '--key', formatVerifierKey(key)];
    const more = ['--witness', formatVerifierKey(witness.key), '--kept', path.join(dataDir, 'witness')];
    const word = await promisify(execFile)(process.execPath, [...command, ...more]).catch(
      (error: Error) => error,
    );
    if (word instanceof Error) faults.push(`clerestory-verify: ${word.message}`);
    const figures = { kills: rounds.length - 1, acknowledged, entries: size, checkpoints: kept.size, proofs };
    return { ...figures, slowestStartMs, journal, held, faults };
  } finally {
    await (running as ServerProcess | null)?.stop();
    witness?.server.closeAllConnections();
    witness?.server.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A connection that broke, as it does when the server is killed. */
const isBroken = (error: unknown): boolean => error instanceof TypeError && error.message === 'fetch failed';

/** Each file once: the tiles of one moment. */
function cached(log: Source): Source {
  const files = new Map<string, Promise<Uint8Array>>();
  return {
    read(name) {
      const file = files.get(name) ?? log.read(name);
      files.set(name, file);
      return file;
    },
  };
}
