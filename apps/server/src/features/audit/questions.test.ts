import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draw, parseHead, seedOf } from '@clerestory/public-log';
import { AuditQuery, ExportQuery, type AuditPage, type RecordNote } from '@clerestory/protocol';
import { formatCheckpoint, toBase64 } from '@clerestory/tlog';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import { ok } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { newestFirst } from '../../platform/newest-first.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { RecordService, Retention } from '../record/index.ts';
import { AuditService } from './index.ts';

const hourMs = 3_600_000;
let folder: ReturnType<typeof temporaryFolder>;
let open: OpenDatabase;
let clock: TurnedClock;
let record: RecordService;
let audit: AuditService;
/** Entries that a checkpoint covers. */
let signed = 0;
/** Ids of views that are open. */
let running: string[] = [];

const append = (note: Partial<RecordNote> & Pick<RecordNote, 'kind'>) =>
  open.db
    .transaction()
    .execute((write) =>
      record.append(write, { actor: 'person:ann', subject: 'camera:gate', detail: {}, ...note }),
    );
/** The same of many, in one transaction. */
const appendAll = (notes: readonly (Partial<RecordNote> & Pick<RecordNote, 'kind'>)[]) =>
  open.db.transaction().execute(async (write) => {
    for (const note of notes)
      await record.append(write, { actor: 'person:ann', subject: 'camera:gate', detail: {}, ...note });
  });
const sign = async () => void (signed = (await record.log.head()).size);
const query = (given: object) =>
  AuditQuery.parse(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])));
const sequences = async (given: object) =>
  (await audit.search(query(given), 'person:auditor')).items.map(({ sequence }) => sequence);
/** What was asked so far, oldest first. */
const asked = async () => (await record.after(0, 10_000)).filter(({ kind }) => kind === 'audit-asked');

const checkpoint = (size = signed) => ({
  size,
  note: formatCheckpoint({
    ...{ origin: 'a.example/log', size, root: new Uint8Array(32), extensions: [] },
  }),
});

beforeEach(() => {
  signed = 0;
  running = [];
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  clock = new TurnedClock();
  record = new RecordService(open.db, clock);
  audit = new AuditService({
    ...{ db: open.db, clock, record },
    published: () => ok(checkpoint()),
    readable: async (size) => ok({ ...checkpoint(size), halted: null }),
    runningViews: () => running,
    rightsNow: () => ({ rules: [], groups: [], persons: [] }),
    mayLive: ({ roles }) => roles.includes('operator'),
    nameOf: (id) => (id === 'screen:left' ? 'Left' : undefined),
  });
});
afterEach(async () => {
  await open.close();
  folder.remove();
});

describe('a search', () => {
  test('is by camera, person, purpose, kind and time, all of which have to hold', async () => {
    const from = clock.nowMs();
    await append({ kind: 'view-started', detail: { purpose: 'robbery' } });
    await append({ kind: 'view-started', subject: 'camera:quay', detail: { purpose: 'fire' } });
    await append({ kind: 'person-changed', actor: 'person:admin', subject: 'person:ann' });
    clock.pass(2 * hourMs);
    await append({ kind: 'grant-given', actor: 'person:ben', detail: { purpose: 'fire' } });
    expect(await sequences({ camera: 'gate' })).toEqual([4, 1]);
    // Whom it was about, too.
    expect(await sequences({ person: 'ann' })).toEqual([3, 2, 1]);
    expect(await sequences({ purpose: 'fire' })).toEqual([4, 2]);
    expect(await sequences({ purpose: 'fire', kind: 'view-started' })).toEqual([2]);
    expect(await sequences({ from: from + hourMs, camera: 'gate' })).toEqual([4]);
    expect(await sequences({ to: from + hourMs, person: 'ann' })).toEqual([3, 2, 1]);
    expect(await sequences({ from: from + 1, to: from + hourMs })).toEqual([]);
    expect(await sequences({ person: 'nobody' })).toEqual([]);
  });

  test('finds what was erased by what everybody may read of it, and says how many it cannot find by camera or person', async () => {
    await append({ kind: 'view-started', detail: { purpose: 'robbery', district: 'harbour' } });
    await append({ kind: 'sign-in', subject: 'site', detail: { method: 'password' } });
    clock.pass(40 * 24 * hourMs);
    await append({ kind: 'view-started', detail: { purpose: 'robbery' } });
    const parts = { steps: { settledMs: () => clock.nowMs() }, log: createLogger('silent'), record };
    await new Retention({ ...parts, days: 30 }).look();
    const by = (given: object) => audit.search(query(given), 'person:auditor');
    expect(await by({ camera: 'gate' })).toMatchObject({ items: [{ sequence: 3 }], erased: 1 });
    expect(await by({ person: 'ann' })).toMatchObject({ items: [{ sequence: 3 }], erased: 2 });
    expect(await by({ person: 'ann', from: clock.nowMs() - hourMs })).toMatchObject({ erased: 0 });
    expect(await by({ purpose: 'robbery' })).toMatchObject({
      ...{ items: [{ sequence: 3 }, { sequence: 1, actor: 'erased' }], erased: 0 },
    });
    await sign();
    const { value } = (await audit.export(ExportQuery.parse({ camera: 'gate' }), 'person:auditor')) as never;
    expect(value).toMatchObject({ entries: 1, erased: 1 });
    expect(await record.erasedOf(['view-started'], signed)).toBe(1);
  });
});

