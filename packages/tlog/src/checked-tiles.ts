import { equalBytes } from './bytes.ts';
import { append, emptyFrontier, rootOf } from './frontier.ts';
import { emptyRoot, type Sha256 } from './hash.ts';
import { rangeHash } from './proofs.ts';
import {
  hashBytes,
  nodesFromTiles,
  tilePath,
  tileWidth,
  widthOf,
  type TileId,
  type TileReader,
} from './tiles.ts';

/** A tile is not the one that the log's root was computed from. The message says which, for people. */
export class WrongTile extends Error {
  override name = 'WrongTile';
}

function rootOfTile(sha256: Sha256, bytes: Uint8Array): Uint8Array {
  let frontier = emptyFrontier;
  for (let at = 0; at < bytes.length; at += hashBytes)
    ({ frontier } = append(sha256, frontier, bytes.subarray(at, at + hashBytes)));
  return rootOf(sha256, frontier);
}

/**
 * A reader of the tiles of a tree whose size and root are believed, such as those of a signed checkpoint. Each tile is
 * checked against the root before it is handed out: a full one by its hash in the tile above it, and so on up; those at
 * the right edge of the tree, which are the partial ones, by the root itself. Each is read once and kept.
 * @throws WrongTile (in the answer)
 */
export function checkedTiles(
  sha256: Sha256,
  { size, root }: { size: number; root: Uint8Array },
  readTile: TileReader,
): TileReader {
  const kept = new Map<string, Promise<Uint8Array>>();
  const raw = async (id: TileId): Promise<Uint8Array> => {
    const name = tilePath(id);
    const bytes = await (kept.get(name) ?? kept.set(name, readTile(id)).get(name));
    if (bytes?.length !== id.width * hashBytes)
      throw new WrongTile(`${name} has ${bytes?.length} bytes and not ${id.width * hashBytes}`);
    return bytes;
  };
  const checkEdge = async (): Promise<void> => {
    const names = new Set<string>();
    const nodes = nodesFromTiles(sha256, size, (id) => {
      names.add(tilePath(id));
      return raw(id);
    });
    const is = size === 0 ? emptyRoot(sha256) : await rangeHash(sha256, 0, size, nodes);
    if (equalBytes(is, root)) return;
    throw new WrongTile(
      `${[...names].join(', ')} ${names.size === 1 ? 'does' : 'do'} not lead to the root that was signed for ${size} entries${names.size === 1 ? '' : ': one of them is another'}`,
    );
  };
  let edge: Promise<void> | undefined;
  const checked = new Map<string, Promise<Uint8Array>>();
  const check = async (id: TileId): Promise<Uint8Array> => {
    if (id.level === 'entries' || id.width !== widthOf(id.level, id.index, size))
      throw new RangeError(`${tilePath(id)} is no tile of hashes in a tree of ${size} entries`);
    if (id.width < tileWidth) {
      await (edge ??= checkEdge());
      return raw(id);
    }
    const [level, index] = [id.level + 1, Math.floor(id.index / tileWidth)];
    const above = await read({ level, index, width: widthOf(level, index, size) });
    const bytes = await raw(id);
    const at = (id.index % tileWidth) * hashBytes;
    if (!equalBytes(rootOfTile(sha256, bytes), above.subarray(at, at + hashBytes)))
      throw new WrongTile(`${tilePath(id)} is not the one whose hash is in the tile above it`);
    return bytes;
  };
  const read: TileReader = (id) => {
    const name = tilePath(id);
    const known = checked.get(name);
    if (known) return known;
    const found = check(id);
    checked.set(name, found);
    return found;
  };
  return read;
}
