import type { Database } from './database.ts';

const name = 'first-start-done';

/** Runs `prepare` on a new store, again if a first start was cut short, and never afterwards. */
export async function onFirstStart(db: Database, prepare: () => Promise<void>): Promise<void> {
  const done = await db.selectFrom('settings').select('name').where('name', '=', name).executeTakeFirst();
  if (done) return;
  await prepare();
  await db.insertInto('settings').values({ name, value: '1' }).execute();
}