describe('the lists', () => {
  test('of overrides has what was asked, given and refused without regard to terms, and nothing else', async () => {
    await append({ kind: 'grant-asked', detail: { kind: 'exigent' } });
    await append({ kind: 'grant-given', detail: { kind: 'exigent' } });
    await append({ kind: 'grant-given', detail: { kind: 'incident' } });
    await append({ kind: 'grant-refused', detail: { kind: 'exigent' } });
    await append({ kind: 'view-started', detail: { kind: 'exigent' } });
    const { items } = await audit.list('overrides', {}, 'person:auditor');
    expect(items.map(({ sequence }) => sequence)).toEqual([4, 2, 1]);
  });
  test('of the longest views has them by their length, not by their text', async () => {
    for (const seconds of [9, 100.5, 20]) await append({ kind: 'view-ended', detail: { seconds } });
    const { items } = await audit.list('longest-views', {}, 'person:auditor');
    expect(items.map(({ detail }) => detail['seconds'])).toEqual([100.5, 20, 9]);
    expect((await audit.list('longest-views', { to: 1 }, 'person:auditor')).items).toEqual([]);
  });
  test('go on where a part ends, to their end, each entry once', async () => {
    const lengths = Array.from({ length: 210 }, (_, n) => (n * 7) % 100);
    await appendAll(lengths.map((seconds) => ({ kind: 'view-ended', detail: { seconds } })));
    const refused = Array.from({ length: 205 }, (_, n) => ({ kind: 'refused' as const, detail: { n } }));
    await appendAll(refused.slice(0, 5));
    clock.pass(2);
    await appendAll(refused.slice(5));
    const whole = async (list: 'longest-views' | 'refused') => {
      const parts: AuditPage[] = [];
      do {
        const cursor = parts.at(-1)?.next ?? undefined;
        parts.push(await audit.list(list, { cursor }, 'person:auditor'));
      } while (parts.at(-1)?.next);
      expect(parts.every(({ items }) => items.length <= 200)).toBe(true);
      return parts.flatMap(({ items }) => items);
    };
    const longest = await whole('longest-views');
    expect(longest.map(({ detail }) => detail['seconds'])).toEqual(lengths.toSorted((a, b) => b - a));
    expect(new Set(longest.map(({ sequence }) => sequence)).size).toBe(210);
    expect((await whole('refused')).map(({ detail }) => detail['n'])).toEqual(
      Array.from({ length: 205 }, (_, n) => 204 - n),
    );
    // An exact end is an end.
    const exact = await audit.list('refused', { from: clock.nowMs() }, 'person:auditor');
    expect([exact.items.length, exact.next]).toEqual([200, null]);
  });
  test('of the longest views names those that are still open, once, and of their time', async () => {
    await append({ kind: 'view-started', detail: { view: 'one' } });
    await append({ kind: 'view-started', detail: { view: 'two' } });
    await append({ kind: 'view-ended', detail: { view: 'one', seconds: 5 } });
    running = ['two'];
    const page = await audit.list('longest-views', {}, 'person:auditor');
    expect(page.running.map(({ sequence }) => sequence)).toEqual([2]);
    expect(page.items.map(({ sequence }) => sequence)).toEqual([3]);
    const early = await audit.list('longest-views', { to: clock.nowMs() - 1 }, 'person:auditor');
    expect([early.running, early.items]).toEqual([[], []]);
    const next = await audit.list('longest-views', { cursor: '50 3' }, 'person:auditor');
    expect([next.running, next.items]).toEqual([[], []]);
  });
});

