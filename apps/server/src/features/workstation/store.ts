import { ConsoleSettings, type Mark } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

export interface PersonalWall {
  wall: string;
  person: string;
  workstation: string;
}

/** Workstations, settings and marks ↔ rows. */
export const workstationStore = {
  /** Those used last come last. */
  walls: (db: Database): Promise<PersonalWall[]> =>
    db.selectFrom('workstation_walls').select(['wall', 'person', 'workstation']).orderBy('used_at').execute(),
  async putWall(db: Database, { wall, person, workstation }: PersonalWall, nowMs: number): Promise<void> {
    await db
      .insertInto('workstation_walls')
      .values({ wall, person, workstation, used_at: nowMs })
      .onConflict((conflict) => conflict.column('wall').doUpdateSet({ workstation, used_at: nowMs }))
      .execute();
  },
  async settings(db: Database, person: string): Promise<ConsoleSettings> {
    const row = await db
      .selectFrom('console_settings')
      .select('settings')
      .where('person', '=', person)
      .executeTakeFirst();
    return ConsoleSettings.parse(row ? JSON.parse(row.settings) : {});
  },
  async putSettings(db: Database, person: string, settings: ConsoleSettings): Promise<void> {
    const text = JSON.stringify(settings);
    await db
      .insertInto('console_settings')
      .values({ person, settings: text })
      .onConflict((conflict) => conflict.column('person').doUpdateSet({ settings: text }))
      .execute();
  },
  async addMark(write: Write, { id, camera, at, note, by, madeAt }: Mark): Promise<void> {
    await write
      .insertInto('camera_marks')
      .values({ id, camera, at, note, by_actor: by, made_at: madeAt })
      .execute();
  },
  async marks(db: Database, camera: string, limit: number): Promise<Mark[]> {
    const rows = await db
      .selectFrom('camera_marks')
      .selectAll()
      .where('camera', '=', camera)
      .orderBy('at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ id, camera: of, at, note, by_actor, made_at }) => ({
      ...{ id, camera: of, at, note },
      by: by_actor,
      madeAt: made_at,
    }));
  },
};
