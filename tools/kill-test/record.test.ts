import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordService } from '../../apps/server/src/features/record/index.ts';
import { Checkpoints } from '../../apps/server/src/features/transparency/index.ts';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { openDatabase } from '../../apps/server/src/platform/database.ts';
import { createLogger } from '../../apps/server/src/platform/logging.ts';
import { temporaryFolder } from '../../apps/server/src/testing/server.ts';
import { lookAtRecord } from './record.ts';

let folder: ReturnType<typeof temporaryFolder>;
const acknowledged = new Set(['incident-opened incident:a', 'incident-opened incident:b']);
const file = (name: string) => path.join(folder.dir, name);

/** Appends an entry and signs. */
async function signed(incident: string): Promise<void> {
  const { db, close } = openDatabase(folder.dir);
  const record = new RecordService(db, systemClock);
  await record.load();
  const checkpoints = new Checkpoints({
    ...{ db, clock: systemClock, log: createLogger('silent'), record, tree: record.log, witnesses: [] },
    ...{ dataDir: folder.dir, witnessFolder: file('witness'), newOrigin: () => 'wall.example.org/log' },
  });
  await checkpoints.load();
  await db.transaction().execute((write) =>
    record.append(write, {
      ...{ kind: 'incident-opened', actor: 'person:p', subject: `incident:${incident}` },
      detail: { place: 'Quay' },
    }),
  );
  await checkpoints.tick();
  await close();
}
const look = () => lookAtRecord(folder.dir, folder.dir, acknowledged);
/** As somebody with the file in hand does it, past every guard. */
function change(sql: string): void {
  const raw = new SqliteDatabase(file('clerestory.db'));
  const guards = raw
    .prepare("select name from sqlite_master where type = 'trigger'")
    .pluck()
    .all() as string[];
  for (const guard of guards) raw.exec(`drop trigger ${guard}`);
  raw.exec(sql);
  raw.close();
}

beforeEach(async () => {
  folder = temporaryFolder();
  await signed('a');
  copyFileSync(file('clerestory.db'), file('old.db'));
  await signed('b');
});
afterEach(() => folder.remove());

test('a record as it was written has no fault', async () => {
  expect(await look()).toMatchObject({ faults: [], entries: 3 });
  expect((await look()).checkpoints).toBeGreaterThan(2);
});

test.each([
  ['an entry that is another', "update record_entries set entry = replace(entry, 'Quay', 'Pier')", 'entry 2'],
  ['a leaf that is missing', 'delete from log_leaves where sequence = 2', 'entry 2 is not in the public log'],
  [
    'an entry that is lost',
    'delete from record_entries where sequence = 3',
    '"incident-opened incident:b" is in the record 0 times',
  ],
] as const)('negative control: %s is seen', async (_name, sql, words) => {
  change(sql);
  expect((await look()).faults.join('\n')).toContain(words);
});

test('negative control: a store that is right in itself and older than what was signed is seen', async () => {
  for (const more of ['-wal', '-shm']) rmSync(file(`clerestory.db${more}`), { force: true });
  copyFileSync(file('old.db'), file('clerestory.db'));
  expect((await look()).faults.join('\n')).toContain('3 entries were signed, and there are fewer');
});
