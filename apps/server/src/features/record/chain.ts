import { createHash } from 'node:crypto';
import { parseEntry } from '@clerestory/public-log';
import { emptyRecordHash, encodeRecordEntry, RecordEntry, type RecordHead } from '@clerestory/protocol';

/** A row of the record as it lies in the store. */
export interface RecordRow {
  sequence: number;
  /** Canonical text, see `encodeRecordEntry`. */
  entry: string;
  hash: string;
}

export const emptyHead: RecordHead = { sequence: 0, hash: emptyRecordHash };

/** SHA-256(hash before || canonical text). */
export const chainHash = (before: string, text: string): string =>
  createHash('sha256').update(Buffer.from(before, 'hex')).update(text, 'utf8').digest('hex');

/** The next row after `head`. */
export function nextRow(head: RecordHead, entry: Omit<RecordEntry, 'sequence'>): RecordRow {
  const sequence = head.sequence + 1;
  const text = encodeRecordEntry({ ...entry, sequence });
  return { sequence, entry: text, hash: chainHash(head.hash, text) };
}

/** Who an entry says it was whose personal data have been erased. */
export const erased = 'erased';

/** Has the row become its public leaf, since its personal data were erased? */
export const isTombstone = (text: string): boolean => text.includes(',"committed":{');

/** The entry of a row; of one that was erased, what its leaf still says. Throws when it is neither. */
export function readEntry(text: string): RecordEntry {
  if (!isTombstone(text)) return RecordEntry.parse(JSON.parse(text));
  const leaf = parseEntry(text);
  if (!leaf.ok) throw new TypeError(leaf.fault);
  const { sequence, at, kind, public: detail } = leaf.entry;
  return RecordEntry.parse({ sequence, at, kind, actor: erased, subject: erased, detail });
}

/** What is wrong with a row that should follow `head`, in words; null when nothing is. */
export function faultOf(head: RecordHead, row: RecordRow): string | null {
  const sequence = head.sequence + 1;
  if (row.sequence !== sequence) return `entry ${sequence} is missing`;
  // Its words are gone; that it is what the log has is for its leaf to show.
  if (isTombstone(row.entry)) return null;
  if (row.hash !== chainHash(head.hash, row.entry))
    return `entry ${sequence} is not what was hashed when it was written`;
  let entry: RecordEntry;
  try {
    entry = readEntry(row.entry);
  } catch {
    return `entry ${sequence} cannot be read`;
  }
  if (entry.sequence !== sequence) return `entry ${sequence} calls itself ${entry.sequence}`;
  if (encodeRecordEntry(entry) !== row.entry) return `entry ${sequence} is not in canonical form`;
  return null;
}
