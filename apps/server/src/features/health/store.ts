import { HealthState, type HealthTransition } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';

/** Transitions kept per camera. */
const keptPerCamera = 1_000;

/** Health transitions ↔ rows. */
export class TransitionStore {
  readonly #db: Database;
  constructor(db: Database) {
    this.#db = db;
  }

  async add(transition: Omit<HealthTransition, 'id'>): Promise<void> {
    const { camera, from, to, reason, at } = transition;
    await this.#db.transaction().execute(async (write) => {
      await write
        .insertInto('health_transitions')
        .values({ camera, from_state: from, to_state: to, reason, at })
        .execute();
      const oldest = await write
        .selectFrom('health_transitions')
        .select('id')
        .where('camera', '=', camera)
        .orderBy('id', 'desc')
        .offset(keptPerCamera)
        .limit(1)
        .executeTakeFirst();
      if (oldest)
        await write
          .deleteFrom('health_transitions')
          .where('camera', '=', camera)
          .where('id', '<=', oldest.id)
          .execute();
    });
  }

  /** How each camera was when it was last in use, which a start of the server does not change. */
  async lastInUse(): Promise<Pick<HealthTransition, 'camera' | 'to' | 'reason' | 'at'>[]> {
    const rows = await this.#db
      .selectFrom('health_transitions')
      .select(['camera', 'to_state', 'reason', 'at'])
      .where('id', 'in', (newest) =>
        newest
          .selectFrom('health_transitions')
          .select(({ fn }) => fn.max('id').as('id'))
          .where('to_state', '!=', 'idle')
          .groupBy('camera'),
      )
      .execute();
    return rows.map(({ to_state, ...row }) => ({ ...row, to: HealthState.parse(to_state) }));
  }

  async remove(camera: string): Promise<void> {
    await this.#db.deleteFrom('health_transitions').where('camera', '=', camera).execute();
  }

  /** Newest first, those with an id below `before`. */
  async list(camera: string, before: number | null, limit: number): Promise<HealthTransition[]> {
    let query = this.#db.selectFrom('health_transitions').selectAll().where('camera', '=', camera);
    if (before !== null) query = query.where('id', '<', before);
    const rows = await query.orderBy('id', 'desc').limit(limit).execute();
    return rows.map((row) => ({
      id: row.id,
      camera: row.camera,
      from: HealthState.parse(row.from_state),
      to: HealthState.parse(row.to_state),
      reason: row.reason,
      at: row.at,
    }));
  }
}
