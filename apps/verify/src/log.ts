import type { PublicEntry } from '@clerestory/public-log';
import type { SignedCheckpoint } from '@clerestory/tlog';
import { endOf, whoSigned, type Finding, type Keys } from './checkpoints.ts';
import { readKept, type Kept } from './kept.ts';
import { NamedKeys } from './named-keys.ts';
import type { Source } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

/** More files are counted and not listed. */
const mostFiles = 20;

/** What is to be said of kept files that no key has opened: a fault where one speaks of this very log. */
function judgeUnopened(kept: Kept, end: SignedCheckpoint, named: NamedKeys): Omit<Finding, 'held'> {
  const { origin } = end.checkpoint;
  const faults: string[] = [];
  const unchecked: string[] = [];
  for (const { file, fault, claim } of kept.unopened) {
    const signer = claim?.signatures.find(({ name }) => name === claim.origin);
    if (claim && claim.signatures.some((one) => named.has(one)))
      unchecked.push(
        `${file} was not compared: ${fault}. The log names the key that signed it; give it with --key too`,
      );
    else if (claim?.origin === origin && signer)
      faults.push(
        `${file} calls itself a checkpoint of this log, and the key that signed it is neither among those given nor named by the log: if you know that key, the log was replaced; give it with --key to see where`,
      );
    else if (claim && claim.origin !== origin)
      unchecked.push(`${file} was not compared: it is of another log, ${claim.origin}`);
    else unchecked.push(`${file} was not compared: ${fault}`);
  }
  const short = (words: string[]) =>
    words.length <= mostFiles
      ? words
      : [...words.slice(0, mostFiles), `and ${words.length - mostFiles} files more`];
  return { faults: short(faults), unchecked: short(unchecked) };
}

/** Whoever comes later has no checkpoint of the log before, and is to know all the same that there was one. */
const anewWords = ({ sequence, public: said }: PublicEntry) =>
  `entry ${sequence}, log-begun-anew, says that this log takes the place of ${String(said['before'])}, of which ${String(said['lostSize'])} entries were signed or seen. What is before that entry is what was left of it. Why, it says: ${String(said['why'])}`;

export interface LogToCheck {
  source: Source;
  keys: Keys;
  /** A folder with checkpoints that somebody kept. */
  keptFolder?: string;
  progress?: (done: number, size: number) => void;
}

/**
 * Every entry of a log, its keys, who signed its last checkpoint, and each checkpoint that was kept.
 * @throws CannotRead
 */
export async function checkLog({ source, keys, keptFolder, progress }: LogToCheck): Promise<Finding> {
  // Before the last checkpoint, so that a folder which is still written to has nothing newer.
  const kept = keptFolder === undefined ? null : await readKept(keptFolder, keys);
  const end = await endOf(source, keys);
  const named = new NamedKeys();
  const { checkpoints = [] } = kept ?? {};
  const begunAnew: string[] = [];
  const found = await checkWholeLog({
    ...{ source, end, kept: checkpoints },
    each(entry) {
      named.take(entry);
      if (entry.kind === 'log-begun-anew') begunAnew.push(anewWords(entry));
    },
    ...(progress && { progress }),
  });
  const who = whoSigned(end, keys, source.isLive);
  const held = [...who.held, ...begunAnew];
  const faults = [...who.faults, ...found.faults];
  const unchecked = [...who.unchecked, ...found.unchecked];
  if (found.isWhole) faults.push(...named.faults(end, checkpoints, keys));
  if (kept && found.isWhole) {
    const judged = judgeUnopened(kept, end, named);
    faults.push(...judged.faults);
    unchecked.push(...judged.unchecked);
    for (const file of kept.drafts) held.push(`passed over ${file}: a draft that was not finished`);
    if (checkpoints.length > 0) held.push(`${checkpoints.length} kept checkpoints were compared`);
    else unchecked.push(`nothing was compared: there is no checkpoint of this log in ${keptFolder}`);
  }
  return { held: [...held, ...found.held], faults, unchecked };
}
