import type { Answer } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { PeopleEntry, PeopleRecord } from './ports.ts';
import { sessionStore, type StoredSession } from './session-store.ts';

/** What the store did not take is tried again after so many looks: every 5 s. */
const looksPerRetry = 20;

/** What is taken away together with something else: in memory, and within its transaction. May be done twice. */
export interface TakenAway {
  inMemory: () => void;
  inStore: (write: Write) => Promise<void>;
}
export const nothing: TakenAway = { inMemory: () => undefined, inStore: async () => undefined };

/** Why a session ends, and what ends with it. */
export interface Ending {
  entry: PeopleEntry;
  also: TakenAway;
}
/** What ends in one transaction: sessions by id, and what is taken away with all of them. */
interface Owed {
  endings: ReadonlyMap<string, Ending>;
  also: TakenAway;
}

/** The durable side of sessions: each change with its entry in the record, in one transaction. */
export class SessionJournal {
  readonly #db: Database;
  readonly #record: PeopleRecord;
  readonly #log: Logger;
  /**
   * Ended, but not yet so in the store: tried again, or a restart would bring them back. At most one for each session,
   * and one for all sessions of a person.
   */
  readonly #owed = new Map<string, Owed>();
  readonly #writing = new Set<Promise<unknown>>();
  #looks = 0;

  constructor(db: Database, record: PeopleRecord, log: Logger) {
    this.#db = db;
    this.#record = record;
    this.#log = log;
  }

  all(): Promise<StoredSession[]> {
    return sessionStore.all(this.#db);
  }

  /** `more` is written first, and may refuse. */
  begun(
    session: StoredSession,
    entry: PeopleEntry,
    more: (write: Write) => Promise<Answer<void>>,
  ): Promise<Answer<void>> {
    return this.#db.transaction().execute(async (write) => {
      const also = await more(write);
      if (!also.ok) return also;
      await sessionStore.insert(write, session);
      await this.#record.append(write, entry);
      return also;
    });
  }

  async changed(session: StoredSession, entry: PeopleEntry | null): Promise<void> {
    await this.#db.transaction().execute(async (write) => {
      await sessionStore.update(write, session);
      if (entry) await this.#record.append(write, entry);
    });
  }

  /** `what` ends: a session, or all of somebody. What is still owed of that is written with it. */
  ended(what: string, endings: ReadonlyMap<string, Ending>, also: TakenAway = nothing): Promise<void> {
    const owed = { endings: new Map([...(this.#owed.get(what)?.endings ?? []), ...endings]), also };
    this.#owed.set(what, owed);
    return this.#forget(what, owed);
  }

  /** Sessions of a person as they lie in the store, those too that were written a moment ago. */
  of(write: Write, person: string): Promise<StoredSession[]> {
    return sessionStore.of(write, person);
  }

  /** Within a transaction of the caller. Where it was forgotten already, nothing is written. */
  async forget(write: Write, id: string, { entry, also }: Ending): Promise<void> {
    if (!(await sessionStore.remove(write, id))) return;
    await also.inStore(write);
    await this.#record.append(write, entry);
  }

  /** Called with each look at the sessions. */
  retry(): void {
    this.#looks += 1;
    if (this.#looks % looksPerRetry !== 0) return;
    for (const [what, owed] of this.#owed) this.inBackground(this.#forget(what, owed));
  }

  inBackground(work: Promise<unknown>): void {
    const done = work
      .catch((error: unknown) => this.#log.error({ err: error }, 'a session could not be written down'))
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }

  /** Resolves when nothing is being written any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #forget(what: string, owed: Owed): Promise<void> {
    // A retry may have been faster; the record gets one entry for each session.
    await this.#db.transaction().execute(async (write) => {
      for (const [id, ending] of owed.endings) await this.forget(write, id, ending);
      await owed.also.inStore(write);
    });
    // More may have come to it meanwhile.
    if (this.#owed.get(what) === owed) this.#owed.delete(what);
  }
}
