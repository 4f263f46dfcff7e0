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
import { opens, parseEntry, type Opening, type PublicEntry } from './entry.ts';

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
  /** What was asked for, by name: a filter, a time (Unix ms), `before` a sequence, a `limit`. Older files do not say. */
  asked?: Readonly<Record<string, string | number>>;
  /** Lines that follow. They ascend by their sequence, none twice. */
  count?: number;
  /** Sequences of the first and the last of them; null without any. */
  first?: number | null;
  last?: number | null;
  /** Older entries follow in another file, from below this sequence; null: there are none. */
  next?: string | null;
  /** Entries of the same time or kind that have been erased: whether they belonged here nobody can say any more. */
  erased?: number;
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

export const formatHead = (head: BundleHead): string => `${canonicalJson({ ...head } as unknown as Json)}\n`;
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

const isCount = (value: unknown) =>
  value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
const isAsked = (value: unknown) =>
  value === undefined ||
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number'));

export function parseHead(line: string): BundleHead | null {
  const head = parseObject(line);
  const isHead =
    head?.['format'] === 'clerestory-bundle-1' &&
    typeof head['of'] === 'string' &&
    typeof head['checkpoint'] === 'string' &&
    isAsked(head['asked']) &&
    [head['count'], head['erased'], head['first'] ?? undefined, head['last'] ?? undefined].every(isCount) &&
    ['undefined', 'string'].includes(typeof (head['next'] ?? undefined));
  return isHead ? (head as unknown as BundleHead) : null;
}

const isOpening = (value: unknown): value is Opening =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Opening).name === 'string' &&
  typeof (value as Opening).salt === 'string' &&
  'value' in value;

export function parseLine(line: string): BundleLine | null {
  const found = parseObject(line);
  const isLine =
    typeof found?.['leaf'] === 'string' &&
    Number.isSafeInteger(found['index']) &&
    Array.isArray(found['proof']) &&
    found['proof'].every((hash) => typeof hash === 'string') &&
    Array.isArray(found['openings']) &&
    found['openings'].every(isOpening);
  return isLine ? (found as unknown as BundleLine) : null;
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
  return { ok: true, entry };
}
