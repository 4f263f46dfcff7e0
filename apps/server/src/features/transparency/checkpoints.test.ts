import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatVerifierKey, openCheckpoint, parseVerifierKey } from '@clerestory/tlog';
import { ed25519, sha256 } from '../../platform/hashing.ts';
import { until } from '../../testing/server.ts';
import { giveOrder } from './orders.ts';
import { taken } from './signed-before.ts';
import type { StoredCheckpoint } from './store.ts';
import { LogSite } from './testing/log-site.ts';
import { WitnessFolder } from './witness-folder.ts';

let site: LogSite;
beforeEach(async () => {
  site = await new LogSite().start();
});
afterEach(() => site.remove());

describe('the key', () => {
  test('lies beside the database, for its owner alone, and signs what is published', async () => {
    expect(statSync(site.file('log.key')).mode & 0o777).toBe(0o600);
    await site.append(3);
    await site.checkpoints.tick();
    expect(site.published()).toEqual({ size: 4, signers: ['wall.example.org/log'] });
    const secret = readFileSync(site.file('log.key'), 'utf8').trim().split('+').slice(4).join('+');
    expect(secret).toHaveLength(44);
    await site.stop();
    for (const name of ['clerestory.db', 'clerestory.db-wal'])
      if (existsSync(site.file(name))) expect(readFileSync(site.file(name)).includes(secret)).toBe(false);
    await site.start();
  });

  test('that others can read is refused, with what to do', async () => {
    chmodSync(site.file('log.key'), 0o644);
    await expect(site.restart()).rejects.toThrow(/chmod 600/);
    chmodSync(site.file('log.key'), 0o600);
    await site.start();
  });

  test('that is missing is not replaced by another: nothing is signed', async () => {
    await site.append(1);
    await site.checkpoints.tick();
    rmSync(site.file('log.key'));
    await site.restart();
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/missing/);
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('is changed by order: one checkpoint has both signatures, and the old key is gone', async () => {
    await site.append(2);
    await site.checkpoints.tick();
    const before = readFileSync(site.file('log.key'), 'utf8');
    giveOrder(site.dir, { do: 'change-key' });
    await site.restart();
    const both = site.checkpoints.published();
    const opened = openCheckpoint(ed25519, both.ok ? both.value.note : '', { log: site.keys });
    expect(opened.ok && opened.value.signed).toHaveLength(2);
    expect(readFileSync(site.file('log.key'), 'utf8')).not.toBe(before);
    expect([existsSync(site.file('log.key.next')), existsSync(site.file('log-order.json'))]).toEqual([
      false,
      false,
    ]);
    const { entry } = site.open.raw
      .prepare(`select entry from record_entries where kind = 'log-key-changed'`)
      .get() as { entry: string };
    const [old, now] = site.keys;
    expect(entry).toContain(Buffer.from(now?.id ?? []).toString('hex'));
    expect(entry).toContain(Buffer.from(old?.id ?? []).toString('hex'));
    await site.append(1);
    await site.checkpoints.tick();
    const after = site.checkpoints.published();
    const alone = openCheckpoint(ed25519, after.ok ? after.value.note : '', { log: site.keys });
    expect(alone.ok && alone.value.signed.map(({ key }) => key)).toEqual([now]);
  });
});

test('an order that was followed, and was not taken away before a kill, is not followed again', async () => {
  giveOrder(site.dir, { do: 'change-key' });
  await site.restart();
  const now = site.keys.at(-1);
  const key = readFileSync(site.file('log.key'), 'utf8');
  // As the kill leaves it: the key is in its place, and the order is there still, with the key that it has made.
  giveOrder(site.dir, { do: 'change-key', key: formatVerifierKey(now!) });
  await site.restart();
  expect(readFileSync(site.file('log.key'), 'utf8')).toBe(key);
  expect([site.keys.at(-1), existsSync(site.file('log-order.json'))]).toEqual([now, false]);
  expect(
    site.open.raw.prepare(`select 1 from record_entries where kind = 'log-key-changed'`).all(),
  ).toHaveLength(1);
});

describe('the witness folder', () => {
  const inFolder = (name: string) => path.join(site.file('witness'), 'wall.example.org-log', name);
  test('is never read from a pipe: it stops the log with its name, at a start and while it runs', async () => {
    await site.append(2);
    await site.checkpoints.tick();
    rmSync(inFolder('latest'));
    execFileSync('mkfifo', [inFolder('latest')]);
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.halted).toMatch(/latest is no file/);
    await site.restart();
    expect(site.halted).toMatch(/latest is no file/);
  });

  test('takes what comes at once one after the other: the largest is the latest, and no draft is left', async () => {
    const signed: StoredCheckpoint[] = [];
    for (let n = 0; n < 4; n++) {
      await site.append(1);
      await site.checkpoints.tick();
      const published = site.checkpoints.published();
      if (published.ok) signed.push(published.value);
    }
    const [first, second, third, last] = signed;
    const folder = new WitnessFolder(path.join(site.dir, 'another'), last!.origin);
    // A witness's word on one comes while the next is written.
    const orders = [first, second, first, third, second, last, third, last];
    await Promise.all(orders.map((one) => folder.keep(one!.size, one!.at, one!.note)));
    expect(readFileSync(path.join(folder.dir, 'latest'), 'utf8')).toBe(last!.note);
    const files = await taken(folder.files(), 10);
    expect(files.map((file) => Number(path.basename(file)) || 'latest')).toEqual([
      'latest',
      ...signed.map(({ size }) => size).toReversed(),
    ]);
    expect(readdirSync(folder.dir, { recursive: true }).filter((name) => /draft/.test(String(name)))).toEqual(
      [],
    );
  });

  test('is listed month by month, from the last one back: what is older is not waited for', async () => {
    const folder = new WitnessFolder(path.join(site.dir, 'another'), 'wall.example.org/log');
    const put = (name: string) => {
      mkdirSync(path.dirname(path.join(folder.dir, name)), { recursive: true });
      writeFileSync(path.join(folder.dir, name), '');
    };
    for (const name of ['2026-09/000000000005', '2026-10/000000000009', '2026-10/000000000012', 'latest'])
      put(name);
    for (const name of ['2026-10/000000000013.draft', '.snapshot/000000000099']) put(name);
    const listing = folder.files();
    expect(await taken(listing, 2)).toEqual(['latest', '2026-10/000000000012']);
    // Nobody has looked into September yet.
    put('2026-09/000000000007');
    put('2026-09/odd/000000000006');
    expect(await taken(listing, 10)).toEqual([
      ...['2026-10/000000000009', '2026-09/000000000007', '2026-09/000000000005'],
      '2026-09/odd/000000000006',
    ]);
  });

  test('that takes nothing is told to whoever oversees, and is given the last checkpoint again', async () => {
    await site.append(1);
    await site.checkpoints.tick();
    mkdirSync(inFolder('latest.draft'));
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.published().size).toBe(3);
    expect(site.checkpoints.status()).toMatchObject({
      ...{ halted: null, folderFault: expect.stringMatching(/last checkpoint is not in it \(EISDIR/) },
    });
    rmdirSync(inFolder('latest.draft'));
    // Nothing new has come.
    await site.checkpoints.tick();
    expect(site.checkpoints.status().folderFault).toBeNull();
    const published = site.checkpoints.published();
    expect(readFileSync(inFolder('latest'), 'utf8')).toBe(published.ok && published.value.note);
  });

  test('that hangs holds nothing up: it is told, nothing is signed meanwhile, and once it answers the log goes on', async () => {
    site.folderPatienceMs = 1_000;
    await site.restart();
    await site.append(1);
    await site.checkpoints.tick();
    await site.append(1);
    // Nobody reads the pipe: whoever opens it to write waits without end, as on a machine that is away.
    execFileSync('mkfifo', [inFolder('latest.draft')]);
    await site.checkpoints.tick();
    expect(site.lines).toContain('error a checkpoint is not in the witness folder');
    const { size } = site.published();
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.lines.at(-1)).toBe('error the log could not be signed; it is tried again');
    expect([site.published().size, site.halted]).toEqual([size, null]);
    expect(site.checkpoints.status().folderFault).toMatch(
      /does not answer within 1 s\. Nothing new is signed/,
    );
    const reader = openSync(inFolder('latest.draft'), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      await until(async () => {
        await site.checkpoints.tick();
        return site.published().size > size;
      });
    } finally {
      closeSync(reader);
    }
    // No pipe takes a checkpoint for good.
    rmSync(inFolder('latest.draft'));
    await site.checkpoints.tick();
    expect([site.halted, site.checkpoints.status().folderFault]).toEqual([null, null]);
  });
});

