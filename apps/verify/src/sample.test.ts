import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  draw,
  encodeEntry,
  formatHead,
  formatLine,
  hourMs,
  lineOf,
  openingsOf,
  seedOf,
  type EntryParts,
} from '@clerestory/public-log';
import {
  formatVerifierKey,
  inclusionProof,
  nodesFromTiles,
  toBase64,
  concat,
  tileWidth,
} from '@clerestory/tlog';
import { verify, writeLog } from '../testing/command.ts';
import { MemoryLog, partsOf, saltOf, signer } from '../testing/log.ts';
import { checkBundleInLog } from './bundle-in-log.ts';
import { sha256 } from './crypto.ts';
import { checkSample } from './sample.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sample-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const { key, sign } = signer();
const keys = { log: [key], witnesses: [] };
const number = '0123456789abcdef0123456789abcdef';
const from = Date.UTC(2026, 6, 1);
const until = Date.UTC(2026, 9, 1) - 1;
type Any = Record<string, unknown>;

/** A log whose entries are given one by one, so that a file can open them. */
class OpenLog extends MemoryLog {
  readonly parts: EntryParts[] = [];
  constructor() {
    super();
    this.say('log-begun', { key: formatVerifierKey(key) });
  }
  say(kind: string, said: Any, hidden: Any = {}, at = from + this.leaves.length * hourMs): number {
    const sequence = this.leaves.length + 1;
    const parts = { ...partsOf(sequence), at, kind, public: said, hidden } as EntryParts;
    this.parts.push(parts);
    this.append(encodeEntry(sha256, parts, saltOf(sequence)));
    return sequence;
  }
  /** A file of these entries; `closed`: those that it does not open. */
  async file(sequences: readonly number[], asked: Any = {}, closed: readonly number[] = []): Promise<string> {
    const size = this.leaves.length;
    const nodes = nodesFromTiles(sha256, size, async ({ level, index, width }) =>
      concat(...(this.levels[Number(level)] ?? []).slice(index * tileWidth, index * tileWidth + width)),
    );
    const lines = await Promise.all(
      sequences.map(async (sequence) => {
        const proof = await inclusionProof(sha256, sequence - 1, size, nodes);
        const parts = this.parts[sequence - 1] as EntryParts;
        const openings = closed.includes(sequence) ? [] : openingsOf(sha256, parts, saltOf(sequence));
        return formatLine(lineOf(this.leaves[sequence - 1] ?? '', sequence - 1, proof, openings));
      }),
    );
    const head = { format: 'clerestory-bundle-1', of: 'a test', checkpoint: sign(size, this.root) } as const;
    return (
      formatHead({ ...head, asked: asked as Record<string, string>, count: lines.length }) + lines.join('')
    );
  }
  note = () => sign(this.leaves.length, this.root);
}

/** A quarter with 40 accesses among other entries, and a sample of five of them, drawn as it should be or otherwise. */
async function quarter(otherwise: Any = {}, lot?: (drawn: number[]) => number[]) {
  const log = new OpenLog();
  const accesses: number[] = [];
  for (let n = 0; n < 40; n++) {
    accesses.push(log.say(n % 3 === 0 ? 'grant-given' : 'view-started', { purpose: 'fire' }));
    if (n % 4 === 0) log.say('sign-in', { method: 'password' });
  }
  const checkpoint = log.leaves.length;
  const seed = seedOf(sha256, toBase64(log.root), number);
  log.say('view-started', {}, {}, until + 1);
  const said = {
    ...{ sample: 's1', fromMs: from, untilMs: until, first: accesses[0], last: accesses.at(-1) },
    ...{ drawnFrom: 40, size: 5, seed, number, checkpoint, ...otherwise },
  };
  const sampling = log.say('audit-sampled', said);
  const right = draw(sha256, seed, 40, 5).map((at) => accesses[at] ?? 0);
  const drawn = lot ? lot(right) : right;
  const finding = log.say('audit-finding', { sample: 's1', verdict: 'breach' }, { 'detail.entry': drawn[1] });
  const text = await log.file([...drawn, sampling, finding], { sample: 's1' });
  return { log, text, drawn, accesses, found: () => checkSample(text, log.source(log.note()), keys) };
}

test('a sample is drawn again from the auditor’s number and the root that was signed, over the program itself', async () => {
  const { log, text, drawn } = await quarter();
  await writeLog(path.join(dir, 'log'), log, log.note());
  const file = path.join(dir, 'sample.jsonl');
  writeFileSync(file, text);
  const more = ['--log', path.join(dir, 'log'), '--key', formatVerifierKey(key)];
  const { code, said } = await verify('sample', file, ...more);
  expect(said).toContain(
    `of the 40 accesses from entry 2 to 51 it gives exactly those of the file: ${drawn.join(', ')}`,
  );
  expect(said).toContain(`the number ${number}, which has to be the one that the auditor's browser drew`);
  expect(said).toContain('found so far: 1 breach, on 5 entries');
  expect([code, said]).toEqual([0, expect.stringContaining('All of it holds.')]);
  writeFileSync(file, (await log.file([2])).replace('"asked":{}', '"asked":{"kind":"x"}'));
  expect(await verify('sample', file, ...more)).toEqual({
    ...{ code: 2, said: expect.stringMatching(/^this is no sample/) },
  });
});

