import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

export interface KnownRow {
  camera: string;
  fingerprint: string;
}

/** Which camera came from which row of whose list. */
export const importStore = {
  async ofList(db: Database, list: string): Promise<Map<string, KnownRow>> {
    const rows = await db
      .selectFrom('imported_cameras')
      .select(['external_id', 'camera', 'fingerprint'])
      .where('list', '=', list)
      .execute();
    return new Map(rows.map(({ external_id: id, ...row }) => [id, row]));
  },
  async put(write: Write, list: string, externalId: string, row: KnownRow): Promise<void> {
    await write
      .insertInto('imported_cameras')
      .values({ list, external_id: externalId, ...row })
      .onConflict((conflict) => conflict.columns(['list', 'external_id']).doUpdateSet(row))
      .execute();
  },
};
