import type {
  HashedEntry,
  RecordEntry,
  RecordHead,
  RecordKind,
  RecordNote,
  RecordPage,
  RecordQuery,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { StoreError, type Database } from '../../platform/database.ts';
import { changedGuards } from '../../platform/guards.ts';
import type { Write } from '../../platform/idempotency.ts';
import { newestFirst } from '../../platform/newest-first.ts';
import { nextRow, readEntry } from './chain.ts';
import { Erasures } from './erasures.ts';
import { PublicLog } from './public-log.ts';
import { Walk, type KeptHead, type Pace, type Walked } from './walk.ts';

/** For somebody who waits: others get their turn. */
const soon: Pace = { entries: 1_000, pause: () => new Promise(setImmediate) };

/**
 * The record: append-only, each entry chained to the one before. Whoever does something that has to be known appends in
 * the transaction of what is done, so that there is never the one without the other.
 */
export class RecordService {
  readonly #db: Database;
  readonly #clock: Clock;
  /** What everybody may see of it. */
  readonly log: PublicLog;
  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.log = new PublicLog(db);
  }

  /**
   * Asserts that the store still refuses to change the record, and says where the record ends.
   * @throws StoreError when a guard is gone, or is another one.
   */
  async load(): Promise<RecordHead> {
    const changed = await changedGuards(this.#db);
    if (changed.length > 0)
      throw new StoreError(
        `The database no longer protects its record as it did (${changed.join(', ')}): somebody has changed it. Keep the file as it is and restore a backup.`,
      );
    await this.log.takeOver();
    return this.head();
  }

  /** Appends one entry. Transactions take turns on the one connection, so that nobody else moves the head meanwhile. */
  async append(write: Write, note: RecordNote): Promise<void> {
    await this.#append(write, note);
  }

  async #append(write: Write, note: RecordNote): Promise<RecordHead> {
    const { kind, actor, subject, detail } = note;
    const given = { at: this.#clock.nowMs(), kind, actor, subject, detail };
    const row = nextRow(await this.#headIn(write), given);
    await write.insertInto('record_entries').values(row).execute();
    await this.log.append(write, { ...given, sequence: row.sequence });
    return { sequence: row.sequence, hash: row.hash };
  }

  /** Is every erased entry one that the record itself says was erased? What is wrong, in words; null when nothing is. */
  async erasureFault(): Promise<string | null> {
    return this.#db.transaction().execute(async (read) => (await Erasures.of(read)).faultOfStore(read));
  }

  head(): Promise<RecordHead> {
    return this.#headIn(this.#db);
  }

  /** One page, newest first. That it is read is appended first, and is itself on the page that asks for everything. */
  async read(query: RecordQuery, by: string): Promise<RecordPage> {
    const { cursor, limit, ...filter } = query;
    const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    const head = await this.#db.transaction().execute((write) =>
      this.#append(write, {
        kind: 'record-read',
        actor: by,
        subject: 'record',
        detail: { ...asked, limit, ...(cursor !== undefined && { before: cursor }) },
      }),
    );
    // What there is up to the head stays as it is, so that others may append while it is read.
    const below = Math.min(head.sequence + 1, cursor === undefined ? Infinity : Number(cursor));
    const found = await newestFirst(this.#db, { below, limit }, (stretch) => {
      let rows = this.#db
        .selectFrom('record_entries')
        .select(['entry', 'hash', 'sequence'])
        .where('sequence', '>=', stretch.from)
        .where('sequence', '<', stretch.below);
      for (const column of ['kind', 'actor', 'subject'] as const)
        if (query[column] !== undefined) rows = rows.where(column, '=', query[column]);
      if (query.from !== undefined) rows = rows.where('at', '>=', query.from);
      if (query.to !== undefined) rows = rows.where('at', '<=', query.to);
      return rows.orderBy('sequence', 'desc').limit(stretch.limit).execute();
    });
    const items = found.map(({ entry, hash }): HashedEntry => ({ ...readEntry(entry), hash }));
    return { items, next: found.length === limit ? String(found.at(-1)?.sequence) : null, head };
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

  /** Sequences of entries of some kinds about something, newest first, from `upTo` down; erased ones are about nothing. */
  async about(subject: string, kinds: readonly RecordKind[], upTo: number, limit: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('record_entries')
      .select('sequence')
      .where('subject', '=', subject)
      .where('kind', 'in', kinds)
      .where('sequence', '<=', upTo)
      .orderBy('sequence', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ sequence }) => sequence);
  }

  /** Entries that have lost their words, lawfully or not. */
  async erasedNow(): Promise<number> {
    const { count } = await this.#db
      .selectFrom('record_entries')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('actor', 'is', null)
      .executeTakeFirstOrThrow();
    return count;
  }

  /** How many entries of some kinds have been erased, up to `upTo`: what they were about nobody can say any more. */
  async erasedOf(kinds: readonly RecordKind[], upTo: number): Promise<number> {
    const { count } = await this.#db
      .selectFrom('record_entries')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('actor', 'is', null)
      .where('kind', 'in', kinds)
      .where('sequence', '<=', upTo)
      .executeTakeFirstOrThrow();
    return count;
  }

  /**
   * Walks the whole chain and names the first entry that is not as it was written, and where the log has begun anew behind
   * that one the first of there. With a head that somebody kept, also finds a record that was cut off, or written anew from
   * the beginning.
   */
  verify(kept: KeptHead = {}, pace: Pace = soon): Promise<Walked> {
    return new Walk(this.#db, kept, pace).go();
  }

  /** The same for somebody who asks. That it was asked, and what was found, is recorded before it is answered. */
  async verifyFor(by: string, kept?: KeptHead): Promise<Walked> {
    const found = await this.verify(kept);
    await this.#db.transaction().execute((write) =>
      this.append(write, {
        ...{ kind: 'record-verified', actor: by, subject: 'record' },
        detail: found.ok
          ? { ok: true, entries: found.entries }
          : {
              ...{ ok: false, entry: found.sequence, fault: found.fault },
              since: found.anew.flatMap(({ fault }) => (fault ? `${fault.sequence}: ${fault.fault}` : [])),
            },
      }),
    );
    return found;
  }

  async #headIn(db: Pick<Database, 'selectFrom'>): Promise<RecordHead> {
    return db.selectFrom('record_head').select(['sequence', 'hash']).executeTakeFirstOrThrow();
  }
}
