import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatVerifierKey } from '@clerestory/tlog';
import { verify, writeLog } from '../testing/command.ts';
import { MemoryLog, origin, signer } from '../testing/log.ts';
import { checkWholeLog } from './whole-log.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-consistency-'));
const [early, size] = [17, 300];
const { key, sign } = signer();

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
  await writeLog(path.join(dir, 'log'), new MemoryLog().grow(size), notes.late);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const consistency = (one: string, other: string) =>
  verify(
    ...['consistency', path.join(dir, one), path.join(dir, other)],
    ...['--log', path.join(dir, 'log'), '--key', formatVerifierKey(key)],
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

test('a tile that is wrong is told as that, and accuses nobody of a fork', async () => {
  const log = new MemoryLog().grow(size);
  for (const name of ['tile/0/000', `tile/0/001.p/${size - 256}`, 'tile/1/000.p/1']) {
    const bytes = Uint8Array.from(await log.source(notes.late).read(name));
    for (const wrong of [bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)), bytes.subarray(32)]) {
      writeFileSync(path.join(dir, 'log', name), wrong);
      const found = await consistency('early', 'late');
      expect(found).toEqual({ code: 1, said: expect.stringContaining(name) });
      expect(found.said).toContain('nothing can be said');
      expect(found.said).not.toMatch(/fork|Keep both/);
    }
    writeFileSync(path.join(dir, 'log', name), bytes);
  }
  expect(await consistency('early', 'late')).toMatchObject({ code: 0 });
});

test('a log that has begun anew under another name: what it kept is compared, what it lost is said to be lost', async () => {
  const log = new MemoryLog().grow(size - 1).name(key, 'log-begun-anew');
  const of = (name: string, length: number, root = new MemoryLog().grow(length).root) => ({
    checkpoint: { origin: name, size: length, root, extensions: [] },
    ...{ note: { text: '', signatures: [] }, signed: [] },
  });
  const check = (...kept: ReturnType<typeof of>[]) =>
    checkWholeLog({ source: log.source(notes.late), end: of(`${origin}-2`, size, log.root), kept });
  expect((await check(of(origin, early), of(`${origin}-2`, early))).faults).toEqual([]);
  const lost = 'has begun anew, and entries were lost';
  for (const one of [of(origin, size + 5), of(origin, early, otherLog(early, 3).root)])
    expect((await check(one)).faults).toEqual([expect.stringContaining(lost)]);
  // Where no entry says that it has begun anew, nothing is said of such an entry.
  const silent = new MemoryLog().grow(size);
  const [unsaid] = (
    await checkWholeLog({
      source: silent.source(notes.late),
      end: of(`${origin}-2`, size),
      kept: [of(origin, size + 5)],
    })
  ).faults;
  expect(unsaid).toContain('entries were lost, and no entry of the log says so');
  // Under the same name it is no new beginning.
  const [cut] = (await check(of(`${origin}-2`, size + 5))).faults;
  expect(cut).toContain('its end was cut off');
});
