import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex, sha256 } from '../testing/crypto.ts';
import {
  append,
  consistencyProof,
  decodeBundle,
  emptyFrontier,
  encodeBundle,
  hashBytes,
  inclusionProof,
  leafHash,
  nodesFromTiles,
  parseTilePath,
  rangeHash,
  rootOf,
  tilePath,
  tilesOf,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
  widthOf,
  type Frontier,
  type NodeReader,
  type TileId,
} from './index.ts';

/** The tree that the Certificate Transparency implementations test with: leaves, then the root for each size from 0. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
].map(hex);
/** Leaf (from 1), size, path: transparency-dev/merkle, proof/verify_test.go. */
const inclusions: [number, number, string[]][] = [
  [1, 1, []],
  [
    ...[1, 8],
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ] as [number, number, string[]],
  [
    ...[6, 8],
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ] as [number, number, string[]],
  [3, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    ...[2, 5],
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ] as [number, number, string[]],
];
const consistencies: [number, number, string[]][] = [
  [1, 1, []],
  [
    ...[1, 8],
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ] as [number, number, string[]],
  [
    ...[6, 8],
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ] as [number, number, string[]],
  [
    ...[2, 5],
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ] as [number, number, string[]],
  [
    ...[6, 7],
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ] as [number, number, string[]],
];

/** A log as its tiles lie in a store, grown leaf by leaf. */
function grow(hashes: readonly Uint8Array[]) {
  const levels: Uint8Array[][] = [[]];
  let frontier: Frontier = emptyFrontier;
  const rootAt = [rootOf(sha256, frontier)];
  for (const leaf of hashes) {
    levels[0]?.push(leaf);
    const grown = append(sha256, frontier, leaf);
    for (const { level, index, hash } of grown.completed) {
      levels[level] ??= [];
      expect(index).toBe(levels[level]?.length);
      levels[level]?.push(hash);
    }
    frontier = grown.frontier;
    rootAt.push(rootOf(sha256, frontier));
  }
  const readTile = async ({ level, index, width }: TileId) =>
    Buffer.concat((levels[Number(level)] ?? []).slice(index * tileWidth, index * tileWidth + width));
  return {
    levels,
    rootAt,
    readTile,
    nodes: (size: number): NodeReader => nodesFromTiles(sha256, size, readTile),
  };
}
const known = grow(leaves.map((leaf) => leafHash(sha256, hex(leaf))));
const numbered = Array.from({ length: 1_000 }, (_, n) => leafHash(sha256, Buffer.from(`entry ${n}`)));
const big = grow(numbered);
const leafAt = (tree: { levels: Uint8Array[][] }, index: number) => tree.levels[0]?.[index] as Uint8Array;

