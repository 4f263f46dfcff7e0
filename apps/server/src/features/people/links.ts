import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import { deadlineFromStore, deadlineIn, isPast, type Deadline } from '../../platform/deadline.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';

/** `set-up` makes the first administrator, `password` lets one person choose a password. */
export type LinkKind = 'set-up' | 'password';

const lifeMs: Record<LinkKind, number> = { 'set-up': 24 * 60 * 60_000, password: 72 * 60 * 60_000 };

interface Link {
  kind: LinkKind;
  person: string | null;
  until: Deadline;
}

/** One-time links: 256 random bits behind the `#` of an address, stored hashed, each good once and for a while. */
export class Links {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('people_links').selectAll().execute()) {
      const kind: LinkKind = row.kind === 'set-up' ? 'set-up' : 'password';
      const until = deadlineFromStore(this.#clock, row.expires_at, row.created_at, lifeMs[kind]);
      if (!isPast(this.#clock, until)) this.#links.set(row.token_hash, { kind, person: row.person, until });
    }
  }

  /** A fresh one; those made before for the same thing stop working. `more` is written in the same transaction. */
  async make(
    kind: LinkKind,
    person: string | null,
    more: (write: Write) => Promise<void>,
  ): Promise<{ token: string; expiresAt: number }> {
    const token = newToken();
    const nowMs = this.#clock.nowMs();
    const until = deadlineIn(this.#clock, lifeMs[kind]);
    await this.#db.transaction().execute(async (write) => {
      await write
        .deleteFrom('people_links')
        .where((where) => where.or([where('expires_at', '<', nowMs), where.and({ kind, person })]))
        .execute();
      await write
        .insertInto('people_links')
        .values({ token_hash: hashOf(token), kind, person, created_at: nowMs, expires_at: until.wallMs })
        .execute();
      await more(write);
    });
    for (const [hash, link] of this.#links)
      if (link.kind === kind && link.person === person) this.#links.delete(hash);
    this.#links.set(hashOf(token), { kind, person, until });
    return { token, expiresAt: until.wallMs };
  }

  /** What a link is for, while it is good. */
  look(token: string): Link | undefined {
    const link = this.#links.get(hashOf(token));
    return link && !isPast(this.#clock, link.until) ? link : undefined;
  }

  /** Uses up a link that was looked at, within `write`; false when another was faster. */
  async use(write: Write, token: string): Promise<boolean> {
    const done = await write
      .deleteFrom('people_links')
      .where('token_hash', '=', hashOf(token))
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  }

  /** After the transaction of `use`. */
  forget(token: string): void {
    this.#links.delete(hashOf(token));
  }
}
