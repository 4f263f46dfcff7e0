import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assured } from '../../../../tools/harness/assured.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { assertVersion, openDatabase, secure, storageFault, StoreError } from './database.ts';
import { migrations } from './migrations.ts';
import { readSetting } from './settings.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

test('every open asserts write-ahead log, full sync and the version', async () => {
  for (let open = 0; open < 2; open++) {
    const { raw, close } = openDatabase(folder.dir);
    expect(raw.pragma('synchronous', { simple: true })).toBe(2);
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
    await close();
  }
});

test('before each transaction everything else has its turn, however many follow one another', async () => {
  const { db, close } = openDatabase(folder.dir);
  let [turns, ticks, going] = [0, 0, true];
  const turn = () => {
    turns += 1;
    // What a socket waits for before it writes what comes next.
    process.nextTick(() => (ticks += 1));
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  for (let n = 1; n <= 20; n++) {
    await db.transaction().execute((write) => readSetting(write, 'none'));
    expect(turns).toBeGreaterThanOrEqual(n);
    expect(ticks).toBeGreaterThanOrEqual(n - 1);
  }
  going = false;
  await close();
});

test('a store that cannot keep a write-ahead log is refused', () => {
  const raw = new SqliteDatabase(':memory:');
  expect(() => secure(raw)).toThrow(/journal_mode=wal/);
  raw.close();
});

/** A store whose pragma of this name says something else, whatever it was set to. */
const lying = (name: string, says: unknown): SqliteDatabase.Database =>
  new Proxy(new SqliteDatabase(path.join(folder.dir, 'lying.db')), {
    get(raw, property) {
      if (property === 'pragma')
        return (text: string, options?: SqliteDatabase.PragmaOptions) =>
          text === name ? says : (raw.pragma(text, options) as unknown);
      const value: unknown = Reflect.get(raw, property);
      return typeof value === 'function' ? (value.bind(raw) as unknown) : value;
    },
  });

test('B6: each assertion on the store that does not hold is a refusal to start', () => {
  const cases: [string, unknown, string][] = [
    ['locking_mode', 'normal', 'locking_mode=exclusive'],
    ['journal_mode', 'delete', 'journal_mode=wal'],
    ['synchronous', 1, 'synchronous=2'],
    ['synchronous', 0, 'synchronous=2'],
    ['foreign_keys', 0, 'foreign_keys=1'],
  ];
  for (const [name, says, told] of cases) {
    const raw = lying(name, says);
    expect(() => secure(raw)).toThrow(told);
    raw.close();
  }
  for (const version of ['3.51.2', '3.50.9', '2.99.99', ''])
    expect(() => assertVersion(version)).toThrow(StoreError);
  for (const version of ['3.51.3', '3.51.10', '3.52.0', '4.0.0'])
    expect(() => assertVersion(version)).not.toThrow();
  // Control: a store that keeps what it is told is taken.
  const good = lying('nothing', 0);
  expect(() => secure(good)).not.toThrow();
  good.close();
  assured({
    ...{ row: 'B6', trials: cases.length + 4, whole: true },
    claim:
      'the server does not start on a store that does not keep one of its assertions (log, sync, lock, keys, version)',
    control: 'the same store is taken when it keeps all of them; newer versions are taken',
  });
});

test('a second process is told who has the file', async () => {
  const { close } = openDatabase(folder.dir);
  const script = `import { openDatabase } from ${JSON.stringify(path.join(import.meta.dirname, 'database.ts'))};
    try { openDatabase(${JSON.stringify(folder.dir)}); } catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  await once(child, 'close');
  expect(said).toContain('Another Clerestory is using');
  await close();
});

test('a store of an earlier version says each step that brings it up to date, a new one nothing', async () => {
  const steps: [number, number][] = [];
  const open = (dir: string) => openDatabase(dir, undefined, (step, of) => steps.push([step, of]));
  await open(folder.dir).close();
  expect(steps).toEqual([]);
  const other = temporaryFolder();
  const raw = new SqliteDatabase(path.join(other.dir, 'clerestory.db'));
  for (const text of migrations.slice(0, -1)) raw.exec(text);
  raw.pragma(`user_version = ${migrations.length - 1}`);
  raw.close();
  await open(other.dir).close();
  expect(steps).toEqual([[migrations.length, migrations.length]]);
  other.remove();
});

test('a file that is no database, and one from the future, are refused with what to do', async () => {
  writeFileSync(
    path.join(folder.dir, 'clerestory.db'),
    'not a database at all, but long enough to look like one '.repeat(40),
  );
  expect(() => openDatabase(folder.dir)).toThrow(/is not a readable database. Restore it/);

  const other = temporaryFolder();
  const { raw, close } = openDatabase(other.dir);
  raw.pragma('user_version = 999');
  await close();
  expect(() => openDatabase(other.dir)).toThrow(StoreError);
  expect(() => openDatabase(other.dir)).toThrow(/newer version/);
  other.remove();
});

test('a full disk is known as such', async () => {
  const told: unknown[] = [];
  const { db, raw, storage, close } = openDatabase(folder.dir, (fault) => told.push(fault));
  const pages = Number(raw.pragma('max_page_count', { simple: true }));
  raw.pragma(`max_page_count = ${Number(raw.pragma('page_count', { simple: true }))}`);
  const fill = db
    .insertInto('settings')
    .values({ name: 'big', value: 'x'.repeat(1_000_000) })
    .execute();
  const error = await fill.catch((caught: unknown) => caught);
  expect(storageFault(error)).toBe('full');
  // Within a transaction too, where SQLite has rolled back by itself.
  const within = db.transaction().execute(async (write) => {
    await write
      .insertInto('settings')
      .values({ name: 'bigger', value: 'x'.repeat(9_000_000) })
      .execute();
  });
  expect(storageFault(await within.catch((caught: unknown) => caught))).toBe('full');
  expect(raw.inTransaction).toBe(false);
  // Told once, however many writes fail, and that it is over with the first that is durable.
  expect([told, storage()]).toEqual([['full'], 'full']);
  await db.selectFrom('settings').selectAll().execute();
  expect(storage()).toBe('full');
  raw.pragma(`max_page_count = ${pages}`);
  await db.transaction().execute(async (write) => {
    await write.insertInto('settings').values({ name: 'small', value: 'x' }).execute();
  });
  expect([told, storage()]).toEqual([['full', null], null]);
  await close();
});
