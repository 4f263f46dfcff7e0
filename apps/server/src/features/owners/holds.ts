import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { deadlineFromStore, deadlineIn, isPast, leftOf, type Deadline } from '../../platform/deadline.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import { holdMs } from './rules.ts';

interface Hold {
  /** The address that the owner was last known to read. */
  email: string;
  until: Deadline;
}

const placeOf = (owner: string) => `owner-hold:${owner}`;

/**
 * Owners whose address the agency has changed. Until whoever reads the address of before has said that it is right, or two
 * weeks have gone without a word, the new one looks, pauses and stops, and gives nothing.
 */
export class AddressHolds {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #holds = new Map<string, Hold>();

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async load(ring: KeyRing): Promise<void> {
    for (const row of await this.#db.selectFrom('owner_address_holds').selectAll().execute())
      this.#holds.set(row.owner, {
        email: ring.open(row.address, placeOf(row.owner)),
        until: deadlineFromStore(this.#clock, row.expires_at, row.created_at, holdMs),
      });
  }

  /** Undefined: none, or it is over. */
  of(owner: string): { email: string; untilMs: number } | undefined {
    const hold = this.#holds.get(owner);
    if (!hold || isPast(this.#clock, hold.until)) return undefined;
    return { email: hold.email, untilMs: Math.floor(this.#clock.nowMs() + leftOf(this.#clock, hold.until)) };
  }

  /** Whose address of before this is. */
  ownerAt(email: string): string | undefined {
    return [...this.#holds.keys()].find((owner) => this.of(owner)?.email === email);
  }

  /** Within `write`; it counts once `begun` is told. */
  async begin(write: Write, ring: KeyRing, owner: string, email: string): Promise<{ begun(): void }> {
    const until = deadlineIn(this.#clock, holdMs);
    const row = {
      address: ring.seal(email, placeOf(owner)),
      created_at: this.#clock.nowMs(),
      expires_at: until.wallMs,
    };
    await write
      .insertInto('owner_address_holds')
      .values({ owner, ...row })
      .onConflict((conflict) => conflict.column('owner').doUpdateSet(row))
      .execute();
    return { begun: () => void this.#holds.set(owner, { email, until }) };
  }

  async end(write: Write, owner: string): Promise<{ ended(): void }> {
    await write.deleteFrom('owner_address_holds').where('owner', '=', owner).execute();
    return { ended: () => void this.#holds.delete(owner) };
  }

  async sealAnew(write: Write, ring: KeyRing): Promise<void> {
    for (const { owner, address } of await write.selectFrom('owner_address_holds').selectAll().execute()) {
      if (ring.isCurrent(address)) continue;
      const place = placeOf(owner);
      await write
        .updateTable('owner_address_holds')
        .set({ address: ring.seal(ring.open(address, place), place) })
        .where('owner', '=', owner)
        .execute();
    }
  }
}
