import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService } from '../record/index.ts';
import { Tally, type CameraNow } from './tally.ts';

const dayMs = 86_400_000;
let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let clock: TurnedClock;
let cameras: CameraNow[];
const street = (works: boolean | null): CameraNow => ({ tier: 'public', consent: null, works });
const tallyOf = () =>
  new Tally({
    ...{ db: open.db, clock, log: createLogger('silent'), record: new RecordService(open.db, clock) },
    cameras: () => cameras,
  });
const counted = async () => {
  const rows = await open.db
    .selectFrom('record_entries')
    .select('entry')
    .where('kind', '=', 'cameras-counted')
    .orderBy('sequence')
    .execute();
  return rows.map(({ entry }) => (JSON.parse(entry) as { detail: object }).detail);
};

beforeEach(() => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  clock = new TurnedClock();
  cameras = [
    ...Array.from({ length: 12 }, () => street(true)),
    ...Array.from({ length: 6 }, () => ({ tier: 'integrated', consent: 'standing', works: null })),
  ];
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

test('cameras are counted once a day, by tier and consent, also by a server that starts again', async () => {
  const tally = tallyOf();
  await tally.look();
  await tally.look();
  await tallyOf().look();
  expect(await counted()).toEqual([
    { day: '2026-01-05', uptimePercent: 100, tiers: ['integrated 6', 'public 12'], states: ['standing 6'] },
  ]);
});

test('small numbers are not in the log: it is never taken out again', async () => {
  cameras = [
    ...cameras,
    ...Array.from({ length: 9 }, () => ({ tier: 'integrated', consent: 'on-request', works: null })),
    { tier: 'integrated', consent: 'paused', works: null },
  ];
  await tallyOf().look();
  expect(await counted()).toMatchObject([
    { tiers: ['integrated 16', 'public 12'], states: ['on-request 9', 'paused few', 'standing few'] },
  ]);
});

test('how much of the time cameras worked is that of the looks since the last count; one not meant to run does not count', async () => {
  const tally = tallyOf();
  await tally.look();
  for (const works of [true, true, false]) {
    clock.pass(60_000);
    cameras = [street(true), street(works), street(null)];
    await tally.look();
  }
  clock.pass(dayMs);
  cameras = [];
  await tally.look();
  // Two of two, two of two, one of two: nothing to look at is no look.
  expect(await counted()).toMatchObject([{}, { day: '2026-01-06', uptimePercent: 83.3, tiers: [] }]);
});
