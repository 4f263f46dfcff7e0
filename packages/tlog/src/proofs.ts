import { equalBytes } from './bytes.ts';
import { nodeHash, type Sha256 } from './hash.ts';

/** Gives the root of the complete subtree of `2^level` leaves that begins at leaf `index * 2^level`. */
export type NodeReader = (level: number, index: number) => Promise<Uint8Array>;

/** The largest power of two below `n`, for n > 1. */
export function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const isSize = (n: number) => Number.isSafeInteger(n) && n >= 0;

/** The Merkle Tree Hash of the leaves `start … end - 1`, where the tree of a log has such a node. */
export async function rangeHash(
  sha256: Sha256,
  start: number,
  end: number,
  read: NodeReader,
): Promise<Uint8Array> {
  const n = end - start;
  if (n < 1) throw new RangeError('a range has a leaf at least');
  const level = Math.log2(n);
  if (Number.isInteger(level) && start % n === 0) return read(level, start / n);
  const middle = start + splitOf(n);
  return nodeHash(
    sha256,
    await rangeHash(sha256, start, middle, read),
    await rangeHash(sha256, middle, end, read),
  );
}

/**
 * RFC 6962 section 2.1.1: the audit path of leaf `index` (from 0) in the tree of `size` leaves.
 * @throws RangeError when the tree has no such leaf.
 */
export async function inclusionProof(
  sha256: Sha256,
  index: number,
  size: number,
  read: NodeReader,
): Promise<Uint8Array[]> {
  if (!isSize(index) || !isSize(size) || index >= size)
    throw new RangeError(`a tree of ${size} leaves has no leaf ${index}`);
  const proof: Uint8Array[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      proof.push(await rangeHash(sha256, middle, end, read));
      end = middle;
    } else {
      proof.push(await rangeHash(sha256, start, middle, read));
      start = middle;
    }
  }
  return proof.reverse();
}

/**
 * RFC 6962 section 2.1.2: that the tree of `size` leaves begins with that of `before`. Empty for `before` 0 and `size`.
 * @throws RangeError when `before` is larger.
 */
export async function consistencyProof(
  sha256: Sha256,
  before: number,
  size: number,
  read: NodeReader,
): Promise<Uint8Array[]> {
  if (!isSize(before) || !isSize(size) || before > size)
    throw new RangeError(`a tree of ${size} leaves does not begin with one of ${before}`);
  if (before === 0 || before === size) return [];
  const proof: Uint8Array[] = [];
  let [start, end] = [0, size];
  while (before !== end) {
    const middle = start + splitOf(end - start);
    if (before <= middle) {
      proof.push(await rangeHash(sha256, middle, end, read));
      end = middle;
    } else {
      proof.push(await rangeHash(sha256, start, middle, read));
      start = middle;
    }
  }
  // The old tree itself is known to whoever asks.
  if (start > 0) proof.push(await rangeHash(sha256, start, end, read));
  return proof.reverse();
}

const half = (n: number) => Math.floor(n / 2);
const isOdd = (n: number) => n % 2 === 1;

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(
  sha256: Sha256,
  claim: {
    index: number;
    size: number;
    leaf: Uint8Array;
    proof: readonly Uint8Array[];
    root: Uint8Array;
  },
): boolean {
  const { index, size, proof, root } = claim;
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let [fn, sn] = [index, size - 1];
  let hash = claim.leaf;
  for (const other of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(sha256, other, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = nodeHash(sha256, hash, other);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(hash, root);
}

/** RFC 9162 section 2.1.4.2; a tree without leaves is the beginning of every other (C2SP tlog-witness). */
export function verifyConsistency(
  sha256: Sha256,
  claim: {
    before: number;
    size: number;
    rootBefore: Uint8Array;
    root: Uint8Array;
    proof: readonly Uint8Array[];
  },
): boolean {
  const { before, size, rootBefore, root, proof } = claim;
  if (!isSize(before) || !isSize(size) || before > size) return false;
  if (before === size) return proof.length === 0 && equalBytes(rootBefore, root);
  if (before === 0) return proof.length === 0;
  const path = Number.isInteger(Math.log2(before)) ? [rootBefore, ...proof] : [...proof];
  const first = path.shift();
  if (!first) return false;
  let [fn, sn] = [before - 1, size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let [older, newer] = [first, first];
  for (const other of path) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      older = nodeHash(sha256, other, older);
      newer = nodeHash(sha256, other, newer);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else newer = nodeHash(sha256, newer, other);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(older, rootBefore) && equalBytes(newer, root);
}
