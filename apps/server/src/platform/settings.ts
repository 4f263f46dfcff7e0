import type { Database } from './database.ts';

/** Small facts that outlive the process. */
export async function readSetting(db: Database, name: string): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

export async function writeSetting(db: Database, name: string, value: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

const firstStartDone = 'first-start-done';

/** Runs `prepare` on a new store, again if a first start was cut short, and never afterwards. */
export async function onFirstStart(db: Database, prepare: () => Promise<void>): Promise<void> {
  if ((await readSetting(db, firstStartDone)) !== undefined) return;
  await prepare();
  await writeSetting(db, firstStartDone, '1');
}
