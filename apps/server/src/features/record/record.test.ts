import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLine } from '@clerestory/public-log';
import { encodeRecordEntry, RecordQuery, type RecordEntry, type RecordNote } from '@clerestory/protocol';
import { append as appendLeaf, concat, emptyFrontier, type Frontier } from '@clerestory/tlog';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { aboutLog } from './about-log.ts';
import { emptyHead, faultOf, nextRow } from './chain.ts';
import { RecordService, Refusals } from './index.ts';

let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let record: RecordService;
const clock = new TurnedClock();
const note = (n: number): RecordNote => ({
  kind: 'sign-in',
  actor: `person:p${n}`,
  subject: 'site',
  detail: { n, way: 'password' },
});
const append = (given: RecordNote) => open.db.transaction().execute((write) => record.append(write, given));
const everything = (given: object = {}) =>
  RecordQuery.parse(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])));

/** Without the guards of the log, which stand again at the next opening of a new store alone. */
async function tamperLog(statements: string): Promise<void> {
  for (const name of ['log_keeps_all', 'log_keeps_every_subtree', 'log_head_follows', 'log_erases_salts'])
    open.raw.exec(`drop trigger ${name}`);
  open.raw.exec(statements);
}

beforeEach(() => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  record = new RecordService(open.db, clock);
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

describe('the canonical text, version 1', () => {
  const entry: RecordEntry = {
    sequence: 7,
    at: 1_700_000_000_000,
    kind: 'view-ended',
    actor: 'person:ä',
    subject: 'camera:gate',
    detail: { seconds: 12.5, b: null, a: ['x', 'é\n'], '€': true, '\u{1f600}': 1e21, '\ufb33': -0 },
  };
  test('is JSON by RFC 8785: keys by code unit, numbers as ECMAScript writes them', () => {
    // A surrogate pair sorts before U+FB33, as in the example of RFC 8785 section 3.2.3.
    expect(encodeRecordEntry(entry)).toBe(
      '{"actor":"person:ä","at":1700000000000,"detail":{"a":["x","é\\n"],"b":null,"seconds":12.5,"€":true,' +
        '"😀":1e+21,"\ufb33":0},"kind":"view-ended","sequence":7,"subject":"camera:gate","v":1}',
    );
  });
  test('refuses what canonical JSON cannot hold', () => {
    expect(() => encodeRecordEntry({ ...entry, actor: '\ud800' })).toThrow(RangeError);
    expect(() => encodeRecordEntry({ ...entry, subject: 'a\udc00b' })).toThrow(RangeError);
    expect(() => encodeRecordEntry({ ...entry, detail: { n: Infinity } })).toThrow(RangeError);
  });
});

describe('the chain', () => {
  test('can be recomputed by hand from the stored texts', async () => {
    for (let n = 1; n <= 3; n++) await append(note(n));
    let before = Buffer.alloc(32);
    const rows = await open.db.selectFrom('record_entries').selectAll().orderBy('sequence').execute();
    for (const { entry, hash } of rows) {
      before = createHash('sha256').update(before).update(entry).digest();
      expect(hash).toBe(before.toString('hex'));
    }
    expect(await record.head()).toEqual({ sequence: 3, hash: before.toString('hex') });
    expect(rows[1]).toMatchObject({ kind: 'sign-in', actor: 'person:p2', subject: 'site' });
  });

  test('an entry goes with its transaction: both or none', async () => {
    await expect(
      open.db.transaction().execute(async (write) => {
        await record.append(write, note(1));
        throw new Error('what it records failed');
      }),
    ).rejects.toThrow();
    expect(await record.head()).toMatchObject({ sequence: 0 });
    await append(note(2));
    expect(await record.verify()).toMatchObject({ ok: true, entries: 1 });
  });

  test('the store refuses to change, remove, insert in between, or move the head', async () => {
    for (let n = 1; n <= 3; n++) await append(note(n));
    for (const statement of [
      `update record_entries set entry = '{}' where sequence = 2`,
      'delete from record_entries where sequence = 3',
      `insert into record_entries (sequence, entry, hash) values (9, '{}', '')`,
      `insert or replace into record_entries (sequence, entry, hash) values (3, '{}', '')`,
      'update record_head set sequence = 2',
      `update record_head set sequence = 4, hash = 'x'`,
      'delete from record_head',
    ])
      expect(() => open.raw.exec(statement), statement).toThrow(/record/);
    expect(await record.verify()).toMatchObject({ ok: true, entries: 3 });
  });
});

describe('verify names the first entry that is not as it was written', () => {
  /** Somebody with the file and without scruples. */
  async function tamper(statements: string): Promise<void> {
    await open.close();
    const raw = new SqliteDatabase(path.join(folder.dir, 'clerestory.db'));
    const triggers = raw.prepare(`select name from sqlite_master where type = 'trigger'`).all() as {
      name: string;
    }[];
    for (const { name } of triggers) raw.exec(`drop trigger ${name}`);
    raw.exec(statements);
    raw.close();
    open = openDatabase(folder.dir);
    record = new RecordService(open.db, clock);
  }
  test.each([
    ['a changed word', `update record_entries set entry = replace(entry, 'p3', 'p9') where sequence = 3`, 3],
    ['a changed hash', `update record_entries set hash = replace(hash, '0', '1') where sequence = 2`, 2],
    ['an entry taken out', `delete from record_entries where sequence = 2`, 2],
    [
      'two that changed places',
      `update record_entries set sequence = 99 where sequence = 2; update record_entries set sequence = 2 where sequence = 3; update record_entries set sequence = 3 where sequence = 99`,
      2,
    ],
    ['the end cut off', `delete from record_entries where sequence > 3`, 4],
  ])('%s', async (_, statements, sequence) => {
    for (let n = 1; n <= 5; n++) await append(note(n));
    expect(await record.verify()).toMatchObject({ ok: true, entries: 5 });
    await tamper(statements);
    expect(await record.verify()).toMatchObject({ ok: false, sequence });
  });

  test('a changed hash of the tree', async () => {
    await open.db.transaction().execute(async (write) => {
      for (let n = 1; n <= 300; n++) await record.append(write, note(n));
    });
    expect(await record.verify()).toMatchObject({ ok: true, entries: 300 });
    await tamper('update log_subtrees set hash = zeroblob(32) where level = 1');
    expect(await record.verify()).toMatchObject({
      ...{ ok: false, sequence: 256, fault: expect.stringMatching(/tree of the public log is not that/) },
    });
  });

  test('a cut that also moves the head is found by whoever kept one', async () => {
    for (let n = 1; n <= 5; n++) await append(note(n));
    const kept = await record.head();
    const hashes = await open.db
      .selectFrom('log_leaves')
      .select('hash')
      .orderBy('sequence')
      .limit(3)
      .execute();
    await tamper(
      `delete from record_entries where sequence > 3; update record_head set sequence = 3, hash = (select hash from record_entries where sequence = 3)`,
    );
    // The public log knows of more.
    expect(await record.verify()).toMatchObject({ ok: false, sequence: 3 });
    const { roots } = hashes.reduce(
      (grown, { hash }) => appendLeaf(sha256, grown, hash).frontier,
      emptyFrontier as Frontier,
    );
    const frontier = Buffer.from(concat(...roots)).toString('hex');
    await tamper(
      `delete from log_leaves where sequence > 3; delete from log_salts where sequence > 3; update log_head set size = 3, frontier = x'${frontier}'`,
    );
    expect(await record.verify()).toMatchObject({ ok: true, entries: 3 });
    expect(await record.verify(kept)).toMatchObject({ ok: false, sequence: 4 });
    // Written anew: each entry right in itself, chained from an entry that stands.
    let head = await record.head();
    const forged = [6, 7, 8].map((n) => {
      const row = nextRow(head, { ...note(n), at: clock.nowMs() });
      head = { sequence: row.sequence, hash: row.hash };
      return `insert into record_entries (sequence, entry, hash) values (${row.sequence}, '${row.entry}', '${row.hash}')`;
    });
    await tamper(
      [...forged, `update record_head set sequence = ${head.sequence}, hash = '${head.hash}'`].join(';'),
    );
    await record.log.takeOver();
    expect(await record.verify()).toMatchObject({ ok: true, entries: 6 });
    expect(await record.verify(kept)).toMatchObject({ ok: false, sequence: 5 });
  });

  test('each of 300 random changes of one character is found', async () => {
    for (let n = 1; n <= 4; n++) await append(note(n));
    const rows = await open.db.selectFrom('record_entries').select(['sequence', 'entry', 'hash']).execute();
    let seed = 20_260_301;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let trial = 0; trial < 300; trial++) {
      const at = random(rows.length);
      const field = random(2) === 0 ? 'entry' : 'hash';
      const changed = rows.map((row) => ({ ...row }));
      const row = changed[at];
      if (!row) throw new Error('no row');
      const place = random(row[field].length);
      const other = String.fromCharCode(row[field].charCodeAt(place) ^ (1 + random(15)));
      row[field] = row[field].slice(0, place) + other + row[field].slice(place + 1);
      let head = emptyHead;
      const fault = changed.find((one) => {
        if (faultOf(head, one) !== null) return true;
        head = { sequence: one.sequence, hash: one.hash };
        return false;
      });
      expect(fault?.sequence, `${field} of ${row.sequence} at ${place}`).toBe(row.sequence);
    }
  });
});

