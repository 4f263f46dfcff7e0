/**
 * What the transparency log costs: `node bench/log.ts [--entries 20000] [--grants 500] [--clean 1000000]`. On a real store
 * with durable commits: appends in groups and alone, as a view waits for one; and proofs, made and checked. Then a clean
 * log of `--clean` entries, made in memory, is verified as an outsider does. Ends with 1 if that raises an alarm.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordNote } from '@clerestory/protocol';
import { openDatabase } from '../apps/server/src/platform/database.ts';
import { systemClock } from '../apps/server/src/platform/clock.ts';
import { RecordService } from '../apps/server/src/features/record/index.ts';
import { opened } from '../apps/verify/src/checkpoints.ts';
import { checkWholeLog } from '../apps/verify/src/whole-log.ts';
import { at, proofTimes, type Times } from '../tools/harness/proof-times.ts';
import type { Table } from './table.ts';
import { MemoryLog, signer } from '../apps/verify/testing/log.ts';

export interface LogFigures {
  entries: number;
  /** In groups of 200, as a busy wall commits them. */
  appendsPerSecond: number;
  /** One entry and its commit, alone: what a grant waits for. */
  appendP50Ms: number;
  appendP99Ms: number;
  /** That an entry is in it with everything opened, and that it goes on from an earlier size. */
  inclusion: Times;
  consistency: Times;
  /** Entries of the clean log. */
  verified: number;
  verifyS: number;
  verifiedPerSecond: number;
  bytesPerEntry: number;
  publicBytesPerEntry: number;
  alarms: number;
}

/** Entries of one transaction, as a busy wall groups them. */
const group = 200;

/** A log that nobody has touched, from its first entry to its last: nothing may be found. */
async function verifyClean(count: number) {
  const log = new MemoryLog();
  for (let n = 0; n < count; n += 100_000) {
    log.grow(Math.min(100_000, count - n));
    process.stderr.write(`${log.leaves.length} made\n`);
  }
  const { key, sign } = signer();
  const note = sign(log.leaves.length, log.root);
  const end = opened(note, { log: [key], witnesses: [] });
  if (!end.ok) throw new Error(end.fault);
  const source = log.source(note);
  let bytes = 0;
  const counted = {
    async read(name: string): Promise<Uint8Array> {
      const file = await source.read(name);
      bytes += file.length;
      return file;
    },
  };
  const startMs = performance.now();
  const { faults } = await checkWholeLog({ source: counted, end: end.value, kept: [end.value] });
  const verifyS = (performance.now() - startMs) / 1_000;
  for (const words of faults) process.stderr.write(`FALSE ALARM: ${words}\n`);
  return {
    ...{
      verified: count,
      verifyS: Math.round(verifyS * 10) / 10,
      verifiedPerSecond: Math.round(count / verifyS),
    },
    ...{ publicBytesPerEntry: Math.round(bytes / count), alarms: faults.length },
  };
}

export async function measureLog(entries: number, alone: number, clean: number): Promise<LogFigures> {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-bench-log-'));
  const { db, close } = openDatabase(dir);
  try {
    const record = new RecordService(db, systemClock);
    await record.load();
    const note = (n: number): RecordNote =>
      ({
        ...{
          kind: 'view-started',
          actor: `person:00000000-0000-4000-8000-${String(n % 40).padStart(12, '0')}`,
        },
        subject: `camera:camera-${n % 500}`,
        detail: {
          view: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
          as: 'person',
          stream: 'sub',
          door: 'push',
        },
      }) as const;
    const startMs = performance.now();
    for (let n = 0; n < entries; n += group) {
      await db.transaction().execute(async (write) => {
        for (let k = n; k < Math.min(entries, n + group); k++) await record.append(write, note(k));
      });
      if (n % 50_000 === 0) process.stderr.write(`${n} appended\n`);
    }
    const appendS = (performance.now() - startMs) / 1_000;
    const each: number[] = [];
    for (let n = 0; n < alone; n++) {
      const before = performance.now();
      await db.transaction().execute((write) => record.append(write, note(entries + n)));
      each.push(performance.now() - before);
    }
    const { size } = await record.log.head();
    const proofs = await proofTimes(record, 200);

    await db.destroy();
    return {
      ...(await verifyClean(clean)),
      ...{ entries: size, appendsPerSecond: Math.round(entries / appendS) },
      ...{ appendP50Ms: at(each, 0.5), appendP99Ms: at(each, 0.99), ...proofs },
      bytesPerEntry: Math.round(statSync(path.join(dir, 'clerestory.db')).size / size),
    };
  } finally {
    await close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** For the list of benches; a false alarm is a failure and no figure. */
export async function benchLog(entries: number, clean: number): Promise<Table> {
  const figures = await measureLog(entries, 500, clean);
  if (figures.alarms > 0) throw new Error(`${figures.alarms} false alarms in a clean log`);
  return {
    ...{ name: 'log', title: 'The transparency log', figures: { ...figures } },
    note: `${entries.toLocaleString('en')} entries appended in groups of ${group}, then 500 alone, each with its commit; 200 proofs each that an entry is in it (leaf, proof, every field opened) and that it goes on from an earlier size, made from the store and checked; a clean log of ${clean.toLocaleString('en')} entries verified, without a false alarm. Bytes of an entry: in the database with everything private and its indexes, and as the public reads it.`,
    columns: [
      ...['appends/s', 'append p50 ms', 'append p99 ms', 'inclusion p50 ms', 'p99', 'consistency p50 ms'],
      ...['p99', 'verified/s', 'whole log s', 'bytes stored', 'bytes public'],
    ],
    rows: [
      [
        ...[figures.appendsPerSecond, figures.appendP50Ms, figures.appendP99Ms],
        ...[figures.inclusion.madeP50, figures.inclusion.madeP99],
        ...[figures.consistency.madeP50, figures.consistency.madeP99],
        ...[figures.verifiedPerSecond, figures.verifyS, figures.bytesPerEntry, figures.publicBytesPerEntry],
      ],
    ],
  };
}

if (import.meta.main) {
  const option = (name: string, usual: number) => {
    const index = process.argv.indexOf(name);
    return index < 0 ? usual : Number(process.argv[index + 1]);
  };
  const figures = await measureLog(
    option('--entries', 20_000),
    option('--grants', 500),
    option('--clean', 1_000_000),
  );
  process.stdout.write(`log: ${JSON.stringify(figures)}\n`);
  process.exitCode = figures.alarms === 0 ? 0 : 1;
}
