import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson, leafHash, utf8, type Json } from '@clerestory/tlog';
import { sha256 } from '../../platform/hashing.ts';
import { until } from '../../testing/server.ts';
import { LogKey } from './key.ts';
import { giveOrder } from './orders.ts';
import { LogSite } from './testing/log-site.ts';

let site: LogSite;
beforeEach(async () => {
  site = await new LogSite().start();
});
afterEach(() => site.remove());

/** Somebody with the file does this to it, and puts the guards back, so that the store itself has nothing to say. */
function forge(names: readonly string[], then: () => void): void {
  const { raw } = site.open;
  const guards = names.map((name) =>
    raw.prepare('select sql from sqlite_master where name = ?').pluck().get(name),
  );
  for (const name of names) raw.exec(`drop trigger ${name}`);
  then();
  for (const guard of guards) raw.exec(String(guard));
}
/** The private words of an entry become others; its leaf stays. */
function reword(sequence: number, change: Record<string, Json>): void {
  const { raw } = site.open;
  const text = raw.prepare('select entry from record_entries where sequence = ?').pluck().get(sequence);
  const words = canonicalJson({ ...(JSON.parse(String(text)) as Record<string, Json>), ...change });
  raw.prepare('update record_entries set entry = ? where sequence = ?').run(words, sequence);
}
const isRefused = async () => {
  await site.append(1);
  await site.checkpoints.tick();
  return !site.checkpoints.published().ok;
};

describe('words of the record that are not those of their leaf are not believed', () => {
  test('that an entry was erased', async () => {
    await site.append(8);
    await site.checkpoints.tick();
    forge(['record_keeps_entries', 'log_erases_salts'], () => {
      site.open.raw.exec(
        `update record_entries set entry = (select leaf from log_leaves where sequence = 4) where sequence = 4;
         delete from log_salts where sequence = 4`,
      );
      reword(6, {
        ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
        detail: { entries: 1, from: 4, upTo: 4, why: 'older than 1825 days' },
      });
    });
    await site.restart();
    expect(site.halted).toMatch(/entry 4 has lost its words .* no entry of the log says that it was erased/);
    expect(await isRefused()).toBe(true);
  });

  test('that the log was begun with another key, where all else that was signed is gone', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const key = LogKey.fresh('wall.example.org/log');
    forge(['record_keeps_entries'], () =>
      reword(1, { detail: { origin: 'wall.example.org/log', key: key.public } }),
    );
    site.open.raw.exec('delete from log_checkpoints');
    site.open.raw
      .prepare(`update settings set value = ? where name = 'log-keys'`)
      .run(JSON.stringify([key.public]));
    writeFileSync(site.file('log.key'), key.toText(), { mode: 0o600 });
    rmSync(site.file('witness'), { recursive: true });
    await site.restart();
    expect(site.halted).toMatch(/not those that its entries have named/);
    expect(await isRefused()).toBe(true);
  });

  test('that the key was never changed, for whoever has the old one', async () => {
    const old = readFileSync(site.file('log.key'), 'utf8');
    giveOrder(site.dir, { do: 'change-key' });
    await site.restart();
    const { raw } = site.open;
    const changed = raw.prepare(`select sequence from record_entries where kind = 'log-key-changed'`);
    forge(['record_keeps_entries'], () => reword(Number(changed.pluck().get()), { kind: 'view-started' }));
    raw.exec('delete from log_checkpoints');
    raw
      .prepare(`update settings set value = ? where name = 'log-keys'`)
      .run(JSON.stringify([LogKey.fromText(old)?.public]));
    writeFileSync(site.file('log.key'), old, { mode: 0o600 });
    rmSync(site.file('witness'), { recursive: true });
    await site.restart();
    expect(site.halted).toMatch(/not those that its entries have named/);
    expect(await isRefused()).toBe(true);
  });
});

