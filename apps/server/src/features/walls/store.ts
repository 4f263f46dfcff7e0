import { Change, WallEvent, WallState, type Answer, type Commit } from '@clerestory/protocol';
import type { Step } from '@clerestory/wall-state';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

const Events = z.array(WallEvent);
const Changes = z.array(Change);

/** What a commit was among its person's steps. */
export type StepAction = 'do' | 'undo' | 'redo';
/** Steps kept of one wall, by their distance from its sequence: a week of a busy one. */
const keptSteps = 20_000;
/** Older ones go every so many commits. */
const pruneEvery = 500;
/** A person's last steps looked at for what can be taken back. */
const maxOwnSteps = 200;

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
  async append(
    commit: Commit,
    fingerprint: string,
    next: WallState,
    step: { action: StepAction; changes: readonly Change[] } | null,
  ): Promise<void> {
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
          who: commit.who ?? null,
        })
        .execute();
      const { wall, sequence, by } = commit;
      if (step)
        await write
          .insertInto('wall_steps')
          .values({ wall, sequence, by, action: step.action, changes: JSON.stringify(step.changes) })
          .execute();
      if (sequence % pruneEvery === 0)
        await write
          .deleteFrom('wall_steps')
          .where('wall', '=', wall)
          .where('sequence', '<', sequence - keptSteps)
          .execute();
    });
  }

  /** What one person did and took back on a wall, newest first. */
  async ownSteps(wall: string, by: string): Promise<{ sequence: number; action: StepAction }[]> {
    const rows = await this.#db
      .selectFrom('wall_steps')
      .select(['sequence', 'action'])
      .where('wall', '=', wall)
      .where('by', '=', by)
      .orderBy('sequence', 'desc')
      .limit(maxOwnSteps)
      .execute();
    return rows.map(({ sequence, action }) => ({ sequence, action: action as StepAction }));
  }

  /** What these commits changed; those that are no longer kept are left out. */
  async steps(wall: string, sequences: readonly number[]): Promise<Step[]> {
    if (sequences.length === 0) return [];
    const rows = await this.#db
      .selectFrom('wall_steps')
      .select(['sequence', 'changes'])
      .where('wall', '=', wall)
      .where('sequence', 'in', sequences)
      .execute();
    return rows.map(({ sequence, changes }) => ({
      sequence,
      changes: Changes.parse(JSON.parse(changes)),
    }));
  }

  /** The last commits, newest first. */
  async latest(wall: string, limit: number): Promise<Commit[]> {
    const rows = await this.#db
      .selectFrom('wall_commits')
      .selectAll()
      .where('wall', '=', wall)
      .orderBy('sequence', 'desc')
      .limit(limit)
      .execute();
    return rows.map(commitOf);
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
    return rows.map(commitOf);
  }
}

const commitOf = ({
  wall,
  sequence,
  at,
  by,
  who,
  key,
  events,
}: Selectable<Tables['wall_commits']>): Commit => ({
  wall,
  sequence,
  at,
  by,
  ...(who !== null && { who }),
  key,
  events: Events.parse(JSON.parse(events)),
});
