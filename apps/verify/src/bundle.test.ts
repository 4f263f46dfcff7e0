import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEntry } from '@clerestory/public-log';
import { canonicalJson, formatVerifierKey, type Json } from '@clerestory/tlog';
import { verify, writeLog } from '../testing/command.ts';
import { MemoryLog, partsOf, saltOf, signer } from '../testing/log.ts';
import { checkBundle, checkBundles } from './bundle.ts';
import { sha256 } from './crypto.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-bundle-'));
const { key, sign } = signer();
const keys = { log: [key], witnesses: [] };
const log = new MemoryLog().grow(40);
const note = sign(40, log.root);
type Any = Record<string, unknown>;
let lines: string[] = [];
const file = (text: string, name = 'b.jsonl'): string => {
  writeFileSync(path.join(dir, name), text);
  return path.join(dir, name);
};
const run = (text: string, ...more: string[]) =>
  verify('bundle', file(text), '--key', `${formatVerifierKey(key)}\n`, ...more);
/** The bundle with another head, or with another line. */
const changed = (change: (one: Any) => void, at = 0): string => {
  const one = JSON.parse(lines[at] ?? '') as Any;
  change(one);
  // Half a character is nothing that canonical JSON can hold.
  const text = at === 0 ? canonicalJson(one as Json) : JSON.stringify(one);
  return lines.with(at, text).join('\n');
};
/** The same text with something else in the place of some of it. */
const inText = (at: number, from: string, to: string): string =>
  lines.with(at, (lines[at] ?? '').replace(from, to)).join('\n');
const inOpening = (value: string) =>
  lines.with(1, (lines[1] ?? '').replace(/"value":"person:\d+"/, `"value":${value}`)).join('\n');

