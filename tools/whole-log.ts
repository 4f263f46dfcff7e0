/**
 * A clean log as long as one likes, checked as outsiders check it: `npx node tools/whole-log.ts [--entries 1000000] [--data
 * <folder>]`. The entries go through the record's own append into a real store; proofs of them are made and checked, and the
 * record is walked as the server does it itself. Then the real server signs and serves them, and
 * `clerestory-verify`, a process of its own, reads all of it, the public report, and an auditor's export. Ends with 1 at any
 * alarm, since nobody has touched the log. With --data the folder stays, and the next run goes on from what is in it;
 * else it is a temporary one that is removed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { RecordService } from '../apps/server/src/features/record/index.ts';
import { systemClock } from '../apps/server/src/platform/clock.ts';
import { openDatabase } from '../apps/server/src/platform/database.ts';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { fill } from './harness/filled-log.ts';
import { proofTimes } from './harness/proof-times.ts';
import { startServerProcess } from './harness/server-process.ts';

const verifier = path.resolve(import.meta.dirname, '../apps/verify/src/main.ts');
const say = (words: string) => void process.stderr.write(`${words}\n`);
const secondsSince = (startMs: number) => Math.round((performance.now() - startMs) / 100) / 10;

/** What the verifier says, and how long it took; its progress goes to the terminal. */
async function verify(...words: string[]): Promise<{ seconds: number; said: string[]; code: number | null }> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [verifier, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (some: Buffer) => said.push(some));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = Buffer.concat(said).toString('utf8').trimEnd().split('\n');
  for (const line of lines) say(line);
  return { seconds: secondsSince(startMs), said: lines, code };
}

/** What needs no server: proofs, and the walk along the whole record. */
async function ofTheStore(dataDir: string) {
  const { db, close } = openDatabase(dataDir);
  try {
    const record = new RecordService(db, systemClock);
    const proofs = await proofTimes(record, 1_000);
    const startMs = performance.now();
    const found = await record.verify();
    if (!found.ok) throw new Error(`entry ${found.sequence}: ${found.fault}`);
    return { proofsMs: proofs, walkS: secondsSince(startMs) };
  } finally {
    await close();
  }
}

const { values } = parseArgs({
  options: { entries: { type: 'string', default: '1000000' }, data: { type: 'string' } },
});
const entries = Number(values.entries);
const dataDir = values.data ?? mkdtempSync(path.join(tmpdir(), 'clerestory-whole-log-'));
try {
  // The first start makes the key and begins the log.
  await (await startServerProcess({ dataDir })).stop();
  const startMs = performance.now();
  const appended = await fill(dataDir, entries, say);
  const appendS = secondsSince(startMs);
  const own = await ofTheStore(dataDir);
  const startsMs = performance.now();
  const server = await startServerProcess({ dataDir });
  const startS = secondsSince(startsMs);
  try {
    const log = `${server.url}/log`;
    const key = (await (await fetch(`${log}/key`)).text()).trim();
    const kept = path.join(dataDir, 'witness');
    const whole = await verify('log', log, '--key', key, '--kept', kept);
    const report = await verify('report', `${log}/report.json`, '--log', log, '--key', key);
    const administrator = await server.signedIn('administrator');
    const auditor = new Browser(server.url);
    if ((await auditor.signIn('ann')).status !== 200) {
      await addPerson(administrator, 'ann', ['auditor']);
      await auditor.signIn('ann');
    }
    const export_ = await auditor.call('GET', '/audit/export?kind=view-ended');
    const file = path.join(dataDir, 'export.jsonl');
    writeFileSync(file, String(export_.body.text));
    const bundle = await verify('bundle', file, '--key', key);
    // One file of an export that has more of them is said not to be the whole, which is no alarm.
    const isPart = export_.body.next !== null && bundle.code === 2;
    const alarms = [whole, report, ...(isPart ? [] : [bundle])].filter(({ code }) => code !== 0).length;
    const figures = {
      ...{
        entries,
        appended,
        appendS,
        verifyS: whole.seconds,
        reportS: report.seconds,
        bundleS: bundle.seconds,
        startS,
      },
      ...own,
      ...{ databaseBytes: statSync(path.join(dataDir, 'clerestory.db')).size, alarms },
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    process.exitCode = alarms === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
} finally {
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