describe('a fault that the check of the whole record has found', () => {
  const check = async () => site.checkpoints.recordChecked(await site.record.verify());
  /** Words that no start compares with their leaf. */
  const reworded = (n: number) => forge(['record_keeps_entries'], () => reword(3, { detail: { n } }));

  test('stops the log, over restarts too, until the record is found right again', async () => {
    await site.append(5);
    await site.checkpoints.tick();
    await check();
    expect(site.halted).toBeNull();
    reworded(70);
    await site.restart();
    expect(site.halted).toBeNull();
    await check();
    expect(site.halted).toMatch(/record was changed: entry 3 is not what was hashed/);
    expect(await isRefused()).toBe(true);
    await site.restart();
    expect(site.halted).toMatch(/entry 3 is not what was hashed/);
    expect(await isRefused()).toBe(true);
    reworded(1);
    await check();
    await site.restart();
    expect(site.halted).toBeNull();
    expect(await isRefused()).toBe(false);
  });

  test('does not stop the log that begins anew because of it, but for what is changed since', async () => {
    await site.append(5);
    await site.checkpoints.tick();
    reworded(70);
    await check();
    giveOrder(site.dir, { do: 'begin-anew', why: 'Somebody has changed entry 3, and there is no copy.' });
    await site.restart();
    await check();
    expect(site.halted).toBeNull();
    // What was wrong before is told all the same.
    expect(site.lines.at(-1)).toMatch(
      /^warn from before the log began anew.*: entry 3 is not what was hashed/,
    );
    expect(await isRefused()).toBe(false);
    forge(['record_keeps_entries'], () => reword(8, { detail: { n: 70 } }));
    await check();
    expect(site.halted).toMatch(/entry 8 is not what was hashed/);
    expect(await isRefused()).toBe(true);
  });
});

test('a leaf that was changed together with its hash, where no root is computed from it, stops the log while it runs', async () => {
  // The first 256 have a hash of their own in the tree, below which no root looks.
  await site.append(300);
  await site.checkpoints.tick();
  const [leaf = ''] = await site.record.log.leaves(99, 1);
  const other = leaf.replace('"kind":"view-started"', '"kind":"view-refused"');
  forge(['log_keeps_leaves'], () =>
    site.open.raw
      .prepare('update log_leaves set leaf = ?, hash = ? where sequence = 100')
      .run(other, leafHash(sha256, utf8(other))),
  );
  await site.restart();
  expect(await isRefused()).toBe(false);
  site.checkpoints.start();
  await until(() => site.halted !== null);
  expect(site.halted).toMatch(/entry 100 is another one than the public log says/);
  await site.checkpoints.stop();
});

test('a log does not begin anew with leaves that were changed, and says what it can begin with', async () => {
  await site.append(5);
  await site.checkpoints.tick();
  forge(['log_keeps_leaves'], () =>
    site.open.raw.exec('update log_leaves set hash = zeroblob(32) where sequence = 3'),
  );
  giveOrder(site.dir, { do: 'begin-anew', why: 'Somebody has changed entry 3, and there is no copy.' });
  await site.restart();
  expect(site.halted).toMatch(/not that of its own 6 entries.* newest copy back that is whole/);
  expect((await site.record.head()).sequence).toBe(6);
  // The order is gone, and the log has its name.
  await site.restart();
  expect(site.checkpoints.status().origin).toBe('wall.example.org/log');
});

test('a leaf about the log that is not what was hashed stops it, with the number of the entry', async () => {
  await site.append(3);
  await site.checkpoints.tick();
  forge(['log_keeps_leaves'], () =>
    site.open.raw.exec(
      `update log_leaves set leaf = replace(leaf, 'wall.example.org', 'hall.example.org') where sequence = 1`,
    ),
  );
  await site.restart();
  expect(site.halted).toMatch(/public leaf of entry 1 is not what was hashed/);
  expect(await isRefused()).toBe(true);
});