test('what can still be proved after an entry was changed is proved against the last checkpoint before it', async () => {
  for (const count of [3, 2, 4, 1]) {
    await site.append(count);
    await site.checkpoints.tick();
  }
  site.open.raw.exec(
    `drop trigger log_keeps_leaves; update log_leaves set hash = zeroblob(32) where sequence = 8`,
  );
  await site.append(1);
  await site.checkpoints.tick();
  expect(site.halted).toMatch(/not those that were signed/);
  expect(await site.checkpoints.readable()).toMatchObject({
    ok: true,
    value: { size: 6, halted: site.halted },
  });
  site.open.raw.exec('update log_leaves set hash = zeroblob(32) where sequence = 1');
  const none = await site.checkpoints.readable();
  expect(none).toMatchObject({
    ok: false,
    problem: { detail: expect.stringMatching(/^Nothing can be proved/) },
  });
});

test('a root that its own entries do not lead to is never signed', async () => {
  await site.append(3);
  await site.checkpoints.tick();
  const signed = site.checkpoints.published();
  await site.append(2);
  const head = site.open.raw.prepare('select * from log_head').get() as { frontier: Buffer };
  head.frontier[head.frontier.length - 1]! ^= 1;
  const names = Object.keys(head).join();
  const places = Object.keys(head).map((name) => `@${name}`);
  site.open.raw.prepare(`insert or replace into log_head (${names}) values (${places.join()})`).run(head);
  await site.checkpoints.tick();
  expect(site.halted).toMatch(/not that of its own \d+ entries/);
  expect(await site.checkpoints.readable()).toMatchObject({
    ok: true,
    value: { size: signed.ok && signed.value.size },
  });
});

