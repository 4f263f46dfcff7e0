import { problem, type Answer, type Passkey, type PasskeyProof } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { authenticatorStore, type StoredPasskey } from './authenticator-store.ts';
import { providerStore } from './provider-store.ts';
import type { PeopleEntryKind, PeopleRecord } from './ports.ts';
import { PasskeyCeremony } from '../../platform/passkeys.ts';
import { hashOf } from '../../platform/tokens.ts';
import { newRecoveryCodes, newTotpSecret, plainRecoveryCode, stepOfCode, totpUri } from './totp.ts';

/** Codes of an app, recovery codes and passkeys of people. */
export class Authenticators {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: PeopleRecord;
  readonly #ceremony: PasskeyCeremony;
  /** Who has an app, and who has a passkey. */
  #apps = new Set<string>();
  #passkeys = new Set<string>();

  constructor(db: Database, clock: Clock, record: PeopleRecord) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
    this.#ceremony = new PasskeyCeremony(clock);
  }

  async load(): Promise<void> {
    const { apps, passkeys } = await authenticatorStore.enrolled(this.#db);
    this.#apps = new Set(apps);
    this.#passkeys = new Set(passkeys);
  }

  /** Has something beyond a password. */
  isEnrolled(person: string): boolean {
    return this.#apps.has(person) || this.#passkeys.has(person);
  }
  /** A passkey, and no app whose code could follow a password. */
  hasPasskeyOnly(person: string): boolean {
    return this.#passkeys.has(person) && !this.#apps.has(person);
  }

  async hasTotp(person: string): Promise<boolean> {
    return (await authenticatorStore.totpOf(this.#db, person))?.confirmed === true;
  }

  recoveryCodesLeft(person: string): Promise<number> {
    return authenticatorStore.recoveryCodesLeft(this.#db, person);
  }

  async beginTotp(person: string, login: string): Promise<Answer<{ uri: string; secret: string }>> {
    if (await this.hasTotp(person))
      return refuse(problem('exists', 'An app is set up already. Remove it first to set up another.'));
    const secret = newTotpSecret();
    await this.#db
      .transaction()
      .execute((write) =>
        authenticatorStore.setTotp(write, person, { secret, confirmed: false, lastStep: 0 }),
      );
    return ok({ secret, uri: totpUri(secret, login) });
  }

  async confirmTotp(person: string, code: string, by: string): Promise<Answer<{ recoveryCodes: string[] }>> {
    const recoveryCodes = newRecoveryCodes();
    const done = await this.#db.transaction().execute(async (write) => {
      const totp = await authenticatorStore.totpOf(write, person);
      if (!totp || totp.confirmed)
        return refuse(problem('unprocessable', 'No app is being set up. Begin with the QR picture.'));
      const lastStep = stepOfCode(totp.secret, code, this.#clock.nowMs(), totp.lastStep);
      if (lastStep === null)
        return refuse(
          problem(
            'unprocessable',
            'That is not the code the app should show now. Check the clock of the phone.',
          ),
        );
      await authenticatorStore.setTotp(write, person, { ...totp, confirmed: true, lastStep });
      await this.#writeRecoveryCodes(write, person, recoveryCodes);
      await this.#note(write, 'authenticator-added', person, by, { what: 'totp' });
      return ok(undefined);
    });
    if (!done.ok) return done;
    this.#apps.add(person);
    return ok({ recoveryCodes });
  }

  async removeTotp(person: string, by: string): Promise<void> {
    await this.#db.transaction().execute(async (write) => {
      await authenticatorStore.removeTotp(write, person);
      await this.#note(write, 'authenticator-removed', person, by, { what: 'totp' });
    });
    await this.load();
  }

  async renewRecoveryCodes(person: string, by: string): Promise<Answer<{ recoveryCodes: string[] }>> {
    if (!(await this.hasTotp(person)))
      return refuse(problem('unprocessable', 'Recovery codes belong to an app. Set one up first.'));
    const recoveryCodes = newRecoveryCodes();
    await this.#db.transaction().execute(async (write) => {
      await this.#writeRecoveryCodes(write, person, recoveryCodes);
      await this.#note(write, 'authenticator-added', person, by, { what: 'recovery-codes' });
    });
    return ok({ recoveryCodes });
  }

  /** Whether it is the app's code, or a recovery code; either works once. Used up in its own transaction, so two at once cannot both win. */
  async useCode(person: string, code: string): Promise<boolean> {
    return this.#db.transaction().execute(async (write) => {
      const totp = await authenticatorStore.totpOf(write, person);
      if (!totp?.confirmed) return false;
      const lastStep = stepOfCode(totp.secret, code, this.#clock.nowMs(), totp.lastStep);
      if (lastStep !== null) {
        await authenticatorStore.setTotp(write, person, { ...totp, lastStep });
        return true;
      }
      return authenticatorStore.useRecoveryCode(write, person, recoveryHash(person, code));
    });
  }

  async passkeysOf(person: string): Promise<Passkey[]> {
    const found = await authenticatorStore.passkeysOf(this.#db, person);
    return found.map(({ id, name, createdAt, lastUsedAt }) => ({ id, name, createdAt, lastUsedAt }));
  }

  async beginPasskey(person: { id: string; login: string; name: string }, origin: string) {
    const have = await authenticatorStore.passkeysOf(this.#db, person.id);
    return this.#ceremony.begin(person.id, { login: person.login, name: person.name, have }, origin);
  }

  async addPasskey(
    person: string,
    proof: PasskeyProof & { name: string },
    origin: string,
    by: string,
    /** Whether who registers it may do so still: asked in the transaction, since a reset may have come between. */
    still: () => boolean,
  ): Promise<Answer<Passkey>> {
    const proven = await this.#ceremony.prove(person, proof, origin);
    if (!proven.ok) return proven;
    if (await authenticatorStore.passkey(this.#db, proven.value.credential))
      return refuse(problem('exists', 'This passkey is registered already.'));
    const passkey: StoredPasskey = {
      ...proven.value,
      id: newId(),
      person,
      name: proof.name,
      createdAt: this.#clock.nowMs(),
      lastUsedAt: null,
    };
    const done = await this.#db.transaction().execute(async (write) => {
      if (!still()) return refuse(problem('unauthenticated', 'Sign in first.'));
      await authenticatorStore.insertPasskey(write, passkey);
      await this.#note(write, 'authenticator-added', person, by, { what: 'passkey', name: passkey.name });
      return ok(undefined);
    });
    if (!done.ok) return done;
    this.#passkeys.add(person);
    return ok({ id: passkey.id, name: passkey.name, createdAt: passkey.createdAt, lastUsedAt: null });
  }

  async removePasskey(person: string, id: string, by: string): Promise<Answer<void>> {
    const done = await this.#db.transaction().execute(async (write) => {
      if (!(await authenticatorStore.removePasskey(write, person, id)))
        return refuse(problem('not-found', 'There is no such passkey.'));
      await this.#note(write, 'authenticator-removed', person, by, { what: 'passkey' });
      return ok(undefined);
    });
    await this.load();
    return done;
  }

  passkeySignInOptions(origin: string, place: string) {
    return this.#ceremony.signInOptions(origin, place);
  }

  /** Whose passkey answered the challenge, or null. The counter, where an authenticator keeps one, must go up. */
  async provenBy(proof: PasskeyProof, origin: string): Promise<string | null> {
    const proven = await this.#ceremony.provenBy(proof, origin, (credential) =>
      authenticatorStore.passkey(this.#db, credential),
    );
    if (!proven) return null;
    const { passkey, counter } = proven;
    await this.#db
      .transaction()
      .execute((write) => authenticatorStore.usedPasskey(write, passkey.id, counter, this.#clock.nowMs()));
    return passkey.person;
  }

  /**
   * After a loss or a theft, by an administrator: everything beyond the password, accounts at identity providers too.
   * `also` is written in the same transaction.
   */
  async reset(person: string, by: string, also: (write: Write) => Promise<void>): Promise<void> {
    await this.#db.transaction().execute(async (write) => {
      await authenticatorStore.removeAll(write, person);
      await providerStore.unlinkAll(write, person);
      await this.#note(write, 'authenticator-removed', person, by, { what: 'all' });
      await also(write);
    });
    await this.load();
  }

  async #writeRecoveryCodes(write: Write, person: string, codes: readonly string[]): Promise<void> {
    const hashes = codes.map((code) => recoveryHash(person, code));
    await authenticatorStore.setRecoveryCodes(write, person, hashes);
  }

  #note(write: Write, kind: PeopleEntryKind, person: string, by: string, detail: Record<string, string>) {
    return this.#record.append(write, { kind, actor: by, subject: `person:${person}`, detail });
  }
}

/** Bound to the person, so that two equal codes of two people would not meet. */
const recoveryHash = (person: string, code: string) => hashOf(`${person}:${plainRecoveryCode(code)}`);
