import type { Database } from '../../platform/database.ts';

/** Cameras that were told to move and not yet seen to stop: a server that starts again stops them. */
export const movingStore = {
  async all(db: Database): Promise<string[]> {
    return (await db.selectFrom('ptz_moving').select('camera').execute()).map(({ camera }) => camera);
  },
  async add(db: Database, camera: string): Promise<void> {
    await db
      .insertInto('ptz_moving')
      .values({ camera })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },
  async remove(db: Database, camera: string): Promise<void> {
    await db.deleteFrom('ptz_moving').where('camera', '=', camera).execute();
  },
};
