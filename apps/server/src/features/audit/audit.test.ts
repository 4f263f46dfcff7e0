import { cpSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '@clerestory/public-log';
import { parseVerifierKey } from '@clerestory/tlog';
import { checkBundle } from '../../../../verify/src/bundle.ts';
import { checkSample } from '../../../../verify/src/sample.ts';
import { openSource } from '../../../../verify/src/source.ts';
import { sha256 } from '../../platform/hashing.ts';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';
import { addPrivateCamera, place } from '../../testing/private-camera.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { rightsAt, type RightsNow } from './could-see.ts';

describe('rights as they were', () => {
  const entry = (at: number, kind: string, subject: string, detail: object) =>
    ({ sequence: at, at, kind, actor: 'person:admin', subject, detail }) as never;
  const rule = { effect: 'allow', party: 'role:operator', rights: ['see', 'live'], group: null };
  const now: RightsNow = {
    rules: [{ id: 'r2', ...rule, createdAt: 50 }],
    groups: [{ id: 'harbour', cameras: ['b'] }],
    persons: [
      { id: 'ann', roles: ['administrator'], groups: [], disabled: false, createdAt: 10 },
      { id: 'ben', roles: ['operator'], groups: [], disabled: false, createdAt: 60 },
    ],
  };
  const entries = [
    entry(10, 'person-created', 'person:ann', { roles: ['operator'], groups: ['night'] }),
    entry(12, 'right-added', 'rule:r1', rule),
    entry(14, 'screen-paired', 'screen:left', {}),
    entry(20, 'camera-group-changed', 'camera-group:harbour', { added: ['a'], removed: [] }),
    entry(30, 'person-changed', 'person:ann', { roles: ['administrator'], groups: [], disabled: false }),
    entry(32, 'screen-revoked', 'screen:left', {}),
    entry(40, 'right-removed', 'rule:r1', rule),
    entry(45, 'camera-group-changed', 'camera-group:harbour', { added: ['b'], removed: ['a'] }),
    entry(50, 'right-added', 'rule:r2', rule),
    entry(60, 'person-created', 'person:ben', { roles: ['operator'], groups: [] }),
  ];
  test('people, rules, groups and screens are those of that time', () => {
    const then = rightsAt(25, now, entries);
    expect(then.persons.map(({ id, roles, groups }) => [id, roles, groups])).toEqual([
      ['ann', ['operator'], ['night']],
    ]);
    expect(then.rules.map(({ party }) => party)).toEqual(['role:operator']);
    expect([...then.groupsOf('a'), ...then.groupsOf('b')]).toEqual(['harbour']);
    expect(then.groupsOf('b').size).toBe(0);
    expect([then.screens, then.unknown]).toEqual([['left'], []]);
    const later = rightsAt(42, now, entries);
    expect([later.rules, later.screens, later.persons[0]?.roles]).toEqual([[], [], ['administrator']]);
    expect(rightsAt(70, now, entries).persons).toHaveLength(2);
  });
  test('what the record cannot say is said', () => {
    const gone = entry(65, 'camera-group-changed', 'camera-group:old', { removed: true });
    expect(rightsAt(25, now, [...entries, gone]).unknown[0]).toContain('old');
    const added = Array.from({ length: 100 }, (_, n) => `c${n}`);
    const many = (parts: object) =>
      entry(65, 'camera-group-changed', 'camera-group:harbour', { added, removed: [], ...parts });
    expect(rightsAt(25, now, [...entries, many({})]).unknown[0]).toContain('harbour');
    expect(rightsAt(25, now, [...entries, many({ part: 1, parts: 2 })]).unknown).toEqual([]);
  });
});

describe('over the running server', () => {
  let site: GuardedApp;
  let auditor: Browser;
  beforeAll(async () => {
    site = await startGuardedApp({}, undefined, { checkpointEveryMs: 200 });
    auditor = await site.personAs('auditor');
    await site.personAs('operator', 'olga');
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
    await site.administrator.call('POST', '/cameras', { id: 'gate', name: 'Gate', source });
    const operator = await site.personAs('operator', 'otto');
    await operator.call('GET', '/record');
  });
  afterAll(() => site.stop());
  /** Waits for a checkpoint of all that there is now. @returns its size. */
  async function allSigned(): Promise<number> {
    const { sequence } = (await auditor.call('GET', '/record/head')).body as { sequence: number };
    return until(async () => {
      const size = Number((await (await fetch(`${site.app.url}/log/checkpoint`)).text()).split('\n')[1]);
      return size >= sequence && size;
    });
  }

  test('who could see a camera at a time, and that it was asked', async () => {
    const { body } = await auditor.call('GET', `/audit/could-see?camera=gate&at=${Date.now()}`);
    expect(body).toMatchObject({ camera: 'gate', views: [], unknown: [] });
    const names = (body.persons as { name: string }[]).map(({ name }) => name.toLowerCase());
    expect(names.join()).toMatch(/olga/);
    expect(names.join()).not.toMatch(/ada|auditor/);
    const early = await auditor.call('GET', `/audit/could-see?camera=gate&at=1000`);
    expect(early.body.persons).toEqual([]);
    const asked = await auditor.call('GET', '/audit/entries?kind=audit-asked');
    expect((asked.body.items as { detail: object }[]).map(({ detail }) => detail)).toContainEqual({
      ...{ question: 'could-see', camera: 'gate', at: 1_000 },
    });
  });

  test('refused tries are on their list, with names', async () => {
    const { body } = await auditor.call('GET', '/audit/lists/refused');
    expect(JSON.stringify(body.items)).toContain('rest:readRecord');
    expect(Object.values(body.names as object).join()).toMatch(/otto/i);
  });

  test('who opened a camera with an incident of their own is on the list of self-opened ones, and nobody else', async () => {
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
    await addPrivateCamera(site, 'shop', source, { level: 'standing', purposes: ['robbery'] });
    const [opener, other, supervisor] = await Promise.all([
      site.personAs('operator', 'opener'),
      site.personAs('operator', 'other'),
      site.personAs('supervisor', 'sam'),
    ]);
    const incident = await opener.call('POST', '/incidents', { type: 'robbery', place: 'Quay', ...place });
    const asked = {
      cameras: [{ camera: 'shop' }],
      purpose: { kind: 'incident', incident: incident.body.id },
    };
    expect((await other.call('POST', '/grants', asked)).body.items[0].grants[0].state).toBe('live');
    const own = (await opener.call('POST', '/grants', asked)).body.items[0].grants[0];
    expect(own.state).toBe('waiting-approval');
    const answer = await supervisor.call('POST', `/grant-requests/${own.request}/answer`, { approve: true });
    expect(answer.body.items).toMatchObject([{ state: 'live', isOwnIncident: true }]);
    const { items } = (await auditor.call('GET', '/audit/lists/self-opened')).body;
    expect(items).toMatchObject([
      { subject: 'camera:shop', detail: { viewerId: opener.person, selfOpened: true } },
    ]);
  });

  test('an export is what clerestory-verify reads, opens everything, and is recorded', async () => {
    await expect
      .poll(async () => (await auditor.call('GET', '/audit/export')).status, { timeout: 20_000 })
      .toBe(200);
    const { body } = await auditor.call('GET', '/audit/export?kind=log-begun');
    const key = parseVerifierKey(sha256, (await (await fetch(`${site.app.url}/log/key`)).text()).trim());
    if (!key) throw new Error('no key');
    const shown: Record<string, unknown>[] = [];
    const found = checkBundle(body.text as string, { log: [key], witnesses: [] }, (one) =>
      shown.push(one.shown),
    );
    expect(found.faults).toEqual([]);
    expect(shown).toMatchObject([{ actor: 'server', subject: 'log' }]);
    const record = await auditor.call('GET', '/audit/entries?kind=record-exported&limit=1');
    expect(record.body.items).toMatchObject([{ detail: { kind: 'log-begun', entries: 1 } }]);
  });

  test('a sample is a file from which clerestory-verify draws the lot again, and that it was saved is recorded', async () => {
    const lot = { number: '0123456789abcdef0123456789abcdef', checkpoint: await allSigned() };
    const order = { from: 0, to: Date.now(), size: 1, ...lot };
    const { body } = await auditor.call('POST', '/audit/samples', order);
    expect(body).toMatchObject({ drawnFrom: 2, size: 1 });
    const id = body.id as string;
    const { entries } = (await auditor.call('GET', `/audit/samples/${id}`)).body;
    const finding = { sequence: entries[0].sequence, verdict: 'breach', words: 'No incident.' };
    expect((await auditor.call('POST', `/audit/samples/${id}/findings`, finding)).status).toBe(204);
    const file = await until(async () => {
      const answer = await auditor.call('GET', `/audit/samples/${id}/export`);
      return answer.status === 200 && answer.body.entries === 3 && answer.body;
    });
    const key = parseVerifierKey(sha256, (await (await fetch(`${site.app.url}/log/key`)).text()).trim());
    if (!key) throw new Error('no key');
    const source = openSource(`${site.app.url}/log`);
    const found = await checkSample(file.text as string, source, { log: [key], witnesses: [] });
    expect([found.faults, found.unchecked]).toEqual([[], []]);
    expect(found.held.join('\n')).toContain(`exactly those of the file: ${finding.sequence}`);
    expect(found.held).toContain('found so far: 1 breach, on 1 entries');
    const { items } = (await auditor.call('GET', '/audit/entries?kind=record-exported')).body;
    expect(JSON.stringify(items)).toContain(id);
    expect((await site.administrator.call('GET', `/audit/samples/${id}/export`)).status).toBe(403);
    expect((await auditor.call('GET', '/audit/samples/none/export')).status).toBe(404);
  });

  test('the public numbers are a page in two languages and files that say what they leave out; a page says how to check them', async () => {
    const { url } = site.app;
    const get = async (at: string, language = 'en') => {
      const answer = await fetch(`${url}/log/${at}`, { headers: { 'accept-language': language } });
      const policy = answer.headers.get('content-security-policy');
      return {
        ...{ status: answer.status, type: answer.headers.get('content-type'), policy },
        text: await answer.text(),
      };
    };
    await allSigned();
    const csv = await get('report.csv');
    expect([csv.status, csv.type]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(csv.text).toMatch(/^what,of,count\r\n/);
    expect(csv.text).toMatch(/\r\nnote,,".*below 5 are not shown/);
    const json = JSON.parse((await get('report.json')).text) as Report;
    expect(csv.text).toContain(`months with counts that are not shown,,${json.hiddenIn.join(' ')}\r\n`);
    // One access is too few to be told.
    expect([json.accesses.total, json.hiddenIn.length]).toEqual([null, 1]);
    expect((await get('report')).text).toContain('<html lang="en">');
    for (const page of [await get('report', 'es'), await get('report?lang=es')]) {
      expect(page.type).toMatch(/^text\/html/);
      expect(page.text).toContain('<html lang="es">');
      expect(page.text).toContain('<h1>Cómo se usaron las cámaras</h1>');
      expect(page.text).toContain('no se muestra');
    }
    const key = (await get('key')).text.trim();
    const check = await get('how-to-check');
    // Each has the style sheet that its own policy allows.
    for (const page of [await get('report'), check])
      expect([page.policy, page.text]).toEqual([
        expect.stringContaining("style-src 'self'"),
        expect.stringContaining('<link rel="stylesheet" href="/log/report.css">'),
      ]);
    expect(check.text).toContain('<h1>How you can check this</h1>');
    expect(check.text).toContain(`/log --key ${key}`);
    expect((await get('how-to-check?lang=es')).text).toContain('<h1>Cómo puede comprobarlo</h1>');
    expect((await get('report.csv?month=1999-01')).status).toBe(404);
  });

  test('a sample needs something to draw from', async () => {
    const lot = { number: '0123456789abcdef0123456789abcdef', checkpoint: 1 };
    const none = await auditor.call('POST', '/audit/samples', { from: 1, to: 2, size: 5, ...lot });
    expect([none.status, none.body.code]).toEqual([422, 'unprocessable']);
    expect((await auditor.call('GET', '/audit/samples/none')).status).toBe(404);
    expect((await site.administrator.call('GET', '/audit/samples')).status).toBe(403);
  });

  test('that the record was checked, and how the log is doing, is recorded with who asked', async () => {
    const { body } = await auditor.call('GET', '/record/verification');
    expect(body).toMatchObject({ ok: true, erased: 0, halted: null });
    expect((await site.administrator.call('GET', '/log')).status).toBe(200);
    const checked = await auditor.call('GET', '/audit/entries?kind=record-verified');
    expect(checked.body.items).toMatchObject([{ detail: { ok: true, entries: body.entries } }]);
    const asked = await auditor.call('GET', '/audit/entries?kind=audit-asked');
    expect((asked.body.items as { detail: object }[]).map(({ detail }) => detail)).toContainEqual({
      question: 'log-status',
    });
  });

  test('what the check of the whole record finds stops the log; a head that somebody says they kept does not', async () => {
    const published = async (url: string) => (await fetch(`${url}/log/checkpoint`)).status;
    await until(async () => (await published(site.app.url)) === 200);
    const kept = await auditor.call('GET', `/record/verification?sequence=1&hash=${'0'.repeat(64)}`);
    expect(kept.body).toMatchObject({ ok: false, sequence: 1 });
    expect(await published(site.app.url)).toBe(200);
    await site.app.close();
    const copy = temporaryFolder();
    cpSync(site.dir, copy.dir, { recursive: true });
    const file = new SqliteDatabase(path.join(copy.dir, 'clerestory.db'));
    const guard = `select sql from sqlite_master where name = 'record_keeps_entries'`;
    const text = String(file.prepare(guard).pluck().get());
    file.exec(
      `drop trigger record_keeps_entries;
       update record_entries set entry = json_set(entry, '$.actor', 'person:other') where sequence = 2;
       ${text}`,
    );
    file.close();
    const again = await startGuardedApp({}, copy.dir, { checkpointEveryMs: 200 });
    try {
      // No start compares the words of each entry with their hash; the server does it afterwards, bit by bit.
      await until(async () => (await published(again.app.url)) === 503);
      const { body: status } = await again.administrator.call('GET', '/log');
      expect(status.halted).toMatch(/entry 2 is not what was hashed/);
      const second = await again.personAs('auditor', 'wilma');
      const { body } = await second.call('GET', '/record/verification');
      expect(body).toMatchObject({ ok: false, sequence: 2 });
    } finally {
      await again.stop();
    }
    // The right database is back, and what had stopped the log stands until somebody has checked it.
    cpSync(path.join(site.dir, 'clerestory.db'), path.join(copy.dir, 'clerestory.db'));
    const back = await startGuardedApp({}, copy.dir, { checkpointEveryMs: 200 });
    try {
      expect(await published(back.app.url)).toBe(503);
      const third = await back.personAs('auditor', 'walt');
      const { body } = await third.call('GET', '/record/verification');
      expect(body).toMatchObject({
        ok: true,
        halted: expect.stringMatching(/entry 2 is not what was hashed/),
      });
      await back.app.close();
      const last = await startGuardedApp({}, copy.dir, { checkpointEveryMs: 200 });
      await until(async () => (await published(last.app.url)) === 200);
      await last.app.close();
    } finally {
      await back.stop();
      copy.remove();
    }
  });
});