describe('the public log', () => {
  const erase = (beforeMs: number) =>
    record.log.erase(beforeMs, (write, erased) =>
      record.append(write, {
        ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
        detail: { ...erased, why: 'old' },
      }),
    );
  const allOf = async (names: readonly string[] | 'all', at?: number) => {
    const size = at ?? (await record.log.head()).size;
    const root = (await record.log.rootAt(size)) ?? new Uint8Array(0);
    const sequences = Array.from({ length: size }, (_, n) => n + 1);
    return { tree: { size, root }, lines: await record.log.lines(sequences, size, () => names) };
  };

  test('has each entry with a proof, names nobody, and opens what is asked for alone', async () => {
    for (let n = 1; n <= 5; n++) await append(note(n));
    const { tree, lines } = await allOf(['actor']);
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(line.leaf).not.toMatch(/person:|password/);
      expect(line.openings.map(({ name }) => name)).toEqual(['actor']);
      expect(checkLine(sha256, line, tree)).toMatchObject({ ok: true });
      const [opening] = line.openings;
      if (!opening) throw new Error('nothing is opened');
      const lied = { ...line, openings: [{ ...opening, value: 'person:other' }] };
      expect(checkLine(sha256, lied, tree)).toMatchObject({
        ok: false,
        fault: expect.stringContaining('actor'),
      });
    }
  });

  test('takes over what was written before there was a log, once', async () => {
    await open.db.transaction().execute(async (write) => {
      for (let n = 1; n <= 270; n++) await record.append(write, note(n));
    });
    const before = await record.log.leaves(0, 270);
    await tamperLog('delete from log_leaves; delete from log_salts; delete from log_subtrees');
    open.raw.exec(`update log_head set size = 0, frontier = x''`);
    await record.log.takeOver();
    const after = await record.log.leaves(0, 270);
    expect(after.map((leaf) => leaf.replaceAll(/"[\w+/]{43}="/g, ''))).toEqual(
      before.map((leaf) => leaf.replaceAll(/"[\w+/]{43}="/g, '')),
    );
    expect(await record.verify()).toMatchObject({ ok: true, entries: 270 });
    expect(await record.log.takeOver()).toBe(0);
  });

  test('an entry cannot be without its leaf', async () => {
    await append(note(1));
    const row = nextRow(await record.head(), { ...note(2), at: 1 });
    const insert = `insert into record_entries (sequence, entry, hash) values (2, '${row.entry}', '${row.hash}')`;
    open.raw.exec(insert);
    await expect(append(note(3))).rejects.toThrow(/in the log/);
  });

  test('what has expired is gone, its place and every proof stay', async () => {
    for (let n = 1; n <= 3; n++) await append(note(n));
    clock.pass(10_000);
    const cut = clock.nowMs();
    for (let n = 4; n <= 5; n++) await append(note(n));
    const before = await allOf('all');
    const rows = open.raw.prepare('select salt from log_salts where sequence <= 3').all() as {
      salt: Buffer;
    }[];
    const salts = rows.map(({ salt }) => salt.toString('latin1'));
    expect(salts).toHaveLength(3);
    expect(await erase(cut)).toBe(3);
    const after = await allOf('all', 5);
    expect(after.tree).toEqual(before.tree);
    expect(after.lines.map(({ leaf, proof }) => ({ leaf, proof }))).toEqual(
      before.lines.map(({ leaf, proof }) => ({ leaf, proof })),
    );
    expect(after.lines.map(({ openings }) => openings.length > 0)).toEqual([false, false, false, true, true]);
    for (const line of after.lines) expect(checkLine(sha256, line, after.tree)).toMatchObject({ ok: true });
    // The sixth says that they were erased.
    expect(await record.verify()).toMatchObject({ ok: true, entries: 6, erased: 3 });
    expect(await record.erasureFault()).toBeNull();
    const stored = JSON.stringify(open.raw.prepare('select * from record_entries').all());
    expect(stored).not.toMatch(/person:p[123]/);
    // Nor in what the store's files have no use for any more.
    const bytes = readdirSync(folder.dir).map((name) => readFileSync(path.join(folder.dir, name), 'latin1'));
    // Not by `toMatch`, whose words would be the whole file.
    const found = (what: string) => bytes.some((file) => file.includes(what));
    expect(['person:p1', 'person:p2', 'person:p3', ...salts].map(found)).toEqual(Array(6).fill(false));
    expect(['person:p4', 'person:p5'].map(found)).toEqual([true, true]);
    const { items } = await record.read(everything({ kind: 'sign-in' }), 'person:anna');
    expect(items.map(({ actor }) => actor)).toEqual(['person:p5', 'person:p4', 'erased', 'erased', 'erased']);
    expect(await erase(cut)).toBe(0);
  });

  test('a tombstone is no way to change an entry', async () => {
    for (let n = 1; n <= 3; n++) await append(note(n));
    const [one = ''] = await record.log.leaves(0, 1);
    for (const text of [
      one.replace('"by":"person"', '"by":"screen"'),
      (await record.log.leaves(1, 1))[0] ?? '',
    ])
      expect(() =>
        open.raw.prepare('update record_entries set entry = ? where sequence = 1').run(text),
      ).toThrow(/never changed/);
  });

  test('the store lets words and salts go only while the record says that they are being erased', async () => {
    for (let n = 1; n <= 3; n++) await append(note(n));
    const erasing = `update record_entries set entry = (select leaf from log_leaves where sequence = 2) where sequence = 2`;
    for (const statement of [
      erasing,
      'delete from log_salts where sequence = 2',
      `update log_salts set salt = x'00' where sequence = 2`,
      `insert or replace into log_salts values (2, x'00')`,
    ])
      expect(() => open.raw.exec(statement), statement).toThrow(/never changed|salt/);
    clock.pass(1);
    expect(await erase(clock.nowMs())).toBe(3);
    await append(note(5));
    // What was said once is no leave to do it again.
    expect(() => open.raw.exec(erasing)).toThrow(/never changed/);
  });

  describe('an entry that somebody has made one without words', () => {
    /** As somebody with the file does: it has its public leaf in its place, and no salt. */
    function hide(sequence: number): void {
      for (const name of ['record_keeps_entries', 'log_erases_salts']) open.raw.exec(`drop trigger ${name}`);
      open.raw.exec(
        `update record_entries set entry = (select leaf from log_leaves where sequence = ${sequence}) where sequence = ${sequence};
         delete from log_salts where sequence = ${sequence}`,
      );
    }
    test('is found, since no entry of the log says that it was erased', async () => {
      for (let n = 1; n <= 5; n++) await append(note(n));
      expect(await record.erasureFault()).toBeNull();
      hide(4);
      expect(await record.verify()).toMatchObject({
        ...{ ok: false, sequence: 4, fault: expect.stringContaining('no entry of the log says') },
      });
      expect(await record.erasureFault()).toMatch(/entry 4 has lost its words/);
    });
    test('is found among those that were erased, by their number', async () => {
      await append(note(1));
      clock.pass(10_000);
      await append({ ...note(2), kind: 'log-begun' });
      await append(note(3));
      clock.pass(10_000);
      expect(await erase(clock.nowMs())).toBe(2);
      expect(await record.verify()).toMatchObject({ ok: true, erased: 2 });
      // Begun logs are never erased, and stand between those that were.
      hide(2);
      expect(await record.verify()).toMatchObject({ ok: false, sequence: 2 });
      expect(await record.erasureFault()).toMatch(/entry 2/);
    });
    test('is found where an entry was spared, since its clock ran ahead', async () => {
      await append(note(1));
      clock.step(50_000);
      await append(note(2));
      clock.step(-50_000);
      await append(note(3));
      clock.pass(10_000);
      expect(await erase(clock.nowMs())).toBe(2);
      expect(await record.verify()).toMatchObject({ ok: true, erased: 2 });
      hide(2);
      expect(await record.verify()).toMatchObject({
        ...{ ok: false, fault: '3 entries have lost their words, and the log says that 2 were erased' },
      });
      expect(await record.erasureFault()).toMatch(/3 entries have lost their words/);
    });
    test('is found where the words of another were made into ones that say so', async () => {
      for (let n = 1; n <= 5; n++) await append(note(n));
      hide(2);
      const said = { entries: 1, from: 2, upTo: 2, why: 'older than 30 days' };
      open.raw
        .prepare(
          `update record_entries set entry = json_set(entry, '$.kind', 'record-erased', '$.detail', json(?)) where sequence = 4`,
        )
        .run(JSON.stringify(said));
      expect(await record.erasureFault()).toMatch(/entry 2 has lost its words/);
      expect(await record.verify()).toMatchObject({ ok: false, sequence: 2 });
    });
    test('is found by its missing salt too', async () => {
      for (let n = 1; n <= 3; n++) await append(note(n));
      open.raw.exec('drop trigger log_erases_salts; delete from log_salts where sequence = 2');
      expect(await record.erasureFault()).toMatch(/3 entries have their words, and 2 have the salt/);
    });
  });

  test('what the log says of itself is found by an index of its own', async () => {
    await append({ ...note(1), kind: 'log-begun' });
    await append(note(2));
    const plan = open.raw.prepare(`explain query plan ${aboutLog(open.db).compile().sql}`).all();
    expect(JSON.stringify(plan)).toMatch(/using index log_leaves_about_log/i);
    const { entries } = await record.log.said();
    expect(entries.map(({ sequence }) => sequence)).toEqual([1]);
  });

  test('a log whose leaves were taken out is not taken over again', async () => {
    await append({ ...note(1), kind: 'log-begun' });
    await append(note(2));
    await tamperLog('delete from log_leaves; delete from log_salts; delete from log_subtrees');
    open.raw.exec(`update log_head set size = 0, frontier = x''`);
    await expect(record.log.takeOver()).rejects.toThrow(/leaves of the log were taken out/);
  });
});

