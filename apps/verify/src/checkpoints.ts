import { setTimeout } from 'node:timers/promises';
import {
  checkedTiles,
  consistencyProof,
  emptyRoot,
  equalBytes,
  nodesFromTiles,
  openCheckpoint,
  tilePath,
  verifyConsistency,
  WrongTile,
  type SignedCheckpoint,
  type VerifierKey,
} from '@clerestory/tlog';
import { ed25519, sha256 } from './crypto.ts';
import { howFresh } from './freshness.ts';
import { CannotRead, mostCheckpointBytes, readText, type Source } from './source.ts';

export interface Keys {
  log: readonly VerifierKey[];
  /** Each has to have signed. */
  witnesses: readonly VerifierKey[];
  /** The last word of a witness may be so old, ms; without it only that of a server that goes on is held to an hour. */
  maxAgeMs?: number;
  /** What time it is, Unix ms; that of this machine. */
  nowMs?: number;
}

/** What was found, in words. All is well when `faults` and `unchecked` are empty. */
export interface Finding {
  faults: string[];
  /** What was checked and holds. */
  held: string[];
  /** What was to be checked and could not be. */
  unchecked: string[];
}

/** Opens a signed checkpoint, or says what is wrong with it. A log's key is called as the log is. */
export function opened(note: string, { log, witnesses }: Keys): ReturnType<typeof openCheckpoint> {
  const found = openCheckpoint(ed25519, note, { log, witnesses });
  if (!found.ok) return found;
  const { checkpoint, signed } = found.value;
  const names = signed.filter(({ key }) => log.includes(key)).map(({ key }) => key.name);
  return names.includes(checkpoint.origin)
    ? found
    : {
        ok: false,
        fault: `it says that it is of ${checkpoint.origin}, and is signed with a key of ${names.join(', ')}`,
      };
}

/** @throws CannotRead for what is no checkpoint that one of the keys has signed. */
function mustOpen(note: string, place: string, keys: Keys): SignedCheckpoint {
  // Signed text has the line ends of Unix; programs that save it may have put in others.
  const found = opened(note.replaceAll('\r\n', '\n'), keys);
  if (found.ok) return found.value;
  throw new CannotRead(
    `${place}: ${found.fault}. The log names all its keys at its address /key; after a change give each with its own --key.`,
  );
}

/** @throws CannotRead */
export const checkpointAt = async (place: string, keys: Keys): Promise<SignedCheckpoint> =>
  mustOpen(await readText(place, mostCheckpointBytes), place, keys);

/** Witnesses sign a moment after the log: so often they are waited for, so long, ms. */
const looks = 5;
const betweenLooksMs = 1_000;

/**
 * The last checkpoint of a log.
 * @throws CannotRead
 */
export async function endOf(source: Source, keys: Keys): Promise<SignedCheckpoint> {
  for (let look = 1; ; look++) {
    const note = Buffer.from(await source.read('checkpoint')).toString('utf8');
    const end = mustOpen(note, 'the checkpoint of the log', keys);
    if (!source.isLive || look === looks || missing(end, keys).length === 0) return end;
    await setTimeout(betweenLooksMs);
  }
}

/** Witnesses that were named and have not signed. */
const missing = ({ signed }: SignedCheckpoint, { witnesses }: Keys) =>
  witnesses.filter((key) => !signed.some((one) => one.key === key));

/**
 * Who signed a checkpoint, and how long ago; a witness that was named and has not is a fault. `isLive`: it was handed out
 * just now by a server that goes on.
 */
export function whoSigned(one: SignedCheckpoint, keys: Keys, isLive = false): Finding {
  const { origin, size } = one.checkpoint;
  const fresh = howFresh(one, keys, isLive);
  const without = missing(one, keys);
  const held = [`checkpoint of ${origin}: ${size} entries, signed by the log`];
  for (const key of keys.witnesses)
    if (!without.includes(key)) held.push(`witness ${key.name} has signed it`);
  const faults = without.map(
    (key) =>
      `witness ${key.name} has not signed the checkpoint of ${size} entries. If that stays so for some minutes, ask the witness what it has seen`,
  );
  return {
    held: [...held, ...fresh.held],
    faults: [...faults, ...fresh.faults],
    unchecked: fresh.unchecked,
  };
}

const rank = ({ checkpoint }: SignedCheckpoint) => checkpoint.size;
const proofOfFork =
  'Keep both files: two signatures of the log that contradict each other prove that it was forked';

/**
 * Does the larger of two checkpoints go on from the smaller? The proof is computed from the log's own tiles, each of which
 * is checked against the newer checkpoint first: one that is merely wrong says nothing of the two checkpoints.
 */
export async function checkConsistency(
  one: SignedCheckpoint,
  other: SignedCheckpoint,
  source: Source,
): Promise<Finding> {
  const [older, newer] = rank(one) <= rank(other) ? [one, other] : [other, one];
  const [a, b] = [older.checkpoint, newer.checkpoint];
  const holds = (words: string): Finding => ({ held: [words], faults: [], unchecked: [] });
  const fails = (words: string): Finding => ({ held: [], faults: [words], unchecked: [] });
  if (a.origin !== b.origin) return fails(`these are checkpoints of two logs, ${a.origin} and ${b.origin}`);
  if (a.size === 0 && !equalBytes(a.root, emptyRoot(sha256)))
    return fails('the checkpoint of no entries has a root that no empty log has');
  if (a.size === b.size)
    return equalBytes(a.root, b.root)
      ? holds(`both are the same log of ${a.size} entries`)
      : fails(`the log has signed two different logs of ${a.size} entries. ${proofOfFork}`);
  const tiles = checkedTiles(sha256, b, (id) => source.read(tilePath(id)));
  try {
    const proof = await consistencyProof(sha256, a.size, b.size, nodesFromTiles(sha256, b.size, tiles));
    const isConsistent = verifyConsistency(sha256, {
      ...{ before: a.size, size: b.size, rootBefore: a.root, root: b.root, proof },
    });
    return isConsistent
      ? holds(`the log of ${b.size} entries begins with exactly the ${a.size} entries signed before`)
      : fails(
          `the log of ${b.size} entries does not begin with the ${a.size} entries that were signed before: something up to entry ${a.size} was changed, taken out or put in. ${proofOfFork}`,
        );
  } catch (error) {
    if (!(error instanceof WrongTile)) throw error;
    return fails(
      `the log's files do not fit its own newer checkpoint: ${error.message}. They are damaged or were changed; of the two checkpoints nothing can be said until they are right`,
    );
  }
}
