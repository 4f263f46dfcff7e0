import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatVerifierKey, parseNote } from '@clerestory/tlog';
import { verify, writeLog } from '../testing/command.ts';
import { MemoryLog, signer, witness } from '../testing/log.ts';
import { checkBundle } from './bundle.ts';
import { opened, whoSigned, type Keys } from './checkpoints.ts';
import { inWords, parseAge } from './freshness.ts';
import { checkLog } from './log.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-fresh-'));
const ours = signer();
const near = witness();
const far = witness('far.example.org');
const log = new MemoryLog().name(ours.key).grow(20);
const note = ours.sign(21, log.root);
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const keys: Keys = { log: [ours.key], witnesses: [near.key], nowMs };
const wordsOf = (agoMs: number) => near.under(note, nowMs - agoMs);
const said = (text: string, of: Keys = keys, isLive = false) => {
  const found = opened(text, of);
  if (!found.ok) throw new Error(found.fault);
  return whoSigned(found.value, of, isLive);
};
const notShown = 'newer entries may exist that you were not shown';

beforeAll(async () => {
  await writeLog(path.join(dir, 'log'), log, near.under(note, Date.parse('2021-01-01T00:00:00Z')));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('an old word of a witness is told with its age, and is a fault where a server hands it out now', () => {
  const old = said(wordsOf(3 * dayMs));
  expect(old.faults).toEqual([]);
  expect(old.held.join('\n')).toContain(
    `vouched for the checkpoint of 21 entries at 2026-11-25T12:00:00.000Z, 3 days ago: ${notShown}`,
  );
  const live = said(wordsOf(3 * dayMs), keys, true);
  expect(live.faults).toEqual([expect.stringMatching(/3 days ago, and 60 minutes is the most.*--max-age/)]);
  // Ten minutes are what a quiet log with a good witness comes to.
  const fresh = said(wordsOf(11 * minuteMs), keys, true);
  expect(fresh).toMatchObject({ faults: [], unchecked: [] });
  expect(fresh.held.join('\n')).toContain('11 minutes ago');
  expect(fresh.held.join('\n')).not.toContain(notShown);
});

test('how old it may be can be said, more or less than an hour, of files too', async () => {
  expect(said(wordsOf(3 * dayMs), { ...keys, maxAgeMs: 7 * dayMs }, true).faults).toEqual([]);
  expect(said(wordsOf(11 * minuteMs), { ...keys, maxAgeMs: 10 * minuteMs }).faults).toEqual([
    expect.stringContaining(notShown),
  ]);
  const bundle = await log.bundle(wordsOf(2 * hourMs), [2, 3]);
  expect(checkBundle(bundle, keys).faults).toEqual([]);
  expect(checkBundle(bundle, keys).held.join('\n')).toContain(`2 hours ago: ${notShown}`);
  expect(checkBundle(bundle, { ...keys, maxAgeMs: hourMs }).faults).toEqual([
    expect.stringContaining(notShown),
  ]);
});

test('the newest of several witnesses counts, and each has to have signed', () => {
  const both = far.under(wordsOf(dayMs), nowMs - minuteMs);
  const two: Keys = { ...keys, witnesses: [near.key, far.key] };
  expect(said(both, two, true)).toMatchObject({ faults: [], unchecked: [] });
  expect(said(both, two, true).held.join('\n')).toContain('witness far.example.org last vouched');
  // The word of one that nobody named says nothing.
  expect(said(both, keys, true).faults).toEqual([expect.stringContaining('24 hours ago')]);
  expect(said(wordsOf(minuteMs), two).faults).toEqual([
    expect.stringContaining('far.example.org has not signed'),
  ]);
});

test('without a witness nobody can say how new it is, and a time that is still to come is no word', () => {
  const alone: Keys = { ...keys, witnesses: [] };
  expect(said(note, alone, true)).toMatchObject({ faults: [], unchecked: [] });
  expect(said(note, alone).held.join('\n')).toContain(`nobody but the log can say: ${notShown}`);
  expect(said(note, { ...alone, maxAgeMs: hourMs }).unchecked).toEqual([
    expect.stringContaining('Give --witness'),
  ]);
  expect(said(wordsOf(-hourMs), keys, true).unchecked).toEqual([expect.stringContaining('still to come')]);
});

test('another time than the witness signed is not its signature', () => {
  const { text = '', signatures = [] } = parseNote(wordsOf(3 * dayMs)) ?? {};
  const later = near.under(note, nowMs);
  const time = (parseNote(later)?.signatures.at(-1)?.signature ?? new Uint8Array()).slice(0, 8);
  const one = signatures.at(-1)!;
  const forged = Buffer.concat([one.id, time, one.signature.subarray(8)]).toString('base64');
  const lines = wordsOf(3 * dayMs)
    .split('\n')
    .with(-2, `— ${one.name} ${forged}`);
  expect(text).not.toBe('');
  expect(opened(lines.join('\n'), keys)).toMatchObject({ ok: false });
});

test('a log that was frozen: a server that hands it out does not hold, a copy of it says how old it is', async () => {
  const frozen = near.under(note, nowMs - 5 * 365 * dayMs);
  const live = await checkLog({ source: { ...log.source(frozen), isLive: true }, keys });
  expect(live.faults).toEqual([expect.stringContaining('1825 days ago')]);
  const words = ['--key', formatVerifierKey(ours.key), '--witness', formatVerifierKey(near.key)];
  const copy = await verify('log', path.join(dir, 'log'), ...words);
  expect(copy).toEqual({
    code: 0,
    said: expect.stringMatching(/at 2021-01-01T00:00:00.000Z, \d+ days ago: newer/),
  });
  const asked = await verify('log', path.join(dir, 'log'), ...words, '--max-age', '30d');
  expect(asked).toEqual({ code: 1, said: expect.stringContaining('30 days is the most that was allowed') });
  const wrong = await verify('log', path.join(dir, 'log'), ...words, '--max-age', '30');
  expect(wrong).toEqual({ code: 2, said: expect.stringContaining('write 90m, 36h or 30d') });
});

test('the address of a checkpoint is a server that hands it out now', async () => {
  const old = near.under(note, Date.now() - 2 * hourMs);
  const server = createServer((_request, response) => response.end(old)).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const words = ['--key', formatVerifierKey(ours.key), '--witness', formatVerifierKey(near.key)];
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/checkpoint`;
    expect(await verify('checkpoint', url, ...words)).toMatchObject({ code: 1 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('ages in words, and as they are written', () => {
  expect([30_000, minuteMs, 119 * minuteMs, 2 * hourMs, 47 * hourMs, 2 * dayMs].map(inWords)).toEqual([
    'less than a minute',
    '1 minute',
    '119 minutes',
    '2 hours',
    '47 hours',
    '2 days',
  ]);
  expect(['90m', '36h', '30d', '1w', '-1d', '1.5h', ''].map(parseAge)).toEqual([
    90 * minuteMs,
    36 * hourMs,
    30 * dayMs,
    null,
    null,
    null,
    null,
  ]);
});
