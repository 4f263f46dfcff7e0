import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

interface Totp {
  secret: string;
  confirmed: boolean;
  /** The newest time step whose code was used. */
  lastStep: number;
}

export interface StoredPasskey {
  id: string;
  /** The authenticator's id of it, base64url. */
  credential: string;
  person: string;
  name: string;
  publicKey: Uint8Array;
  counter: number;
  transports: readonly string[];
  createdAt: number;
  lastUsedAt: number | null;
}

const Transports = z.array(z.string());

/** What people sign in with besides passwords ↔ rows. */
export const authenticatorStore = {
  async totpOf(db: Database | Write, person: string): Promise<Totp | null> {
    const row = await db
      .selectFrom('people_totp')
      .selectAll()
      .where('person', '=', person)
      .executeTakeFirst();
    return row ? { secret: row.secret, confirmed: row.confirmed === 1, lastStep: row.last_step } : null;
  },
  async setTotp(write: Write, person: string, totp: Totp): Promise<void> {
    const values = { secret: totp.secret, confirmed: Number(totp.confirmed), last_step: totp.lastStep };
    await write
      .insertInto('people_totp')
      .values({ person, ...values })
      .onConflict((conflict) => conflict.column('person').doUpdateSet(values))
      .execute();
  },
  async removeTotp(write: Write, person: string): Promise<void> {
    await write.deleteFrom('people_totp').where('person', '=', person).execute();
    await write.deleteFrom('people_recovery_codes').where('person', '=', person).execute();
  },
  async setRecoveryCodes(write: Write, person: string, hashes: readonly string[]): Promise<void> {
    await write.deleteFrom('people_recovery_codes').where('person', '=', person).execute();
    for (const code_hash of hashes)
      await write.insertInto('people_recovery_codes').values({ code_hash, person }).execute();
  },
  async recoveryCodesLeft(db: Database, person: string): Promise<number> {
    const rows = await db
      .selectFrom('people_recovery_codes')
      .select('person')
      .where('person', '=', person)
      .execute();
    return rows.length;
  },
  /** Takes the code away; whether it was there. */
  async useRecoveryCode(write: Write, person: string, hash: string): Promise<boolean> {
    const done = await write
      .deleteFrom('people_recovery_codes')
      .where('person', '=', person)
      .where('code_hash', '=', hash)
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  },
  async passkeysOf(db: Database, person: string): Promise<StoredPasskey[]> {
    const rows = await db
      .selectFrom('people_passkeys')
      .selectAll()
      .where('person', '=', person)
      .orderBy('created_at')
      .execute();
    return rows.map(passkeyFromRow);
  },
  async passkey(db: Database, credential: string): Promise<StoredPasskey | null> {
    const row = await db
      .selectFrom('people_passkeys')
      .selectAll()
      .where('credential', '=', credential)
      .executeTakeFirst();
    return row ? passkeyFromRow(row) : null;
  },
  async insertPasskey(write: Write, passkey: StoredPasskey): Promise<void> {
    await write
      .insertInto('people_passkeys')
      .values({
        id: passkey.id,
        credential: passkey.credential,
        person: passkey.person,
        name: passkey.name,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: JSON.stringify(passkey.transports),
        created_at: passkey.createdAt,
        last_used_at: passkey.lastUsedAt,
      })
      .execute();
  },
  async usedPasskey(write: Write, id: string, counter: number, nowMs: number): Promise<void> {
    await write
      .updateTable('people_passkeys')
      .set({ counter, last_used_at: nowMs })
      .where('id', '=', id)
      .execute();
  },
  async removePasskey(write: Write, person: string, id: string): Promise<boolean> {
    const done = await write
      .deleteFrom('people_passkeys')
      .where('person', '=', person)
      .where('id', '=', id)
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  },
  async removeAll(write: Write, person: string): Promise<void> {
    await authenticatorStore.removeTotp(write, person);
    await write.deleteFrom('people_passkeys').where('person', '=', person).execute();
  },
  /** People with a confirmed app, and people with a passkey. */
  async enrolled(db: Database): Promise<{ apps: string[]; passkeys: string[] }> {
    const apps = await db.selectFrom('people_totp').select('person').where('confirmed', '=', 1).execute();
    const keys = await db.selectFrom('people_passkeys').select('person').distinct().execute();
    return { apps: apps.map(({ person }) => person), passkeys: keys.map(({ person }) => person) };
  },
};

function passkeyFromRow(row: {
  id: string;
  credential: string;
  person: string;
  name: string;
  public_key: Uint8Array;
  counter: number;
  transports: string;
  created_at: number;
  last_used_at: number | null;
}): StoredPasskey {
  return {
    id: row.id,
    credential: row.credential,
    person: row.person,
    name: row.name,
    publicKey: row.public_key,
    counter: row.counter,
    transports: Transports.parse(JSON.parse(row.transports)),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
