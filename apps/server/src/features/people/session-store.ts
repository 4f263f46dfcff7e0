import { SignInMethod } from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

/** A session as it lies in the store: the token's hash, never the token. */
export interface StoredSession {
  id: string;
  tokenHash: string;
  person: string;
  /** The browser it was begun at, where that is a known workstation. */
  workstation: string | null;
  method: SignInMethod;
  createdAt: number;
  expiresAt: number;
  activeAt: number;
  /** When a password or passkey was last given. */
  confirmedAt: number;
  locked: boolean;
  address: string;
  agent: string;
}

const fromRow = (row: Selectable<Tables['people_sessions']>): StoredSession => ({
  id: row.id,
  tokenHash: row.token_hash,
  person: row.person,
  workstation: row.workstation,
  method: SignInMethod.parse(row.method),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  activeAt: row.active_at,
  confirmedAt: row.confirmed_at,
  locked: row.locked === 1,
  address: row.address,
  agent: row.agent,
});

/** Sessions ↔ rows. */
export const sessionStore = {
  async all(db: Database): Promise<StoredSession[]> {
    return (await db.selectFrom('people_sessions').selectAll().execute()).map(fromRow);
  },
  async of(write: Write, person: string): Promise<StoredSession[]> {
    const rows = await write.selectFrom('people_sessions').selectAll().where('person', '=', person).execute();
    return rows.map(fromRow);
  },
  async insert(write: Write, session: StoredSession): Promise<void> {
    await write
      .insertInto('people_sessions')
      .values({
        id: session.id,
        token_hash: session.tokenHash,
        person: session.person,
        workstation: session.workstation,
        method: session.method,
        created_at: session.createdAt,
        expires_at: session.expiresAt,
        active_at: session.activeAt,
        confirmed_at: session.confirmedAt,
        locked: Number(session.locked),
        address: session.address,
        agent: session.agent,
      })
      .execute();
  },
  async update(write: Write, session: StoredSession): Promise<void> {
    await write
      .updateTable('people_sessions')
      .set({
        expires_at: session.expiresAt,
        active_at: session.activeAt,
        confirmed_at: session.confirmedAt,
        locked: Number(session.locked),
      })
      .where('id', '=', session.id)
      .execute();
  },
  /** Whether it was there. */
  async remove(write: Write, session: string): Promise<boolean> {
    const done = await write.deleteFrom('people_sessions').where('id', '=', session).executeTakeFirst();
    return done.numDeletedRows === 1n;
  },
};
