import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import type { Browser } from '../../testing/browser.ts';
import { addPrivateCamera, canary, freshKey, ownerOf, place } from '../../testing/private-camera.ts';
import { until } from '../../testing/server.ts';

const nowhere = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
let site: GuardedApp;
let auditor: Browser;
type Someone = Browser & { person: string };
let [operator, supervisor]: Someone[] = [];

beforeAll(async () => {
  site = await startGuardedApp();
  for (const id of ['shop', 'mall']) await addPrivateCamera(site, id, nowhere);
  await addPrivateCamera(site, 'asking', nowhere, { level: 'on-request', purposes: ['fire'] });
  await addPrivateCamera(site, 'unasked', nowhere, null);
  await addPrivateCamera(site, 'home', nowhere);
  await site.administrator.call('PATCH', '/cameras/home', { placeKind: 'residential' });
  operator = await site.personAs('operator');
  supervisor = await site.personAs('supervisor');
  auditor = await site.personAs('auditor');
});
afterAll(() => site.stop());

const fire = { kind: 'standing', purpose: 'fire' };
const ask = (who: Browser | undefined, cameras: string[], purpose: object = fire) =>
  who!.call('POST', '/grants', { cameras: cameras.map((camera) => ({ camera })), purpose });
const incident = async (who: Browser | undefined, at: object = place) =>
  (await who!.call('POST', '/incidents', { type: 'robbery', place: 'Quay', ...at })).body as {
    id: string;
    number: number;
  };
const entries = async (filter: string) =>
  (await auditor.call('GET', `/record?limit=200&${filter}`)).body.items;

describe('asking', () => {
  test('refusals say which rule, why, and what would change it; each is in the record', async () => {
    const cases: [string, object, string][] = [
      [canary, fire, 'C3'],
      ['unasked', fire, 'C3'],
      ['home', fire, 'C6'],
      ['shop', { kind: 'standing', purpose: 'crowd' }, 'C10'],
      ['shop', { kind: 'incident', incident: 'none' }, 'C11'],
      ['shop', { kind: 'exigent', purpose: 'danger', reason: 'somebody is about to be hurt' }, 'C17'],
    ];
    for (const [camera, purpose, rule] of cases) {
      const answer = await ask(operator, [camera], purpose);
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      expect(answer.body.items[0]).toMatchObject({ grants: [], refusal: { rule } });
      expect(answer.body.items[0].refusal.change).not.toBe('');
      const [entry] = await entries(`kind=grant-refused&subject=camera:${camera}`);
      expect(entry.detail).toMatchObject({ rule, viewer: 'person', viewerId: operator!.person });
    }
    expect((await ask(operator, ['nowhere'])).body.items[0].refusal.rule).toBe('R3');
  });

  test('a standing purpose gives a grant with an end, told to whoever sees the camera', async () => {
    const answer = await ask(operator, ['shop', 'mall']);
    expect(answer.body.items.map((item: any) => item.grants[0].state)).toEqual(['live', 'live']); // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer
    const [grant] = answer.body.items[0].grants;
    expect(grant).toMatchObject({ purposeText: 'Fire or explosion', isOwnIncident: false, role: 'operator' });
    expect(Math.round((grant.endsAt - grant.startsAt) / 60_000)).toBe(60);
    // Asked again, it is the same one.
    expect((await ask(operator, ['shop'])).body.items[0].grants[0].id).toBe(grant.id);
    expect(site.app.owners.currentViewers('shop')).toMatchObject([{ role: 'operator', viewer: 'person' }]);
    expect((await supervisor!.call('GET', '/grants')).body.items).toHaveLength(2);
    expect((await operator!.call('DELETE', `/grants/${grant.id}`)).status).toBe(204);
    expect(site.app.owners.currentViewers('shop')).toEqual([]);
    const [entry] = await entries('kind=grant-ended&subject=camera:shop');
    expect(entry.detail).toMatchObject({ grant: grant.id, code: 'ended', purpose: 'fire' });
  });

  test('ways: what opens it first, and why the rest does not', async () => {
    const near = await incident(supervisor);
    const far = await incident(supervisor, { latitude: 51, longitude: 8 });
    const { items } = (await operator!.call('GET', '/cameras/shop/ways')).body;
    expect(items[0]).toMatchObject({ verdict: 'now' });
    const byIncident = (id: string) => items.find((item: any) => item.purpose.incident === id); // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer
    expect(byIncident(near.id)).toMatchObject({ verdict: 'now', distanceM: 0 });
    expect(byIncident(far.id)).toMatchObject({ verdict: 'no', refusal: { rule: 'C9' } });
    for (const { id } of [near, far]) await supervisor!.call('POST', `/incidents/${id}/close`);
  });
});

