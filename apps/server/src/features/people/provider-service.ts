import {
  problem,
  type Answer,
  type IdentityProvider,
  type IdentityProviderInput,
  type IdentityProviderPatch,
} from '@clerestory/protocol';
import { newId } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { slugOf } from '../../platform/slug.ts';
import type { PeopleRecord } from './ports.ts';
import { providerStore, type StoredProvider } from './provider-store.ts';

const maxProviders = 20;
const noProvider = problem('not-found', 'There is no such identity provider.');
const notLinked = problem('not-found', 'No account of that identity provider belongs to this person.');

/** Plain http carries the client's secret and codes in the clear: only to this machine, where a test provider may run. */
function faultOfIssuer(issuer: string): Answer<never> | null {
  const { protocol, hostname, search, hash } = new URL(issuer);
  const loopback = hostname === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  if ((protocol === 'https:' || loopback) && search === '' && hash === '') return null;
  return refuse(
    problem(
      'unprocessable',
      'An issuer has an https address without a query, such as https://login.example.org.',
      {
        errors: [{ pointer: '/issuer', message: 'not an https issuer' }],
      },
    ),
  );
}

/** The identity providers that administrators entered. */
export class ProviderService {
  readonly #db: Database;
  readonly #record: PeopleRecord;
  readonly #providers = new Map<string, StoredProvider>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(db: Database, record: PeopleRecord) {
    this.#db = db;
    this.#record = record;
  }

  async load(): Promise<void> {
    for (const provider of await providerStore.all(this.#db)) this.#providers.set(provider.id, provider);
  }

  list(): IdentityProvider[] {
    return [...this.#providers.values()].map(viewOf);
  }

  /** With the secret, for the way to the provider; only an enabled one. */
  enabled(id: string): StoredProvider | undefined {
    const provider = this.#providers.get(id);
    return provider?.enabled ? provider : undefined;
  }

  create(input: IdentityProviderInput, by: string): Promise<Answer<IdentityProvider>> {
    return this.#inTurn(async () => {
      if (this.#providers.size >= maxProviders)
        return refuse(problem('unprocessable', `A site has at most ${maxProviders} identity providers.`));
      const id = input.id ?? (slugOf(input.name) || newId());
      if (this.#providers.has(id))
        return refuse(problem('exists', `There is an identity provider "${id}" already.`));
      return this.#save({ ...input, id, revision: 1 }, by);
    });
  }

  update(
    id: string,
    patch: IdentityProviderPatch,
    base: number | null,
    by: string,
  ): Promise<Answer<IdentityProvider>> {
    return this.#inTurn(async () => {
      const before = this.#providers.get(id);
      if (!before) return refuse(noProvider);
      if (base !== null && base !== before.revision)
        return refuse(
          problem('conflict', 'It was changed meanwhile. Look again, then repeat your change.', {
            sequence: before.revision,
          }),
        );
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      return this.#save({ ...before, ...given, revision: before.revision + 1 }, by);
    });
  }

  remove(id: string, by: string): Promise<Answer<void>> {
    return this.#inTurn(async () => {
      const before = this.#providers.get(id);
      if (!before) return refuse(noProvider);
      this.#providers.delete(id);
      await this.#db.transaction().execute(async (write) => {
        await providerStore.remove(write, id);
        await providerStore.forgetIssuer(write, before.issuer);
        await this.#note(write, id, by, { issuer: before.issuer, removed: true });
      });
      return ok(undefined);
    });
  }

  /** The providers whose account signs this person in. */
  async linkedTo(person: string): Promise<{ id: string; name: string }[]> {
    const issuers = await providerStore.issuersOf(this.#db, person);
    return this.list()
      .filter(({ issuer }) => issuers.includes(issuer))
      .map(({ id, name }) => ({ id, name }));
  }

  /** From now on the account there signs this person in no more; `also` is written in the same transaction. */
  async unlink(
    id: string,
    person: string,
    by: string,
    also: (write: Write) => Promise<void> = async () => undefined,
  ): Promise<Answer<void>> {
    const provider = this.#providers.get(id);
    if (!provider) return refuse(noProvider);
    return this.#db.transaction().execute(async (write) => {
      if (!(await providerStore.unlink(write, provider.issuer, person))) return refuse(notLinked);
      await this.#record.append(write, {
        kind: 'authenticator-removed',
        actor: by,
        subject: `person:${person}`,
        detail: { what: 'provider', provider: id },
      });
      await also(write);
      return ok(undefined);
    });
  }

  async #save(provider: StoredProvider, by: string): Promise<Answer<IdentityProvider>> {
    const fault = faultOfIssuer(provider.issuer);
    if (fault) return fault;
    if (
      [...this.#providers.values()].some(({ id, issuer }) => id !== provider.id && issuer === provider.issuer)
    )
      return refuse(problem('exists', 'This issuer is entered already.'));
    await this.#db.transaction().execute(async (write) => {
      await providerStore.save(write, provider);
      const { issuer, linkByEmail, enabled, roleClaim } = provider;
      await this.#note(write, provider.id, by, { issuer, linkByEmail, enabled, roleClaim });
    });
    this.#providers.set(provider.id, provider);
    return ok(viewOf(provider));
  }

  #note(
    write: Parameters<PeopleRecord['append']>[0],
    id: string,
    by: string,
    detail: Parameters<PeopleRecord['append']>[1]['detail'],
  ) {
    return this.#record.append(write, {
      kind: 'provider-changed',
      actor: by,
      subject: `provider:${id}`,
      detail,
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}

const viewOf = ({ clientSecret, ...provider }: StoredProvider): IdentityProvider => ({
  ...provider,
  hasSecret: clientSecret !== null,
});
