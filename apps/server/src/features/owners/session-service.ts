import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { deadlineFromStore, deadlineIn, isPast, leftOf, type Deadline } from '../../platform/deadline.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { freshMs, sessionMs } from './rules.ts';

const maxSessionsEach = 10;
const sweepMs = 1_000;

export interface OwnerSession {
  id: string;
  owner: string;
  createdAt: number;
  ends: Deadline;
  fresh: Deadline;
}
interface Live extends OwnerSession {
  tokenHash: string;
}

/** Who is signed in at the pages for owners: in memory, written through. Ends at once, is forgotten after. */
export class OwnerSessions {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #byHash = new Map<string, Live>();
  readonly #byId = new Map<string, Live>();
  readonly #ended = new Set<(session: OwnerSession) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, clock: Clock, log: Logger) {
    this.#db = db;
    this.#clock = clock;
    this.#log = log;
  }

  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('owner_sessions').selectAll().execute())
      this.#keep({
        id: row.id,
        tokenHash: row.token_hash,
        owner: row.owner,
        createdAt: row.created_at,
        ends: deadlineFromStore(this.#clock, row.expires_at, row.created_at, sessionMs),
        fresh: deadlineFromStore(this.#clock, row.fresh_until, row.created_at, freshMs),
      });
    this.#sweep();
  }

  start(): void {
    this.#timer = setInterval(() => this.#sweep(), sweepMs);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  onEnded(listener: (session: OwnerSession) => void): void {
    this.#ended.add(listener);
  }

  find(token: string | undefined): OwnerSession | undefined {
    return token === undefined ? undefined : this.#live(this.#byHash.get(hashOf(token)));
  }
  get(id: string): OwnerSession | undefined {
    return this.#live(this.#byId.get(id));
  }
  isFresh({ fresh }: OwnerSession): boolean {
    return !isPast(this.#clock, fresh);
  }
  /** Unix ms. */
  endOf({ ends }: OwnerSession): number {
    return Math.floor(this.#clock.nowMs() + leftOf(this.#clock, ends));
  }
  freshUntil({ fresh }: OwnerSession): number {
    return Math.floor(this.#clock.nowMs() + leftOf(this.#clock, fresh));
  }

  /** Within `write`; it counts once `begun` is told. */
  async begin(write: Write, owner: string): Promise<{ token: string; begun(): OwnerSession }> {
    const token = newToken();
    const session: Live = {
      id: newId(),
      tokenHash: hashOf(token),
      owner,
      createdAt: this.#clock.nowMs(),
      ends: deadlineIn(this.#clock, sessionMs),
      fresh: deadlineIn(this.#clock, freshMs),
    };
    await write
      .insertInto('owner_sessions')
      .values({
        id: session.id,
        token_hash: session.tokenHash,
        owner,
        created_at: session.createdAt,
        expires_at: session.ends.wallMs,
        fresh_until: session.fresh.wallMs,
      })
      .execute();
    return {
      token,
      begun: () => {
        this.#keep(session);
        const mine = [...this.#byId.values()].filter((one) => one.owner === owner);
        for (const old of mine.slice(0, Math.max(0, mine.length - maxSessionsEach))) void this.end(old.id);
        return session;
      },
    };
  }

  async end(id: string): Promise<void> {
    const session = this.#byId.get(id);
    if (!session) return;
    this.#byHash.delete(session.tokenHash);
    this.#byId.delete(id);
    for (const listener of this.#ended) listener(session);
    await this.#db.deleteFrom('owner_sessions').where('id', '=', id).execute();
  }

  /** Within `write`; they end once `ended` is told. */
  async endAllIn(write: Write, owner: string): Promise<{ ended(): Promise<void> }> {
    await write.deleteFrom('owner_sessions').where('owner', '=', owner).execute();
    return { ended: () => this.endAllOf(owner) };
  }

  async endAllOf(owner: string): Promise<void> {
    const theirs = [...this.#byId.values()].filter((one) => one.owner === owner);
    await Promise.all(theirs.map(({ id }) => this.end(id)));
  }

  #live(session: Live | undefined): Live | undefined {
    return session && !isPast(this.#clock, session.ends) ? session : undefined;
  }

  #keep(session: Live): void {
    this.#byHash.set(session.tokenHash, session);
    this.#byId.set(session.id, session);
  }

  #sweep(): void {
    for (const session of [...this.#byId.values()])
      if (isPast(this.#clock, session.ends))
        this.end(session.id).catch((error: unknown) =>
          this.#log.error({ err: error }, 'a session that is over could not be forgotten'),
        );
  }
}