describe('a start is refused on a store', () => {
  test.each([
    ['whose guard is gone', 'drop trigger record_keeps_entries', 'record_keeps_entries'],
    [
      'whose guard is another one under its name',
      `drop trigger log_keeps_all;
       create trigger log_keeps_all before delete on log_leaves when 0 begin select raise(abort, 'no'); end`,
      'log_keeps_all',
    ],
    [
      'that has a trigger which is none of its own',
      'create trigger more after insert on log_salts begin delete from settings; end',
      'more',
    ],
  ])('%s, with its name', async (_, statements, name) => {
    await record.load();
    open.raw.exec(statements);
    await expect(record.load()).rejects.toThrow(`as it did (${name})`);
  });

  test('and not where the spaces of a guard alone are others', async () => {
    const guard = open.raw
      .prepare(`select sql from sqlite_master where name = 'log_keeps_all'`)
      .pluck()
      .get();
    open.raw.exec(`drop trigger log_keeps_all; ${String(guard).replaceAll(/\s+/g, '\n ')}`);
    await expect(record.load()).resolves.toMatchObject({ sequence: 0 });
  });
});

describe('reading', () => {
  test('is by cursor and filter, newest first, hands out the head, and is itself recorded', async () => {
    for (let n = 1; n <= 5; n++) await append(note(n));
    const first = await record.read(everything({ kind: 'sign-in', limit: 3 }), 'person:anna');
    expect(first.items.map(({ sequence }) => sequence)).toEqual([5, 4, 3]);
    expect(first.head).toMatchObject({ sequence: 6 });
    const second = await record.read(
      everything({ kind: 'sign-in', limit: 3, cursor: first.next }),
      'person:anna',
    );
    expect(second.items.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(second.next).toBeNull();
    const reads = await record.read(everything({ kind: 'record-read' }), 'person:ben');
    expect(reads.items.map(({ actor }) => actor)).toEqual(['person:ben', 'person:anna', 'person:anna']);
    expect(reads.items[1]?.detail).toEqual({ kind: 'sign-in', limit: 3, before: '3' });
    expect((await record.read(everything({ actor: 'person:p2' }), 'person:ben')).items).toHaveLength(1);
  });
});

describe('refusals', () => {
  const refusal = { actor: 'anonymous', asked: 'rest:listCameras', subject: '', code: 'unauthenticated' };
  test('the first is written at once, the rest of the minute as one entry with their number', async () => {
    const refusals = new Refusals(open.db, record, clock, createLogger('silent'));
    for (let n = 0; n < 1_000; n++) refusals.note({ ...refusal, address: '127.0.0.9' });
    clock.pass(61_000);
    refusals.note({ ...refusal, address: '127.0.0.9' });
    await refusals.stop();
    const { items } = await record.read(everything({ kind: 'refused' }), 'person:anna');
    expect(items.map(({ detail }) => detail['count'])).toEqual([1, 999, 1]);
  });
  test('ten thousand different ones in a minute stay below the bound', async () => {
    const refusals = new Refusals(open.db, record, clock, createLogger('silent'));
    for (let n = 0; n < 10_000; n++) refusals.note({ ...refusal, subject: `camera:c${n}` });
    await refusals.stop();
    const { items } = await record.read(everything({ kind: 'refused', limit: 500 }), 'person:anna');
    expect(items.length).toBeLessThanOrEqual(201);
    expect(items.reduce((sum, { detail }) => sum + Number(detail['count']), 0)).toBe(10_000);
  });
  test('a crowd of strangers hides nothing that somebody of the house was refused', async () => {
    const refusals = new Refusals(open.db, record, clock, createLogger('silent'));
    for (let n = 0; n < 1_000; n++) refusals.note({ ...refusal, address: `198.18.${n >> 8}.${n & 255}` });
    refusals.note({ ...refusal, actor: 'person:otto' });
    for (let n = 0; n < 1_000; n++) refusals.note({ ...refusal, actor: `screen:s${n}` });
    await refusals.stop();
    const { items } = await record.read(everything({ kind: 'refused', limit: 500 }), 'person:anna');
    expect(items.filter(({ actor }) => actor === 'person:otto')).toHaveLength(1);
    expect(items.length).toBeLessThanOrEqual(402);
    expect(items.reduce((sum, { detail }) => sum + Number(detail['count']), 0)).toBe(2_001);
  });
  test('refused ways in are counted like any other, those of one place and kind together', async () => {
    const refusals = new Refusals(open.db, record, clock, createLogger('silent'));
    const blocked = { subject: 'person:otto', what: 'blocked', of: 'password', address: '192.0.2.7' };
    for (let n = 0; n < 1_000; n++) refusals.entrance(blocked);
    refusals.entrance({ ...blocked, of: 'code', address: '2001:db8::7' });
    refusals.entrance({ ...blocked, of: 'code', address: '2001:db8::8' });
    await refusals.stop();
    const { items } = await record.read(everything({ kind: 'sign-in-refused' }), 'person:anna');
    expect(items.map(({ detail }) => [detail['of'], detail['count'], detail['address']])).toEqual([
      ['code', 1, '2001:db8::/64'],
      ['password', 999, '192.0.2.7'],
      ['code', 1, '2001:db8::/64'],
      ['password', 1, '192.0.2.7'],
    ]);
    expect(items[3]).toMatchObject({
      ...{ actor: 'anonymous', subject: 'person:otto' },
      detail: { what: 'blocked', of: 'password', address: '192.0.2.7', count: 1 },
    });
  });
});
