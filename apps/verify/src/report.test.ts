import { expect, test } from 'vitest';
import { parseEntry, ReportBuilder } from '@clerestory/public-log';
import { toBase64 } from '@clerestory/tlog';
import { MemoryLog, origin, signer } from '../testing/log.ts';
import { checkReport } from './report.ts';
import { CannotRead } from './source.ts';

const { key, sign } = signer();
const log = new MemoryLog().name(key).grow(30);
const source = log.source(sign(log.leaves.length, log.root));
const builder = new ReportBuilder();
for (const leaf of log.leaves) {
  const parsed = parseEntry(leaf);
  if (parsed.ok) builder.take(parsed.entry);
}
const text = JSON.stringify(builder.report({ origin, size: log.leaves.length, root: toBase64(log.root) }));
const check = async (report: string) =>
  (await checkReport(report, source, { log: [key], witnesses: [] })).faults;

test('the public numbers are those of the log, however they are spaced', async () => {
  expect(await check(text)).toEqual([]);
  expect(await check(JSON.stringify(JSON.parse(text), null, 2))).toEqual([]);
});

const forged: [string, string][] = [
  ['"total":30', '"total":31'],
  ['"footage":{}', '"footage":[]'],
  ['"v":1', '"v":1,"rootBytes":7'],
  ['"v":1', '"v":1,"__proto__":{}'],
  ['"v":1', '"v":1,"more":null'],
];
test.each(forged)('with %s made %s they do not hold, and it says where', async (from, to) => {
  expect(text).toContain(from);
  const faults = await check(text.replace(from, to));
  expect(faults).toEqual([expect.stringContaining('the report says')]);
});

test('a number that is there twice is no report, since readers would take another one', async () => {
  const twice = text.replace('"total":30', '"total":5,"total":30');
  expect(JSON.parse(twice)).toEqual(JSON.parse(text));
  await expect(check(twice)).rejects.toThrow(CannotRead);
});