test('who watched a camera at a past time: views that had begun and not ended, and no others', async () => {
  const start = clock.nowMs();
  await append({ kind: 'view-started', detail: { view: 'one' } });
  await append({ kind: 'view-started', subject: 'camera:quay', detail: { view: 'elsewhere' } });
  clock.pass(hourMs);
  await append({ kind: 'view-ended', detail: { view: 'one', seconds: 3_600 } });
  await append({ kind: 'view-started', actor: 'screen:left', detail: { view: 'two' } });
  clock.pass(hourMs);
  const viewsAt = async (at: number) => (await audit.couldSee('gate', at, 'person:auditor')).views;
  expect(await viewsAt(start + hourMs / 2)).toEqual([
    { actor: 'person:ann', since: start, until: start + hourMs, sequence: 1 },
  ]);
  expect(await viewsAt(start + 1.5 * hourMs)).toEqual([
    { actor: 'screen:left', since: start + hourMs, until: null, sequence: 4 },
  ]);
  expect(await viewsAt(start - 1)).toEqual([]);
});

test('a minute is all of it: views and rights that began and ended in it are named', async () => {
  const minute = clock.nowMs();
  clock.pass(10_000);
  await append({ kind: 'view-started', actor: 'screen:left', detail: { view: 'short' } });
  clock.pass(10_000);
  const person = { actor: 'person:admin', subject: 'person:ann' } as const;
  await append({ kind: 'person-created', ...person, detail: { roles: ['operator'], groups: [] } });
  await append({ kind: 'screen-paired', subject: 'screen:left' });
  clock.pass(20_000);
  await append({ kind: 'view-ended', actor: 'screen:left', detail: { view: 'short', seconds: 30 } });
  await append({ kind: 'person-changed', ...person, detail: { roles: ['guest'], groups: [] } });
  await append({ kind: 'screen-revoked', subject: 'screen:left' });
  const seen = (at: number) => audit.couldSee('gate', at, 'person:auditor');
  for (const at of [minute, minute + 45_000])
    expect(await seen(at)).toMatchObject({
      ...{ at: minute, until: minute + 59_999, views: [{ actor: 'screen:left', sequence: 1 }] },
      ...{ persons: [{ id: 'ann', roles: ['operator'] }], screens: ['left'] },
      names: { 'screen:left': 'Left' },
    });
  for (const at of [minute - 1, minute + 60_000])
    expect(await seen(at)).toMatchObject({ views: [], persons: [], screens: [] });
});

