import { emptyRoot, nodeHash, type Sha256 } from './hash.ts';
import { tileHeight } from './tiles.ts';

/**
 * All that has to be known of a tree to append to it: the roots of the complete subtrees it is made of, largest first,
 * one for each bit of `size` that is set.
 */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Uint8Array[];
}

/** A subtree of 256^level leaves that has become complete: a hash of the tile at that level. */
export interface TileHash {
  level: number;
  index: number;
  hash: Uint8Array;
}

export const emptyFrontier: Frontier = { size: 0, roots: [] };

/** One more leaf: O(log size), and on average two hashes. */
export function append(
  sha256: Sha256,
  { size, roots }: Frontier,
  leaf: Uint8Array,
): { frontier: Frontier; completed: TileHash[] } {
  const after = [...roots];
  const completed: TileHash[] = [];
  let hash = leaf;
  let height = 0;
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
    const left = after.pop();
    if (!left) throw new RangeError('a frontier has one root for each bit of its size');
    hash = nodeHash(sha256, left, hash);
    height += 1;
    if (height % tileHeight === 0)
      completed.push({ level: height / tileHeight, index: (size + 1) / 2 ** height - 1, hash });
  }
  after.push(hash);
  return { frontier: { size: size + 1, roots: after }, completed };
}

/** The root hash of the tree: the Merkle Tree Hash of RFC 6962 section 2.1. */
export function rootOf(sha256: Sha256, { roots }: Frontier): Uint8Array {
  const last = roots.at(-1);
  if (!last) return emptyRoot(sha256);
  return roots.slice(0, -1).reduceRight((right, left) => nodeHash(sha256, left, right), last);
}
