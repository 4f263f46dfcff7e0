import { expect, test } from 'vitest';
import { sha256 } from '../testing/crypto.ts';
import {
  append,
  checkedTiles,
  concat,
  consistencyProof,
  emptyFrontier,
  leafHash,
  nodesFromTiles,
  rootOf,
  tilePath,
  tileWidth,
  utf8,
  verifyConsistency,
  WrongTile,
  type TileId,
} from './index.ts';

// Two full tiles at the second level are not needed: one hash at the third is, and partial tiles at each.
const size = tileWidth ** 2 + 3 * tileWidth + 5;
const olds = [1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000, size - 1];
const levels: Uint8Array[][] = [[]];
const rootsBefore = new Map<number, Uint8Array>();
let frontier = emptyFrontier;
for (let n = 0; n < size; n++) {
  const hash = leafHash(sha256, utf8(`leaf ${n}`));
  levels[0]?.push(hash);
  const after = append(sha256, frontier, hash);
  for (const { level, hash: subtree } of after.completed) (levels[level] ??= []).push(subtree);
  frontier = after.frontier;
  if (olds.includes(frontier.size)) rootsBefore.set(frontier.size, rootOf(sha256, frontier));
}
const root = rootOf(sha256, frontier);
const tile = ({ level, index, width }: TileId) =>
  concat(...(levels[Number(level)] ?? []).slice(index * tileWidth, index * tileWidth + width));

test('tiles that lead to the root are handed out, at each level and for each proof', async () => {
  for (const [before, rootBefore] of rootsBefore) {
    const tiles = checkedTiles(sha256, { size, root }, async (id) => tile(id));
    const proof = await consistencyProof(sha256, before, size, nodesFromTiles(sha256, size, tiles));
    expect(verifyConsistency(sha256, { before, size, rootBefore, root, proof }), String(before)).toBe(true);
  }
  expect(rootsBefore.size).toBe(olds.length);
});

test.each([
  'tile/0/000',
  'tile/0/255',
  'tile/0/258',
  'tile/0/259.p/5',
  'tile/1/000',
  'tile/1/001.p/3',
  'tile/2/000.p/1',
])('a bit of %s, or its end, is found in it or at the edge that it is part of', async (name) => {
  for (const change of [
    (bytes: Uint8Array) => bytes.with(7, (bytes[7] ?? 0) ^ 1),
    (bytes: Uint8Array) => bytes.subarray(1),
  ]) {
    const tiles = checkedTiles(sha256, { size, root }, async (id) =>
      tilePath(id) === name ? change(tile(id)) : tile(id),
    );
    const read = async () => {
      for (const before of olds)
        await consistencyProof(sha256, before, size, nodesFromTiles(sha256, size, tiles));
      for (const index of [0, 255, 258]) await tiles({ level: 0, index, width: tileWidth });
    };
    await expect(read()).rejects.toThrow(WrongTile);
    await expect(read()).rejects.toThrow(name);
  }
});

test('a tile that this tree does not have is refused', () =>
  expect(
    checkedTiles(sha256, { size, root }, async (id) => tile(id))({ level: 0, index: 259, width: 4 }),
  ).rejects.toThrow(RangeError));