test('a question that goes through all of a long record lets others have their turn', async () => {
  await appendAll(
    Array.from({ length: 12 }, (_, n) => ({
      kind: n % 4 === 0 ? ('sign-in' as const) : ('session-ended' as const),
    })),
  );
  let turns = 0;
  let others = setImmediate(function turn() {
    turns += 1;
    others = setImmediate(turn);
  });
  const stretches: number[][] = [];
  const read = async (limit: number, below?: number) => {
    stretches.length = 0;
    const found = await newestFirst(
      open.db,
      { below, limit },
      (stretch) => {
        stretches.push([stretch.from, stretch.below]);
        const rows = open.db.selectFrom('record_entries').select('sequence').where('kind', '=', 'sign-in');
        return rows
          .where('sequence', '>=', stretch.from)
          .where('sequence', '<', stretch.below)
          .orderBy('sequence', 'desc')
          .limit(stretch.limit)
          .execute();
      },
      5,
    );
    return found.map(({ sequence }) => sequence);
  };
  expect([await read(9), turns > 0]).toEqual([[9, 5, 1], true]);
  clearImmediate(others);
  expect(stretches).toEqual([
    [8, 13],
    [3, 8],
    [1, 3],
  ]);
  expect([await read(2), stretches.length]).toEqual([[9, 5], 2]);
  expect([await read(9, 9), await read(9, 1)]).toEqual([[5, 1], []]);
  const plan = (sql: string) =>
    open.raw.prepare(`explain query plan select sequence from record_entries where ${sql}`).all();
  expect(JSON.stringify(plan(`purpose = 'fire' and sequence between 1 and 2000`))).toContain('by_purpose');
  expect(JSON.stringify(plan(`view in ('a', 'b')`))).toContain('by_view');
  const longest = `lasted_tenths is not null order by lasted_tenths desc, sequence desc limit 9`;
  expect(JSON.stringify(plan(longest))).toContain('by_length');
});

describe('an export', () => {
  test('keeps to its limit, says in its head what it is a part of, and the parts are the whole', async () => {
    for (let n = 0; n < 7; n++) await append({ kind: 'view-started', detail: { n } });
    await append({ kind: 'sign-in', subject: 'site' });
    await sign();
    // What no checkpoint covers yet takes no place in a file.
    for (let n = 0; n < 4; n++) await append({ kind: 'view-started', detail: { n } });
    const seen: number[][] = [];
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const given = { kind: 'view-started', limit: '3', ...(cursor !== undefined && { cursor }) };
      const answer = await audit.export(ExportQuery.parse(given), 'person:auditor');
      if (!answer.ok) throw new Error(answer.problem.detail);
      const [first = '', ...rest] = answer.value.text.trim().split('\n');
      const head = parseHead(first);
      const lines = rest.map((line) => (JSON.parse(line) as { index: number }).index + 1);
      expect(head).toMatchObject({
        asked: { kind: 'view-started', limit: 3, ...(cursor !== undefined && { before: Number(cursor) }) },
        ...{ count: lines.length, first: lines[0], last: lines.at(-1), next: answer.value.next, erased: 0 },
      });
      seen.push(lines);
      names.push(answer.value.name);
      cursor = answer.value.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([[5, 6, 7], [2, 3, 4], [1]]);
    // By name they stand in the order of the log.
    expect(names.toSorted()).toEqual(names.toReversed());
    expect(new Set(names).size).toBe(3);
  });

  test('of exactly as many as a file may have is one file, and later files end at the checkpoint of the first', async () => {
    for (let n = 0; n < 4; n++) await append({ kind: 'view-started', detail: { n } });
    await sign();
    const given = { kind: 'view-started', limit: '4' };
    const all = await audit.export(ExportQuery.parse(given), 'person:auditor');
    expect(all).toMatchObject({ ok: true, value: { entries: 4, next: null } });
    for (let n = 0; n < 3; n++) await append({ kind: 'view-started', detail: { n } });
    await sign();
    const again = await audit.export(ExportQuery.parse({ ...given, checkpoint: '4' }), 'person:auditor');
    if (!again.ok) throw new Error(again.problem.detail);
    expect(again.value).toMatchObject({ entries: 4, size: 4, next: null });
    expect(parseHead(again.value.text.split('\n')[0] ?? '')?.asked).toEqual({
      kind: 'view-started',
      limit: 4,
    });
  });
});

