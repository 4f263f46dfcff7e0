import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draw, parseHead, seedOf } from '@clerestory/public-log';
import { AuditQuery, ExportQuery, type RecordNote } from '@clerestory/protocol';
import { formatCheckpoint, toBase64 } from '@clerestory/tlog';
import { openDatabase, type OpenDatabase } from '../../platform/database.ts';
import { sha256 } from '../../platform/hashing.ts';
import { ok } from '../../platform/http.ts';
import { createLogger } from '../../platform/logging.ts';
import { TurnedClock } from '../../testing/clock.ts';
import { temporaryFolder } from '../../testing/server.ts';
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

const append = (note: Partial<RecordNote> & Pick<RecordNote, 'kind'>) =>
  open.db
    .transaction()
    .execute((write) =>
      record.append(write, { actor: 'person:ann', subject: 'camera:gate', detail: {}, ...note }),
    );
const sign = async () => void (signed = (await record.log.head()).size);
const query = (given: object) =>
  AuditQuery.parse(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)])));
const sequences = async (given: object) =>
  (await audit.search(query(given), 'person:auditor')).items.map(({ sequence }) => sequence);
/** What was asked so far, oldest first. */
const asked = async () => (await record.after(0, 10_000)).filter(({ kind }) => kind === 'audit-asked');

const checkpoint = () => ({
  size: signed,
  note: formatCheckpoint({
    ...{ origin: 'a.example/log', size: signed, root: new Uint8Array(32), extensions: [] },
  }),
});

beforeEach(() => {
  signed = 0;
  folder = temporaryFolder();
  open = openDatabase(folder.dir);
  clock = new TurnedClock();
  record = new RecordService(open.db, clock);
  audit = new AuditService({
    ...{ db: open.db, clock, record },
    published: () => ok(checkpoint()),
    readable: async () => ok({ ...checkpoint(), halted: null }),
    rightsNow: () => ({ rules: [], groups: [], persons: [] }),
    mayLive: () => false,
    nameOf: () => undefined,
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

describe('an export', () => {
  test('keeps to its limit, says in its head what it is a part of, and the parts are the whole', async () => {
    for (let n = 0; n < 7; n++) await append({ kind: 'view-started', detail: { n } });
    await append({ kind: 'sign-in', subject: 'site' });
    await sign();
    // What no checkpoint covers yet takes no place in a file.
    for (let n = 0; n < 4; n++) await append({ kind: 'view-started', detail: { n } });
    const seen: number[][] = [];
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
      cursor = answer.value.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([[5, 6, 7], [2, 3, 4], [1]]);
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
