import type { Database } from './database.ts';

/** Entries that one look goes through at most: some hundredths of a second, then others get their turn. */
const entriesAtOnce = 2_000;

interface Numbered {
  sequence: number;
}

/** Entries from one number up to, and without, another. */
export interface Stretch {
  from: number;
  below: number;
  /** No more are wanted. */
  limit: number;
}

/**
 * Reads the record from its newest entries down until `limit` are found, stretch by stretch, so that a question that goes
 * through all of it holds nobody up. What it reads never changes, but for what is erased meanwhile.
 */
export async function newestFirst<Row extends Numbered>(
  db: Pick<Database, 'selectFrom'>,
  { below, limit }: { below?: number | undefined; limit: number },
  read: (stretch: Stretch) => Promise<readonly Row[]>,
  atOnce = entriesAtOnce,
): Promise<Row[]> {
  const { sequence: last } = await db.selectFrom('record_head').select('sequence').executeTakeFirstOrThrow();
  const found: Row[] = [];
  for (let end = Math.min(below ?? Infinity, last + 1); end > 1 && found.length < limit;) {
    const from = Math.max(1, end - atOnce);
    found.push(...(await read({ from, below: end, limit: limit - found.length })));
    end = from;
    await new Promise(setImmediate);
  }
  return found;
}
