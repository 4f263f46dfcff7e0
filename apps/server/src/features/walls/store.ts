import { WallEvent, WallState, type Answer, type Commit } from '@clerestory/protocol';
import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import { once, type Write } from '../../platform/idempotency.ts';

const Events = z.array(WallEvent);

/** Walls ↔ rows. A commit and the wall's new state are one transaction. */
export class WallStore {
  readonly #db: Database;
  constructor(db: Database) {
    this.#db = db;
  }

  async all(): Promise<WallState[]> {
    const rows = await this.#db
      .selectFrom('walls')
      .select('state')
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => WallState.parse(JSON.parse(row.state)));
  }

  /** In the caller's transaction, together with its idempotency key. */
  async create(write: Write, state: WallState, nowMs: number): Promise<void> {
    await write
      .insertInto('walls')
      .values({
        id: state.id,
        name: state.name,
        sequence: state.sequence,
        state: JSON.stringify(state),
        created_at: nowMs,
      })
      .execute();
  }

  /** Runs `work` once per key; see `once`. */
  async once<T>(
    request: { key: string; fingerprint: string; nowMs: number },
    work: (write: Write) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    return (await once(this.#db, request, work)).answer;
  }

  /** What an idempotency key was used for on this wall, if it was. */
  async byKey(wall: string, key: string): Promise<{ sequence: number; fingerprint: string } | undefined> {
    return this.#db
      .selectFrom('wall_commits')
      .select(['sequence', 'fingerprint'])
      .where('wall', '=', wall)
      .where('key', '=', key)
      .executeTakeFirst();
  }

  /**
   * Makes a commit durable. `next` is the state after it.
   * @throws Error when another writer moved the wall in between: nothing is written then.
   */
  async append(commit: Commit, fingerprint: string, next: WallState): Promise<void> {
    await this.#db.transaction().execute(async (write) => {
      const moved = await write
        .updateTable('walls')
        .set({ sequence: next.sequence, name: next.name, state: JSON.stringify(next) })
        .where('id', '=', commit.wall)
        .where('sequence', '=', commit.sequence - 1)
        .executeTakeFirst();
      if (moved.numUpdatedRows !== 1n) throw new Error(`the wall ${commit.wall} has another writer`);
      await write
        .insertInto('wall_commits')
        .values({
          wall: commit.wall,
          sequence: commit.sequence,
          at: commit.at,
          by: commit.by,
          key: commit.key,
          fingerprint,
          events: JSON.stringify(commit.events),
        })
        .execute();
    });
  }

  /** Commits after `since`, oldest first. */
  async since(wall: string, since: number, limit: number): Promise<Commit[]> {
    const rows = await this.#db
      .selectFrom('wall_commits')
      .selectAll()
      .where('wall', '=', wall)
      .where('sequence', '>', since)
      .orderBy('sequence')
      .limit(limit)
      .execute();
    return rows.map(({ sequence, at, by, key, events }) => ({
      wall,
      sequence,
      at,
      by,
      key,
      events: Events.parse(JSON.parse(events)),
    }));
  }
}
