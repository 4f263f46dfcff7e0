import { canonicalJson, concat, fromBase64, toBase64, utf8, type Json, type Sha256 } from '@clerestory/tlog';

export const entryVersion = 1;

/** A value that the public log shows as it is. */
export type Plain = string | number | boolean | null | readonly string[];

/**
 * An entry as everybody may read it. Its canonical JSON, in UTF-8, is what the log hashes as its leaf; the leaf of
 * `sequence` n has the index n - 1.
 */
export interface PublicEntry {
  v: typeof entryVersion;
  /** 1, 2, 3 … without a gap. */
  sequence: number;
  /** The hour it was written in, Unix ms. The exact time is committed. */
  at: number;
  kind: string;
  /** What sort of actor, such as `person`, `screen` or `server`; who it was is committed. */
  by: string;
  /** What sort of thing it was about, such as `camera`. */
  of: string;
  public: Readonly<Record<string, Plain>>;
  /** Name → commitment, base64. */
  committed: Readonly<Record<string, string>>;
}

/** What shows that a value is the one that was committed to. */
export interface Opening {
  name: string;
  value: Json;
  /** base64. */
  salt: string;
}

export const saltBytes = 32;
export const hourMs = 3_600_000;
/** The last time that a date can have, Unix ms (ECMAScript 21.4.1.1). */
const latestMs = 8_640_000_000_000_000;
const saltLabel = utf8('clerestory field salt 1\n');
const commitLabel = utf8('clerestory commitment 1\n');

/** Each field has its own salt, from that of the entry, so that one can be opened without the others. */
export const fieldSalt = (sha256: Sha256, salt: Uint8Array, name: string): Uint8Array =>
  sha256(concat(saltLabel, salt, utf8(name)));

/** `SHA-256(label || salt of the field || canonical JSON of [name, value])`. */
export const commitment = (sha256: Sha256, salt: Uint8Array, name: string, value: Json): Uint8Array =>
  sha256(concat(commitLabel, salt, utf8(canonicalJson([name, value]))));

/** What goes into an entry, before it is decided what of it is hidden. */
export interface EntryParts {
  sequence: number;
  /** Exact, Unix ms. */
  at: number;
  kind: string;
  by: string;
  of: string;
  public: Readonly<Record<string, Plain>>;
  /** `at` comes with them by itself. */
  hidden: Readonly<Record<string, Json>>;
}

/** The values that an entry commits to, by name. */
export const hiddenOf = ({ at, hidden }: Pick<EntryParts, 'at' | 'hidden'>): Record<string, Json> => ({
  ...hidden,
  at,
});

/** The leaf's text. `salt`: 32 random bytes, kept apart from the entry; without it nothing committed can be guessed. */
export function encodeEntry(sha256: Sha256, parts: EntryParts, salt: Uint8Array): string {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes`);
  const { sequence, at, kind, by, of } = parts;
  const committed = Object.fromEntries(
    Object.entries(hiddenOf(parts)).map(([name, value]) => [
      name,
      toBase64(commitment(sha256, fieldSalt(sha256, salt, name), name, value)),
    ]),
  );
  const hour = at - (at % hourMs);
  return canonicalJson({
    ...{ v: entryVersion, sequence, at: hour, kind, by, of, public: parts.public, committed },
  });
}

/** Openings of the named fields of an entry; all of them without names. */
export const openingsOf = (
  sha256: Sha256,
  parts: Pick<EntryParts, 'at' | 'hidden'>,
  salt: Uint8Array,
  names?: readonly string[],
): Opening[] =>
  Object.entries(hiddenOf(parts))
    .filter(([name]) => !names || names.includes(name))
    .map(([name, value]) => ({ name, value, salt: toBase64(fieldSalt(sha256, salt, name)) }));

/** Does the entry commit to exactly this value? */
export function opens(sha256: Sha256, entry: PublicEntry, { name, value, salt }: Opening): boolean {
  const bytes = fromBase64(salt);
  const said = Object.hasOwn(entry.committed, name) ? entry.committed[name] : undefined;
  if (bytes?.length !== saltBytes || said === undefined) return false;
  try {
    return said === toBase64(commitment(sha256, bytes, name, value));
  } catch (error) {
    // What canonical JSON cannot hold was never committed to: lone surrogates, infinite numbers, nesting without end.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown) => Number.isSafeInteger(value) && Math.abs(Number(value)) <= latestMs;
const isPlain = (value: unknown): value is Plain =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string'));
const keys = ['at', 'by', 'committed', 'kind', 'of', 'public', 'sequence', 'v'];

/** An entry from its leaf, or what is wrong with it, in words. Only the canonical text is an entry. */
export function parseEntry(text: string): { ok: true; entry: PublicEntry } | { ok: false; fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'it is no JSON' };
  }
  if (!isObject(value)) return { ok: false, fault: 'it is no JSON object' };
  if (value['v'] !== entryVersion)
    return {
      ok: false,
      fault: `it is of version ${String(value['v'])}, and this program knows ${entryVersion}`,
    };
  const isEntry =
    Object.keys(value).sort().join() === keys.join() &&
    Number.isSafeInteger(value['sequence']) &&
    isTime(value['at']) &&
    ['kind', 'by', 'of'].every((key) => typeof value[key] === 'string') &&
    isObject(value['public']) &&
    Object.values(value['public']).every(isPlain) &&
    isObject(value['committed']) &&
    Object.values(value['committed']).every((hash) => typeof hash === 'string');
  if (!isEntry) return { ok: false, fault: 'it has not the fields of an entry' };
  const entry = value as unknown as PublicEntry;
  try {
    if (canonicalJson(value as Json) !== text) return { ok: false, fault: 'it is not in canonical form' };
  } catch {
    return { ok: false, fault: 'it is not in canonical form' };
  }
  return { ok: true, entry };
}