describe('the database', () => {
  test.each([
    [
      'another name',
      `update settings set value = 'other.example/log' where name = 'log-origin'`,
      /entries have named/,
    ],
    ['no name', `delete from settings where name like 'log-%'`, /not know any more what its log is called/],
  ])('with %s than its entries have is not signed', async (_, statement, words) => {
    await site.append(3);
    await site.checkpoints.tick();
    site.open.raw.exec(statement);
    await site.restart();
    expect(site.halted).toMatch(words);
    await site.append(1);
    await site.checkpoints.tick();
    expect(site.checkpoints.published().ok).toBe(false);
  });

  test('with an entry that somebody has made one without words is not signed, and a new log says so', async () => {
    await site.append(3);
    await site.checkpoints.tick();
    const names = ['record_keeps_entries', 'log_erases_salts'];
    const guards = names.map((name) =>
      site.open.raw.prepare('select sql from sqlite_master where name = ?').pluck().get(name),
    );
    for (const name of names) site.open.raw.exec(`drop trigger ${name}`);
    site.open.raw.exec(
      `update record_entries set entry = (select leaf from log_leaves where sequence = 3) where sequence = 3;
       delete from log_salts where sequence = 3; ${guards.join(';')}`,
    );
    await site.restart();
    expect(site.halted).toMatch(/entry 3 has lost its words/);
    expect(site.checkpoints.published().ok).toBe(false);
    giveOrder(site.dir, { do: 'begin-anew', why: 'Somebody has emptied an entry, and there is no copy.' });
    await site.restart();
    expect(site.halted).toBeNull();
    const [leaf = ''] = await site.record.log.leaves(4, 1);
    expect(JSON.parse(leaf)).toMatchObject({ kind: 'log-begun-anew', public: { erased: 1 } });
  });
});

test('what is new is signed within half a minute, by the clock of the server alone', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await site.append(1);
    site.checkpoints.start();
    await until(() => site.checkpoints.published().ok);
    await site.append(3);
    vi.advanceTimersByTime(30_000);
    await until(() => site.published().size === 5);
    await site.checkpoints.stop();
  } finally {
    vi.useRealTimers();
  }
});

test('a key is parsed from what is published of it', () => {
  const { key } = site.checkpoints.status();
  expect(parseVerifierKey(sha256, key ?? '')).toEqual(site.keys[0]);
});
