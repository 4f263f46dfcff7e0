import type { RecordFault, RecordHead, RecordVerification } from '@clerestory/protocol';
import { emptyFrontier, equalBytes, leafHash, utf8, type Frontier } from '@clerestory/tlog';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import { saidByLog } from './about-log.ts';
import { emptyHead, faultOf, isTombstone, readEntry, type RecordRow } from './chain.ts';
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
/** A head that somebody says they have kept. */
export interface KeptHead {
  sequence?: number | undefined;
  hash?: string | undefined;
}
interface Place {
  head: RecordHead;
  frontier: Frontier;
}
interface Row extends RecordRow {
  leaf: string | null;
  leafHash: Uint8Array | null;
  salt: Uint8Array | null;
}

/**
 * A walk along the whole record: chain, leaves, salts and tree. A fault ends it, since nothing behind one can be believed,
 * but where the log has begun anew: it says itself that it goes on with what there was, so that the walk does too, from
 * what the store has as its chain and its tree there.
 */
export class Walk {
  readonly #db: Database;
  readonly #kept: KeptHead;
  readonly #pace: Pace;
  #at: Place = { head: emptyHead, frontier: emptyFrontier };
  #erased = 0;
  #keptFault: RecordFault | null = null;
  constructor(db: Database, kept: KeptHead, pace: Pace) {
    this.#db = db;
    this.#kept = kept;
    this.#pace = pace;
  }

  async go(): Promise<Walked> {
    const end = await this.#db.transaction().execute(async (read) => ({
      head: await read.selectFrom('record_head').select(['sequence', 'hash']).executeTakeFirstOrThrow(),
      frontier: await treeStore.frontier(read),
    }));
    const before = await Erasures.of(this.#db);
    let found = await this.#part(end, before);
    if (found === null) return this.#whole();
    const { sequence, fault } = found;
    const anew: Extract<Walked, { ok: false }>['anew'] = [];
    const said = await saidByLog(this.#db);
    for (const { sequence: from } of said.entries.filter(({ kind }) => kind === 'log-begun-anew')) {
      if (found === null || from <= found.sequence || from > end.head.sequence) continue;
      found = (await this.#goOn(from)) ?? (await this.#part(end, before));
      anew.push({ from, fault: found });
    }
    return { ok: false, sequence, fault, anew };
  }

  #whole(): Walked {
    const { head } = this.#at;
    const { sequence = 0 } = this.#kept;
    const fault =
      this.#keptFault ??
      (sequence > head.sequence ? { sequence: head.sequence + 1, fault: shorterThanKept } : null);
    return fault
      ? { ok: false, ...fault, anew: [] }
      : { ok: true, entries: head.sequence, erased: this.#erased, head };
  }

  /** From where the walk is to the end, or to the first fault, at which it stays. */
  async #part(end: Place, before: Erasures): Promise<RecordFault | null> {
    let erasures = before;
    for (;;) {
      const rows = await this.#rows(end.head.sequence);
      for (const row of rows) {
        // What has expired since the walk began is said by an entry of since then.
        if (erasures.faultOf(row) !== null) erasures = await Erasures.of(this.#db);
        const fault = await this.#step(row, erasures);
        if (fault !== null) return fault;
      }
      if (rows.length < this.#pace.entries) break;
      await this.#pace.pause();
    }
    const { sequence, hash } = this.#at.head;
    if (sequence !== end.head.sequence || hash !== end.head.hash)
      return { sequence: sequence + 1, fault: 'the end of the record was cut off' };
    // Those that went during the walk were met with their words, or without.
    const after = await Erasures.of(this.#db);
    if (this.#erased < before.entries || this.#erased > after.entries) {
      const fault = after.faultOfCount(this.#erased);
      if (fault !== null) return { sequence, fault };
    }
    return PublicLog.isSame(this.#at.frontier, end.frontier) ? null : { sequence, fault: otherTree };
  }

  #rows(upTo: number): Promise<Row[]> {
    return this.#db
      .selectFrom('record_entries')
      .leftJoin('log_leaves', 'log_leaves.sequence', 'record_entries.sequence')
      .leftJoin('log_salts', 'log_salts.sequence', 'record_entries.sequence')
      .select(['record_entries.sequence', 'entry', 'record_entries.hash', 'leaf', 'salt'])
      .select('log_leaves.hash as leafHash')
      .where('record_entries.sequence', '>', this.#at.head.sequence)
      .where('record_entries.sequence', '<=', upTo)
      .orderBy('record_entries.sequence')
      .limit(this.#pace.entries)
      .execute();
  }

  async #step(row: Row, erasures: Erasures): Promise<RecordFault | null> {
    const { head, frontier } = this.#at;
    const fault = faultOf(head, row) ?? leafFaultOf(row) ?? erasures.faultOf(row);
    if (fault !== null) return { sequence: head.sequence + 1, fault };
    const grown = row.leafHash && (await treeStore.grown(this.#db, frontier, row.leafHash));
    if (!grown) return { sequence: row.sequence, fault: otherTree };
    const { sequence, hash } = row;
    this.#at = { head: { sequence, hash }, frontier: grown };
    if (isTombstone(row.entry)) this.#erased += 1;
    const { sequence: of, hash: kept } = this.#kept;
    if (of === sequence && kept !== undefined && kept !== hash)
      this.#keptFault = { sequence, fault: otherThanKept };
    return null;
  }

  /** Stands before the entry with which the log has begun anew, as the store has it there. What lies between is not looked at. */
  async #goOn(from: number): Promise<RecordFault | null> {
    const hashes = await this.#db
      .selectFrom('record_entries')
      .select(['sequence', 'hash'])
      .where('sequence', 'in', [from - 1, from])
      .orderBy('sequence')
      .execute();
    const [first] = hashes;
    // With the one before it, nobody can say any more what its own hash is made of.
    if (!first) return { sequence: from, fault: `entry ${from} is missing` };
    const { count } = await this.#db
      .selectFrom('record_entries')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('actor', 'is', null)
      .where('sequence', '>', this.#at.head.sequence)
      .where('sequence', '<=', first.sequence)
      .executeTakeFirstOrThrow();
    this.#erased += count;
    try {
      this.#at = { head: first, frontier: await treeStore.frontierAt(this.#db, first.sequence) };
      return null;
    } catch (error) {
      if (error instanceof RangeError) return { sequence: from, fault: otherTree };
      throw error;
    }
  }
}

/** What is wrong with the leaf of a row that is in order itself; null when nothing is. */
function leafFaultOf(row: Row): string | null {
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
