import { concat } from './bytes.ts';
import { nodeHash, type Sha256 } from './hash.ts';
import type { NodeReader } from './proofs.ts';

/** C2SP tlog-tiles: a tile holds this many levels of the tree, and so 256 hashes. */
export const tileHeight = 8;
export const tileWidth = 256;
export const hashBytes = 32;
/** A level is 0 to 63. */
const maxLevel = 63;

/** `level`: that of the hashes in it, or `entries`. `width`: 256, or 1 to 255 for a partial tile. */
export interface TileId {
  level: number | 'entries';
  index: number;
  width: number;
}

const digits = (n: number) => String(n).padStart(3, '0');

/** `tile/<L>/<N>[.p/<W>]`, such as `tile/0/x001/x234/067.p/8`. */
export function tilePath({ level, index, width }: TileId): string {
  let name = digits(index % 1000);
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    name = `x${digits(rest % 1000)}/${name}`;
  return `tile/${level}/${name}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** Null for what no tile is called: each has one name only. */
export function parseTilePath(path: string): TileId | null {
  const found = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  const [, levelText = '', name = '', widthText] = found ?? [];
  const index = Number(name.replaceAll(/[x/]/g, ''));
  const id: TileId = {
    level: levelText === 'entries' ? 'entries' : Number(levelText),
    index,
    width: widthText === undefined ? tileWidth : Number(widthText),
  };
  if (!found || !Number.isSafeInteger(index) || id.width < 1) return null;
  if (widthText !== undefined && id.width >= tileWidth) return null;
  if (id.level !== 'entries' && id.level > maxLevel) return null;
  return tilePath(id) === path ? id : null;
}

/** How many hashes the tile has in the tree of `size` leaves; 0: there is none. */
export function widthOf(level: number | 'entries', index: number, size: number): number {
  const hashes = Math.floor(size / tileWidth ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(tileWidth, hashes - index * tileWidth));
}

/** Every tile of the tree of `size` leaves, partial ones at its right edge; entry bundles are not among them. */
export function* tilesOf(size: number): Generator<TileId> {
  for (let level = 0; widthOf(level, 0, size) > 0; level++)
    for (let index = 0, width = 1; width > 0; index++) {
      width = widthOf(level, index, size);
      if (width > 0) yield { level, index, width };
    }
}

/** Reads the tile's hashes, 32 bytes each; throws when it is not to be had. */
export type TileReader = (id: TileId) => Promise<Uint8Array>;

/** Largest number of tiles kept by one reader. */
const maxKept = 64;

/** Nodes of the tree of `size` leaves, computed from its tiles. Keeps a few, since a proof asks for neighbours. */
export function nodesFromTiles(sha256: Sha256, size: number, readTile: TileReader): NodeReader {
  const kept = new Map<string, Promise<Uint8Array>>();
  const tile = (level: number, index: number): Promise<Uint8Array> => {
    const id = { level, index, width: widthOf(level, index, size) };
    const name = tilePath(id);
    const known = kept.get(name);
    if (known) return known;
    const read = readTile(id).then((bytes) => {
      if (bytes.length !== id.width * hashBytes)
        throw new RangeError(`${name} has ${bytes.length} bytes and not ${id.width * hashBytes}`);
      return bytes;
    });
    if (kept.size >= maxKept) kept.delete(kept.keys().next().value ?? '');
    kept.set(name, read);
    return read;
  };
  return async (level, index) => {
    const within = level % tileHeight;
    const first = index * 2 ** within;
    const bytes = await tile((level - within) / tileHeight, Math.floor(first / tileWidth));
    const at = first % tileWidth;
    if ((at + 2 ** within) * hashBytes > bytes.length)
      throw new RangeError(`the tree of ${size} leaves has no node ${index} at level ${level}`);
    let hashes = Array.from({ length: 2 ** within }, (_, n) =>
      bytes.subarray((at + n) * hashBytes, (at + n + 1) * hashBytes),
    );
    while (hashes.length > 1)
      hashes = Array.from({ length: hashes.length / 2 }, (_, n) =>
        nodeHash(sha256, hashes[2 * n] as Uint8Array, hashes[2 * n + 1] as Uint8Array),
      );
    return hashes[0] as Uint8Array;
  };
}

/** Largest entry of a bundle, bytes: its length has 16 bits. */
export const maxEntryBytes = 65_535;

/** An entry bundle: each entry behind its length, 16 bits, big-endian. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...entries.flatMap((entry) => {
      if (entry.length > maxEntryBytes)
        throw new RangeError(`an entry has at most ${maxEntryBytes} bytes, this one ${entry.length}`);
      return [Uint8Array.of(entry.length >> 8, entry.length & 255), entry];
    }),
  );
}

/** Null when the bytes do not end with an entry, or are more entries than a bundle has. */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (entries.length === tileWidth) return null;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + 2 + length;
    if (at + 2 > bytes.length || end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
