import type {
  HashedEntry,
  RecordEntry,
  RecordHead,
  RecordKind,
  RecordNote,
  RecordPage,
  RecordQuery,
  RecordVerification,
} from '@clerestory/protocol';
import { emptyFrontier, equalBytes, leafHash, utf8 } from '@clerestory/tlog';
import type { Clock } from '../../platform/clock.ts';
import { StoreError, type Database } from '../../platform/database.ts';
import { changedGuards } from '../../platform/guards.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';
import { newestFirst } from '../../platform/newest-first.ts';
import { emptyHead, faultOf, isTombstone, nextRow, readEntry, type RecordRow } from './chain.ts';
import { Erasures } from './erasures.ts';
import { PublicLog } from './public-log.ts';
import { treeStore } from './tree.ts';

/** What a walk along the chain finds. */
export type Walked =
  Omit<Extract<RecordVerification, { ok: true }>, 'halted'> | Extract<RecordVerification, { ok: false }>;

const otherThanKept = 'the record is another one than that of the kept head';
const otherTree = 'the tree of the public log is not that of its leaves';
const shorterThanKept = 'the record is shorter than the kept head';
/** Faults that only a head shows which somebody kept. */
export const ofKept: readonly string[] = [otherThanKept, shorterThanKept];
/** How a walk along the record goes: so many entries in one go, and what lies between two goes. */
export interface Pace {
  entries: number;
  pause(): Promise<unknown>;
}
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
   * Walks the whole chain and names the first entry that is not as it was written. With a head that somebody kept, also
   * finds a record that was cut off, or written anew from the beginning.
   */
  async verify(
    kept?: { sequence?: number | undefined; hash?: string | undefined },
    pace: Pace = soon,
  ): Promise<Walked> {
    const [end, tree] = await this.#db
      .transaction()
      .execute(async (read) => [await this.#headIn(read), await treeStore.frontier(read)] as const);
    const before = await Erasures.of(this.#db);
    let erasures = before;
    let at = emptyHead;
    let frontier = emptyFrontier;
    let erased = 0;
    for (;;) {
      const rows = await this.#db
        .selectFrom('record_entries')
        .leftJoin('log_leaves', 'log_leaves.sequence', 'record_entries.sequence')
        .leftJoin('log_salts', 'log_salts.sequence', 'record_entries.sequence')
        .select(['record_entries.sequence', 'entry', 'record_entries.hash', 'leaf', 'salt'])
        .select('log_leaves.hash as leafHash')
        .where('record_entries.sequence', '>', at.sequence)
        .where('record_entries.sequence', '<=', end.sequence)
        .orderBy('record_entries.sequence')
        .limit(pace.entries)
        .execute();
      for (const row of rows) {
        // What has expired since the walk began is said by an entry of since then.
        if (erasures.faultOf(row) !== null) erasures = await Erasures.of(this.#db);
        const fault = faultOf(at, row) ?? leafFaultOf(row) ?? erasures.faultOf(row);
        if (isTombstone(row.entry)) erased += 1;
        if (fault !== null) return { ok: false, sequence: at.sequence + 1, fault };
        const grown = row.leafHash && (await treeStore.grown(this.#db, frontier, row.leafHash));
        if (!grown) return { ok: false, sequence: row.sequence, fault: otherTree };
        frontier = grown;
        at = { sequence: row.sequence, hash: row.hash };
        if (kept?.sequence === at.sequence && kept.hash !== undefined && kept.hash !== at.hash)
          return { ok: false, sequence: at.sequence, fault: otherThanKept };
      }
      if (rows.length < pace.entries) break;
      await pace.pause();
    }
    if (at.sequence !== end.sequence || at.hash !== end.hash)
      return { ok: false, sequence: at.sequence + 1, fault: 'the end of the record was cut off' };
    // Those that went during the walk were met with their words, or without.
    const after = await Erasures.of(this.#db);
    const missing = erased >= before.entries && erased <= after.entries ? null : after.faultOfCount(erased);
    if (missing !== null) return { ok: false, sequence: at.sequence, fault: missing };
    if (!PublicLog.isSame(frontier, tree)) return { ok: false, sequence: at.sequence, fault: otherTree };
    if (kept?.sequence !== undefined && kept.sequence > at.sequence)
      return { ok: false, sequence: at.sequence + 1, fault: shorterThanKept };
    return { ok: true, entries: at.sequence, erased, head: at };
  }

  /** The same for somebody who asks. That it was asked, and what was found, is recorded before it is answered. */
  async verifyFor(
    by: string,
    kept?: { sequence?: number | undefined; hash?: string | undefined },
  ): Promise<Walked> {
    const found = await this.verify(kept);
    await this.#db.transaction().execute((write) =>
      this.append(write, {
        ...{ kind: 'record-verified', actor: by, subject: 'record' },
        detail: found.ok
          ? { ok: true, entries: found.entries }
          : { ok: false, entry: found.sequence, fault: found.fault },
      }),
    );
    return found;
  }

  async #headIn(db: Pick<Database, 'selectFrom'>): Promise<RecordHead> {
    return db.selectFrom('record_head').select(['sequence', 'hash']).executeTakeFirstOrThrow();
  }
}

/** What is wrong with the leaf of a row that is in order itself; null when nothing is. */
function leafFaultOf(
  row: RecordRow & { leaf: string | null; leafHash: Uint8Array | null; salt: Uint8Array | null },
): string | null {
  const { sequence, entry, leaf, salt } = row;
  if (leaf === null || row.leafHash === null) return `entry ${sequence} is not in the public log`;
  if (!equalBytes(row.leafHash, leafHash(sha256, utf8(leaf))))
    return `the public leaf of entry ${sequence} is not what was hashed`;
  if (isTombstone(entry))
    return entry === leaf && salt === null ? null : `the erased entry ${sequence} is not its public leaf`;
  return PublicLog.isLeafOf(leaf, readEntry(entry), salt)
    ? null
    : `entry ${sequence} is another one than the public log says`;
}
