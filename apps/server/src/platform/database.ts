import { statfsSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { Kysely, sql, SqliteDialect, SqliteDriver, type DatabaseConnection, type Driver } from 'kysely';
import { prepareDataFolder } from './data-folder.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** The store cannot be used as it is; the message says what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

/** SQLite before 3.51.3 can lose the end of a write-ahead log on reset. */
const minimumSqlite = [3, 51, 3] as const;

/** @throws StoreError when it is older than the one that is safe with a write-ahead log. */
export function assertVersion(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [index, least] of minimumSqlite.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least)
      throw new StoreError(
        `The built-in SQLite is ${version}, but at least ${minimumSqlite.join('.')} is needed. Run npm ci to get the version of the lock file.`,
      );
  }
}

/** A server that is just closing gets this long to let go of the file, ms. */
const lockPatienceMs = 2_000;

/** What has to hold on every open: `synchronous` falls back to NORMAL when a WAL file is opened again. */
const pragmas: readonly [set: string, name: string, expected: string | number][] = [
  ['locking_mode = EXCLUSIVE', 'locking_mode', 'exclusive'],
  ['journal_mode = WAL', 'journal_mode', 'wal'],
  ['synchronous = FULL', 'synchronous', 2],
  ['foreign_keys = ON', 'foreign_keys', 1],
  // What is erased does not lie about in the file's free pages: salts, above all.
  ['secure_delete = ON', 'secure_delete', 1],
];

/** What was written lately is in the file alone, so that nothing erased is left in the write-ahead log. */
export async function emptyWal(db: Database): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(db);
}

/** Sets the pragmas and reads each one back. Exported for the test that a store in another mode is refused. */
export function secure(raw: SqliteDatabase.Database): void {
  assertVersion((raw.prepare('select sqlite_version() as v').get() as { v: string }).v);
  for (const [set, name, expected] of pragmas) {
    raw.pragma(set);
    const found: unknown = raw.pragma(name, { simple: true });
    if (found !== expected)
      throw new StoreError(
        `The database does not keep ${name}=${expected} (it says ${String(found)}), so what is acknowledged might not be durable. Put the data folder on a local disk.`,
      );
  }
}

/** Hears that an older store is brought up to date, before it begins: steps of how many. */
export type OnMigration = (step: number, of: number) => void;

function migrate(raw: SqliteDatabase.Database, onMigration: OnMigration): void {
  const found = Number(raw.pragma('user_version', { simple: true }));
  if (found > migrations.length)
    throw new StoreError(
      `The database was written by a newer version (schema ${found}, this program knows ${migrations.length}). Start that version, or set CLERESTORY_DATA to another folder.`,
    );
  for (let next = found; next < migrations.length; next++) {
    // A new store has nothing that would take long.
    if (found > 0) onMigration(next + 1, migrations.length);
    raw.transaction(() => {
      raw.exec(migrations[next] ?? '');
      raw.pragma(`user_version = ${next + 1}`);
    })();
  }
}

export type StorageFault = 'full' | 'io';

/** A fault of the disk rather than of the data: what a person can do about it, or null. */
export function storageFault(error: unknown): StorageFault | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return null;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  return code.startsWith('SQLITE_IOERR') || code === 'SQLITE_READONLY' ? 'io' : null;
}

/** Of a disk with no room for a journal, SQLite says at the start that it cannot be written. */
function isFull(error: unknown, dataDir: string): boolean {
  const fault = storageFault(error);
  if (fault !== 'io') return fault === 'full';
  const { bavail, bsize } = statfsSync(dataDir);
  return bavail * bsize < leastFreeBytes;
}
const leastFreeBytes = 256 * 1024;

/** Statements that are kept ready, the last used ones. */
const mostPrepared = 300;
/** Longer ones hold lists, and hardly come again as they are. */
const longestPrepared = 2_000;

/**
 * Keeps statements prepared: to compile one anew costs more than to run it, above all where triggers hang on its table.
 * SQLite itself compiles a kept one again after the schema has changed.
 */
