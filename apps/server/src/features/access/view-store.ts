import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

/** A view that has begun and has no end in the record yet. */
export interface OpenView {
  id: string;
  viewer: string;
  actor: string;
  camera: string;
  startedAt: number;
  seconds: number;
  bytes: number;
  /** Under which a private camera is seen; null: public. */
  grant: string | null;
}

/** Open views ↔ rows. */
export const viewStore = {
  async all(db: Database): Promise<OpenView[]> {
    const rows = await db.selectFrom('access_views').selectAll().orderBy('started_at').execute();
    return rows.map(({ started_at: startedAt, grant_id: grant, ...row }) => ({ ...row, startedAt, grant }));
  },
  async open(
    write: Write,
    { id, viewer, actor, camera, startedAt, seconds, bytes, grant }: OpenView,
  ): Promise<void> {
    await write
      .insertInto('access_views')
      .values({ id, viewer, actor, camera, started_at: startedAt, seconds, bytes, grant_id: grant })
      .execute();
  },
  async used(write: Write, { id, seconds, bytes }: OpenView): Promise<void> {
    await write.updateTable('access_views').set({ seconds, bytes }).where('id', '=', id).execute();
  },
  /** @returns whether it was there: a view ends once in the record. */
  async close(write: Write, id: string): Promise<boolean> {
    const { numDeletedRows } = await write
      .deleteFrom('access_views')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  },
};
