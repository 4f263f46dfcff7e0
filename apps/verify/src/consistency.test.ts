import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatVerifierKey } from '@clerestory/tlog';
import { MemoryLog, origin, signer } from '../testing/log.ts';
import { checkWholeLog } from './whole-log.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-consistency-'));
const [early, size] = [17, 300];
const { key, sign } = signer();
const verifier = path.resolve(import.meta.dirname, 'main.ts');

/** A log that has another leaf at `at`, right in itself. */
function otherLog(length: number, at: number): MemoryLog {
  const leaves = new MemoryLog().grow(length).leaves;
  const other = new MemoryLog();
  for (const [n, leaf] of leaves.entries())
    other.append(n === at ? leaf.replace('"burglary"', '"training"') : leaf);
  return other;
}
const note = (log: MemoryLog, by = sign) => by(log.leaves.length, log.root);
const notes = {
  early: note(new MemoryLog().grow(early)),
  late: note(new MemoryLog().grow(size)),
  // The log has signed these too.
  'early-other': note(otherLog(early, 3)),
  'late-other': note(otherLog(size, 3)),
  'late-other-end': note(otherLog(size, 200)),
  stranger: note(new MemoryLog().grow(size), signer().sign),
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(notes)) writeFileSync(path.join(dir, name), text);
  const source = new MemoryLog().grow(size).source(notes.late);
  for (const name of ['checkpoint', 'tile/0/000', `tile/0/001.p/${size - 256}`, 'tile/1/000.p/1']) {
    const file = path.join(dir, 'log', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await source.read(name));
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** `clerestory-verify consistency`, as anybody runs it. */
const consistency = (one: string, other: string) =>
  promisify(execFile)(process.execPath, [
    ...[verifier, 'consistency', path.join(dir, one), path.join(dir, other)],
    ...['--log', path.join(dir, 'log'), '--key', formatVerifierKey(key)],
  ]).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );

test.each([
  ['early', 'late', 0, `the log of ${size} entries begins with exactly the ${early} entries signed before`],
  ['late', 'early', 0, `begins with exactly the ${early} entries`],
  ['late', 'late', 0, `both are the same log of ${size} entries`],
  ['early-other', 'late', 1, `does not begin with the ${early} entries that were signed before`],
  ['late', 'early-other', 1, `something up to entry ${early} was changed, taken out or put in`],
  ['late', 'late-other', 1, `the log has signed two different logs of ${size} entries. Keep both files`],
  ['late', 'late-other-end', 1, `the log has signed two different logs of ${size} entries`],
  ['early', 'stranger', 2, 'stranger'],
  ['early', 'stranger', 2, 'after a change give each with its own --key'],
] as const)('two checkpoints, %s and %s: ends with %i and says so', async (one, other, code, words) => {
  const found = await consistency(one, other);
  expect([found.code, found.said]).toEqual([code, expect.stringContaining(words)]);
  expect(found.said.includes('All of it holds.')).toBe(code === 0);
});

test('a log that has begun anew under another name: what it kept is compared, what it lost is said to be lost', async () => {
  const log = new MemoryLog().grow(size);
  const of = (name: string, length: number, root = new MemoryLog().grow(length).root) => ({
    checkpoint: { origin: name, size: length, root, extensions: [] },
    ...{ note: { text: '', signatures: [] }, signed: [] },
  });
  const check = (...kept: ReturnType<typeof of>[]) =>
    checkWholeLog({ source: log.source(notes.late), end: of(`${origin}-2`, size), kept });
  expect((await check(of(origin, early), of(`${origin}-2`, early))).faults).toEqual([]);
  const lost = 'has begun anew, and entries were lost';
  for (const one of [of(origin, size + 5), of(origin, early, otherLog(early, 3).root)])
    expect((await check(one)).faults).toEqual([expect.stringContaining(lost)]);
  // Under the same name it is no new beginning.
  const [cut] = (await check(of(`${origin}-2`, size + 5))).faults;
  expect(cut).toContain('its end was cut off');
});
