import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import { deadlineFromStore, deadlineIn, isPast, leftOf, type Deadline } from '../../platform/deadline.ts';
import { sessionMs } from './session-rules.ts';
import type { TakenAway } from './session-journal.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';

/** Browsers known as workstations; of more, the one not used for longest is forgotten. */
const maxWorkstations = 5_000;

interface Place {
  /** argon2id of the PIN, or null where none is set. */
  pin: string | null;
  /** Until when the full sign-in here carries a quick switch. */
  until: Deadline;
}

/**
 * Browsers where somebody signed in fully, and the PINs set there. A PIN works only at its workstation and only as long
 * as the full sign-in that it rests on would have lasted: it saves typing, it proves nothing by itself.
 */
export class Workstations {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #byHash = new Map<string, string>();
  /** Workstation → person → place. */
  readonly #places = new Map<string, Map<string, Place>>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async load(): Promise<void> {
    const rows = await this.#db.selectFrom('people_workstations').selectAll().orderBy('used_at').execute();
    for (const row of rows) this.#byHash.set(row.token_hash, row.id);
    for (const row of await this.#db.selectFrom('people_pins').selectAll().execute())
      this.#of(row.workstation).set(row.person, {
        pin: row.pin,
        until: deadlineFromStore(this.#clock, row.full_until, row.seen_at, sessionMs),
      });
  }

  /** The workstation of a cookie. */
  find(token: string | undefined): string | undefined {
    return token === undefined ? undefined : this.#byHash.get(hashOf(token));
  }

  /** Whether the person signed in fully here at some time. */
  knows(workstation: string, person: string): boolean {
    return this.#places.get(workstation)?.has(person) === true;
  }

  /** A workstation for this browser: the one it has, or a new one with its token for the cookie. */
  async open(token: string | undefined): Promise<{ id: string; token: string }> {
    const known = this.find(token);
    if (known !== undefined && token !== undefined) return { id: known, token };
    const made = { id: newId(), token: newToken() };
    const nowMs = this.#clock.nowMs();
    await this.#db.transaction().execute(async (write) => {
      await write
        .insertInto('people_workstations')
        .values({ id: made.id, token_hash: hashOf(made.token), created_at: nowMs, used_at: nowMs })
        .execute();
      for (const [hash, id] of [...this.#byHash].slice(
        0,
        Math.max(0, this.#byHash.size + 1 - maxWorkstations),
      )) {
        await write.deleteFrom('people_pins').where('workstation', '=', id).execute();
        await write.deleteFrom('people_workstations').where('id', '=', id).execute();
        this.#byHash.delete(hash);
        this.#places.delete(id);
      }
    });
    this.#byHash.set(hashOf(made.token), made.id);
    return made;
  }

  /** A full sign-in happened here. Runs within the transaction that begins the session. */
  async signedIn(write: Write, workstation: string, person: string): Promise<void> {
    const until = deadlineIn(this.#clock, sessionMs);
    const pin = this.#of(workstation).get(person)?.pin ?? null;
    await this.#store(write, workstation, person, { pin, until });
    await write
      .updateTable('people_workstations')
      .set({ used_at: this.#clock.nowMs() })
      .where('id', '=', workstation)
      .execute();
    this.#of(workstation).set(person, { pin, until });
  }

  /** `pin` is argon2id, or null to remove it. */
  async setPin(write: Write, workstation: string, person: string, pin: string | null): Promise<void> {
    const place = { until: deadlineIn(this.#clock, 0), ...this.#of(workstation).get(person), pin };
    await this.#store(write, workstation, person, place);
    this.#of(workstation).set(person, place);
  }

  hasPin(workstation: string | null, person: string): boolean {
    return workstation !== null && (this.#places.get(workstation)?.get(person)?.pin ?? null) !== null;
  }

  /** The PIN's hash and how long a switch lasts, or null where a full sign-in is needed. */
  carrying(workstation: string, person: string): { pin: string; until: Deadline } | null {
    const place = this.#places.get(workstation)?.get(person);
    return place && place.pin !== null && !isPast(this.#clock, place.until)
      ? { pin: place.pin, until: place.until }
      : null;
  }

  /** The wall clock was set back: over a restart, too, nothing carries for longer than it would have. */
  async tighten(): Promise<void> {
    const seen_at = this.#clock.nowMs();
    await this.#db.transaction().execute(async (write) => {
      for (const [workstation, places] of [...this.#places])
        for (const [person, { until }] of [...places]) {
          const full_until = Math.floor(seen_at + Math.max(0, leftOf(this.#clock, until)));
          // Only ever earlier: what was closed or forgotten meanwhile stays so.
          await write
            .updateTable('people_pins')
            .set({ full_until, seen_at })
            .where('workstation', '=', workstation)
            .where('person', '=', person)
            .where('full_until', '>', full_until)
            .execute();
        }
    });
  }

  /** Whether some workstation would let the person switch. */
  carriesAnywhere(person: string): boolean {
    return [...this.#places.keys()].some((workstation) => this.carrying(workstation, person) !== null);
  }

  /** Who may switch here now. */
  switchable(workstation: string): string[] {
    return [...(this.#places.get(workstation)?.keys() ?? [])].filter((person) =>
      this.carrying(workstation, person),
    );
  }

  /** From now on a full sign-in is needed: at one workstation, or (null) at all. Dead in memory before it is written. */
  async close(person: string, workstation: string | null): Promise<void> {
    const closing = this.closing(person, workstation);
    closing.inMemory();
    await this.#db.transaction().execute(closing.inStore);
  }

  /** The same for a transaction of the caller. */
  closing(person: string, workstation: string | null): TakenAway {
    return {
      inMemory: () => {
        for (const [id, places] of this.#places) {
          const place = places.get(person);
          if (place && (workstation === null || id === workstation)) place.until = deadlineIn(this.#clock, 0);
        }
      },
      inStore: async (write) => {
        let update = write.updateTable('people_pins').set({ full_until: 0 }).where('person', '=', person);
        if (workstation !== null) update = update.where('workstation', '=', workstation);
        await update.execute();
      },
    };
  }

  /** Every PIN of a person, everywhere, for a transaction of the caller. */
  forgetting(person: string): TakenAway {
    return {
      inMemory: () => {
        for (const places of this.#places.values()) places.delete(person);
      },
      inStore: async (write) => {
        await write.deleteFrom('people_pins').where('person', '=', person).execute();
      },
    };
  }

  #of(workstation: string): Map<string, Place> {
    let places = this.#places.get(workstation);
    if (!places) this.#places.set(workstation, (places = new Map()));
    return places;
  }

  async #store(write: Write, workstation: string, person: string, place: Place): Promise<void> {
    const seen_at = this.#clock.nowMs();
    const values = {
      pin: place.pin,
      full_until: Math.floor(seen_at + Math.max(0, leftOf(this.#clock, place.until))),
      seen_at,
    };
    await write
      .insertInto('people_pins')
      .values({ workstation, person, ...values })
      .onConflict((conflict) => conflict.columns(['workstation', 'person']).doUpdateSet(values))
      .execute();
  }
}
