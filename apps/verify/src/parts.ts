import type { BundleHead } from '@clerestory/public-log';
import { canonicalJson, equalBytes, type Checkpoint, type Json } from '@clerestory/tlog';
import type { Finding } from './checkpoints.ts';

/** What a file has, once it could be opened: what it is a part of, and which part. */
export interface BundlePart {
  head: BundleHead;
  checkpoint: Checkpoint;
  /** Of its entries, from 0, in ascending order; null when some lines are wrong, of which is said already. */
  indices: readonly number[] | null;
}

/** Was every entry asked for, so that none between two may be missing? */
export const isOfAll = ({ asked }: BundleHead): boolean =>
  asked !== undefined && Object.keys(asked).every((name) => name === 'before' || name === 'limit');

/** Entries below this number were asked for, and are in the checkpoint. */
export const endOfPart = ({ head, checkpoint }: Omit<BundlePart, 'indices'>): number => {
  const before = head.asked?.['before'];
  return Math.min(checkpoint.size + 1, typeof before === 'number' ? before : Infinity);
};

/** What lies outside the part that the file says it is. */
export function outside({ asked, next }: BundleHead, indices: readonly number[]): string[] {
  const [first = 0, last = 0] = [indices[0], indices.at(-1)].map((index) => (index ?? -1) + 1);
  const before = asked?.['before'];
  const words: string[] = [];
  if (typeof before === 'number' && last >= before)
    words.push(`the file says that its entries are below ${before}, and it has entry ${last}`);
  if (typeof next === 'string' && Number(next) !== first)
    words.push(
      `the file says that the next one begins below ${next}, and its own first entry is ${first === 0 ? 'none' : first}`,
    );
  return words;
}

/** A file of an export, and what it is called. */
export interface NamedPart extends BundlePart {
  name: string;
}

/** What was asked for, without which part of it. */
const questionOf = ({ head: { asked = {} } }: BundlePart): string => {
  const { before: _before, ...question } = asked;
  return canonicalJson(question as Json);
};
const call = ({ name }: NamedPart) => (name === '' ? 'the file' : name);
const spanOf = ({ indices }: NamedPart): [number, number] => [
  (indices?.[0] ?? -1) + 1,
  (indices?.at(-1) ?? -1) + 1,
];

/**
 * Are these files all of one export, and one after the other? A file says which entries it was asked for (`before`) and
 * below which number the next one begins. `isInLog`: their checkpoints are compared with the whole log anyway.
 */
export function checkParts(parts: readonly NamedPart[], isInLog: boolean): Finding {
  const found: Finding = { held: [], faults: [], unchecked: [] };
  const [first] = parts;
  if (!first) return found;
  if (parts.some((part) => questionOf(part) !== questionOf(first))) {
    const others = parts.filter((part) => questionOf(part) !== questionOf(first)).map(call);
    found.faults.push(
      `these are not files of one export: ${others.join(', ')} was asked for something else than ${call(first)}`,
    );
    return found;
  }
  compareCheckpoints(parts, isInLog, found);
  if (parts.every(({ indices }) => indices !== null)) joinUp(parts, found);
  return found;
}

function compareCheckpoints(parts: readonly NamedPart[], isInLog: boolean, found: Finding): void {
  const sorted = [...parts].sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  for (const [at, part] of sorted.entries()) {
    const before = sorted[at - 1];
    if (!before) continue;
    const [one, other] = [before.checkpoint, part.checkpoint];
    if (one.origin !== other.origin)
      found.faults.push(`${call(before)} is of the log ${one.origin}, and ${call(part)} of ${other.origin}`);
    else if (one.size === other.size && !equalBytes(one.root, other.root))
      found.faults.push(
        `${call(before)} and ${call(part)} have checkpoints of two different logs of ${one.size} entries. Keep both files: they prove that the log was forked`,
      );
    else if (one.size !== other.size && !isInLog)
      found.unchecked.push(
        `${call(before)} ends at a checkpoint of ${one.size} entries and ${call(part)} at one of ${other.size}: give --log to see whether the one goes on from the other`,
      );
  }
}

/** From the newest entries down: each file has to begin where the one before it said. */
function joinUp(parts: readonly NamedPart[], found: Finding): void {
  const sorted = [...parts].sort((a, b) => endOfPart(b) - endOfPart(a) || spanOf(b)[1] - spanOf(a)[1]);
  const missing: string[] = [];
  const [newest] = sorted;
  const from = newest?.head.asked?.['before'];
  if (newest && typeof from === 'number' && from <= newest.checkpoint.size)
    missing.push(`entries from ${from} on are in a file before ${call(newest)}`);
  for (const [at, part] of sorted.entries()) {
    const after = sorted[at + 1];
    const { next } = part.head;
    if (!after) {
      if (typeof next === 'string') missing.push(`entries below ${next} are in the next file`);
      continue;
    }
    const [low] = spanOf(part);
    const [, high] = spanOf(after);
    const end = endOfPart(after);
    if (low > 0 && high >= low)
      found.unchecked.push(
        `${call(part)} and ${call(after)} both have entries from ${low} to ${high}: whoever counts them together counts twice`,
      );
    else if (next === null)
      found.unchecked.push(`${call(part)} says that it is the last, and ${call(after)} has older entries`);
    else if (next !== undefined && end < Number(next))
      missing.push(`entries from ${end} to ${Number(next) - 1}, between ${call(part)} and ${call(after)}`);
  }
  const count = sorted.reduce((sum, { indices }) => sum + (indices?.length ?? 0), 0);
  if (missing.length > 0)
    found.unchecked.push(
      `this is not the whole of what was asked for. Not in what was given: ${missing.join('; ')}. Save the other files from the same page, and give all of them together`,
    );
  else if (found.unchecked.length === 0 && sorted.every(({ head }) => head.next !== undefined))
    found.held.push(
      `${sorted.length === 1 ? 'the file is' : `the ${sorted.length} files are`} the whole of what was asked for: ${count} entries${newest && isOfAll(newest.head) ? ', none left out' : ''}`,
    );
}
