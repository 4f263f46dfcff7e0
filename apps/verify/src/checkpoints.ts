import {
  consistencyProof,
  cosignatureTimeS,
  equalBytes,
  nodesFromTiles,
  openCheckpoint,
  tilePath,
  verifyConsistency,
  type SignedCheckpoint,
  type VerifierKey,
} from '@clerestory/tlog';
import { ed25519, sha256 } from './crypto.ts';
import type { Source } from './source.ts';

export interface Keys {
  log: readonly VerifierKey[];
  witnesses: readonly VerifierKey[];
}

/** What was found, in words. `faults` empty: all is well. */
export interface Finding {
  faults: string[];
  /** What was checked and holds. */
  held: string[];
}

/** Opens a signed checkpoint, or says what is wrong with it. */
export const opened = (note: string, { log, witnesses }: Keys) =>
  openCheckpoint(ed25519, note, { log, witnesses });

const dateOf = (timeS: number) => new Date(timeS * 1_000).toISOString();

/** Who signed a checkpoint, in words. */
export function describe({ checkpoint, signed }: SignedCheckpoint, keys: Keys): string[] {
  const { origin, size } = checkpoint;
  const witnesses = signed.flatMap(({ key, signature }) => {
    const timeS = keys.witnesses.includes(key) ? cosignatureTimeS(signature) : null;
    return timeS === null ? [] : [`witness ${key.name} had seen it at ${dateOf(timeS)}`];
  });
  const missing = keys.witnesses.filter((key) => !signed.some((one) => one.key === key));
  return [
    `checkpoint of ${origin}: ${size} entries, signed by the log`,
    ...witnesses,
    ...missing.map(({ name }) => `witness ${name} has not signed this one`),
  ];
}

const rank = ({ checkpoint }: SignedCheckpoint) => checkpoint.size;

/** Does the larger of two checkpoints go on from the smaller? The proof is computed from the log's own tiles. */
export async function checkConsistency(
  one: SignedCheckpoint,
  other: SignedCheckpoint,
  source: Source,
): Promise<Finding> {
  const [older, newer] = rank(one) <= rank(other) ? [one, other] : [other, one];
  const [a, b] = [older.checkpoint, newer.checkpoint];
  if (a.origin !== b.origin)
    return { held: [], faults: [`these are checkpoints of two logs, ${a.origin} and ${b.origin}`] };
  const proofOfFork =
    'Keep both files: two signatures of the log that contradict each other prove that it was forked';
  if (a.size === b.size)
    return equalBytes(a.root, b.root)
      ? { held: [`both are the same log of ${a.size} entries`], faults: [] }
      : { held: [], faults: [`the log has signed two different logs of ${a.size} entries. ${proofOfFork}`] };
  const nodes = nodesFromTiles(sha256, b.size, (id) => source.read(tilePath(id)));
  const proof = await consistencyProof(sha256, a.size, b.size, nodes);
  const isConsistent = verifyConsistency(sha256, {
    ...{ before: a.size, size: b.size, rootBefore: a.root, root: b.root, proof },
  });
  return isConsistent
    ? {
        held: [`the log of ${b.size} entries begins with exactly the ${a.size} entries signed before`],
        faults: [],
      }
    : {
        held: [],
        faults: [
          `the log of ${b.size} entries does not begin with the ${a.size} entries that were signed before: something up to entry ${a.size} was changed, taken out or put in. ${proofOfFork}`,
        ],
      };
}