function prepared(database: SqliteDatabase.Database) {
  const kept = new Map<string, SqliteDatabase.Statement>();
  return {
    close: () => void database.close(),
    prepare(text: string): SqliteDatabase.Statement {
      const known = kept.get(text);
      kept.delete(text);
      const statement = known ?? database.prepare(text);
      if (text.length <= longestPrepared) kept.set(text, statement);
      if (kept.size > mostPrepared) kept.delete(kept.keys().next().value ?? '');
      return statement;
    },
  };
}

/**
 * A commit waits for the disk, and the whole process with it. So everything else has its turn before each transaction: what
 * was written to a socket just before leaves before the store is asked, above all that a picture is to end.
 *
 * A full disk makes SQLite roll back by itself; a second rollback would throw and hide what went wrong.
 */
class Dialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database;
  constructor(database: SqliteDatabase.Database) {
    super({ database });
    this.#database = database;
  }
  override createDriver(): Driver {
    const database = this.#database;
    return new (class extends SqliteDriver {
      override async beginTransaction(connection: DatabaseConnection): Promise<void> {
        await setImmediate();
        await super.beginTransaction(connection);
      }
      override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
        if (database.inTransaction) await super.rollbackTransaction(connection);
      }
    })({ database: prepared(database) as unknown as SqliteDatabase.Database });
  }
}

export interface OpenDatabase {
  db: Database;
  raw: SqliteDatabase.Database;
  /** Why the last write failed; null again with the next that is durable. */
  storage(): StorageFault | null;
  close(): Promise<void>;
}

/**
 * Opens (and creates) the one database file in `dataDir`, safe modes asserted, schema brought up to date. The file is
 * locked for this process until `close`. `onStorage` hears when the disk begins to fail, and (null) when it takes writes again.
 * @throws StoreError with what to do: no usable folder, another server owns it, wrong version, full disk, not a database.
 */
export function openDatabase(
  dataDir: string,
  onStorage: (fault: StorageFault | null) => void = () => undefined,
  onMigration: OnMigration = () => undefined,
): OpenDatabase {
  const file = path.join(dataDir, 'clerestory.db');
  const unusable = prepareDataFolder(dataDir);
  if (unusable !== null) throw new StoreError(unusable);
  let raw: SqliteDatabase.Database | undefined;
  try {
    raw = new SqliteDatabase(file, { timeout: lockPatienceMs });
    secure(raw);
    // A write takes the exclusive lock at once, so that a second server finds out now and not later.
    raw.exec('begin immediate; commit');
    migrate(raw, onMigration);
  } catch (error) {
    raw?.close();
    if (error instanceof StoreError) throw error;
    const { code, message } = error as { code?: string; message: string };
    if (code === 'SQLITE_BUSY')
      throw new StoreError(
        `Another Clerestory is using ${dataDir}. Stop it, or set CLERESTORY_DATA to another folder.`,
        { cause: error },
      );
    if (isFull(error, dataDir))
      throw new StoreError(
        `The disk of ${dataDir} is full. Free some space and start again; nothing was lost.`,
        { cause: error },
      );
    if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
      throw new StoreError(
        `${file} is not a readable database. Restore it from a backup, or move it away to start anew.`,
        { cause: error },
      );
    throw new StoreError(
      `Cannot open ${file}: ${message}. Check that you may write there, or set CLERESTORY_DATA to another folder.`,
      { cause: error },
    );
  }
  const opened = raw;
  let storage: StorageFault | null = null;
  const db = new Kysely<Tables>({
    dialect: new Dialect(opened),
    log(event) {
      const failed = event.level === 'error' ? storageFault(event.error) : null;
      const isDurable = event.level === 'query' && event.query.sql === 'commit';
      const now = failed ?? (isDurable ? null : storage);
      if (now === storage) return;
      storage = now;
      onStorage(now);
    },
  });
  // Kysely closes the file only if it was ever asked something.
  const close = async () => {
    await db.destroy();
    if (opened.open) opened.close();
  };
  return { db, raw: opened, storage: () => storage, close };
}
