import type {
  HashedEntry,
  RecordEntry,
  RecordHead,
  RecordNote,
  RecordPage,
  RecordQuery,
  RecordVerification,
} from '@clerestory/protocol';
import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import { StoreError, type Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import { emptyHead, faultOf, nextRow, readEntry } from './chain.ts';

/** Triggers of the store that keep the record as it was written. */
const guards = [
  'record_in_order',
  'record_moves_head',
  'record_keeps_entries',
  'record_keeps_all',
  'record_head_stays',
  'record_head_follows',
];
/** Entries that one step of a walk holds in memory. */
const walkStep = 1_000;

/**
 * The record: append-only, each entry chained to the one before. Whoever does something that has to be known appends in
 * the transaction of what is done, so that there is never the one without the other.
 */
export class RecordService {
  readonly #db: Database;
  readonly #clock: Clock;
  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /**
   * Asserts that the store still refuses to change the record, and says where the record ends.
   * @throws StoreError when a guard is gone.
   */
  async load(): Promise<RecordHead> {
    const found = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(
      this.#db,
    );
    const missing = guards.filter((guard) => !found.rows.some(({ name }) => name === guard));
    if (missing.length > 0)
      throw new StoreError(
        `The database no longer protects its record (${missing.join(', ')}): somebody has changed it. Keep the file as it is and restore a backup.`,
      );
    return this.head();
  }

  /** Appends one entry. Transactions take turns on the one connection, so that nobody else moves the head meanwhile. */
  async append(write: Write, note: RecordNote): Promise<void> {
    await this.#append(write, note);
  }

  async #append(write: Write, note: RecordNote): Promise<RecordHead> {
    const { kind, actor, subject, detail } = note;
    const row = nextRow(await this.#headIn(write), { at: this.#clock.nowMs(), kind, actor, subject, detail });
    await write.insertInto('record_entries').values(row).execute();
    return { sequence: row.sequence, hash: row.hash };
  }

  head(): Promise<RecordHead> {
    return this.#headIn(this.#db);
  }

  /** One page, newest first. That it is read is appended first, and is itself on the page that asks for everything. */
  async read(query: RecordQuery, by: string): Promise<RecordPage> {
    const { cursor, limit, ...filter } = query;
    const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    return this.#db.transaction().execute(async (write) => {
      const head = await this.#append(write, {
        kind: 'record-read',
        actor: by,
        subject: 'record',
        detail: { ...asked, limit, ...(cursor !== undefined && { before: cursor }) },
      });
      let rows = write.selectFrom('record_entries').select(['entry', 'hash', 'sequence']);
      if (cursor !== undefined) rows = rows.where('sequence', '<', Number(cursor));
      for (const column of ['kind', 'actor', 'subject'] as const)
        if (query[column] !== undefined) rows = rows.where(column, '=', query[column]);
      if (query.from !== undefined) rows = rows.where('at', '>=', query.from);
      if (query.to !== undefined) rows = rows.where('at', '<=', query.to);
      const found = await rows.orderBy('sequence', 'desc').limit(limit).execute();
      const items = found.map(({ entry, hash }): HashedEntry => ({ ...readEntry(entry), hash }));
      return { items, next: found.length === limit ? String(found.at(-1)?.sequence) : null, head };
    });
  }

  /** The entries of some kinds after a sequence, oldest first: for counts that are computed from the record. */
  async after(sequence: number, limit: number): Promise<RecordEntry[]> {
    const rows = await this.#db
      .selectFrom('record_entries')
      .select('entry')
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    return rows.map(({ entry }) => readEntry(entry));
  }

  /**
   * Walks the whole chain and names the first entry that is not as it was written. With a head that somebody kept, also
   * finds a record that was cut off, or written anew from the beginning.
   */
  async verify(kept?: {
    sequence?: number | undefined;
    hash?: string | undefined;
  }): Promise<RecordVerification> {
    const end = await this.head();
    let at = emptyHead;
    for (;;) {
      const rows = await this.#db
        .selectFrom('record_entries')
        .select(['sequence', 'entry', 'hash'])
        .where('sequence', '>', at.sequence)
        .where('sequence', '<=', end.sequence)
        .orderBy('sequence')
        .limit(walkStep)
        .execute();
      for (const row of rows) {
        const fault = faultOf(at, row);
        if (fault !== null) return { ok: false, sequence: at.sequence + 1, fault };
        at = { sequence: row.sequence, hash: row.hash };
        if (kept?.sequence === at.sequence && kept.hash !== undefined && kept.hash !== at.hash)
          return {
            ok: false,
            sequence: at.sequence,
            fault: 'the record is another one than that of the kept head',
          };
      }
      if (rows.length < walkStep) break;
      // Others get their turn.
      await new Promise(setImmediate);
    }
    if (at.sequence !== end.sequence || at.hash !== end.hash)
      return { ok: false, sequence: at.sequence + 1, fault: 'the end of the record was cut off' };
    if (kept?.sequence !== undefined && kept.sequence > at.sequence)
      return { ok: false, sequence: at.sequence + 1, fault: 'the record is shorter than the kept head' };
    return { ok: true, entries: at.sequence, head: at };
  }

  async #headIn(db: Pick<Database, 'selectFrom'>): Promise<RecordHead> {
    return db.selectFrom('record_head').select(['sequence', 'hash']).executeTakeFirstOrThrow();
  }
}
