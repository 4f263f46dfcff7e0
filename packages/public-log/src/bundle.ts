import {
  canonicalJson,
  fromBase64,
  leafHash,
  toBase64,
  utf8,
  verifyInclusion,
  type Json,
  type Sha256,
} from '@clerestory/tlog';
import { hourMs, opens, parseEntry, type Opening, type PublicEntry } from './entry.ts';

/**
 * A bundle is a text of JSON lines: a head, then a line for each entry, each with its proof against the checkpoint in
 * the head. An owner's download and an auditor's export are both bundles; an auditor's opens more.
 */
export interface BundleHead {
  format: 'clerestory-bundle-1';
  /** In words, such as "accesses to the cameras of an owner". */
  of: string;
  /** The signed checkpoint that the proofs end at. */
  checkpoint: string;
  /** What was asked for; of several files `before`: entries below this number. */
  asked?: Readonly<Record<string, string | number>>;
  /** Lines that follow. */
  count?: number;
  /** Numbers of the first and of the last entry; the lines are in ascending order. */
  first?: number | null;
  last?: number | null;
  /** Older entries begin below it, in the next file; null in the last. */
  next?: string | null;
  /** Entries within what was asked that retention has erased: whether they belong here nobody can say any more. */
  erased?: number;
  /** The log was not signed any more when the file was written, and why. */
  halted?: string;
}

export interface BundleLine {
  /** The public entry, as the log hashed it. */
  leaf: string;
  /** From 0. */
  index: number;
  /** base64. */
  proof: string[];
  openings: Opening[];
}

export const formatHead = (head: BundleHead): string => `${canonicalJson({ ...head })}\n`;
export const formatLine = ({ leaf, index, proof, openings }: BundleLine): string =>
  `${canonicalJson({ leaf, index, proof, openings: openings as unknown as Json })}\n`;

const parseObject = (line: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isAsked = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number');
/** A member that older files do not have → is this one of it? */
const mayBeMissing: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...{ asked: isAsked, count: isCount, erased: isCount },
  ...{
    first: (value) => value === null || isCount(value),
    last: (value) => value === null || isCount(value),
  },
  next: (value) => value === null || typeof value === 'string',
  halted: (value) => typeof value === 'string',
};

export function parseHead(line: string): BundleHead | null {
  const head = parseObject(line);
  const isHead =
    head?.['format'] === 'clerestory-bundle-1' &&
    typeof head['of'] === 'string' &&
    typeof head['checkpoint'] === 'string' &&
    Object.entries(mayBeMissing).every(([name, isOne]) => !(name in head) || isOne(head[name]));
  return isHead ? (head as unknown as BundleHead) : null;
}

const isOpening = (value: unknown): value is Opening =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Opening).name === 'string' &&
  typeof (value as Opening).salt === 'string' &&
  'value' in value;

/** Without whatever else stands in it: `isAsWritten` tells whether anything does. */
export function parseLine(line: string): BundleLine | null {
  const found = parseObject(line);
  const isLine =
    typeof found?.['leaf'] === 'string' &&
    Number.isSafeInteger(found['index']) &&
    Array.isArray(found['proof']) &&
    found['proof'].every((hash) => typeof hash === 'string') &&
    Array.isArray(found['openings']) &&
    found['openings'].every(isOpening);
  if (!isLine) return null;
  const { leaf, index, proof, openings } = found as unknown as BundleLine;
  return {
    ...{ leaf, index, proof },
    openings: openings.map(({ name, value, salt }) => ({ name, value, salt })),
  };
}

/**
 * Is a line the very text that whoever writes bundles writes? Else something stands in it that nothing proves, such as a member
 * of another name, or one that is there twice, of which one reader takes the first and another the last.
 */
export function isAsWritten(line: string, parsed: BundleHead | BundleLine): boolean {
  try {
    const written = 'format' in parsed ? formatHead(parsed) : formatLine(parsed);
    return line.trimEnd() === written.trimEnd();
  } catch (error) {
    // What canonical JSON cannot hold nobody has written.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const lineOf = (
  leaf: string,
  index: number,
  proof: readonly Uint8Array[],
  openings: Opening[],
): BundleLine => ({ leaf, index, proof: proof.map(toBase64), openings });

/** Checks a line against the tree of a checkpoint whose signature was checked. The fault is in words. */
export function checkLine(
  sha256: Sha256,
  { leaf, index, proof, openings }: BundleLine,
  tree: { size: number; root: Uint8Array },
): { ok: true; entry: PublicEntry } | { ok: false; fault: string } {
  const hashes = proof.map(fromBase64);
  if (!hashes.every((hash) => hash?.length === 32))
    return { ok: false, fault: 'its proof is no list of hashes' };
  if (!leaf.isWellFormed()) return { ok: false, fault: 'its text is broken: half a character stands in it' };
  const isIn = verifyInclusion(sha256, {
    ...{ index, size: tree.size, root: tree.root },
    leaf: leafHash(sha256, utf8(leaf)),
    proof: hashes as Uint8Array[],
  });
  if (!isIn)
    return {
      ok: false,
      fault: 'it is not in the log at that place: its proof does not lead to the checkpoint',
    };
  const parsed = parseEntry(leaf);
  if (!parsed.ok) return { ok: false, fault: `it is in the log, but ${parsed.fault}` };
  const { entry } = parsed;
  if (entry.sequence !== index + 1)
    return { ok: false, fault: `it calls itself entry ${entry.sequence} and stands at ${index + 1}` };
  const wrong = openings.find((opening) => !opens(sha256, entry, opening));
  if (wrong) return { ok: false, fault: `what is said of "${wrong.name}" is not what the log committed to` };
  const exact = openings.find(({ name }) => name === 'at')?.value;
  if (exact !== undefined && !isInHour(exact, entry.at))
    return {
      ok: false,
      fault: `its exact time, ${timeOf(exact)}, is not in the hour that everybody is shown, from ${timeOf(entry.at)}`,
    };
  return { ok: true, entry };
}

const isInHour = (at: Json, hour: number) => typeof at === 'number' && at - (at % hourMs) === hour;
const timeOf = (at: Json) =>
  typeof at === 'number' && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : JSON.stringify(at);
