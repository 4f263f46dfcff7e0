import { sql } from 'kysely';
import { parseEntry, type PublicEntry } from '@clerestory/public-log';
import { equalBytes, leafHash, utf8 } from '@clerestory/tlog';
import type { Database } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';

/** What the log says of itself: its name, its keys, and what of it was erased. */
export interface SaidByLog {
  /** Oldest first, as everybody reads them. */
  entries: PublicEntry[];
  /** What is wrong with the first that cannot be believed, in words; null when each is what was hashed. */
  fault: string | null;
}

/** In the words of the index `log_leaves_about_log`, which is not used for others. */
const isAboutLog = sql<boolean>`leaf ->> '$.kind' in ('log-begun', 'log-key-changed', 'log-begun-anew', 'record-erased')`;

export const aboutLog = (db: Pick<Database, 'selectFrom'>) =>
  db.selectFrom('log_leaves').select(['sequence', 'leaf', 'hash']).where(isAboutLog).orderBy('sequence');

/**
 * Reads it from the public leaves alone. The words of the record beside them anybody who can write to the file can
 * change, also into those of another kind, and a start does not compare a million of them; leaves everybody compares.
 */
export async function saidByLog(db: Pick<Database, 'selectFrom'>): Promise<SaidByLog> {
  const rows = await aboutLog(db).execute();
  const entries: PublicEntry[] = [];
  for (const { sequence, leaf, hash } of rows) {
    const read = parseEntry(leaf);
    if (!read.ok || read.entry.sequence !== sequence || !equalBytes(hash, leafHash(sha256, utf8(leaf))))
      return { entries, fault: `the public leaf of entry ${sequence} is not what was hashed` };
    entries.push(read.entry);
  }
  return { entries, fault: null };
}