describe('what ends a grant, each with its word', () => {
  const endOf = async (grant: string) =>
    until(async () => {
      const found = (await site.app.owners.accesses('mall')).items.find((one) => one.grant === grant);
      return found?.state === 'ended' && found.end;
    });
  const given = async (purpose: object = fire): Promise<string> =>
    (await ask(operator, ['mall'], purpose)).body.items[0].grants[0].id;
  const owner = async (change: Parameters<GuardedApp['app']['owners']['ownerChanges']>[2]) =>
    site.app.owners.ownerChanges(await ownerOf(site), 'mall', change, freshKey());

  test('the owner pauses, resumes, ends one access', async () => {
    const first = await given();
    expect((await owner({ type: 'pause', until: null })).ok).toBe(true);
    expect(await endOf(first)).toMatchObject({ code: 'paused', why: 'The owner has paused this camera' });
    expect((await ask(operator, ['mall'])).body.items[0].refusal.code).toBe('paused');
    await owner({ type: 'resume' });
    const second = await given();
    expect((await site.app.owners.endAccess(await ownerOf(site), second)).ok).toBe(true);
    expect(await endOf(second)).toMatchObject({ code: 'owner-ended' });
    expect((await site.app.owners.endAccess('somebody-else', second)).ok).toBe(false);
  });
  test('the incident is closed', async () => {
    const opened = await incident(supervisor);
    const grant = await given({ kind: 'incident', incident: opened.id });
    await supervisor!.call('POST', `/incidents/${opened.id}/close`);
    expect(await endOf(grant)).toMatchObject({ code: 'incident-closed' });
  });
  test('the kill switch; only an administrator undoes it', async () => {
    const grant = await given();
    const off = await supervisor!.call('PUT', '/site-policy/private-cameras', {
      off: true,
      reason: 'a drill',
    });
    expect(off.body).toMatchObject({ isPrivateOff: true });
    expect(await endOf(grant)).toMatchObject({ code: 'kill-switch' });
    const on = { off: false, reason: 'the drill is over' };
    expect((await supervisor!.call('PUT', '/site-policy/private-cameras', on)).status).toBe(403);
    expect((await site.administrator.call('PUT', '/site-policy/private-cameras', on)).status).toBe(200);
  });
  test('signing out, and losing the role', async () => {
    const another = await site.personAs('operator');
    const grant = (await ask(another, ['mall'])).body.items[0].grants[0].id;
    await another.call('DELETE', '/session');
    expect(await endOf(grant)).toMatchObject({ code: 'signed-out' });
    const demoted = await site.personAs('operator');
    const second = (await ask(demoted, ['mall'])).body.items[0].grants[0].id;
    const { revision } = (await site.administrator.call('GET', `/people/${demoted.person}`)).body;
    await site.administrator.call(
      'PATCH',
      `/people/${demoted.person}`,
      { roles: ['auditor'] },
      { 'if-match': `"${revision}"` },
    );
    expect(await endOf(second)).toMatchObject({ code: 'rank' });
  });
});

