import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { ClockSteps } from '../../platform/clock-steps.ts';
import { createLogger } from '../../platform/logging.ts';
import { assured } from '../../../../../tools/harness/assured.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService } from './index.ts';
import { Retention } from './retention.ts';

const dayMs = 86_400_000;
const days = 30;
let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let record: RecordService;
const clock = new TurnedClock();
let steps: ClockSteps;
const retention = (kept = days) =>
  new Retention({ ...{ steps, log: createLogger('silent'), record }, days: kept });
const signIn = (name: string) =>
  open.db.transaction().execute((write) =>
    record.append(write, {
      ...{ kind: 'sign-in', actor: `person:${name}`, subject: 'site' },
      detail: { way: 'password' },
    }),
  );
/** Of all entries, oldest first: as kept, and whether the salt that opens it is still there. */
const rows = async () =>
  open.db
    .selectFrom('record_entries')
    .leftJoin('log_salts', 'log_salts.sequence', 'record_entries.sequence')
    .select(['record_entries.kind', 'record_entries.entry', 'log_salts.sequence as salt'])
    .orderBy('record_entries.sequence')
    .execute();
const leaves = () => open.db.selectFrom('log_leaves').selectAll().orderBy('sequence').execute();

beforeEach(async () => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  record = new RecordService(open.db, clock);
  steps = new ClockSteps({ ...{ db: open.db, clock, machine: clock }, log: createLogger('silent') });
  await steps.load();
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

test('what is old enough loses its names and its salt, nothing younger does, and that is recorded; the leaves stay', async () => {
  await signIn('anna');
  clock.pass(days * dayMs);
  await signIn('berta');
  await retention().look();
  expect((await rows()).some(({ entry }) => entry.includes('anna'))).toBe(true);
  const before = await leaves();
  clock.pass(1);
  await retention().look();
  const found = await rows();
  expect(found.map(({ entry }) => entry).join()).not.toContain('anna');
  expect(found.map(({ entry }) => entry).join()).toContain('berta');
  const [old] = found.filter(({ kind }) => kind === 'sign-in');
  expect(old?.salt).toBeNull();
  expect((await leaves()).slice(0, before.length)).toEqual(before);
  expect(JSON.parse(found.at(-1)?.entry ?? '')).toMatchObject({
    ...{ kind: 'record-erased', detail: { entries: 1, from: 1, upTo: 1, why: 'older than 30 days' } },
  });
  // Once is enough: nothing is left to erase, so nothing is recorded either.
  await retention().look();
  expect(await rows()).toHaveLength(found.length);
});

test('F1 a clock that was set forward destroys nothing early: it is believed after a week', async () => {
  await signIn('anna');
  clock.step(10 * 365 * dayMs);
  await retention().look();
  const isThere = async () =>
    (await rows())
      .map(({ entry }) => entry)
      .join()
      .includes('anna');
  expect(await isThere()).toBe(true);
  await steps.look();
  clock.pass(7 * dayMs);
  await retention().look();
  expect(await isThere()).toBe(true);
  await steps.look();
  await retention().look();
  expect(await isThere()).toBe(false);
  assured({
    ...{ row: 'F1', trials: 2 },
    claim: 'a clock set forward by years destroys no entry early',
    control: 'the same clock, once it is believed, destroys the same entry',
  });
});

test('0 days keep everything', async () => {
  await signIn('anna');
  clock.pass(10_000 * dayMs);
  const keeping = retention(0);
  keeping.start();
  keeping.stop();
  expect((await rows()).map(({ entry }) => entry).join()).toContain('anna');
});
