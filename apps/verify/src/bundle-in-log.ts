import { parseHead, SaidErased, type PublicEntry } from '@clerestory/public-log';
import { checkBundles, type BundleEntry, type BundleText } from './bundle.ts';
import { endOf, opened, whoSigned, type Finding, type Keys } from './checkpoints.ts';
import { NamedKeys } from './named-keys.ts';
import type { Source } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

export interface BundleInLog {
  /** All of one export, or a single one. */
  files: readonly BundleText[];
  source: Source;
  keys: Keys;
  /** Called with each entry of the file that is in order. */
  each?: (one: BundleEntry) => void;
  /** Called with each entry of the log that is in order, oldest first; `root`: of the log up to and with it. */
  eachOfLog?: (entry: PublicEntry, root: () => Uint8Array) => void;
  progress?: (done: number, size: number) => void;
}

/**
 * A bundle, of one file or several, and the whole log that it is of: the log is checked, is the one of each checkpoint, and what is not
 * opened in the bundle is what the log says that was erased. `isWhole`: the log could be read to its end.
 * @throws CannotRead when the log is not to be had.
 */
export async function checkBundleInLog(parts: BundleInLog): Promise<Finding & { isWhole: boolean }> {
  const { files, source, keys, each, eachOfLog, progress } = parts;
  const notes = files.map(({ text }) => parseHead(text.split(/\r?\n/, 1)[0] ?? '')?.checkpoint ?? '');
  const kept = notes.flatMap((note) => {
    const checkpoint = opened(note, keys);
    return checkpoint.ok ? checkpoint.value : [];
  });
  // What is wrong with a file itself is said without the log.
  if (kept.length < files.length) return { ...checkBundles(files, keys, each), isWhole: false };
  const end = await endOf(source, keys);
  const [said, named] = [new SaidErased(), new NamedKeys()];
  const found = await checkWholeLog({
    ...{ source, end, kept, ...(progress && { progress }) },
    each(entry, root) {
      said.take(entry);
      named.take(entry);
      eachOfLog?.(entry, root);
    },
  });
  const bundle = checkBundles(files, keys, each, found.isWhole ? said : undefined);
  const who = whoSigned(end, keys, source.isLive);
  const keyFaults = found.isWhole ? named.faults(end, kept, keys) : [];
  return {
    held: [...new Set([...bundle.held, ...who.held, ...found.held])],
    faults: [...new Set([...bundle.faults, ...who.faults, ...found.faults, ...keyFaults])],
    unchecked: [...new Set([...bundle.unchecked, ...who.unchecked, ...found.unchecked])],
    isWhole: found.isWhole,
  };
}
