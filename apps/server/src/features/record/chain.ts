import { createHash } from 'node:crypto';
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

/** The entry of a row. Throws when it is not one. */
export function readEntry(text: string): RecordEntry {
  return RecordEntry.parse(JSON.parse(text));
}

/** What is wrong with a row that should follow `head`, in words; null when nothing is. */
export function faultOf(head: RecordHead, row: RecordRow): string | null {
  const sequence = head.sequence + 1;
  if (row.sequence !== sequence) return `entry ${sequence} is missing`;
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
