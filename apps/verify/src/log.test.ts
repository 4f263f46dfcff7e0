import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatVerifierKey } from '@clerestory/tlog';
import { verify, writeLog } from '../testing/command.ts';
import { MemoryLog, origin, signer } from '../testing/log.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-log-'));
const at = (...names: string[]) => path.join(dir, ...names);
const [size, early] = [300, 120];
const ours = signer();
const second = signer();
const witness = signer('witness.example.org');
const key = formatVerifierKey(ours.key);

const grown = (to: number, by = ours) => {
  const log = new MemoryLog().name(by.key);
  return log.grow(to - log.leaves.length);
};
const log = grown(size);
const note = ours.sign(size, log.root);
const kept = ours.sign(early, grown(early).root);
/** What lies in a folder of kept checkpoints, by name. */
const folder = (name: string, files: Record<string, string | Uint8Array>): string => {
  mkdirSync(at(name), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(at(name, file), content);
  return at(name);
};

beforeAll(async () => {
  await writeLog(at('log'), log, note);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const check = (...more: string[]) => verify('log', at('log'), '--key', key, ...more);

test('a log with a checkpoint that was kept: all holds, and it says what was compared', async () => {
  const found = await check('--kept', folder('good', { one: kept }));
  expect(found).toEqual({ code: 0, said: expect.stringContaining('All of it holds.') });
  expect(found.said).toContain('1 kept checkpoints were compared');
});

test.each([
  ['an empty folder', () => folder('empty', {}), 2, 'nothing was compared'],
  ['a folder that is not there', () => at('missing'), 2, 'there is no folder'],
  ['a file', () => at('log', 'checkpoint'), 2, 'is a file; give the folder'],
  ['one cut short', () => folder('cut', { a: kept, b: kept.slice(0, -9) }), 2, 'b was not compared'],
  [
    'no checkpoint',
    () => folder('junk', { a: kept, 'notes.txt': 'buy milk' }),
    2,
    'notes.txt was not compared',
  ],
  ['a huge file', () => folder('huge', { a: kept, b: Buffer.alloc(200_000) }), 2, 'it is something else'],
  [
    'the line ends of Windows',
    () => folder('crlf', { a: kept.replaceAll('\n', '\r\n') }),
    0,
    '1 kept checkpoints',
  ],
  [
    'a draft',
    () => folder('draft', { a: kept, 'b.draft': kept.slice(0, 30) }),
    0,
    'b.draft: a draft that was not',
  ],
  [
    'a finished draft of more',
    () => folder('more', { 'b.draft': ours.sign(400, grown(400).root) }),
    1,
    'was cut off',
  ],
  [
    'another key',
    () => folder('other', { a: second.sign(early, grown(early).root) }),
    1,
    'the log was replaced',
  ],
  [
    'another log',
    () => folder('else', { a: signer('x').sign(9, log.root, 'x') }),
    2,
    'it is of another log, x',
  ],
] as const)('among the kept: %s', async (_what, make, code, words) => {
  const found = await check('--kept', make());
  expect(found).toEqual({ code, said: expect.stringContaining(words) });
  expect(found.said.includes('All of it holds.')).toBe(code === 0);
});

test('a link among the kept is followed; one that leads nowhere, and one to a folder, are told', async () => {
  const links = folder('links', {});
  writeFileSync(at('linked'), kept);
  symlinkSync(at('linked'), at('links', 'one'));
  expect((await check('--kept', links)).said).toContain('1 kept checkpoints were compared');
  symlinkSync(at('nowhere'), at('links', 'two'));
  symlinkSync(at('log'), at('links', 'three'));
  const found = await check('--kept', links);
  expect(found.code).toBe(2);
  expect(found.said).toContain('two was not compared');
  expect(found.said).toContain('three was not compared: it is a link to a folder');
});

test('a key that no entry names, and a log signed with an older key than the last it named, do not hold', async () => {
  const secret = ours.sign(size, grown(size, second).root);
  await writeLog(at('unnamed'), grown(size, second), secret);
  const unnamed = await verify('log', at('unnamed'), '--key', key);
  expect(unnamed).toEqual({ code: 1, said: expect.stringContaining('no entry of the log names it') });

  const changed = grown(9).name(second.key, 'log-key-changed');
  await writeLog(at('changed'), changed, second.sign(10, changed.root));
  const both = ['--key', `${key}\n${formatVerifierKey(second.key)}\n`];
  expect(await verify('log', at('changed'), ...both)).toMatchObject({ code: 0 });
  await writeLog(at('changed'), changed, ours.sign(10, changed.root));
  const old = await verify('log', at('changed'), ...both);
  expect(old).toEqual({ code: 1, said: expect.stringContaining('the key that the log has named last') });

  // With the new key alone, what the old one signed is not compared, and that is told.
  await writeLog(at('changed'), changed, second.sign(10, changed.root));
  const keptBefore = folder('before', { a: ours.sign(5, grown(5).root) });
  const alone = await verify(
    'log',
    at('changed'),
    '--key',
    formatVerifierKey(second.key),
    '--kept',
    keptBefore,
  );
  expect(alone).toEqual({ code: 2, said: expect.stringContaining('give it with --key too') });
});

test('that a log has begun anew is told to whoever has nothing of the one before', async () => {
  const said = { before: 'hall.example.org/log', lostSize: 400, why: 'The disk\nbroke.' };
  const anew = new MemoryLog().name(second.key).grow(20).name(ours.key, 'log-begun-anew', said);
  await writeLog(at('anew'), anew, ours.sign(22, anew.root));
  const { code, said: words } = await verify('log', at('anew'), '--key', key);
  expect([code, words]).toEqual([
    ...[
      0,
      expect.stringMatching(
        /entry 22, .* place of hall\.example\.org\/log, of which 400 .*The disk\\u\{a\}broke\./,
      ),
    ],
  ]);
  expect((await check()).said).not.toContain('takes the place of');
});

test('a log that takes another name and keeps its key is not opened', async () => {
  await writeLog(at('renamed'), log, ours.sign(size, log.root, `${origin}-2`));
  const found = await verify('log', at('renamed'), '--key', key);
  expect(found).toEqual({ code: 2, said: expect.stringContaining(`it says that it is of ${origin}-2`) });
});

test('a witness that is named has to have signed', async () => {
  const named = ['--key', key, '--witness', formatVerifierKey(witness.key)];
  for (const words of [
    ['log', at('log')],
    ['checkpoint', at('log', 'checkpoint')],
  ])
    expect(await verify(...words, ...named)).toEqual({
      code: 1,
      said: expect.stringContaining('witness witness.example.org has not signed'),
    });
  const [text, line] = note.split('\n\n');
  const [, more] = witness.sign(size, log.root).split('\n\n');
  writeFileSync(at('both'), `${text}\n\n${line}${more}`);
  expect(await verify('checkpoint', at('both'), ...named)).toMatchObject({ code: 0 });
});

test('a tile above the lowest, and a tile of more hashes than it has, are found', async () => {
  const copy = at('tiles');
  await writeLog(copy, log, note);
  const wrong = at('tiles', 'tile/1/000.p/1');
  const bytes = Buffer.alloc(32, 7);
  writeFileSync(wrong, bytes);
  const found = await verify('log', copy, '--key', key);
  expect(found).toEqual({ code: 1, said: expect.stringContaining('tile/1/000.p/1 is not what the entries') });
  rmSync(wrong);
  expect(await verify('log', copy, '--key', key)).toEqual({
    code: 2,
    said: expect.stringContaining('there is no file'),
  });
  await writeLog(copy, log, note);
  const long = `tile/0/001.p/${size - 256}`;
  writeFileSync(at('tiles', long), Buffer.concat([Buffer.from(await log.source(note).read(long)), bytes]));
  expect((await verify('log', copy, '--key', key)).code).toBe(1);
});

test('a bundle of nothing but zeros, and one that never ends, are given up with words', async () => {
  const copy = at('zeros');
  await writeLog(copy, log, note);
  for (const [bytes, code, words] of [
    [10_000, 1, 'the bundle breaks off, or is none'],
    [20_000_000, 2, 'it is something else'],
  ] as const) {
    writeFileSync(at('zeros', 'tile/entries/000'), Buffer.alloc(bytes));
    expect(await verify('log', copy, '--key', key)).toEqual({ code, said: expect.stringContaining(words) });
  }
});

test('why a server refuses is told, without what would write over the words of the program', async () => {
  const server = createServer((_request, response) =>
    response.writeHead(503).end('The log stands.\u001b[2K\nAll of it holds.'),
  ).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
    const found = await verify('log', address, '--key', key);
    expect(found.code).toBe(2);
    expect(found.said).toContain('answers 503: The log stands.\\u{1b}[2K\\u{a}All of it holds.');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
