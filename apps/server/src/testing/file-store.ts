import { afterAll, beforeAll } from 'vitest';
import { openDatabase, type Database, type OpenDatabase } from '../platform/database.ts';
import { temporaryFolder } from './folder.ts';

/**
 * One store for the tests of one file, with people named so. It waits for no disk: what a crash leaves is asked elsewhere,
 * and guards that are each tried with every mutant of theirs write thousands of times.
 */
export function storeOfThisFile(people: readonly string[] = []): { readonly db: Database } {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: OpenDatabase;
  beforeAll(async () => {
    folder = temporaryFolder();
    store = openDatabase(folder.dir);
    store.raw.pragma('synchronous = OFF');
    for (const id of people)
      await store.db
        .insertInto('people')
        .values({
          ...{ id, login: id, name: id, email: null, password: null, roles: '[]', groups: '[]' },
          ...{ disabled: 0, demo: 0, revision: 1, created_at: 0, updated_at: 0 },
        })
        .execute();
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });
  return {
    get db() {
      return store.db;
    },
  };
}
