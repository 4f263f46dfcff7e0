import { randomBytes } from 'node:crypto';
import { publish, rowOf, type RecordEntry } from '@clerestory/protocol';
import {
  encodeEntry,
  impersonal,
  lineOf,
  openingsOf,
  parseEntry,
  saltBytes,
  type BundleLine,
  type EntryParts,
  type Opening,
} from '@clerestory/public-log';
import {
  consistencyProof,
  equalBytes,
  inclusionProof,
  rangeHash,
  emptyRoot,
  type Frontier,
  type TileId,
} from '@clerestory/tlog';
import { emptyWal, StoreError, type Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';
import { saidByLog, type SaidByLog } from './about-log.ts';
import { isTombstone, readEntry } from './chain.ts';
import { treeStore } from './tree.ts';

/** Entries that one step of taking over or erasing holds in memory and in one transaction. */
const step = 500;
/** Lines of a bundle that are made in one go: a hundredth of a second or two. */
const linesAtOnce = 5;

/**
 * The public side of the record: each entry's leaf in the Merkle tree, its salt, and proofs of it. Only the record
 * appends, in the transaction of the entry.
 */
export class PublicLog {
  readonly #db: Database;
  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Takes over entries that were written before there was a log.
   * @throws StoreError when there was one: each entry since has come with its leaf, so that somebody has taken them out.
   */
  async takeOver(): Promise<number> {
    const { size } = await treeStore.frontier(this.#db);
    const begun = await this.#db
      .selectFrom('record_entries')
      .select('sequence')
      .where('kind', '=', 'log-begun')
      .where('sequence', '>', size)
      .executeTakeFirst();
    if (begun)
      throw new StoreError(
        `The log has ${size} entries, and the record says that it was begun at entry ${begun.sequence}: leaves of the log were taken out of the database. Keep the file as it is and restore a backup.`,
      );
    for (let taken = 0; ;) {
      const count = await this.#db.transaction().execute(async (write) => {
        let frontier = await treeStore.frontier(write);
        const rows = await write
          .selectFrom('record_entries')
          .select('entry')
          .where('sequence', '>', frontier.size)
          .orderBy('sequence')
          .limit(step)
          .execute();
        for (const { entry } of rows) frontier = await this.append(write, readEntry(entry), frontier);
        return rows.length;
      });
      taken += count;
      if (count < step) return taken;
    }
  }

  /** The leaf of an entry that was just written. `before`: the frontier, for whoever knows it already. */
  async append(write: Write, entry: RecordEntry, before?: Frontier): Promise<Frontier> {
    const salt = randomBytes(saltBytes);
    const leaf = encodeEntry(sha256, publish(entry), salt);
    await write.insertInto('log_salts').values({ sequence: entry.sequence, salt }).execute();
    return treeStore.append(write, before ?? (await treeStore.frontier(write)), leaf);
  }

  async head(): Promise<{ size: number; root: Uint8Array }> {
    const frontier = await treeStore.frontier(this.#db);
    return { size: frontier.size, root: treeStore.root(frontier) };
  }

  /** The root as it was at `size`; null when the log was never that large. */
  async rootAt(size: number): Promise<Uint8Array | null> {
    const { size: now } = await treeStore.frontier(this.#db);
    if (size > now) return null;
    return size === 0 ? emptyRoot(sha256) : rangeHash(sha256, 0, size, treeStore.nodes(this.#db, size));
  }

  tile(id: TileId): Promise<Uint8Array> {
    const { level, index, width } = id;
    return level === 'entries'
      ? treeStore.bundle(this.#db, index, width)
      : treeStore.tile(this.#db, { level, index, width });
  }

  leaves(first: number, count: number): Promise<string[]> {
    return treeStore.leaves(this.#db, first, count);
  }

  /** What it says of itself. */
  said(): Promise<SaidByLog> {
    return saidByLog(this.#db);
  }

  consistency(before: number, size: number): Promise<Uint8Array[]> {
    return consistencyProof(sha256, before, size, treeStore.nodes(this.#db, size));
  }

  /**
   * Lines of a bundle, each with its proof in the tree of `size`. `show` says which committed fields of an entry are
   * opened; entries whose salts are gone have none to open. Sequences beyond `size` are left out.
   */
  async lines(
    sequences: readonly number[],
    size: number,
    show: (entry: RecordEntry) => readonly string[] | 'all',
  ): Promise<BundleLine[]> {
    const nodes = treeStore.nodes(this.#db, size);
    const lines: BundleLine[] = [];
    for (const [at, sequence] of sequences.entries()) {
      // The store answers at once, so that nothing else would have its turn for seconds.
      if (at % linesAtOnce === 0) await new Promise(setImmediate);
      const row = await this.#db
        .selectFrom('log_leaves')
        .innerJoin('record_entries', 'record_entries.sequence', 'log_leaves.sequence')
        .leftJoin('log_salts', 'log_salts.sequence', 'log_leaves.sequence')
        .select(['log_leaves.leaf', 'record_entries.entry', 'log_salts.salt'])
        .where('log_leaves.sequence', '=', sequence)
        .executeTakeFirst();
      if (!row || sequence > size) continue;
      const proof = await inclusionProof(sha256, sequence - 1, size, nodes);
      lines.push(lineOf(row.leaf, sequence - 1, proof, this.#openings(row, show)));
    }
    return lines;
  }

  #openings(
    { leaf, entry, salt }: { leaf: string; entry: string; salt: Uint8Array | null },
    show: (entry: RecordEntry) => readonly string[] | 'all',
  ): Opening[] {
    if (salt === null || isTombstone(entry)) return [];
    const read = readEntry(entry);
    const names = show(read);
    return openingsOf(sha256, publishedAs(leaf, read), salt, names === 'all' ? undefined : names);
  }

  /**
   * Destroys what is personal in entries older than `beforeMs`: their salts, and of the entries themselves everything but
   * the public leaf. The tree stays as it is, so that every proof still holds. `say` is called first, in the same
   * transaction, and appends the entry that says which are erased: without it the store refuses.
   * @returns how many.
   */
  async erase(
    beforeMs: number,
    say: (write: Write, erased: { entries: number; from: number; upTo: number }) => Promise<void>,
  ): Promise<number> {
    let [entries, done] = [0, 0];
    for (;;) {
      const rows = await this.#db.transaction().execute(async (write) => {
        const found = await write
          .selectFrom('record_entries')
          .innerJoin('log_salts', 'log_salts.sequence', 'record_entries.sequence')
          .innerJoin('log_leaves', 'log_leaves.sequence', 'record_entries.sequence')
          .select(['record_entries.sequence', 'log_leaves.leaf'])
          .where('record_entries.sequence', '>', done)
          .where('record_entries.at', '<', beforeMs)
          .where('record_entries.kind', 'not in', impersonal)
          .orderBy('record_entries.sequence')
          .limit(step)
          .execute();
        const [first, last] = [found[0]?.sequence, found.at(-1)?.sequence];
        if (first !== undefined && last !== undefined)
          await say(write, { entries: found.length, from: first, upTo: last });
        for (const { sequence, leaf } of found) {
          await write
            .updateTable('record_entries')
            .set({ entry: leaf })
            .where('sequence', '=', sequence)
            .execute();
          await write.deleteFrom('log_salts').where('sequence', '=', sequence).execute();
        }
        return found;
      });
      entries += rows.length;
      done = rows.at(-1)?.sequence ?? done;
      if (rows.length < step) break;
      await new Promise(setImmediate);
    }
    if (entries > 0) await emptyWal(this.#db);
    return entries;
  }

  /** Is this the leaf of that entry? Without its salt only its own words can be compared. */
  static isLeafOf(leaf: string, entry: RecordEntry, salt: Uint8Array | null): boolean {
    return salt !== null && leaf === encodeEntry(sha256, publishedAs(leaf, entry), salt);
  }

  /** Is the tree that these frontiers describe the same? */
  static isSame(a: Frontier, b: Frontier): boolean {
    return a.size === b.size && equalBytes(treeStore.root(a), treeStore.root(b));
  }
}

/** The entry by the row that its leaf was made by. */
function publishedAs(leaf: string, entry: RecordEntry): EntryParts {
  const parsed = parseEntry(leaf);
  return publish(entry, parsed.ok ? rowOf(parsed.entry) : undefined);
}
