import { parseEntry, type PublicEntry } from '@clerestory/public-log';
import {
  append,
  concat,
  decodeBundle,
  emptyFrontier,
  equalBytes,
  hashBytes,
  leafHash,
  rootOf,
  tilePath,
  tilesOf,
  tileWidth,
  widthOf,
  type SignedCheckpoint,
} from '@clerestory/tlog';
import type { Finding } from './checkpoints.ts';
import { sha256 } from './crypto.ts';
import { CannotRead, type Source } from './source.ts';

/** More are counted and not listed. */
const mostFaults = 20;

export interface WholeLog {
  source: Source;
  /** The checkpoint it has to come to. */
  end: SignedCheckpoint;
  /** Other checkpoints of the same log that somebody kept; each has to be on the way. */
  kept?: readonly SignedCheckpoint[];
  /** Called with each entry that is in order, oldest first; `root`: of the log up to and with it. */
  each?: (entry: PublicEntry, root: () => Uint8Array) => void;
  /** Called now and then with the number of entries that were read. */
  progress?: (done: number, size: number) => void;
}

/** What was found of the whole log; `isWhole`: every entry could be read. */
export type WholeLogFinding = Finding & { isWhole: boolean };

/**
 * Reads every entry of a log, hashes all of it anew, and compares with what was signed. Each entry that differs from its
 * hash in the tiles is named; so is each tile above them, and each checkpoint that the entries do not lead to.
 * @throws CannotRead when a file is not to be had and nothing was found yet.
 */
export async function checkWholeLog(parts: WholeLog): Promise<WholeLogFinding> {
  const { size } = parts.end.checkpoint;
  const faults: string[] = [];
  let more = 0;
  const fault = (words: string) => {
    if (faults.length < mostFaults) faults.push(words);
    else more += 1;
  };
  let isWhole = false;
  try {
    isWhole = await walk(parts, fault);
  } catch (error) {
    if (!(error instanceof CannotRead) || faults.length === 0) throw error;
    fault(`further it could not be read: ${error.message}`);
  }
  if (more > 0) faults.push(`and ${more} faults more`);
  const held =
    faults.length === 0 ? [`all ${size} entries are there, in order, and are those that were signed`] : [];
  return { faults, held, unchecked: [], isWhole };
}

/** Whether it came to the end. */
async function walk(
  { source, end, kept = [], each, progress }: WholeLog,
  fault: (words: string) => void,
): Promise<boolean> {
  const { origin, size, root } = end.checkpoint;
  const waiting = [...kept].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  /** Of a log with another name: what was before a loss is there as it was, and compared as well. */
  const lost: SignedCheckpoint[] = [];
  let begunAnew = 0;
  for (const one of waiting.filter(({ checkpoint }) => checkpoint.size > size)) {
    if (one.checkpoint.origin === origin)
      fault(
        `a checkpoint of ${one.checkpoint.size} entries was kept, and the log has only ${size}: its end was cut off, or it was rolled back`,
      );
    else lost.push(one);
  }
  let frontier = emptyFrontier;
  // So many of them: taking the first out of a witness folder's 300,000 would move all others each time.
  let compared = 0;
  const compareKept = () => {
    for (; compared < waiting.length; compared += 1) {
      const one = waiting[compared];
      if (!one || one.checkpoint.size > frontier.size) return;
      if (equalBytes(rootOf(sha256, frontier), one.checkpoint.root)) continue;
      if (one.checkpoint.origin === origin)
        fault(
          `up to entry ${one.checkpoint.size} the log is another one than that of the checkpoint that was kept: an entry up to there was changed, taken out or put in`,
        );
      else lost.push(one);
    }
  };
  compareKept();
  const above: Uint8Array[][] = [];
  for (let index = 0; index * tileWidth < size; index++) {
    const width = widthOf(0, index, size);
    const entries = decodeBundle(await source.read(tilePath({ level: 'entries', index, width })));
    const hashes = await source.read(tilePath({ level: 0, index, width }));
    const first = index * tileWidth + 1;
    if (entries?.length !== width) {
      fault(
        `entries ${first} to ${first + width - 1} are not ${width} whole entries: ${entries ? `there are ${entries.length}` : 'the bundle breaks off, or is none'}`,
      );
      return false;
    }
    if (hashes.length !== width * hashBytes)
      fault(
        `the tile with the hashes of entries ${first} to ${first + width - 1} has ${hashes.length} bytes`,
      );
    for (const [at, bytes] of entries.entries()) {
      const sequence = first + at;
      const hash = leafHash(sha256, bytes);
      if (!equalBytes(hash, hashes.subarray(at * hashBytes, (at + 1) * hashBytes)))
        fault(`entry ${sequence} is not the one whose hash is in the log: it was changed afterwards`);
      const parsed = parseEntry(Buffer.from(bytes).toString('utf8'));
      const after = append(sha256, frontier, hash);
      frontier = after.frontier;
      if (!parsed.ok) fault(`entry ${sequence} cannot be read: ${parsed.fault}`);
      else if (parsed.entry.sequence !== sequence)
        fault(`entry ${sequence} calls itself ${parsed.entry.sequence}: one was taken out, put in or moved`);
      else {
        if (parsed.entry.kind === 'log-begun-anew') begunAnew = sequence;
        each?.(parsed.entry, () => rootOf(sha256, after.frontier));
      }
      for (const { level, hash: subtree } of after.completed) (above[level] ??= []).push(subtree);
      compareKept();
    }
    progress?.(frontier.size, size);
  }
  if (!equalBytes(rootOf(sha256, frontier), root))
    fault(`the ${size} entries do not lead to the root that the log has signed for them`);
  for (const { checkpoint } of lost)
    fault(
      `a checkpoint of ${checkpoint.size} entries was kept of ${checkpoint.origin}, and this log, ${origin}, does not hold them all: ${
        begunAnew > 0
          ? `it has begun anew, and entries were lost. Its entry ${begunAnew}, log-begun-anew, says how many, and why`
          : 'entries were lost, and no entry of the log says so'
      }`,
    );
  for await (const name of wrongTilesAbove(source, size, above))
    fault(`${name} is not what the entries below it lead to: proofs that are made of it are wrong`);
  return true;
}

/** Tiles above the lowest. Nobody needs them to read the log, but proofs are made of them. */
async function* wrongTilesAbove(
  source: Source,
  size: number,
  above: readonly (readonly Uint8Array[] | undefined)[],
): AsyncGenerator<string> {
  for (const id of tilesOf(size)) {
    if (id.level === 0) continue;
    const first = id.index * tileWidth;
    const is = concat(...(above[Number(id.level)] ?? []).slice(first, first + id.width));
    if (!equalBytes(is, await source.read(tilePath(id)))) yield tilePath(id);
  }
}
