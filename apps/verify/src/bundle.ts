import {
  checkLine,
  isAsWritten,
  parseHead,
  parseLine,
  SaidErased,
  type PublicEntry,
} from '@clerestory/public-log';
import { checkParts, endOfPart, isOfAll, outside, type BundlePart } from './parts.ts';
import { opened, whoSigned, type Finding, type Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';

/** More are counted and not listed. */
const mostFaults = 20;
const putIn = 'it is not written as bundles are: something was put into it that nothing proves';
/** What a head can have. Another member could say what is missing, or that something is. */
const known = ['format', 'of', 'checkpoint', 'asked', 'count', 'first', 'last', 'next', 'erased', 'halted'];

export interface BundleEntry {
  entry: PublicEntry;
  /** What the bundle opens of it, each of which is what the log committed to. */
  shown: Record<string, unknown>;
}

/**
 * Does the head say of the lines what is so? It is not signed: it shows lines that were lost, not a head that lies.
 * `indices`: of the entries; null when some are in no order anyway.
 */
function checkHead({ head, checkpoint, indices }: BundlePart, lines: number): Finding {
  const found: Finding = { held: [], faults: [], unchecked: [] };
  const unknown = Object.keys(head).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    found.faults.push(`its first line has what this program does not know: ${unknown.join(', ')}`);
  const { asked, count, erased = 0, next, halted } = head;
  if (halted !== undefined)
    found.unchecked.push(
      `the log was not signed any more when this file was written, and what is newer than its checkpoint cannot be proved: ${halted}`,
    );
  if (count === undefined) {
    found.held.push(
      'the file does not say how many entries it should have: one that is missing cannot be seen',
    );
    if (lines === 0) found.unchecked.push('the file has no entries: nothing was checked');
  } else if (count !== lines)
    found.faults.push(
      `the file says that it has ${count} entries, and there are ${lines}: lines were taken out or put in`,
    );
  const places = { first: indices?.[0], last: indices?.at(-1) };
  for (const name of ['first', 'last'] as const) {
    const index = places[name];
    const [said, is] = [head[name], index === undefined ? null : index + 1];
    if (indices && said !== undefined && said !== is)
      found.faults.push(
        `the file says that its ${name} entry is ${said ?? 'none'}, and it is ${is ?? 'none'}`,
      );
  }
  if (asked) {
    const words = Object.entries(asked).map(([name, value]) => `${name} ${value}`);
    found.held.push(
      words.length > 0 ? `it was asked for ${words.join(', ')}` : 'it was asked for all entries',
    );
    if (indices && isOfAll(head)) {
      // One that does not say where the next begins says no more than that nothing is missing within it.
      const from = next === undefined ? (indices[0] ?? 0) + 1 : Number(next ?? 1);
      const upTo = next === undefined ? (indices.at(-1) ?? -1) + 1 : endOfPart({ head, checkpoint }) - 1;
      const missing = upTo - from + 1 - indices.length;
      if (missing > erased)
        found.faults.push(
          `all entries were asked for, and of those from ${from} to ${upTo} ${missing} are missing`,
        );
    }
  }
  if (indices) found.faults.push(...outside(head, indices));
  if (erased > 0)
    found.held.push(
      `${erased} entries of that time are erased: whether they belong here nobody can say any more`,
    );
  return found;
}

/** Entries that are closed although the log does not say that they were erased. `said`: by the whole log, or by the file alone. */
function checkClosed(closed: readonly PublicEntry[], said: SaidErased, isWhole: boolean): Finding {
  const found: Finding = { held: [], faults: [], unchecked: [] };
  const unsaid = closed.filter((entry) => !said.has(entry));
  const list = (some: readonly PublicEntry[]) =>
    `${some
      .slice(0, mostFaults)
      .map(({ sequence }) => sequence)
      .join(', ')}${some.length > mostFaults ? ` and ${some.length - mostFaults} more` : ''}`;
  const erased = closed.filter((entry) => said.has(entry));
  if (erased.length > 0)
    found.held.push(`of these the log says that they were erased for their age: ${list(erased)}`);
  if (unsaid.length > 0 && isWhole)
    found.faults.push(
      `not opened, and no entry record-erased of the log says that they were erased: ${list(unsaid)}. They were left closed by whoever wrote the file, or their words were destroyed in secret`,
    );
  if (unsaid.length > 0 && !isWhole)
    found.unchecked.push(
      `not opened, and whether the log says that they were erased was not looked at: ${list(unsaid)}. Give --log to see`,
    );
  return found;
}

/** A file, and what it is called where there are several. */
export interface BundleText {
  name: string;
  text: string;
}

interface Read {
  found: Finding;
  part: BundlePart | null;
  /** Entries that are not opened. */
  closed: PublicEntry[];
}

/** One file: every line against the checkpoint in its head. `said` takes what its entries say was erased. */
function readBundle(text: string, keys: Keys, each: (one: BundleEntry) => void, said: SaidErased): Read {
  const fails = (words: string): Read => ({
    ...{ found: { held: [], faults: [words], unchecked: [] }, part: null, closed: [] },
  });
  const [first, ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  if (first === undefined) return fails('the file is empty: download it again');
  const head = parseHead(first);
  if (!head)
    return fails(
      'this is no bundle: the first line of every bundle says that it is one. Give the file as it was downloaded',
    );
  const checkpoint = opened(head.checkpoint, keys);
  if (!checkpoint.ok) return fails(`the checkpoint in the bundle is not to be believed: ${checkpoint.fault}`);
  const faults: string[] = [];
  let wrong = 0;
  const fault = (words: string) => {
    wrong += 1;
    if (faults.length < mostFaults) faults.push(words);
  };
  const indices: number[] = [];
  const closed: PublicEntry[] = [];
  for (const [at, line] of lines.entries()) {
    const parsed = parseLine(line);
    const checked = parsed ? checkLine(sha256, parsed, checkpoint.value.checkpoint) : null;
    const place = `line ${at + 2}${parsed ? ` (entry ${parsed.index + 1})` : ''}`;
    if (!parsed || !checked?.ok) {
      fault(`${place}: ${checked && !checked.ok ? checked.fault : 'it is no line of a bundle'}`);
      continue;
    }
    if (!isAsWritten(line, parsed)) fault(`${place}: ${putIn}`);
    const before = indices.at(-1) ?? -1;
    if (parsed.index <= before)
      fault(`${place}: it stands behind entry ${before + 1}: lines were doubled, or put in another order`);
    indices.push(parsed.index);
    said.take(checked.entry);
    if (parsed.openings.length === 0) closed.push(checked.entry);
    each({
      entry: checked.entry,
      shown: Object.fromEntries(parsed.openings.map(({ name, value }) => [name, value])),
    });
  }
  if (wrong > faults.length) faults.push(`and ${wrong - faults.length} lines more`);
  const who = whoSigned(checkpoint.value, keys);
  const part = { head, checkpoint: checkpoint.value.checkpoint, indices: wrong === 0 ? indices : null };
  const about = checkHead(part, lines.length);
  if (!isAsWritten(first, head)) about.faults.push(`its first line: ${putIn}`);
  const held = [...who.held, `the bundle is of ${head.of}`, ...about.held];
  if (faults.length === 0)
    held.push(`each of its ${lines.length} entries is in the log, and is what the log committed to`);
  if (closed.length > 0)
    held.push(
      `${closed.length} of its ${lines.length} entries ${closed.length === 1 ? 'is' : 'are'} not opened: who, what and exactly when cannot be seen in this file`,
    );
  const found = {
    ...{ held, faults: [...who.faults, ...about.faults, ...faults] },
    unchecked: [...who.unchecked, ...about.unchecked],
  };
  return { found, part, closed };
}

/**
 * Checks an owner's bundle or an auditor's export, and where it has several files whether they are all of it. `said`: what
 * the whole log says that was erased, where it was read; else the files' own entries count.
 */
export function checkBundles(
  files: readonly BundleText[],
  keys: Keys,
  each: (one: BundleEntry) => void = () => undefined,
  said?: SaidErased,
): Finding {
  const ownWords = new SaidErased();
  const read = files.map(({ name, text }) => ({ name, ...readBundle(text, keys, each, ownWords) }));
  const parts = read.flatMap(({ name, part }) => (part ? { name, ...part } : []));
  const open = checkClosed(
    [...new Map(read.flatMap(({ closed }) => closed).map((entry) => [entry.sequence, entry])).values()],
    said ?? ownWords,
    said !== undefined,
  );
  const found = [
    ...read.map(({ name, found: of }) => calledBy(name, of)),
    checkParts(parts, said !== undefined),
    open,
  ];
  return {
    held: found.flatMap(({ held }) => held),
    faults: found.flatMap(({ faults }) => faults),
    unchecked: found.flatMap(({ unchecked }) => unchecked),
  };
}

/** With the name of the file before each word, where it has one. */
function calledBy(name: string, { held, faults, unchecked }: Finding): Finding {
  const call = (words: string[]) => (name === '' ? words : words.map((one) => `${name}: ${one}`));
  return { held: call(held), faults: call(faults), unchecked: call(unchecked) };
}

/** One file alone. */
export const checkBundle = (
  text: string,
  keys: Keys,
  each?: (one: BundleEntry) => void,
  said?: SaidErased,
): Finding => checkBundles([{ name: '', text }], keys, each, said);