beforeAll(async () => {
  lines = (await log.bundle(note, [3, 4, 5, 30, 31, 40])).trimEnd().split('\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a bundle holds as it was downloaded, with a mark before it and with the line ends of Windows', async () => {
  for (const text of [`${lines.join('\n')}\n`, `\uFEFF${lines.join('\n')}`, lines.join('\r\n')])
    expect(await run(text)).toEqual({ code: 0, said: expect.stringContaining('All of it holds.') });
});

const broken: [string, () => string, string][] = [
  ['a line taken out', () => lines.toSpliced(3, 1).join('\n'), 'it has 6 entries, and there are 5'],
  ['the last taken out', () => lines.slice(0, -1).join('\n'), 'its last entry is 40, and it is 31'],
  ['a line doubled', () => [...lines, lines[6]].join('\n'), 'lines were doubled'],
  [
    'two changed places',
    () => lines.with(2, lines[3]!).with(3, lines[2]!).join('\n'),
    'put in another order',
  ],
  ['the head alone', () => lines[0]!, 'it has 6 entries, and there are 0'],
  ['a member nobody knows', () => changed((head) => Object.assign(head, { more: 1 })), 'does not know: more'],
  [
    'a member put into a line',
    () => inText(2, '{"index"', '{"by":"Bob","index"'),
    'line 3 (entry 4): it is not',
  ],
  ['a member of a line twice', () => inText(2, '{"index"', '{"index":9,"index"'), 'that nothing proves'],
  [
    'a member put into what is opened',
    () => inText(2, '{"name"', '{"by":"Bob","name"'),
    'that nothing proves',
  ],
  [
    'a member of the head twice',
    () => inText(0, '{"checkpoint"', '{"count":9,"checkpoint"'),
    'its first line: it',
  ],
  [
    'all asked for, and a gap',
    () => changed((head) => Object.assign(head, { asked: {} })),
    'of those from 3 to 40 32 are missing',
  ],
  ['nothing', () => '', 'the file is empty: download it again'],
  [
    'half a character',
    () => changed((line) => Object.assign(line, { leaf: '\ud800' }), 1),
    'half a character',
  ],
  ['half a character opened', () => inOpening('"\\ud800"'), 'not what the log committed to'],
  ['a number without end', () => inOpening('1e999'), 'not what the log committed to'],
  [
    'lists without end',
    () => inOpening('['.repeat(20_000) + ']'.repeat(20_000)),
    'not what the log committed',
  ],
];
test.each(broken)('does not hold, and says why: %s', async (_what, text, words) => {
  const found = await run(text());
  expect(found).toEqual({ code: 1, said: expect.stringContaining(words) });
  expect(found.said).not.toMatch(/^ {4}at /m);
});

test('how many entries are not opened is said, and what a head cannot show', async () => {
  const old = changed((head) => ['count', 'first', 'last'].forEach((name) => delete head[name]));
  const [head = '', ...rest] = old.split('\n');
  const bare = rest.map((line) => JSON.stringify({ ...(JSON.parse(line) as Any), openings: [] }));
  const found = await run([head, ...bare.slice(0, 2), ...rest.slice(2)].join('\n'));
  expect(found.said).toContain('2 of its 6 entries are not opened');
  expect(found.said).toContain('does not say how many entries it should have');
  expect(await run(head)).toEqual({ code: 2, said: expect.stringContaining('nothing was checked') });
  const asked = changed((one) =>
    Object.assign(one, { asked: { kind: 'view-started' }, next: '3', erased: 2 }),
  );
  const { said } = await run(asked);
  for (const words of [
    'it was asked for kind view-started',
    'entries below 3 are in',
    '2 entries of that time',
  ])
    expect(said).toContain(words);
});

test('an exact time outside the hour that everybody is shown does not hold', async () => {
  const at = async (hours: number) => {
    const odd = new MemoryLog().grow(5);
    const leaf = JSON.parse(encodeEntry(sha256, partsOf(6), saltOf(6))) as Any;
    odd.append(canonicalJson({ ...leaf, at: Number(leaf['at']) + hours * 3_600_000 } as Json));
    return checkBundle(await odd.bundle(sign(6, odd.root), [6]), keys).faults;
  };
  expect(await at(0)).toEqual([]);
  for (const hours of [-7_200, -1, 1])
    expect(await at(hours)).toEqual([expect.stringContaining('is not in the hour that everybody is shown')]);
});

test('what others wrote into a file cannot pass for words of the program', async () => {
  const forged = changed((head) => Object.assign(head, { of: 'x\nAll of it holds.\u001b[8m\u202e' }));
  const found = await run(forged.replace('"person:', '"person;'), '--show');
  expect(found.code).toBe(1);
  expect(found.said).toContain('x\\u{a}All of it holds.\\u{1b}[8m\\u{202e}');
  expect(found.said).not.toMatch(/^All of it holds/m);
});

test('a folder and a file that is not there are called what they are', async () => {
  const words = ['--key', formatVerifierKey(key)];
  const folder = await verify('bundle', dir, ...words);
  expect(folder).toEqual({ code: 2, said: expect.stringContaining('is a folder; give a file') });
  const none = await verify('bundle', path.join(dir, 'none'), ...words);
  expect(none).toEqual({ code: 2, said: expect.stringContaining('there is no file') });
});

test('a report that is none, and an entry with a time that is none, end with words', async () => {
  await writeLog(path.join(dir, 'log'), log, note);
  const report = (text: string, of = 'log') =>
    verify('report', file(text, 'r.json'), '--log', path.join(dir, of), '--key', formatVerifierKey(key));
  const one = { v: 1, size: 40, root: Buffer.from(log.root).toString('base64'), month: 'all' };
  for (const text of [
    ...[
      { ...one, size: -5 },
      { ...one, root: undefined },
      { ...one, root: 'AAAA' },
    ].map((it) => JSON.stringify(it)),
    JSON.stringify(one).replace('"all"', `"all","x":${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  ])
    expect(await report(text)).toEqual({ code: 2, said: expect.stringMatching(/^this is no public report/) });
  const late = new MemoryLog().grow(5);
  const leaf = JSON.parse(encodeEntry(sha256, partsOf(6), saltOf(6))) as Any;
  late.append(canonicalJson({ ...leaf, at: Number.MAX_SAFE_INTEGER } as Json));
  await writeLog(path.join(dir, 'late'), late, sign(6, late.root));
  const root = Buffer.from(late.root).toString('base64');
  const found = await report(JSON.stringify({ ...one, size: 6, root }), 'late');
  expect(found).toEqual({ code: 1, said: expect.stringContaining('entry 6 cannot be read') });
});

/** An export of all 40 entries in files of ten, as the page saves them: the newest first. */
const exported = async (to = log, of = note): Promise<string[]> => {
  const size = to.leaves.length;
  const files: string[] = [];
  for (let end = size + 1; end > 1; end = Math.max(1, end - 10)) {
    const from = Math.max(1, end - 10);
    const sequences = Array.from({ length: end - from }, (_, at) => from + at);
    const [head = '', ...rest] = (await to.bundle(of, sequences)).split('\n');
    const asked = { limit: 10, ...(end <= size && { before: end }) };
    const next = from === 1 ? null : String(from);
    const other = canonicalJson({ ...(JSON.parse(head) as { [name: string]: Json }), asked, next });
    files.push([other, ...rest].join('\n'));
  }
  return files;
};
const joined = (...texts: string[]) =>
  checkBundles(
    texts.map((text, at) => ({ name: `part ${at + 1}`, text })),
    keys,
  );

test('the files of one export, in whatever order, are the whole of it', async () => {
  const [a = '', b = '', c = '', d = ''] = await exported();
  const places = [c, a, d, b].map((text, at) => file(text, `export-${at}.jsonl`));
  const found = await verify('bundle', ...places, '--key', formatVerifierKey(key));
  expect(found).toEqual({ code: 0, said: expect.stringContaining('the 4 files are the whole of what was') });
  expect(found.said).toContain('40 entries, none left out');
});

test('a file alone, and files with a gap between them, say which entries are not in them', async () => {
  const [a = '', b = '', c = '', d = ''] = await exported();
  const rows: [string[], string[]][] = [
    [[a], ['entries below 31 are in the next file']],
    [[b], ['entries from 31 on are in a file before', 'entries below 21 are in the next file']],
    [[d], ['entries from 11 on are in a file before']],
    [[a, c, d], ['entries from 21 to 30, between part 1 and part 2']],
    [[b, c, d], ['entries from 31 on are in a file before part 1']],
  ];
  for (const [files, words] of rows) {
    const found = joined(...files);
    expect(found.faults).toEqual([]);
    for (const one of words) expect(found.unchecked.join('\n')).toContain(one);
    expect(found.held.join('\n')).not.toContain('whole of what was asked for');
  }
});

test('files that overlap, are of two exports, of two checkpoints or of two logs are told apart', async () => {
  const [a = '', b = '', c = '', d = ''] = await exported();
  expect(joined(a, b, b, c, d).unchecked).toEqual([
    expect.stringContaining('part 2 and part 3 both have entries from 21 to 30'),
  ]);
  const other = b.replace('"limit":10', '"kind":"view-started","limit":10');
  expect(joined(a, other, c, d).faults).toEqual([
    expect.stringContaining('part 2 was asked for something else'),
  ]);
  // What was appended meanwhile: the later files end at a larger checkpoint.
  const grown = new MemoryLog().grow(50);
  const [, , ...later] = await exported(grown, sign(50, grown.root));
  const found = joined(a, ...later);
  expect(found.faults).toEqual([]);
  expect(found.unchecked).toContainEqual(
    expect.stringContaining('give --log to see whether the one goes on'),
  );
  const fork = new MemoryLog().name(key).grow(39);
  const [, ...forked] = await exported(fork, sign(40, fork.root));
  expect(joined(a, ...forked).faults).toEqual(
    expect.arrayContaining([expect.stringContaining('prove that the log was forked')]),
  );
});

test('a file that says another part of the export than it has does not hold', async () => {
  const [, b = ''] = await exported();
  const [head = '', ...rest] = b.split('\n');
  const told = (more: Any) =>
    joined([canonicalJson({ ...(JSON.parse(head) as Any), ...more } as Json), ...rest].join('\n'));
  expect(told({ next: '20' }).faults).toEqual(
    expect.arrayContaining([expect.stringContaining('its own first entry is 21')]),
  );
  expect(told({ next: null }).faults).toEqual([
    expect.stringContaining('of those from 1 to 30 20 are missing'),
  ]);
  expect(told({ asked: { limit: 10, before: 30 } }).faults).toEqual(
    expect.arrayContaining([expect.stringContaining('are below 30, and it has entry 30')]),
  );
  expect(told({ asked: { limit: 10, before: 33 } }).faults).toEqual([
    expect.stringContaining('of those from 21 to 32 2 are missing'),
  ]);
});
