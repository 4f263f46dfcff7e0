/**
 * What a long log with a long witness folder costs a start: `npx node tools/long-start.ts [--entries 1000000] [--files 300000]
 * [--data <folder>]`. The log is filled as `whole-log.ts` fills it; then the witness folder gets a signed checkpoint for each
 * of its last `--files` sizes, two a minute, as a server that has run for months leaves them. Then the real server is started:
 * how long until it answers, until it has signed what is new, until the first public report is there, and how long the
 * longest of many small requests waited meanwhile. Last `clerestory-verify` compares all that was kept.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { append, emptyFrontier, formatCheckpoint, formatNote, rootOf } from '@clerestory/tlog';
import { LogKey } from '../apps/server/src/features/transparency/key.ts';
import { openDatabase } from '../apps/server/src/platform/database.ts';
import { sha256 } from '../apps/server/src/platform/hashing.ts';
import { fill } from './harness/filled-log.ts';
import { startServerProcess, type ServerProcess } from './harness/server-process.ts';

const verifier = path.resolve(import.meta.dirname, '../apps/verify/src/main.ts');
const say = (words: string) => void process.stderr.write(`${words}\n`);
const tenths = (ms: number) => Math.round(ms / 100) / 10;
/** Between two checkpoints of a log that has something new all the time, ms. */
const betweenMs = 30_000;
/** Leaves that are read in one go. */
const leavesAtOnce = 10_000;

/** A file for each of the last `count` sizes of the log, as the server writes them. */
async function keepAll(dataDir: string, count: number): Promise<void> {
  const key = LogKey.fromText(readFileSync(path.join(dataDir, 'log.key'), 'utf8'));
  if (!key) throw new Error('no key');
  const origin = key.verifier.name;
  const dir = path.join(dataDir, 'witness', origin.replaceAll(/[^\w.-]+/g, '-'));
  const { db, close } = openDatabase(dataDir);
  try {
    const { size } = await db.selectFrom('log_head').select('size').executeTakeFirstOrThrow();
    let frontier = emptyFrontier;
    while (frontier.size < size) {
      const rows = await db
        .selectFrom('log_leaves')
        .select('hash')
        .where('sequence', '>', frontier.size)
        .orderBy('sequence')
        .limit(leavesAtOnce)
        .execute();
      for (const { hash } of rows) {
        ({ frontier } = append(sha256, frontier, hash));
        const left = size - frontier.size;
        if (left >= count) continue;
        const text = formatCheckpoint({
          ...{ origin, size: frontier.size, root: rootOf(sha256, frontier), extensions: [] },
        });
        const note = formatNote({ text, signatures: [key.sign(text)] });
        const month = new Date(Date.now() - left * betweenMs).toISOString().slice(0, 7);
        mkdirSync(path.join(dir, month), { recursive: true });
        writeFileSync(path.join(dir, month, String(frontier.size).padStart(12, '0')), note);
        if (left === 0) writeFileSync(path.join(dir, 'latest'), note);
      }
      if (frontier.size % 100_000 === 0) say(`${frontier.size} of ${size} entries signed`);
    }
  } finally {
    await close();
  }
}

/** Small requests, one after the other, until it is ended; the longest of them waited so long, ms. */
function knocking(url: string): () => Promise<number> {
  let [isOver, longestMs] = [false, 0];
  const knocks = (async () => {
    while (!isOver) {
      const startMs = performance.now();
      // Each on a connection of its own: one that is kept may be closed just as it is used again.
      const [answer] = (await once(get(`${url}/healthz`, { agent: false }), 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      longestMs = Math.max(longestMs, performance.now() - startMs);
      await wait(10);
    }
  })();
  return async () => {
    isOver = true;
    await knocks;
    return Math.round(longestMs);
  };
}

const sizeAt = async ({ url }: ServerProcess): Promise<number> =>
  Number((await (await fetch(`${url}/log/checkpoint`)).text()).split('\n')[1]);

async function ofTheStart(dataDir: string) {
  const startMs = performance.now();
  const server = await startServerProcess({ dataDir });
  try {
    const before = await sizeAt(server);
    const startS = tenths(performance.now() - startMs);
    const ended = knocking(server.url);
    // Somebody signs in, which is an entry.
    await server.signedIn('administrator');
    while (!((await sizeAt(server)) > before)) await wait(20);
    const signedS = tenths(performance.now() - startMs);
    const longestMs = await ended();
    // Whoever comes while all of it is still being counted is told so, and asks again.
    const report = async () => {
      const over = knocking(server.url);
      const askedMs = performance.now();
      let answeredMs = 0;
      for (let status = 0; status !== 200;) {
        const beforeMs = performance.now();
        ({ status } = await fetch(`${server.url}/log/report.json`));
        answeredMs = Math.max(answeredMs, performance.now() - beforeMs);
        if (status !== 200 && status !== 503) throw new Error(`the report answers ${status}`);
      }
      const s = tenths(performance.now() - askedMs);
      return { s, longestAnswerS: tenths(answeredMs), longestMs: await over() };
    };
    const [first, second] = [await report(), await report()];
    const figures = { startS, signedS, longestMs, firstReport: first, secondReport: second };
    say(JSON.stringify(figures));
    return figures;
  } finally {
    await server.stop();
  }
}

async function verifyKept(dataDir: string): Promise<{ seconds: number; code: number | null }> {
  const server = await startServerProcess({ dataDir });
  try {
    const key = (await (await fetch(`${server.url}/log/key`)).text()).trim();
    const words = ['log', `${server.url}/log`, '--key', key, '--kept', path.join(dataDir, 'witness')];
    const startMs = performance.now();
    const child = spawn(process.execPath, [verifier, ...words], { stdio: ['ignore', 2, 2] });
    const [code] = (await once(child, 'close')) as [number | null];
    return { seconds: tenths(performance.now() - startMs), code };
  } finally {
    await server.stop();
  }
}

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    files: { type: 'string', default: '300000' },
    data: { type: 'string' },
  },
});
const [entries, count] = [Number(values.entries), Number(values.files)];
const dataDir = values.data ?? mkdtempSync(path.join(tmpdir(), 'clerestory-long-start-'));
try {
  // The first start makes the key and begins the log.
  await (await startServerProcess({ dataDir })).stop();
  await fill(dataDir, entries, say);
  const without = await ofTheStart(dataDir);
  await keepAll(dataDir, count);
  // Else the first commits of the server would wait until all those files are on the disk.
  execFileSync('sync');
  const files = readdirSync(path.join(dataDir, 'witness'), { recursive: true }).length;
  const { db, close } = openDatabase(dataDir);
  const { size } = await db.selectFrom('log_head').select('size').executeTakeFirstOrThrow();
  await close();
  const withFiles = await ofTheStart(dataDir);
  const kept = await verifyKept(dataDir);
  process.stdout.write(`${JSON.stringify({ entries: size, files, without, withFiles, kept })}\n`);
  process.exitCode = kept.code === 0 ? 0 : 1;
} finally {
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
