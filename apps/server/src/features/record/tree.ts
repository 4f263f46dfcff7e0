import {
  append,
  concat,
  encodeBundle,
  equalBytes,
  hashBytes,
  leafHash,
  nodesFromTiles,
  rootOf,
  utf8,
  type Frontier,
  type NodeReader,
  type TileId,
} from '@clerestory/tlog';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import type { Write } from '../../platform/idempotency.ts';

type Read = Pick<Database, 'selectFrom'>;

const rootsOf = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / hashBytes }, (_, n) =>
    bytes.subarray(n * hashBytes, (n + 1) * hashBytes),
  );

/** The Merkle tree ↔ rows. Appending reads and writes O(log size) bytes: one row each, and one more every 256 leaves. */
export const treeStore = {
  async frontier(db: Read): Promise<Frontier> {
    const { size, frontier } = await db
      .selectFrom('log_head')
      .select(['size', 'frontier'])
      .executeTakeFirstOrThrow();
    return { size, roots: rootsOf(frontier) };
  },

  /** Appends the leaf behind `before`, which is the frontier as it lies in the store. */
  async append(write: Write, before: Frontier, leaf: string): Promise<Frontier> {
    const hash = leafHash(sha256, utf8(leaf));
    const { frontier, completed } = append(sha256, before, hash);
    await write.insertInto('log_leaves').values({ sequence: frontier.size, leaf, hash }).execute();
    for (const { level, index, hash: subtree } of completed)
      await write.insertInto('log_subtrees').values({ level, position: index, hash: subtree }).execute();
    await write
      .updateTable('log_head')
      .set({ size: frontier.size, frontier: concat(...frontier.roots) })
      .where('id', '=', 1)
      .execute();
    return frontier;
  },

  /** `before` with one leaf more; null where the store has another hash for a subtree that the leaf completes. */
  async grown(db: Read, before: Frontier, leaf: Uint8Array): Promise<Frontier | null> {
    const { frontier, completed } = append(sha256, before, leaf);
    for (const { level, index, hash } of completed) {
      const stored = await db
        .selectFrom('log_subtrees')
        .select('hash')
        .where('level', '=', level)
        .where('position', '=', index)
        .executeTakeFirst();
      if (!stored || !equalBytes(stored.hash, hash)) return null;
    }
    return frontier;
  },

  /** The tile's hashes, as far as there are; a tile that is not whole comes out shorter. */
  async tile(db: Read, { level, index, width }: TileId & { level: number }): Promise<Uint8Array> {
    const first = index * 256;
    if (level === 0) {
      const rows = await db
        .selectFrom('log_leaves')
        .select('hash')
        .where('sequence', '>', first)
        .where('sequence', '<=', first + width)
        .orderBy('sequence')
        .execute();
      return concat(...rows.map(({ hash }) => hash));
    }
    const rows = await db
      .selectFrom('log_subtrees')
      .select('hash')
      .where('level', '=', level)
      .where('position', '>=', first)
      .where('position', '<', first + width)
      .orderBy('position')
      .execute();
    return concat(...rows.map(({ hash }) => hash));
  },

  async bundle(db: Read, index: number, width: number): Promise<Uint8Array> {
    const leaves = await treeStore.leaves(db, index * 256, width);
    return encodeBundle(leaves.map(utf8));
  },

  /** Leaves from `first` (from 0) on. */
  async leaves(db: Read, first: number, count: number): Promise<string[]> {
    const rows = await db
      .selectFrom('log_leaves')
      .select('leaf')
      .where('sequence', '>', first)
      .where('sequence', '<=', first + count)
      .orderBy('sequence')
      .execute();
    return rows.map(({ leaf }) => leaf);
  },

  /** Nodes of the tree as it was at `size`. */
  nodes: (db: Read, size: number): NodeReader =>
    nodesFromTiles(sha256, size, ({ level, ...id }) => treeStore.tile(db, { ...id, level: Number(level) })),

  /** The frontier as it was at `size`. Throws RangeError when the store has not all that it is made of. */
  async frontierAt(db: Read, size: number): Promise<Frontier> {
    const read = treeStore.nodes(db, size);
    const roots: Uint8Array[] = [];
    let start = 0;
    for (let level = Math.floor(Math.log2(size)); level >= 0; level--) {
      const width = 2 ** level;
      if (size - start < width) continue;
      roots.push(await read(level, start / width));
      start += width;
    }
    return { size, roots };
  },

  root: (frontier: Frontier): Uint8Array => rootOf(sha256, frontier),
};
