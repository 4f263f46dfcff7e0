import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { deadlineFromStore, deadlineIn, isPast, type Deadline } from '../../platform/deadline.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { linkMs, type OwnerLinkKind } from './rules.ts';

/** One owner may have this many that are good at a time: the oldest goes. */
const maxEach = 5;
/** Links of people who are not owners yet, at a time. */
const maxSignUps = 1_000;

export interface OwnerLink {
  kind: OwnerLinkKind;
  owner: string | null;
  /** Of a `sign-up`: the address that it was sent to. */
  email: string | null;
  until: Deadline;
}
interface Kept extends OwnerLink {
  hash: string;
}

/** One-time links: 256 random bits behind the `#` of an address, stored hashed, each good once and for a while. */
export class OwnerLinks {
  readonly #db: Database;
  readonly #clock: Clock;
  /** In the order they were made. */
  readonly #links = new Map<string, Kept>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async load(ring: KeyRing): Promise<void> {
    const rows = await this.#db.selectFrom('owner_links').selectAll().orderBy('created_at').execute();
    for (const row of rows) {
      const kind = row.kind as OwnerLinkKind;
      const until = deadlineFromStore(this.#clock, row.expires_at, row.created_at, linkMs[kind]);
      if (isPast(this.#clock, until)) continue;
      const email = row.address && ring.open(row.address, `owner-link:${row.token_hash}`);
      this.#links.set(row.token_hash, { hash: row.token_hash, kind, owner: row.owner, email, until });
    }
  }

  /** A fresh one, within `write`; it counts once `made` is told. */
  async make(
    write: Write,
    ring: KeyRing,
    given: { kind: Exclude<OwnerLinkKind, 'sign-up'>; owner: string } | { kind: 'sign-up'; email: string },
  ): Promise<{ token: string; made(): void }> {
    const token = newToken();
    const hash = hashOf(token);
    const until = deadlineIn(this.#clock, linkMs[given.kind]);
    const owner = 'owner' in given ? given.owner : null;
    const email = 'email' in given ? given.email : null;
    const nowMs = this.#clock.nowMs();
    await write.deleteFrom('owner_links').where('expires_at', '<', nowMs).execute();
    const dropped = this.#tooMany(owner, given.kind);
    if (dropped.length > 0)
      await write.deleteFrom('owner_links').where('token_hash', 'in', dropped).execute();
    await write
      .insertInto('owner_links')
      .values({
        token_hash: hash,
        kind: given.kind,
        owner,
        address: email === null ? null : ring.seal(email, `owner-link:${hash}`),
        created_at: nowMs,
        expires_at: until.wallMs,
      })
      .execute();
    return {
      token,
      made: () => {
        for (const one of dropped) this.#links.delete(one);
        this.#links.set(hash, { hash, kind: given.kind, owner, email, until });
      },
    };
  }

  look(token: string): OwnerLink | undefined {
    const link = this.#links.get(hashOf(token));
    return link && !isPast(this.#clock, link.until) ? link : undefined;
  }

  /** Uses it up within `write`; false when another was faster. */
  async use(write: Write, token: string): Promise<boolean> {
    const done = await write
      .deleteFrom('owner_links')
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  }

  /** After the transaction of `use`. */
  forget(token: string): void {
    this.#links.delete(hashOf(token));
  }

  /** Another address belongs to this owner now: links that went to the old one are void. Within `write`. */
  async forgetAllOf(write: Write, owner: string): Promise<{ forgotten(): void }> {
    await write.deleteFrom('owner_links').where('owner', '=', owner).execute();
    const theirs = [...this.#links].flatMap(([hash, link]) => (link.owner === owner ? [hash] : []));
    return { forgotten: () => theirs.forEach((hash) => this.#links.delete(hash)) };
  }

  /** Seals the addresses in it with the key that seals now. */
  async sealAnew(write: Write, ring: KeyRing): Promise<void> {
    const rows = await write.selectFrom('owner_links').select(['token_hash', 'address']).execute();
    for (const { token_hash, address } of rows) {
      if (address === null || ring.isCurrent(address)) continue;
      const place = `owner-link:${token_hash}`;
      await write
        .updateTable('owner_links')
        .set({ address: ring.seal(ring.open(address, place), place) })
        .where('token_hash', '=', token_hash)
        .execute();
    }
  }

  /** Those that a fresh one of a kind pushes out; whoever asks for links pushes out none that undoes a change. */
  #tooMany(owner: string | null, kind: OwnerLinkKind): string[] {
    for (const [hash, link] of this.#links) if (isPast(this.#clock, link.until)) this.#links.delete(hash);
    const undoes = kind === 'address-changed';
    const theirs = [...this.#links.values()].filter(
      (link) => link.owner === owner && (link.kind === 'address-changed') === undoes,
    );
    const most = owner === null ? maxSignUps : maxEach;
    return theirs.slice(0, Math.max(0, theirs.length + 1 - most)).map(({ hash }) => hash);
  }
}