describe('the tree of RFC 6962', () => {
  test('has the known roots', () => expect(known.rootAt.map(Buffer.from)).toEqual(roots.map(Buffer.from)));

  test.each(inclusions)('leaf %i of %i has the known path', async (leaf, size, path) => {
    const proof = await inclusionProof(sha256, leaf - 1, size, known.nodes(size));
    expect(proof.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(path);
    const claim = {
      ...{ index: leaf - 1, size, proof },
      leaf: leafAt(known, leaf - 1),
      root: roots[size] as Uint8Array,
    };
    expect(verifyInclusion(sha256, claim)).toBe(true);
  });

  test.each(consistencies)('%i goes on to %i with the known proof', async (before, size, path) => {
    const proof = await consistencyProof(sha256, before, size, known.nodes(size));
    expect(proof.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(path);
    const claim = {
      before,
      size,
      proof,
      rootBefore: roots[before] as Uint8Array,
      root: roots[size] as Uint8Array,
    };
    expect(verifyConsistency(sha256, claim)).toBe(true);
  });

  test('computed from tiles is the one that grew leaf by leaf', async () => {
    for (const size of [1, 2, 255, 256, 257, 511, 512, 513, 1_000])
      expect(await rangeHash(sha256, 0, size, big.nodes(size))).toEqual(big.rootAt[size]);
  });

  test('has no leaf beyond its end, and does not begin with a larger one', async () => {
    await expect(inclusionProof(sha256, 8, 8, known.nodes(8))).rejects.toThrow(RangeError);
    await expect(consistencyProof(sha256, 9, 8, known.nodes(8))).rejects.toThrow(RangeError);
  });
});

/** What a proof must not survive: transparency-dev/merkle has the same list. */
function* spoilt(proof: Uint8Array[], root: Uint8Array): Generator<Uint8Array[]> {
  yield [...proof, root];
  yield [root, ...proof];
  yield [...proof, new Uint8Array(0)];
  if (proof.length > 0) yield proof.slice(0, -1);
  if (proof.length > 0) yield proof.slice(1);
  for (const [at, hash] of proof.entries()) {
    const other = Uint8Array.from(hash);
    other[at % 32] = (other[at % 32] ?? 0) ^ 8;
    yield proof.with(at, other);
  }
}

describe('proofs', () => {
  test('of any leaf in any tree hold, and hold for nothing else', async () => {
    const one = fc
      .integer({ min: 1, max: 1_000 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
    await fc.assert(
      fc.asyncProperty(one, async ([size, index]) => {
        const proof = await inclusionProof(sha256, index, size, big.nodes(size));
        const root = big.rootAt[size] as Uint8Array;
        const claim = { index, size, proof, root, leaf: leafAt(big, index) };
        expect(verifyInclusion(sha256, claim)).toBe(true);
        expect(verifyInclusion(sha256, { ...claim, leaf: leafAt(big, (index + 1) % 1_000) })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, root: big.rootAt[size - 1] as Uint8Array })).toBe(false);
        if (size > 1) expect(verifyInclusion(sha256, { ...claim, index: (index + 1) % size })).toBe(false);
        for (const wrong of spoilt(proof, root))
          expect(verifyInclusion(sha256, { ...claim, proof: wrong })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('of consistency between any two sizes hold, and hold for nothing else', async () => {
    const two = fc
      .integer({ min: 1, max: 1_000 })
      .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 1, max: size })));
    await fc.assert(
      fc.asyncProperty(two, async ([size, before]) => {
        const proof = await consistencyProof(sha256, before, size, big.nodes(size));
        const [rootBefore, root] = [big.rootAt[before] as Uint8Array, big.rootAt[size] as Uint8Array];
        const claim = { before, size, proof, rootBefore, root };
        expect(verifyConsistency(sha256, claim)).toBe(true);
        const another = big.rootAt[before - 1] as Uint8Array;
        expect(verifyConsistency(sha256, { ...claim, rootBefore: another })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, root: another })).toBe(false);
        for (const wrong of spoilt(proof, root))
          expect(verifyConsistency(sha256, { ...claim, proof: wrong })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('the tree without leaves is the beginning of every tree, and needs no proof', () => {
    const claim = {
      before: 0,
      size: 8,
      proof: [],
      rootBefore: roots[0] as Uint8Array,
      root: roots[8] as Uint8Array,
    };
    expect(verifyConsistency(sha256, claim)).toBe(true);
    expect(verifyConsistency(sha256, { ...claim, proof: [roots[1] as Uint8Array] })).toBe(false);
  });
});

describe('tiles (C2SP tlog-tiles)', () => {
  test.each([
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 42, width: 17 }, 'tile/1/042.p/17'],
    [{ level: 63, index: 0, width: 255 }, 'tile/63/000.p/255'],
    [{ level: 'entries', index: 3_555_699, width: 45 }, 'tile/entries/x003/x555/699.p/45'],
    [{ level: 'entries', index: 1_000, width: 256 }, 'tile/entries/x001/000'],
  ] as [TileId, string][])('%o is %s', (id, path) => {
    expect(tilePath(id)).toBe(path);
    expect(parseTilePath(path)).toEqual(id);
  });

  test.each([
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/000/../001',
    'tile/data/000',
    'checkpoint',
  ])('%s is the name of none', (path) => expect(parseTilePath(path)).toBeNull());

  test('a tree of 70,000 has those of the specification’s example', () => {
    const tiles = [...tilesOf(70_000)];
    const at = (wanted: number) => tiles.filter(({ level }) => level === wanted);
    expect(at(0)).toHaveLength(274);
    expect(at(0).at(-1)?.width).toBe(112);
    expect(at(1).map(({ width }) => width)).toEqual([256, 17]);
    expect(at(2).map(({ width }) => width)).toEqual([1]);
    expect(tiles).toHaveLength(277);
    expect([widthOf(0, 0, 256), widthOf(1, 0, 256), widthOf(0, 1, 256)]).toEqual([256, 1, 0]);
  });

  test('a tile that is too short is not taken for a tile', async () => {
    const short = nodesFromTiles(sha256, 1_000, async (id) => (await big.readTile(id)).subarray(hashBytes));
    await expect(inclusionProof(sha256, 0, 1_000, short)).rejects.toThrow(/bytes/);
  });

  test('bundles hold entries of every length, and nothing that breaks off', () => {
    const bundle = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(bundle, (entries) => {
        const bytes = encodeBundle(entries);
        expect(decodeBundle(bytes)).toEqual(entries);
        if (bytes.length > 0) expect(decodeBundle(Uint8Array.of(...bytes, 0))).toBeNull();
      }),
    );
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  });
});
