import { problem, type Answer, type Person, type PersonInput, type PersonPatch } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { personStore } from './person-store.ts';
import type { PeopleRecord } from './ports.ts';

/** People one site may register, disabled ones included: they are kept, since the record speaks of them. */
const maxPeople = 20_000;

export interface PersonChange {
  before: Person | null;
  after: Person;
}

/** Everybody known. Held in memory, written through: what is answered is durable. */
export class PeopleService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: PeopleRecord;
  readonly #people = new Map<string, Person>();
  readonly #logins = new Map<string, string>();
  readonly #listeners = new Set<(change: PersonChange) => void>();
  /** Mutations take turns, so that two cannot both find a login name free, or both remove the last administrator. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(db: Database, clock: Clock, record: PeopleRecord) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
  }

  async load(): Promise<void> {
    for (const person of await personStore.all(this.#db)) this.#remember(person);
  }

  onChange(listener: (change: PersonChange) => void): void {
    this.#listeners.add(listener);
  }

  get(id: string): Person | undefined {
    return this.#people.get(id);
  }

  byLogin(login: string): Person | undefined {
    return this.#people.get(this.#logins.get(login.trim().toLowerCase()) ?? '');
  }

  /** Everybody, by login name. */
  list(): Person[] {
    return [...this.#people.values()].sort((a, b) => (a.login < b.login ? -1 : 1));
  }

  /** Whether somebody real administers: neither a demo account counts, nor one that has no password to get in with. */
  hasAdministrator(without?: string): boolean {
    return [...this.#people.values()].some(
      (person) =>
        person.id !== without &&
        !person.demo &&
        !person.disabled &&
        person.hasPassword &&
        person.roles.includes('administrator'),
    );
  }

  async create(
    input: PersonInput,
    by: string,
    key: string,
    /** `password` is hashed; `also` runs in the same transaction and may refuse. */
    more: { demo?: boolean; password?: string; also?: (write: Write) => Promise<Answer<void>> } = {},
  ): Promise<Answer<Person>> {
    return this.#write(key, fingerprint('person', input), async (write) => {
      if (this.#people.size >= maxPeople)
        return refuse(problem('unprocessable', `A site has at most ${maxPeople} people.`));
      if (this.#logins.has(input.login))
        return refuse(
          problem(
            'exists',
            `There is somebody with the login name "${input.login}" already. Choose another.`,
            {
              errors: [{ pointer: '/login', message: 'this login name is taken' }],
            },
          ),
        );
      const nowMs = this.#clock.nowMs();
      const person: Person = {
        ...input,
        id: newId(),
        disabled: false,
        demo: more.demo ?? false,
        hasPassword: more.password !== undefined,
        revision: 1,
        createdAt: nowMs,
        updatedAt: nowMs,
      };
      const also = (await more.also?.(write)) ?? ok(undefined);
      if (!also.ok) return also;
      await personStore.insert(write, person);
      if (more.password !== undefined) await personStore.setPassword(write, person.id, more.password);
      await this.#record.append(write, {
        kind: 'person-created',
        actor: by,
        subject: `person:${person.id}`,
        detail: { login: person.login, roles: person.roles, groups: person.groups, demo: person.demo },
      });
      return ok(person);
    });
  }

  async update(
    id: string,
    patch: PersonPatch,
    base: number | null,
    by: string,
    key: string,
  ): Promise<Answer<Person>> {
    return this.#write(key, fingerprint('person', id, patch), async (write) => {
      const before = this.#people.get(id);
      if (!before) return refuse(noPerson);
      if (base !== null && base !== before.revision)
        return refuse(
          problem(
            'conflict',
            `"${before.name}" was changed meanwhile. Look again, then repeat your change.`,
            {
              sequence: before.revision,
            },
          ),
        );
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const after: Person = {
        ...before,
        ...given,
        revision: before.revision + 1,
        updatedAt: this.#clock.nowMs(),
      };
      if (this.#losesLastAdministrator(before, after))
        return refuse(
          problem('unprocessable', 'This is the last administrator. Make somebody else one first.'),
        );
      await personStore.update(write, after);
      await this.#record.append(write, {
        kind: 'person-changed',
        actor: by,
        subject: `person:${id}`,
        detail: {
          changed: Object.keys(given),
          roles: after.roles,
          groups: after.groups,
          disabled: after.disabled,
        },
      });
      return ok(after);
    });
  }

  /** Stores a new password's hash; `more` runs in the same transaction and may refuse. */
  async setPassword(
    id: string,
    password: string,
    by: string,
    more: (write: Write) => Promise<Answer<void>> = async () => ok(undefined),
  ): Promise<Answer<Person>> {
    return this.#write(newId(), 'password', async (write) => {
      const before = this.#people.get(id);
      if (!before) return refuse(noPerson);
      const also = await more(write);
      if (!also.ok) return also;
      const after = { ...before, hasPassword: true };
      await personStore.setPassword(write, id, password);
      await this.#record.append(write, {
        kind: 'password-changed',
        actor: by,
        subject: `person:${id}`,
        detail: {},
      });
      return ok(after);
    });
  }

  passwordOf(id: string): Promise<string | null> {
    return personStore.passwordOf(this.#db, id);
  }

  #losesLastAdministrator(before: Person, after: Person): boolean {
    const administers = (one: Person) => !one.disabled && !one.demo && one.roles.includes('administrator');
    return administers(before) && !administers(after) && !this.hasAdministrator(before.id);
  }

  async #write(
    key: string,
    print: string,
    decide: (write: Write) => Promise<Answer<Person>>,
  ): Promise<Answer<Person>> {
    const work = async () => {
      let done: Person | undefined;
      const { answer } = await once<Person>(
        this.#db,
        { key, fingerprint: print, nowMs: this.#clock.nowMs() },
        async (write) => {
          const decision = await decide(write);
          if (decision.ok) done = decision.value;
          return decision;
        },
      );
      if (done) {
        const before = this.#people.get(done.id) ?? null;
        this.#remember(done);
        for (const listener of this.#listeners) listener({ before, after: done });
      }
      return answer;
    };
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  #remember(person: Person): void {
    this.#people.set(person.id, person);
    this.#logins.set(person.login, person.id);
  }
}

export const noPerson = problem('not-found', 'There is no such person.');
