import { problem, type Answer, type Passkey, type PasskeyProof } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { PasskeyCeremony, type PasskeyCredential } from '../../platform/passkeys.ts';

interface StoredPasskey extends PasskeyCredential {
  id: string;
  owner: string;
}

/** Passkeys of owners. */
export class OwnerPasskeys {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #ceremony: PasskeyCeremony;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#ceremony = new PasskeyCeremony(clock);
  }

  async of(owner: string): Promise<Passkey[]> {
    const rows = await this.#db
      .selectFrom('owner_passkeys')
      .select(['id', 'name', 'created_at', 'last_used_at'])
      .where('owner', '=', owner)
      .orderBy('created_at')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    }));
  }

  /** Another address belongs to this owner now: whatever was added before opens nothing. */
  async removeAllOf(write: Write, owner: string): Promise<void> {
    await write.deleteFrom('owner_passkeys').where('owner', '=', owner).execute();
  }

  async begin(owner: { id: string; email: string; name: string }, origin: string) {
    const have = await this.#db
      .selectFrom('owner_passkeys')
      .select('credential')
      .where('owner', '=', owner.id)
      .execute();
    return this.#ceremony.begin(owner.id, { login: owner.email, name: owner.name, have }, origin);
  }

  async add(
    owner: string,
    { name, ...proof }: PasskeyProof & { name: string },
    origin: string,
  ): Promise<Answer<Passkey>> {
    const proven = await this.#ceremony.prove(owner, proof, origin);
    if (!proven.ok) return proven;
    const { credential, publicKey, counter, transports } = proven.value;
    if (await this.#find(credential)) return refuse(problem('exists', 'This passkey is registered already.'));
    const passkey: Passkey = { id: newId(), name, createdAt: this.#clock.nowMs(), lastUsedAt: null };
    await this.#db
      .insertInto('owner_passkeys')
      .values({
        id: passkey.id,
        credential,
        owner,
        name,
        public_key: publicKey,
        counter,
        transports: JSON.stringify(transports),
        created_at: passkey.createdAt,
        last_used_at: null,
      })
      .execute();
    return ok(passkey);
  }

  async remove(owner: string, id: string): Promise<Answer<void>> {
    const done = await this.#db
      .deleteFrom('owner_passkeys')
      .where('owner', '=', owner)
      .where('id', '=', id)
      .executeTakeFirst();
    return done.numDeletedRows === 1n
      ? ok(undefined)
      : refuse(problem('not-found', 'There is no such passkey.'));
  }

  signInOptions(origin: string, place: string) {
    return this.#ceremony.signInOptions(origin, place);
  }

  /** Whose passkey it is, or null. */
  async provenBy(proof: PasskeyProof, origin: string): Promise<string | null> {
    const proven = await this.#ceremony.provenBy(proof, origin, (credential) => this.#find(credential));
    if (!proven) return null;
    await this.#db
      .updateTable('owner_passkeys')
      .set({ counter: proven.counter, last_used_at: this.#clock.nowMs() })
      .where('id', '=', proven.passkey.id)
      .execute();
    return proven.passkey.owner;
  }

  async #find(credential: string): Promise<StoredPasskey | null> {
    const row = await this.#db
      .selectFrom('owner_passkeys')
      .selectAll()
      .where('credential', '=', credential)
      .executeTakeFirst();
    if (!row) return null;
    return {
      id: row.id,
      owner: row.owner,
      credential: row.credential,
      publicKey: row.public_key,
      counter: row.counter,
      transports: JSON.parse(row.transports) as string[],
    };
  }
}
