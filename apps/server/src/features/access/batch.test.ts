import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../platform/database.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { Batch } from './batch.ts';

let folder: ReturnType<typeof temporaryFolder>;
let db: Database;
let close: () => Promise<void>;
beforeEach(() => {
  folder = temporaryFolder();
  ({ db, close } = openDatabase(folder.dir));
});
afterEach(async () => {
  await close();
  folder.remove();
});

test('what is asked while a run ends is done too, however few turns later', async () => {
  const batch = new Batch(db);
  let done = 0;
  for (let turns = 0; turns < 40; turns++) {
    await batch.write(() => Promise.resolve(void (done += 1)));
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await batch.write(() => Promise.resolve(void (done += 1)));
  }
  await batch.settle();
  expect(done).toBe(80);
});

test('a job that throws is told so with its group, and those after it go on', async () => {
  const batch = new Batch(db);
  const together = [
    batch.write(() => Promise.reject(new Error('the disk is full'))),
    batch.write(() => Promise.resolve()),
  ];
  expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(batch.write(() => Promise.resolve())).resolves.toBeUndefined();
});
