import { IdentityProvider } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

/** With its secret: stays inside the server. */
export interface StoredProvider extends Omit<IdentityProvider, 'hasSecret'> {
  clientSecret: string | null;
}

const Settings = IdentityProvider.omit({ id: true, hasSecret: true, revision: true });

/** Identity providers and who is who there ↔ rows. */
export const providerStore = {
  async all(db: Database): Promise<StoredProvider[]> {
    const rows = await db.selectFrom('people_providers').selectAll().orderBy('id').execute();
    return rows.map((row) => ({
      ...Settings.parse(JSON.parse(row.settings)),
      id: row.id,
      clientSecret: row.client_secret,
      revision: row.revision,
    }));
  },
  async save(write: Write, { id, clientSecret, revision, ...settings }: StoredProvider): Promise<void> {
    const values = { settings: JSON.stringify(settings), client_secret: clientSecret, revision };
    await write
      .insertInto('people_providers')
      .values({ id, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  },
  async remove(write: Write, id: string): Promise<void> {
    await write.deleteFrom('people_providers').where('id', '=', id).execute();
  },
  async forgetIssuer(write: Write, issuer: string): Promise<void> {
    await write.deleteFrom('people_identities').where('issuer', '=', issuer).execute();
  },
  async personOf(db: Database | Write, issuer: string, subject: string): Promise<string | null> {
    const row = await db
      .selectFrom('people_identities')
      .select('person')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst();
    return row?.person ?? null;
  },
  async issuersOf(db: Database, person: string): Promise<string[]> {
    const rows = await db
      .selectFrom('people_identities')
      .select('issuer')
      .where('person', '=', person)
      .execute();
    return rows.map(({ issuer }) => issuer);
  },
  async link(write: Write, issuer: string, subject: string, person: string): Promise<void> {
    await write.insertInto('people_identities').values({ issuer, subject, person }).execute();
  },
  async unlinkAll(write: Write, person: string): Promise<void> {
    await write.deleteFrom('people_identities').where('person', '=', person).execute();
  },
  /** @returns whether there was one */
  async unlink(write: Write, issuer: string, person: string): Promise<boolean> {
    const done = await write
      .deleteFrom('people_identities')
      .where('issuer', '=', issuer)
      .where('person', '=', person)
      .executeTakeFirst();
    return done.numDeletedRows > 0n;
  },
};