describe('a sample', () => {
  const number = '0123456789abcdef0123456789abcdef';
  async function drawn() {
    for (let n = 0; n < 40; n++)
      await append({ kind: n % 2 === 0 ? 'view-started' : 'sign-in', detail: { n } });
    await sign();
    await append({ kind: 'view-started' });
    const order = { from: 0, to: clock.nowMs() + 1, size: 5, number, checkpoint: signed };
    const answer = await audit.samples.draw(order, 'person:auditor');
    if (!answer.ok) throw new Error(answer.problem.detail);
    return answer.value;
  }

  test('is drawn from a root that was signed before the auditor’s number was there; anybody can draw it again', async () => {
    const sample = await drawn();
    const root = toBase64((await record.log.rootAt(signed)) ?? new Uint8Array(0));
    expect(sample).toMatchObject({
      drawnFrom: 20,
      size: 5,
      number,
      checkpoint: 40,
      seed: seedOf(sha256, root, number),
    });
    const opened = await audit.samples.open(sample.id, 'person:auditor');
    const entries = opened.ok ? opened.value.entries.map(({ sequence }) => sequence) : [];
    // Every other entry from the first on; what came after the checkpoint is in no lot.
    expect(entries).toEqual(draw(sha256, sample.seed, 20, 5).map((at) => 2 * at + 1));
    const [leaf = ''] = await record.log.leaves(41, 1);
    expect(JSON.parse(leaf)).toMatchObject({
      public: {
        ...{ first: 1, last: 39, drawnFrom: 20, size: 5 },
        ...{ number, checkpoint: 40, seed: sample.seed },
      },
    });
  });

  test('is another with another number or another root, and none without a signed one', async () => {
    const root = toBase64(new Uint8Array(32));
    expect(seedOf(sha256, root, number)).not.toBe(seedOf(sha256, root, number.replace('0', '1')));
    expect(seedOf(sha256, root, number)).not.toBe(
      seedOf(sha256, `A${root.slice(1)}`.replace('AA', 'AB'), number),
    );
    await append({ kind: 'view-started' });
    const order = { from: 0, to: clock.nowMs() + 1, size: 5, number, checkpoint: 1 };
    const early = await audit.samples.draw(order, 'person:auditor');
    expect(early).toMatchObject({ ok: false, problem: { code: 'unprocessable' } });
  });

  test('has the same entries after some of them were erased', async () => {
    const sample = await drawn();
    const entriesOf = async () => {
      const opened = await audit.samples.open(sample.id, 'person:auditor');
      return opened.ok ? opened.value.entries.map(({ sequence }) => sequence) : [];
    };
    const before = await entriesOf();
    clock.pass(hourMs / 2);
    await record.log.erase(clock.nowMs(), async (write, erased) => {
      const sampling = open.raw.prepare(`select 1 from record_entries where sequence = ?`).get(erased.upTo);
      expect(sampling).toBeDefined();
      await record.append(write, {
        ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
        detail: { ...erased, why: 'old' },
      });
    });
    // The sampling itself is erased with them, but for what everybody reads of it.
    expect(await entriesOf()).toEqual(before);
  });

  test('has the last finding on an entry, and all of them are in the record and its file', async () => {
    const sample = await drawn();
    const openedNow = async () => {
      const opened = await audit.samples.open(sample.id, 'person:auditor');
      if (!opened.ok) throw new Error(opened.problem.detail);
      return opened.value;
    };
    const [entry] = (await openedNow()).entries;
    const sequence = entry?.sequence ?? 0;
    const found = (verdict: 'breach' | 'in-order', words: string, by: string) =>
      audit.samples.addFinding(sample.id, { sequence, verdict, words }, by);
    await found('breach', 'No incident.', 'person:one');
    await found('in-order', 'The incident was in another list.', 'person:two');
    const now = await openedNow();
    expect(now.entries[0]?.finding).toMatchObject({ verdict: 'in-order', by: 'person:two', earlier: 1 });
    expect(now.found).toEqual({ 'in-order': 1, unclear: 0, breach: 0 });
    await sign();
    const file = await audit.samples.export(sample.id, 'person:auditor');
    const text = file.ok ? file.value.text : '';
    for (const words of ['No incident.', 'The incident was in another list.']) expect(text).toContain(words);
  });

  test('that is listed or opened is recorded, with who did', async () => {
    const { id } = await drawn();
    await audit.samples.list('person:one');
    await audit.samples.open(id, 'person:two');
    expect((await asked()).map(({ actor, detail }) => [actor, detail])).toEqual([
      ['person:one', { question: 'samples' }],
      ['person:two', { question: 'sample', sample: id }],
    ]);
  });
});
