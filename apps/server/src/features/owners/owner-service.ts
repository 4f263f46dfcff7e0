import { problem, type Answer, type Owner, type OwnerInput } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { KeyRing } from '../../platform/key-ring.ts';
import { AddressHolds } from './holds.ts';
import type { OwnerRecord } from './ports.ts';
import { maxOwners } from './rules.ts';
import { ownerStore } from './store.ts';

const keyFile = 'owner-keys.json';

/** What else has to happen when an address is changed, within `write`; it counts once it is called. */
type AlsoOnAddress = (write: Write, owner: string) => Promise<() => void>;

interface Asked {
  by: string;
  key: string;
}

/** Who lends cameras, and how to reach them. In memory in the clear, in the store sealed. */
export class OwnerService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: OwnerRecord;
  readonly #folder: string;
  readonly #byId = new Map<string, Owner>();
  readonly #byEmail = new Map<string, string>();
  readonly #changed = new Set<(owner: Owner, before: Owner | null) => void>();
  readonly holds: AddressHolds;
  readonly #proven = new Set<string>();
  #alsoOnAddress: AlsoOnAddress = async () => () => undefined;
  #ring: KeyRing | undefined;

  constructor(db: Database, clock: Clock, record: OwnerRecord, folder: string) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
    this.#folder = folder;
    this.holds = new AddressHolds(db, clock);
  }

  /** @throws StoreError when the key file does not fit the store. */
  async load(): Promise<void> {
    const ring = KeyRing.open(this.#folder, keyFile, await ownerStore.isAnythingSealed(this.#db));
    this.#ring = ring;
    for (const owner of await ownerStore.all(this.#db, ring)) this.#keep(owner);
    for (const id of await ownerStore.proven(this.#db)) this.#proven.add(id);
    await this.holds.load(ring);
    // A kill may have come between a new key and the last contact sealed with it.
    await this.#db.transaction().execute(async (write) => {
      await ownerStore.sealAnew(write, ring);
      await this.holds.sealAnew(write, ring);
    });
  }

  /** For other things that concern owners and must not lie in the clear. */
  get ring(): KeyRing {
    if (!this.#ring) throw new Error('the owners are not loaded');
    return this.#ring;
  }

  get(id: string): Owner | undefined {
    return this.#byId.get(id);
  }
  byEmail(email: string): Owner | undefined {
    return this.#byId.get(this.#byEmail.get(email) ?? '');
  }
  /** By name. */
  list(): Owner[] {
    return [...this.#byId.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  }
  /** What ends with an address: sessions, links, passkeys. */
  addressEnds(also: AlsoOnAddress): void {
    this.#alsoOnAddress = also;
  }
  onChange(listener: (owner: Owner, before: Owner | null) => void): void {
    this.#changed.add(listener);
  }

  /** By an administrator. */
  async create(input: OwnerInput, { by, key }: Asked): Promise<Answer<Owner>> {
    const owner = this.make(input, false);
    const request = { key, fingerprint: fingerprint('owner', input, by), nowMs: this.#clock.nowMs() };
    // The kept answer names no contact: keys lie in the clear.
    const { answer } = await once(this.#db, request, async (write) => {
      const done = await this.insert(write, owner, by);
      return done.ok ? ok({ id: owner.id }) : done;
    });
    if (!answer.ok) return answer;
    if (answer.value.id === owner.id) this.inserted(owner);
    const found = this.get(answer.value.id);
    return found ? ok(found) : refuse(noOwner(answer.value.id));
  }

  /** With an id that cameras already name, as the demo city's do; nothing where the id is taken. */
  async seed(id: string, input: OwnerInput): Promise<Answer<void>> {
    if (this.get(id)) return ok(undefined);
    const owner = this.make(input, false, id);
    const answer = await this.#db.transaction().execute((write) => this.insert(write, owner, 'server'));
    if (answer.ok) this.inserted(owner);
    return answer;
  }

  make(input: OwnerInput, selfRegistered: boolean, id = newId()): Owner {
    const nowMs = this.#clock.nowMs();
    return { id, ...input, selfRegistered, revision: 1, createdAt: nowMs, updatedAt: nowMs };
  }

  /** Within the caller's transaction; tell `inserted` when it is durable. */
  async insert(write: Write, owner: Owner, by: string): Promise<Answer<void>> {
    if (this.byEmail(owner.email) ?? this.holds.ownerAt(owner.email))
      return refuse(problem('exists', 'An owner with this address is registered already.'));
    if (this.#byId.size >= maxOwners)
      return refuse(problem('unprocessable', `The registry holds ${maxOwners} owners; it is full.`));
    await ownerStore.insert(write, this.ring, owner);
    await this.#note(write, 'owner-registered', owner.id, by, { selfRegistered: owner.selfRegistered });
    return ok(undefined);
  }

  inserted(owner: Owner): void {
    if (owner.selfRegistered) this.#proven.add(owner.id);
    this.#keep(owner);
    this.#tell(owner, null);
  }

  async update(
    id: string,
    patch: Partial<OwnerInput>,
    base: number | null,
    by: string,
  ): Promise<Answer<Owner>> {
    const before = this.get(id);
    if (!before) return refuse(noOwner(id));
    if (base !== null && base !== before.revision)
      return refuse(
        problem('conflict', 'Somebody changed this owner meanwhile. Look again, then repeat it.', {
          sequence: before.revision,
        }),
      );
    const holder =
      patch.email === undefined
        ? undefined
        : (this.byEmail(patch.email)?.id ?? this.holds.ownerAt(patch.email));
    if (holder !== undefined && holder !== id)
      return refuse(problem('exists', 'An owner with this address is registered already.'));
    const owner: Owner = {
      ...before,
      ...patch,
      revision: before.revision + 1,
      updatedAt: this.#clock.nowMs(),
    };
    // Who has never been seen to read an address loses nothing by another one; who has may undo it.
    const held = this.holds.of(id)?.email ?? (this.#proven.has(id) ? before.email : undefined);
    const hold = owner.email === before.email || held === owner.email ? undefined : held;
    // Which fields, not what they say.
    const detail = { fields: Object.keys(patch), ...(hold !== undefined && { held: true }) };
    const isMoved = owner.email !== before.email;
    await this.#rewrite(owner, before, { by, detail, hold, settles: isMoved, proven: held === owner.email });
    return ok(owner);
  }

  /** Whoever reads the address of before says whether another one is right. */
  async answerHold(id: string, isRight: boolean): Promise<Answer<void>> {
    const before = this.get(id);
    const hold = this.holds.of(id);
    if (!before || !hold) return refuse(noOwner(id));
    const email = isRight ? before.email : hold.email;
    const owner = { ...before, email, revision: before.revision + 1, updatedAt: this.#clock.nowMs() };
    const detail = isRight ? { confirmed: true } : { fields: ['email'], restored: true };
    const by = `owner:${id}`;
    await this.#rewrite(owner, before, { by, detail, hold: undefined, settles: true, proven: true });
    return ok(undefined);
  }

  /**
   * Out of the registry, with what `erase` takes away in the same transaction. In memory first: nothing more is begun for
   * somebody who leaves.
   */
  async remove(id: string, erase: (write: Write) => Promise<Answer<() => void>>): Promise<Answer<void>> {
    const owner = this.get(id);
    if (!owner) return refuse(noOwner(id));
    this.#byId.delete(id);
    this.#byEmail.delete(owner.email);
    let done: Answer<() => void> | undefined;
    try {
      done = await this.#db.transaction().execute(async (write) => {
        const erased = await erase(write);
        if (!erased.ok) return erased;
        const held = await this.holds.end(write, id);
        await ownerStore.remove(write, id);
        await this.#note(write, 'owner-left', id, `owner:${id}`, {});
        return ok(() => {
          held.ended();
          erased.value();
        });
      });
    } finally {
      if (!done?.ok) this.#keep(owner);
    }
    if (!done.ok) return done;
    this.#proven.delete(id);
    done.value();
    return ok(undefined);
  }

  /** Was seen to read the address that is entered now, and nothing about it is open. */
  isProven(id: string): boolean {
    return this.#proven.has(id) && this.holds.of(id) === undefined;
  }

  /** A link to the address was followed. While it is held, that says nothing yet. */
  async prove(write: Write, id: string): Promise<() => void> {
    if (this.#proven.has(id) || this.holds.of(id)) return () => undefined;
    await ownerStore.setProven(write, id, true);
    const over = await this.holds.end(write, id);
    return () => {
      this.#proven.add(id);
      over.ended();
    };
  }

  /**
   * `settles`: it is about the address, not the rest. `hold`: the address that may undo it. `proven`: whoever owns the
   * camera was seen to read the address that it is now.
   */
  async #rewrite(
    owner: Owner,
    before: Owner,
    given: {
      by: string;
      detail: Record<string, boolean | string[]>;
      hold: string | undefined;
      settles: boolean;
      proven: boolean;
    },
  ): Promise<void> {
    const { by, detail, hold, settles, proven } = given;
    const { id } = owner;
    const then: (() => void)[] = [];
    await this.#db.transaction().execute(async (write) => {
      await ownerStore.update(write, this.ring, owner);
      if (owner.email !== before.email) then.push(await this.#alsoOnAddress(write, id));
      if (hold !== undefined) then.push((await this.holds.begin(write, this.ring, id, hold)).begun);
      else if (settles) then.push((await this.holds.end(write, id)).ended);
      if (settles) await ownerStore.setProven(write, id, proven);
      await this.#note(write, 'owner-changed', id, by, detail);
    });
    for (const done of then) done();
    if (settles) this.#proven[proven ? 'add' : 'delete'](id);
    this.#byEmail.delete(before.email);
    this.#keep(owner);
    this.#tell(owner, before);
  }

  /** A fresh key for everything that is sealed. `also` seals what others keep, in the same transaction. */
  async renewKeys(
    by: string,
    also: (write: Write) => Promise<void> = async () => undefined,
  ): Promise<number> {
    const { ring } = this;
    ring.add();
    const count = await this.#db.transaction().execute(async (write) => {
      const sealed = await ownerStore.sealAnew(write, ring);
      await this.holds.sealAnew(write, ring);
      await also(write);
      await this.#record.append(write, {
        kind: 'owner-keys-renewed',
        actor: by,
        subject: 'site',
        detail: { sealed },
      });
      return sealed;
    });
    ring.dropOlder();
    return count;
  }

  #keep(owner: Owner): void {
    this.#byId.set(owner.id, owner);
    this.#byEmail.set(owner.email, owner.id);
  }

  #tell(owner: Owner, before: Owner | null): void {
    for (const listener of this.#changed) listener(owner, before);
  }

  #note(
    write: Write,
    kind: 'owner-registered' | 'owner-changed' | 'owner-left',
    id: string,
    by: string,
    detail: Record<string, boolean | string[]>,
  ): Promise<unknown> {
    return this.#record.append(write, { kind, actor: by, subject: `owner:${id}`, detail });
  }
}

export const noOwner = (id: string) => problem('not-found', `There is no owner "${id}".`);
