import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ConsentTerms, type ConsentTermsInput, type Grant, type SitePolicy } from '@clerestory/protocol';
import type { GuardedApp } from '../../../testing/access.ts';
import type { Browser } from '../../../testing/browser.ts';
import { addPrivateCamera, freshKey, openTerms, ownerOf, place } from '../../../testing/private-camera.ts';
import { until } from '../../../testing/server.ts';

/*
 * C18: something that a live or waiting grant rests on changes, by the doors that people use: it ends, or ends sooner, and
 * never lasts longer. And whose yes counts, how often.
 */
const minuteMs = 60_000;
/** What the tests around these expect. */
const usual = { approval: 'own-incident', exigentHours: 0, grantMinutes: 60, incidentHours: 12 } as const;
const fire = { kind: 'standing', purpose: 'fire' };
type Someone = Browser & { person: string };

/** On an app that the caller has started. */
export function whatChangesUnderAGrant(app: () => GuardedApp): void {
  let site: GuardedApp;
  let [operator, supervisor]: Someone[] = [];
  let [ana, ben] = ['', ''];
  let count = 0;
  /** Of the camera that a test has for itself. */
  let camera = '';

  beforeAll(async () => {
    site = app();
    operator = await site.personAs('operator');
    supervisor = await site.personAs('supervisor');
    [ana, ben] = [await ownerOf(site), await ownerOf(site, 'ben')];
  });
  beforeEach(async () => {
    camera = `lent-${(count += 1)}`;
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
    await addPrivateCamera(site, camera, source, openTerms, ana);
    await setPolicy(usual);
  });
  afterAll(() => setPolicy(usual));

  async function setPolicy(patch: Partial<SitePolicy>): Promise<void> {
    const { body } = await site.administrator.call('GET', '/site-policy');
    const put = await site.administrator.call('PUT', '/site-policy', { ...body, ...patch, preset: 'custom' });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
  }
  const asked = async (purpose: object = fire, more: object = {}, screen: string | null = null) =>
    (await operator!.call('POST', '/grants', { cameras: [{ camera, screen }], purpose, ...more })).body
      .items[0];
  const given = async (...how: Parameters<typeof asked>): Promise<Grant> => (await asked(...how)).grants[0];
  const now = async (grant: Grant): Promise<Grant> =>
    (await supervisor!.call('GET', '/grants')).body.items.find(({ id }: Grant) => id === grant.id);
  const minutesOf = ({ startsAt, endsAt }: Grant) =>
    Math.round(((endsAt ?? 0) - (startsAt ?? 0)) / 600) / 100;
  const endOf = (grant: Grant) =>
    until(async () => {
      const all = (await site.app.owners.accesses(camera)).items;
      return all.find((one) => one.grant === grant.id)?.end;
    });
  const change = (terms: ConsentTermsInput, owner = ana) =>
    site.app.owners.ownerChanges(
      owner,
      camera,
      { type: 'give', terms: ConsentTerms.parse(terms) },
      freshKey(),
    );
  const yes = ({ request }: Grant, key = freshKey(), approve = true) =>
    supervisor!.call('POST', `/grant-requests/${request}/answer`, { approve }, { 'idempotency-key': key });
  /** Every day from an hour ago until in so many minutes, and when that is. */
  function hoursUntil(minutes: number) {
    const untilMs = Math.floor(Date.now() / minuteMs) * minuteMs + minutes * minuteMs;
    const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
    const days = [1, 2, 3, 4, 5, 6, 7];
    const [from, to] = [clock(untilMs - (60 + minutes) * minuteMs), clock(untilMs)];
    return {
      untilMs,
      text: `${from} to ${to}`,
      hours: { zone: 'Etc/UTC', windows: [{ days, from, until: to }] },
    };
  }

  test('the owner narrows the hours: the grant ends with them, and at once when they are over', async () => {
    const grant = await given();
    const soon = hoursUntil(20);
    await change({ ...openTerms, hours: soon.hours });
    expect(await now(grant)).toMatchObject({ state: 'live', endsAt: soon.untilMs });
    // Wider hours again prolong nothing.
    await change(openTerms);
    expect(await now(grant)).toMatchObject({ endsAt: soon.untilMs });
    const past = hoursUntil(-20);
    await change({ ...openTerms, hours: past.hours });
    expect(await endOf(grant)).toMatchObject({ code: 'hours' });
    expect((await asked()).refusal).toMatchObject({
      change: `It opens every day ${past.text}, by the clocks of Etc/UTC.`,
    });
  });

  test('the site lowers how long a grant, an incident or an override lasts', async () => {
    const grant = await given();
    expect(minutesOf(grant)).toBe(60);
    await setPolicy({ grantMinutes: 20 });
    expect(minutesOf(await now(grant))).toBe(20);
    expect(await given()).toMatchObject({ id: grant.id, endsAt: (await now(grant)).endsAt });
    await setPolicy({ grantMinutes: 600 });
    expect(minutesOf(await now(grant))).toBe(20);
    const incident = (await supervisor!.call('POST', '/incidents', { type: 'fire', place: 'Quay', ...place }))
      .body;
    const forIncident = await given({ kind: 'incident', incident: incident.id });
    expect(minutesOf(forIncident)).toBe(600);
    await setPolicy({ incidentHours: 1 });
    expect((await now(forIncident)).endsAt).toBe(incident.openedAt + 60 * minuteMs);
    await setPolicy({ exigentHours: 24 });
    const exigent = await given({
      kind: 'exigent',
      purpose: 'danger',
      reason: 'somebody is about to be hurt',
    });
    expect((await yes(exigent)).body.items[0]).toMatchObject({ state: 'live' });
    await setPolicy({ exigentHours: 2 });
    expect(minutesOf(await now(exigent))).toBe(120);
    await setPolicy({ exigentHours: 0 });
    expect(await endOf(exigent)).toMatchObject({ code: 'exigent' });
  });

  test('from any time to only when I say yes: what was opened without a yes ends', async () => {
    const grant = await given();
    await change({ level: 'on-request', purposes: ['fire'] });
    expect(await endOf(grant)).toMatchObject({ code: 'owner-asked' });
    const anew = await given();
    expect(anew.state).toBe('waiting-owner');
    expect(await site.app.owners.answer(ana, anew.id, true)).toMatchObject({ value: { state: 'live' } });
    // Other terms of the same kind: the yes still counts.
    await change({ level: 'on-request', purposes: ['fire', 'crowd'] });
    expect(await now(anew)).toMatchObject({ state: 'live' });
  });

  test('whoever asked loses the right to it: by a rule against them, their group or a group of cameras', async () => {
    const parties = [
      { kind: 'person', id: operator!.person },
      { kind: 'role', id: 'operator' },
    ];
    for (const party of parties) {
      const { grants } = await asked(fire, {}, 'left');
      expect(grants.map(({ viewer, state }: Grant) => [viewer.kind, state])).toEqual([
        ['person', 'live'],
        ['screen', 'live'],
      ]);
      const rule = await site.administrator.call('POST', '/rights', {
        ...{ effect: 'deny', party, rights: ['live'], group: null },
      });
      expect(rule.status, JSON.stringify(rule.body)).toBe(201);
      for (const grant of grants) expect(await endOf(grant)).toMatchObject({ code: 'no-right' });
      await site.administrator.call('DELETE', `/rights/${rule.body.id}`);
    }
    const watched = await given();
    await site.administrator.call('POST', '/camera-groups', { id: 'shut', name: 'Shut', cameras: [] });
    await site.administrator.call('POST', '/rights', {
      ...{ effect: 'deny', party: parties[0], rights: ['live'], group: 'shut' },
    });
    expect(await now(watched)).toMatchObject({ state: 'live' });
    await site.administrator.call('PATCH', '/camera-groups/shut', { cameras: [camera] });
    expect(await endOf(watched)).toMatchObject({ code: 'no-right' });
  });

  test('the minutes that were asked for outlast a yes, of a second person and of the owner', async () => {
    await setPolicy({ approval: 'always', exigentHours: 24 });
    await change({ level: 'on-request', purposes: ['fire'] });
    const grant = await given(fire, { minutes: 7 });
    expect((await yes(grant)).body.items[0]).toMatchObject({ state: 'waiting-owner' });
    await site.app.owners.answer(ana, grant.id, true);
    expect(minutesOf(await now(grant))).toBe(7);
    const reason = 'somebody is about to be hurt';
    const exigent = await given({ kind: 'exigent', purpose: 'danger', reason }, { minutes: 10 });
    expect(minutesOf((await yes(exigent)).body.items[0])).toBe(10);
  });

  test('of two owners each has to say yes, and none reads or answers before they have confirmed', async () => {
    await change({ level: 'on-request', purposes: ['fire'] });
    const before = await given();
    const propose = (level: string) =>
      site.administrator.call('POST', `/cameras/${camera}/consents`, {
        ...{ owner: ben, terms: { level, purposes: ['fire'] } },
      });
    expect((await propose('on-request')).status).toBe(201);
    // Nothing opens over an owner who has not answered; nor does that one answer for another.
    expect(await endOf(before)).toMatchObject({ code: 'pending' });
    expect((await site.app.owners.answer(ben, before.id, true)).ok).toBe(false);
    await site.app.owners.ownerChanges(ben, camera, { type: 'confirm' }, freshKey());
    const grant = await given();
    expect(grant.state).toBe('waiting-owner');
    const waits = () => [ana, ben].map((owner) => site.app.owners.waiting(owner).map(({ id }) => id));
    expect(waits()).toEqual([[grant.id], [grant.id]]);
    expect(await site.app.owners.answer(ben, grant.id, true)).toMatchObject({
      value: { state: 'waiting-owner' },
    });
    expect(waits()).toEqual([[grant.id], []]);
    expect((await site.app.owners.answer(ben, grant.id, true)).ok).toBe(false);
    expect(await site.app.owners.answer(ana, grant.id, true)).toMatchObject({ value: { state: 'live' } });
    // One of them takes it back by asking to be asked again: nothing is prolonged by the other's yes.
    const anew = await given(fire, { minutes: 5 });
    await site.app.owners.answer(ana, anew.id, true);
    expect(await site.app.owners.answer(ben, anew.id, false)).toMatchObject({ value: { state: 'refused' } });
  });

  test('other terms while it is paused open nothing; the refusal says how long the pause is', async () => {
    const pause = { type: 'pause', until: Date.now() + 125 * minuteMs } as const;
    await site.app.owners.ownerChanges(ana, camera, pause, freshKey());
    await change({ level: 'standing', purposes: ['fire'] });
    const { grants, refusal } = await asked();
    expect([grants, refusal.code]).toEqual([[], 'paused']);
    expect(refusal.change).toBe('The pause ends in 2 h 5 min, or sooner if the owner resumes.');
    await site.app.owners.ownerChanges(ana, camera, { type: 'resume' }, freshKey());
    expect(await given()).toMatchObject({ state: 'live' });
  });

  test('a yes, an end and a closing that are sent again get the same answer, and do nothing twice', async () => {
    await setPolicy({ approval: 'always' });
    const grant = await given();
    const key = freshKey();
    const first = await yes(grant, key);
    const again = await yes(grant, key);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect((await yes(grant, key, false)).body.code).toBe('key-reused');
    expect((await yes(grant)).status).toBe(404);
    const ended = freshKey();
    const end = (id: string) =>
      operator!.call('DELETE', `/grants/${id}`, undefined, { 'idempotency-key': ended });
    expect([(await end(grant.id)).status, (await end(grant.id)).status]).toEqual([204, 204]);
    expect((await operator!.call('DELETE', `/grants/${grant.id}`)).status).toBe(404);

    await setPolicy({ approval: 'never' });
    await change({ level: 'on-request', purposes: ['fire'] });
    const owned = await given();
    const [answerKey, endKey] = [freshKey(), freshKey()];
    const answers = [1, 2].map(() => site.app.owners.answer(ana, owned.id, true, answerKey));
    const [one, two] = await Promise.all(answers);
    expect([one, two]).toEqual([
      one,
      expect.objectContaining({ ok: true, value: expect.objectContaining({ state: 'live' }) }),
    ]);
    for (let n = 0; n < 2; n++)
      expect(await site.app.owners.endAccess(ana, owned.id, endKey)).toMatchObject({ ok: true });
    expect((await site.app.owners.endAccess(ana, owned.id)).ok).toBe(false);

    const incident = (await supervisor!.call('POST', '/incidents', { type: 'fire', place: 'Quay', ...place }))
      .body;
    const close = (closeKey: string) =>
      supervisor!.call('POST', `/incidents/${incident.id}/close`, undefined, { 'idempotency-key': closeKey });
    const closing = freshKey();
    const closed = [await close(closing), await close(closing)];
    expect(closed.map(({ status, body }) => [status, body.closedAt])).toEqual(
      Array.from({ length: 2 }, () => [200, closed[0]?.body.closedAt]),
    );
    expect((await close(freshKey())).status).toBe(404);

    const order = { camera, hours: 1, reason: 'an undercover operation is under way' };
    const askKey = freshKey();
    const orders = [1, 2].map(() =>
      supervisor!.call('POST', '/notices/delays', order, { 'idempotency-key': askKey }),
    );
    const made = (await Promise.all(orders)).map(({ status, body }) => [status, body.id]);
    expect(made).toEqual([made[0], made[0]]);
    const delays = (await supervisor!.call('GET', '/notices/delays')).body.items;
    expect(delays.filter((one: { camera: string }) => one.camera === camera)).toHaveLength(1);
  });
}
