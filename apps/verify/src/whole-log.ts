import { parseEntry, type PublicEntry } from '@clerestory/public-log';
import {
  append,
  decodeBundle,
  emptyFrontier,
  equalBytes,
  hashBytes,
  leafHash,
  rootOf,
  tilePath,
  tileWidth,
  widthOf,
  type SignedCheckpoint,
} from '@clerestory/tlog';
import type { Finding } from './checkpoints.ts';
import { sha256 } from './crypto.ts';
import type { Source } from './source.ts';

/** More are counted and not listed. */
const mostFaults = 20;

export interface WholeLog {
  source: Source;
  /** The checkpoint it has to come to. */
  end: SignedCheckpoint;
  /** Other checkpoints of the same log that somebody kept; each has to be on the way. */
  kept?: readonly SignedCheckpoint[];
  /** Called with each entry that is in order, oldest first. */
  each?: (entry: PublicEntry) => void;
  /** Called now and then with the number of entries that were read. */
  progress?: (done: number, size: number) => void;
}

/**
 * Reads every entry of a log, hashes all of it anew, and compares with what was signed. Each entry that differs from its
 * hash in the tiles is named; so is each checkpoint that the entries do not lead to.
 */
export async function checkWholeLog({ source, end, kept = [], each, progress }: WholeLog): Promise<Finding> {
  const { origin, size, root } = end.checkpoint;
  const faults: string[] = [];
  let more = 0;
  const fault = (words: string) => {
    if (faults.length < mostFaults) faults.push(words);
    else more += 1;
  };
  const waiting = [...kept].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  /** The log has another name since: what was before the loss is there as it was, and compared as well. */
  const begunAnew = ({ checkpoint }: SignedCheckpoint) =>
    `a checkpoint of ${checkpoint.size} entries was kept of ${checkpoint.origin}, and this log, ${origin}, does not hold them all: it has begun anew, and entries were lost. Its entry log-begun-anew says how many, and why`;
  for (const one of waiting.filter(({ checkpoint }) => checkpoint.size > size)) {
    const { checkpoint } = one;
    if (checkpoint.origin !== origin) {
      fault(begunAnew(one));
      continue;
    }
    fault(
      `a checkpoint of ${checkpoint.size} entries was kept, and the log has only ${size}: its end was cut off, or it was rolled back`,
    );
  }
  let frontier = emptyFrontier;
  const compareKept = () => {
    while (waiting[0] && waiting[0].checkpoint.size <= frontier.size) {
      const one = waiting.shift() as SignedCheckpoint;
      const { checkpoint } = one;
      if (checkpoint.size === frontier.size && !equalBytes(rootOf(sha256, frontier), checkpoint.root))
        fault(
          checkpoint.origin !== origin
            ? begunAnew(one)
            : `up to entry ${checkpoint.size} the log is another one than that of the checkpoint that was kept: an entry up to there was changed, taken out or put in`,
        );
    }
  };
  compareKept();
  for (let index = 0; index * tileWidth < size; index++) {
    const width = widthOf(0, index, size);
    const entries = decodeBundle(await source.read(tilePath({ level: 'entries', index, width })));
    const hashes = await source.read(tilePath({ level: 0, index, width }));
    const first = index * tileWidth + 1;
    if (!entries || entries.length !== width) {
      fault(
        `entries ${first} to ${first + width - 1} are not ${width} whole entries: ${entries ? `there are ${entries.length}` : 'the bundle breaks off'}`,
      );
      break;
    }
    for (const [at, bytes] of entries.entries()) {
      const sequence = first + at;
      const hash = leafHash(sha256, bytes);
      if (!equalBytes(hash, hashes.subarray(at * hashBytes, (at + 1) * hashBytes)))
        fault(`entry ${sequence} is not the one whose hash is in the log: it was changed afterwards`);
      const parsed = parseEntry(Buffer.from(bytes).toString('utf8'));
      if (!parsed.ok) fault(`entry ${sequence} cannot be read: ${parsed.fault}`);
      else if (parsed.entry.sequence !== sequence)
        fault(`entry ${sequence} calls itself ${parsed.entry.sequence}: one was taken out, put in or moved`);
      else each?.(parsed.entry);
      ({ frontier } = append(sha256, frontier, hash));
      compareKept();
    }
    progress?.(frontier.size, size);
  }
  if (frontier.size === size && !equalBytes(rootOf(sha256, frontier), root))
    fault(`the ${size} entries do not lead to the root that the log has signed for them`);
  if (more > 0) faults.push(`and ${more} faults more`);
  return {
    faults,
    held:
      faults.length === 0 ? [`all ${size} entries are there, in order, and are those that were signed`] : [],
  };
}
