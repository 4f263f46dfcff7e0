import { Feed } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

export interface StoredFeed extends Feed {
  tokenHash: string;
}
const Terms = Feed.pick({ types: true, area: true });

/** Feeds ↔ rows. */
export const feedStore = {
  async all(db: Database): Promise<StoredFeed[]> {
    const rows = await db.selectFrom('feeds').selectAll().orderBy('created_at').execute();
    return rows.map((row) => ({
      ...{ id: row.id, name: row.name, tokenHash: row.token_hash },
      ...Terms.parse(JSON.parse(row.terms)),
      ...{ createdAt: row.created_at, createdBy: row.created_by },
    }));
  },
  async add(
    write: Write,
    { id, name, tokenHash, types, area, createdAt, createdBy }: StoredFeed,
  ): Promise<void> {
    const terms = JSON.stringify({ types, area });
    await write
      .insertInto('feeds')
      .values({ id, name, token_hash: tokenHash, terms, created_at: createdAt, created_by: createdBy })
      .execute();
  },
  async remove(write: Write, id: string): Promise<void> {
    await write.deleteFrom('feeds').where('id', '=', id).execute();
  },
};