describe('whose yes is needed', () => {
  test('an incident of one’s own: a second person, never oneself; no answer is a no', async () => {
    const own = await incident(operator);
    const asked = await ask(operator, ['shop'], { kind: 'incident', incident: own.id });
    const [grant] = asked.body.items[0].grants;
    expect(grant).toMatchObject({
      ...{ state: 'waiting-approval', isOwnIncident: true, approvers: ['supervisor'] },
    });
    const answer = (who: Browser | undefined, approve = true) =>
      who!.call('POST', `/grant-requests/${grant.request}/answer`, { approve });
    expect((await answer(operator)).status).toBe(403);
    expect((await answer(supervisor)).body.items).toMatchObject([
      { state: 'live', approvedBy: { id: supervisor!.person } },
    ]);
    expect((await answer(supervisor)).status).toBe(404);
    const again = await ask(operator, ['mall'], { kind: 'incident', incident: own.id });
    const no = await supervisor!.call(
      'POST',
      `/grant-requests/${again.body.items[0].grants[0].request}/answer`,
      { approve: false },
    );
    expect(no.body.items).toMatchObject([{ state: 'refused', end: { code: 'not-approved' } }]);
  });
  test('policy takes no approver whom the door would not let in', async () => {
    const { body } = await site.administrator.call('GET', '/site-policy');
    const set = (approvers: string[]) =>
      site.administrator.call('PUT', '/site-policy', { ...body, approvers, preset: 'custom' });
    for (const approvers of [['auditor'], ['supervisor', 'administrator']]) {
      const refused = await set(approvers);
      expect([refused.status, refused.body.detail]).toEqual([422, expect.stringMatching(/does not answer/)]);
    }
    expect((await set(['investigator'])).status).toBe(200);
    const { id } = await incident(operator);
    const asked = await ask(operator, ['mall'], { kind: 'incident', incident: id });
    const { request } = asked.body.items[0].grants[0];
    const answer = (who: Browser | undefined) =>
      who!.call('POST', `/grant-requests/${request}/answer`, { approve: true });
    expect((await answer(supervisor)).status).toBe(403);
    expect((await answer(await site.personAs('investigator'))).body.items[0].state).toBe('live');
    expect((await site.administrator.call('PUT', '/site-policy', body)).status).toBe(200);
  });

  test('on request: the owner’s', async () => {
    const [grant] = (await ask(operator, ['asking'])).body.items[0].grants;
    expect(grant.state).toBe('waiting-owner');
    const owner = await ownerOf(site);
    expect(site.app.owners.waiting(owner).map(({ id }) => id)).toEqual([grant.id]);
    expect((await site.app.owners.answer('somebody-else', grant.id, true)).ok).toBe(false);
    expect(await site.app.owners.answer(owner, grant.id, true)).toMatchObject({
      ok: true,
      value: { state: 'live' },
    });
  });
  test('exigent: two people, for what is paused too, never over a no', async () => {
    const policy = (await site.administrator.call('GET', '/site-policy')).body;
    expect(
      (
        await site.administrator.call('PUT', '/site-policy', {
          ...policy,
          preset: 'custom',
          exigentHours: 24,
        })
      ).status,
    ).toBe(200);
    // What sets owners' terms aside is said on their page before it is used.
    expect(site.app.owners.exigentHours()).toBe(24);
    const exigent = { kind: 'exigent', purpose: 'danger', reason: 'somebody is about to be hurt' };
    const [grant] = (await ask(operator, ['mall'], exigent)).body.items[0].grants;
    expect(grant.state).toBe('waiting-approval');
    const yes = await supervisor!.call('POST', `/grant-requests/${grant.request}/answer`, { approve: true });
    expect(yes.body.items[0]).toMatchObject({ state: 'live' });
    expect((await ask(operator, [canary], exigent)).body.items[0].refusal.rule).toBe('C3');
    const [entry] = await entries('kind=grant-given&subject=camera:mall');
    expect(entry.detail).toMatchObject({
      kind: 'exigent',
      reason: exigent.reason,
      approvedBy: supervisor!.person,
    });
  });
});

test('a private camera stays private and with its owner, whoever administers', async () => {
  for (const patch of [{ visibility: 'public', owner: null }, { owner: 'other' }, { visibility: 'public' }]) {
    const answer = await site.administrator.call('PATCH', '/cameras/shop', patch);
    expect(answer.status, JSON.stringify(patch)).toBe(422);
  }
  const proposed = await site.administrator.call('POST', '/cameras/shop/consents', {
    owner: await ownerOf(site),
    terms: { level: 'standing', purposes: ['crowd'] },
  });
  expect(proposed.status).toBe(409);
});

