import { afterEach, beforeEach, expect, test } from 'vitest';
import { publications, type RecordNote } from '@clerestory/protocol';
import { checkLine } from '@clerestory/public-log';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService } from './record-service.ts';

let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let record: RecordService;
const clock = new TurnedClock();

const view = (n: number): RecordNote => ({
  ...{ kind: 'view-started', actor: 'person:p', subject: 'camera:c', detail: { n } },
});
const append = (count: number, note: (n: number) => RecordNote = view) =>
  open.db.transaction().execute(async (write) => {
    for (let n = 0; n < count; n++) await record.append(write, note(n));
  });
/** As a server that is ordered to begin anew appends it. */
const beginAnew = async () => {
  const erased = await record.erasedNow();
  await append(1, () => ({
    ...{ kind: 'log-begun-anew', actor: 'server', subject: 'log' },
    detail: { before: 'a/log', origin: 'a/log-2', key: 'k', why: 'it was changed', erased },
  }));
};
const reword = (sequence: number) =>
  open.raw.exec(
    `update record_entries set entry = replace(entry, 'person:p', 'person:q') where sequence = ${sequence}`,
  );

beforeEach(async () => {
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  record = new RecordService(open.db, clock);
  await record.load();
  // Somebody with the file: what the guards keep is for other tests.
  const guards = [
    'record_keeps_entries',
    'record_keeps_all',
    'log_erases_salts',
    'log_keeps_leaves',
    'log_keeps_all',
  ];
  for (const name of guards) open.raw.exec(`drop trigger ${name}`);
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

test('behind a fault the walk goes on where the log has begun anew, each time, and tells each first fault', async () => {
  await append(300);
  reword(100);
  reword(120);
  expect(await record.verify()).toMatchObject({ ok: false, sequence: 100, anew: [] });
  await beginAnew();
  await append(300);
  expect(await record.verify()).toMatchObject({
    ok: false,
    sequence: 100,
    anew: [{ from: 301, fault: null }],
  });
  reword(500);
  await beginAnew();
  await append(10);
  const last = { from: 602, fault: null };
  expect(await record.verify()).toMatchObject({
    ...{ ok: false, sequence: 100, fault: 'entry 100 is not what was hashed when it was written' },
    anew: [{ from: 301, fault: { sequence: 500, fault: expect.stringContaining('entry 500') } }, last],
  });
  // The tree of what there is since is looked at as well, and where it ends.
  open.raw.exec('update log_leaves set hash = zeroblob(32) where sequence = 610');
  expect((await record.verify()) as object).toMatchObject({ anew: [{}, { fault: { sequence: 610 } }] });
  // With the old ones put right again nothing is passed over.
  open.raw.exec(`update record_entries set entry = replace(entry, 'person:q', 'person:p')`);
  expect(await record.verify()).toMatchObject({ ok: false, sequence: 610, anew: [] });
});

test('a new beginning is walked from also where the entry before it is gone', async () => {
  await append(20);
  await beginAnew();
  await append(5);
  open.raw.exec('delete from record_entries where sequence = 20');
  expect(await record.verify()).toMatchObject({ sequence: 20, anew: [{ from: 21, fault: null }] });
  open.raw.exec('delete from record_entries where sequence = 21');
  expect(await record.verify()).toMatchObject({ sequence: 20, anew: [{ fault: { sequence: 21 } }] });
});

test('a tree that the store does not have any more is no place to go on from, and that is told', async () => {
  await append(20);
  await beginAnew();
  await append(5);
  open.raw.exec('delete from log_leaves where sequence = 19');
  expect(await record.verify()).toMatchObject({
    ...{ ok: false, sequence: 19, fault: 'entry 19 is not in the public log' },
    anew: [{ from: 21, fault: { sequence: 21, fault: expect.stringContaining('tree of the public log') } }],
  });
});

test('what was erased in between is counted, and one more without its words is found behind it', async () => {
  await append(10);
  await record.log.erase(clock.nowMs() + 1, (write, erased) =>
    record.append(write, {
      ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
      detail: { ...erased, why: 'old' },
    }),
  );
  await append(5);
  reword(12);
  await beginAnew();
  await append(5);
  expect(await record.verify()).toMatchObject({ sequence: 12, anew: [{ from: 17, fault: null }] });
  open.raw.exec(
    `update record_entries set entry = (select leaf from log_leaves where sequence = 14) where sequence = 14`,
  );
  expect(await record.verify()).toMatchObject({
    ...{
      sequence: 12,
      anew: [{ from: 17, fault: { fault: expect.stringMatching(/11 entries have lost/) } }],
    },
  });
});

test('what is published of a kind may be another from some version on: entries of before stay right and provable', async () => {
  const table = publications as Record<string, (typeof publications)['view-started']>;
  const row = table['view-started'];
  if (!row) throw new Error('no row');
  await append(2, () => ({ ...view(1), detail: { as: 'person', door: 'push', view: 'v' } }));
  try {
    table['view-started'] = { shown: ['door'], apart: ['as'] };
    await append(1, () => ({ ...view(1), detail: { as: 'person', door: 'push', view: 'v' } }));
    expect(await record.verify()).toMatchObject({ ok: true, entries: 3 });
    const { size, root } = await record.log.head();
    const lines = await record.log.lines([1, 3], size, () => 'all');
    expect(lines.map((line) => checkLine(sha256, line, { size, root }).ok)).toEqual([true, true]);
    expect(lines.map(({ openings }) => openings.map(({ name }) => name).sort())).toEqual([
      ['actor', 'at', 'detail.view', 'subject'],
      ['actor', 'at', 'detail.as', 'rest', 'subject'],
    ]);
  } finally {
    table['view-started'] = row;
  }
});
