import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

export interface StoredCheckpoint {
  origin: string;
  size: number;
  at: number;
  note: string;
}

/** Settings rows of the log. */
const originName = 'log-origin';
const keysName = 'log-keys';

const put = (write: Write, name: string, value: string) =>
  write
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();

/** Checkpoints and what the log is called ↔ rows. */
export const checkpointStore = {
  async identity(db: Pick<Database, 'selectFrom'>): Promise<{ origin: string | null; keys: string[] }> {
    const rows = await db
      .selectFrom('settings')
      .selectAll()
      .where('name', 'in', [originName, keysName])
      .execute();
    const valueOf = (name: string) => rows.find((row) => row.name === name)?.value;
    return {
      origin: valueOf(originName) ?? null,
      keys: JSON.parse(valueOf(keysName) ?? '[]') as string[],
    };
  },
  async setIdentity(write: Write, origin: string, keys: readonly string[]): Promise<void> {
    await put(write, originName, origin);
    await put(write, keysName, JSON.stringify(keys));
  },
  async latest(db: Database, origin: string): Promise<StoredCheckpoint | undefined> {
    return db
      .selectFrom('log_checkpoints')
      .selectAll()
      .where('origin', '=', origin)
      .orderBy('size', 'desc')
      .limit(1)
      .executeTakeFirst();
  },
  /** Sizes of those of at most `upTo` entries, ascending. */
  async sizes(db: Database, origin: string, upTo: number): Promise<number[]> {
    const rows = await db
      .selectFrom('log_checkpoints')
      .select('size')
      .where('origin', '=', origin)
      .where('size', '<=', upTo)
      .orderBy('size')
      .execute();
    return rows.map(({ size }) => size);
  },
  async at(db: Database, origin: string, size: number): Promise<StoredCheckpoint | undefined> {
    return db
      .selectFrom('log_checkpoints')
      .selectAll()
      .where('origin', '=', origin)
      .where('size', '=', size)
      .executeTakeFirst();
  },
  async put(db: Database, checkpoint: StoredCheckpoint): Promise<void> {
    await db
      .insertInto('log_checkpoints')
      .values(checkpoint)
      .onConflict((conflict) => conflict.columns(['origin', 'size']).doUpdateSet({ note: checkpoint.note }))
      .execute();
  },
  /** Of those older than `beforeMs`, one an hour stays. */
  async thin(db: Database, origin: string, beforeMs: number): Promise<void> {
    const hourMs = 3_600_000;
    const rows = await db
      .selectFrom('log_checkpoints')
      .select(['size', 'at'])
      .where('origin', '=', origin)
      .where('at', '<', beforeMs)
      .orderBy('size')
      .execute();
    const last = new Map(rows.map(({ size, at }) => [Math.floor(at / hourMs), size]));
    const kept = new Set(last.values());
    const gone = rows.map(({ size }) => size).filter((size) => !kept.has(size));
    for (let at = 0; at < gone.length; at += 500)
      await db
        .deleteFrom('log_checkpoints')
        .where('origin', '=', origin)
        .where('size', 'in', gone.slice(at, at + 500))
        .execute();
  },
};