test('a private camera is entered for an owner that there is', async () => {
  const of = (owner: string | null) => ({
    ...{ id: 'alley', name: 'Alley', visibility: 'private', source: nowhere, owner },
  });
  const refused = await site.administrator.call('POST', '/cameras', of('nobody'));
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/owner']);
  expect(refused.body.detail).toMatch(/there is no owner "nobody"/);
  expect((await site.administrator.call('POST', '/cameras', of(null))).status).toBe(201);
  const patch = (owner: string) => site.administrator.call('PATCH', '/cameras/alley', { owner });
  expect((await patch('nobody')).status).toBe(422);
  expect((await patch(await ownerOf(site))).body.owner).toBe(await ownerOf(site));
});

test('a stream that is lent under one name is not open under another', async () => {
  const { administrator } = site;
  const at = (path: string) => ({ ...nowhere, main: `rtsp://LocalHost:8554/${path}` });
  const make = (id: string, source: object, more: object = {}) =>
    administrator.call('POST', '/cameras', { id, name: id, source, ...more });
  const lent = (owner: string) => ({ visibility: 'private', owner, ...place });
  const [ours, theirs] = [await ownerOf(site), await ownerOf(site, 'somebody-else')];
  expect((await make('lent', at('yard'), lent(ours))).status).toBe(201);
  expect((await make('lent-small', at('yard/'), lent(ours))).status).toBe(201);
  const again = { ...nowhere, main: 'rtsp://localhost:8554/other', sub: 'rtsp://localhost:8554/yard/' };
  for (const refused of [
    await make('copy', again),
    await make('copy', { ...again, username: 'u', password: 'p' }),
    await make('copy', again, lent(theirs)),
  ]) {
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/source']);
    expect(refused.body.detail).toMatch(/that of a private camera/);
  }
  expect((await make('street', at('street'))).status).toBe(201);
  const moved = await administrator.call('PATCH', '/cameras/street', { source: at('yard') });
  expect([moved.status, moved.body.detail]).toEqual([422, expect.stringMatching(/that of a private camera/)]);
  const open = await make('lent-too', at('street'), lent(ours));
  expect([open.status, open.body.detail]).toEqual([
    422,
    expect.stringMatching(/public camera "street"; remove that one first/),
  ]);
  // What is not about its stream is not asked about it; also gone, it opens for nobody but its owner.
  expect((await administrator.call('PATCH', '/cameras/street', { name: 'Street' })).status).toBe(200);
  for (const id of ['lent', 'lent-small'])
    expect((await administrator.call('DELETE', `/cameras/${id}`)).status).toBe(204);
  for (const gone of [await make('copy', again), await make('copy', again, lent(theirs))])
    expect([gone.status, gone.body.detail]).toEqual([422, expect.stringMatching(/was that of a private/)]);
  expect((await make('copy', again, lent(ours))).status).toBe(201);
});

test('terms are proposed to an owner that there is; to nobody else, in words that say what to do', async () => {
  const { administrator } = site;
  const source = { ...nowhere, main: `${nowhere.main}/new` };
  const camera = { id: 'new', name: 'New', visibility: 'private', source, ...place };
  expect((await administrator.call('POST', '/cameras', camera)).status).toBe(201);
  const propose = (owner: string) =>
    administrator.call('POST', '/cameras/new/consents', {
      owner,
      terms: { level: 'standing', purposes: ['fire'] },
    });
  const refused = await propose('nobody');
  expect([refused.status, refused.body.detail]).toEqual([
    422,
    'There is no owner "nobody". Register the owner first, then propose to them.',
  ]);
  expect((await administrator.call('GET', '/cameras/new/consents')).body.items).toEqual([]);
  const rosa = { name: 'Rosa', email: 'rosa@owners.example' };
  const made = await administrator.call('POST', '/owners', rosa, { 'idempotency-key': freshKey() });
  const proposed = await propose(made.body.id);
  expect([proposed.status, proposed.body.status]).toEqual([201, 'pending']);
});