const wrong: [string, () => ReturnType<typeof quarter>, string][] = [
  [
    'an entry that suits better in the place of one that was drawn',
    () => quarter({}, (drawn) => drawn.with(2, drawn.includes(20) ? 21 : 20).sort((a, b) => a - b)),
    'drawn by the lot, and not in the file',
  ],
  [
    'another number than the one of the lot',
    () => quarter({ number: number.replace('0', '1') }),
    'somebody chose it',
  ],
  ['a root that is not the one of its checkpoint', () => quarter({ checkpoint: 52 }), 'somebody chose it'],
  [
    'a root from after the number',
    () => quarter({ checkpoint: 53 }),
    'says that it was drawn from accesses up to',
  ],
  ['accesses that were not counted', () => quarter({ drawnFrom: 39 }), 'the log has 40 between them'],
  [
    'a beginning that leaves some out',
    () => quarter({ first: 5, drawnFrom: 37 }),
    'left out of the lot: 2, 4',
  ],
  [
    'a time that is not that of its accesses',
    () => quarter({ fromMs: from + 20 * hourMs }),
    'of another time',
  ],
  [
    'a finding on another entry',
    async () => {
      const { log, drawn, ...rest } = await quarter();
      const stray = log.say('audit-finding', { sample: 's1', verdict: 'breach' }, { 'detail.entry': 3 });
      const text = await log.file([...drawn, log.leaves.length - 2, stray], { sample: 's1' });
      return { ...rest, log, drawn, text, found: () => checkSample(text, log.source(log.note()), keys) };
    },
    'a finding is on entry 3',
  ],
  [
    'no entry that says how it was drawn',
    async () => {
      const { log, drawn, ...rest } = await quarter();
      const text = await log.file(drawn, { sample: 's1' });
      return { ...rest, log, drawn, text, found: () => checkSample(text, log.source(log.note()), keys) };
    },
    'no entry that says how s1 was drawn',
  ],
];
test.each(wrong)('does not hold with %s', async (_, make, words) => {
  const { found } = await make();
  expect((await found()).faults.join('\n')).toContain(words);
});

test('one from before there was a number cannot be drawn again, and that is said', async () => {
  const { found } = await quarter({ number: null });
  const { faults, unchecked } = await found();
  expect([faults, unchecked]).toEqual([[], [expect.stringContaining('cannot be drawn again')]]);
});

test('an entry that is not opened has to be one that the log says was erased', async () => {
  const log = new OpenLog();
  for (let n = 0; n < 9; n++) log.say('view-started', {});
  log.say('record-erased', { entries: 3, from: 2, upTo: 4, why: 'old' });
  const look = async (closed: number[]) => {
    const text = await log.file([1, 2, 3, 4, 5, 6], {}, closed);
    return checkBundleInLog({ files: [{ name: '', text }], source: log.source(log.note()), keys });
  };
  const lawful = await look([3, 4]);
  expect([lawful.faults, lawful.unchecked]).toEqual([[], []]);
  expect(lawful.held.join('\n')).toContain('the log says that they were erased for their age: 3, 4');
  expect((await look([4, 5])).faults).toEqual([
    expect.stringMatching(/no entry record-erased of the log says that they were erased: 5\./),
  ]);
  // What is never erased is not covered by a range over it.
  const begun = new OpenLog();
  begun.say('record-erased', { entries: 1, from: 1, upTo: 1, why: 'old' });
  const text = await begun.file([1], {}, [1]);
  const found = await checkBundleInLog({
    files: [{ name: '', text }],
    source: begun.source(begun.note()),
    keys,
  });
  expect(found.faults).toEqual([expect.stringContaining('were erased: 1.')]);
});

test('without the log a file says itself what was erased, or it is not all checked', async () => {
  const log = new OpenLog();
  for (let n = 0; n < 5; n++) log.say('view-started', {});
  const erased = log.say('record-erased', { entries: 2, from: 2, upTo: 3, why: 'old' });
  await writeLog(path.join(dir, 'erased'), log, log.note());
  const run = async (sequences: number[], closed: number[], ...more: string[]) => {
    const file = path.join(dir, 'b.jsonl');
    writeFileSync(file, await log.file(sequences, {}, closed));
    return verify('bundle', file, '--key', formatVerifierKey(key), ...more);
  };
  expect((await run([2, 3, 4, 5, erased - 1, erased], [2, 3])).code).toBe(0);
  const unsaid = await run([2, 3, 4], [2]);
  expect([unsaid.code, unsaid.said]).toEqual([2, expect.stringContaining('Give --log to see')]);
  expect((await run([2, 3, 4], [2], '--log', path.join(dir, 'erased'))).code).toBe(0);
  expect((await run([2, 3, 4], [4], '--log', path.join(dir, 'erased'))).code).toBe(1);
});

test('what would not be looked at is refused, so that nobody takes it for compared', async () => {
  const more = ['--key', formatVerifierKey(key)];
  const refused = (words: string) => ({ code: 2, said: expect.stringContaining(words) });
  // Checkpoints that were kept, without the word for them.
  expect(await verify('log', dir, path.join(dir, 'kept'), ...more)).toEqual(
    refused('log takes 1, and was given 2'),
  );
  expect(await verify('bundle', path.join(dir, 'b.jsonl'), '--kept', dir, ...more)).toEqual(
    refused('bundle does nothing with --kept'),
  );
  expect(await verify('frob', dir, ...more)).toEqual(refused('there is no "frob"'));
  const nobody = await verify('checkpoint', 'http://127.0.0.1:1/checkpoint', ...more);
  expect(nobody).toEqual(refused('does not answer: '));
  expect(nobody.said).not.toContain('fetch failed');
});
