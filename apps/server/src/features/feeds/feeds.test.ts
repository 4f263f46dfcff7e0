import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConsentTermsInput } from '@clerestory/protocol';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { Browser } from '../../testing/browser.ts';
import { until } from '../../testing/server.ts';
import { addPrivateCamera, place } from '../../testing/private-camera.ts';

let site: GuardedApp;
beforeAll(async () => {
  site = await startGuardedApp();
});
afterAll(() => site.stop());

const call = (token: string, body: object) =>
  new Browser(site.app.url).call('POST', '/feed/incidents', body, {
    ...{ origin: '', authorization: `Bearer ${token}` },
  });
const close = (token: string, number: string) =>
  new Browser(site.app.url).call(
    'POST',
    '/feed/incidents/close',
    { number },
    {
      ...{ origin: '', authorization: `Bearer ${token}` },
    },
  );
const feed = async (more: object = {}) => {
  const input = { name: 'Call desk', types: ['fire', 'robbery'], ...more };
  const made = await site.administrator.call('POST', '/feeds', input);
  expect(made.status).toBe(201);
  return made.body as { feed: { id: string }; token: string };
};
const fire = (number: string) => ({ number, type: 'fire', place: '1 Mill Lane', ...place });

test('a feed opens an incident once for each number of its own, and the record says which feed', async () => {
  const { feed: desk, token } = await feed();
  const first = await call(token, fire('CAD-1'));
  expect([first.status, first.body]).toMatchObject([
    200,
    { type: 'fire', reference: 'CAD-1', openedBy: { kind: 'feed', id: desk.id, name: 'Call desk' } },
  ]);
  const again = await Promise.all([call(token, fire('CAD-1')), call(token, fire('CAD-1'))]);
  expect(again.map(({ body }) => body.id)).toEqual([first.body.id, first.body.id]);
  expect((await call(token, { ...fire('CAD-1'), place: 'Elsewhere' })).body.code).toBe('conflict');
  expect((await call(token, fire('CAD-2'))).body.number).toBe(first.body.number + 1);
  // The number of another feed is another incident.
  expect((await call((await feed()).token, fire('CAD-1'))).body.id).not.toBe(first.body.id);

  const operator = await site.personAs('operator');
  const listed = (await operator.call('GET', '/incidents?open=true')).body.items;
  expect(listed.map(({ reference }: { reference: string }) => reference)).toEqual([
    'CAD-1',
    'CAD-2',
    'CAD-1',
  ]);
  expect((await operator.call('POST', `/incidents/${first.body.id}/close`)).status).toBe(200);
  const closed = await call(token, fire('CAD-1'));
  expect(closed.body).toMatchObject({ id: first.body.id, closedAt: expect.any(Number) });

  const auditor = await site.personAs('auditor');
  const { items } = (await auditor.call('GET', `/record?actor=feed:${desk.id}&limit=9`)).body;
  expect(items.map(({ kind, detail }: { kind: string; detail: object }) => ({ kind, ...detail }))).toEqual([
    expect.objectContaining({ kind: 'incident-opened', source: 'feed', reference: 'CAD-2' }),
    expect.objectContaining({ kind: 'incident-opened', source: 'feed', reference: 'CAD-1' }),
  ]);
});

test('it opens what an owner lends for incidents, and nobody who watches has opened it by hand', async () => {
  const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/lent' };
  const terms: ConsentTermsInput = { level: 'incident', purposes: ['fire'], radiusM: 500 };
  await addPrivateCamera(site, 'lent', source, terms);
  const operator = await site.personAs('operator');
  const watch = async (incident: string) =>
    (
      await operator.call('POST', '/grants', {
        cameras: [{ camera: 'lent' }],
        purpose: { kind: 'incident', incident },
      })
    ).body.items[0].grants[0];
  const { token } = await feed();
  const told = await call(token, fire('CAD-3'));
  expect(await watch(told.body.id)).toMatchObject({ state: 'live', isOwnIncident: false });
  // The control: by hand it is flagged, and by the site's policy waits for somebody else.
  const { number: _, ...byHand } = fire('');
  const own = (await operator.call('POST', '/incidents', byHand)).body;
  expect(await watch(own.id)).toMatchObject({ state: 'waiting-approval', isOwnIncident: true });
});

test('a feed closes what it opened itself, once, and what its incident opened ends', async () => {
  const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/closed' };
  await addPrivateCamera(site, 'yard', source, { level: 'incident', purposes: ['fire'], radiusM: 500 });
  const operator = await site.personAs('operator');
  const { feed: desk, token } = await feed();
  const other = await feed();
  const { id } = (await call(token, fire('CAD-9'))).body;
  const granted = await operator.call('POST', '/grants', {
    ...{ cameras: [{ camera: 'yard' }], purpose: { kind: 'incident', incident: id } },
  });
  const grant = granted.body.items[0].grants[0];
  expect(grant.state).toBe('live');
  // Neither what another feed opened, nor what a person did, nor what is not there: all three look the same.
  const { number: _, ...byHand } = fire('');
  const own = (await operator.call('POST', '/incidents', byHand)).body;
  for (const [from, number] of [
    [other.token, 'CAD-9'],
    [token, String(own.number)],
    [token, 'CAD-nowhere'],
  ] as const)
    expect([(await close(from, number)).status, number]).toEqual([404, number]);
  const held = async () =>
    (await operator.call('GET', '/grants')).body.items.some((one: { id: string }) => one.id === grant.id);
  expect(await held()).toBe(true);

  const closed = await Promise.all([close(token, 'CAD-9'), close(token, 'CAD-9')]);
  // Ended before it was told, so that no second can go by.
  expect(await held()).toBe(false);
  for (const { status, body } of [...closed, await close(token, 'CAD-9')])
    expect([status, body]).toMatchObject([
      200,
      { id, closedAt: closed[0]?.body.closedAt, closedBy: `feed:${desk.id}` },
    ]);
  expect((await operator.call('GET', '/incidents?open=true')).body.items).not.toContainEqual(
    expect.objectContaining({ id }),
  );
  const auditor = await site.personAs('auditor');
  const { items } = (await auditor.call('GET', `/record?kind=incident-closed&actor=feed:${desk.id}&limit=9`))
    .body;
  expect(items.filter(({ subject }: { subject: string }) => subject === `incident:${id}`)).toHaveLength(1);
  const ended = (await auditor.call('GET', '/record?kind=grant-ended&limit=9')).body.items;
  expect(ended[0].detail).toMatchObject({ grant: grant.id, code: 'incident-closed' });
});

test('a feed reports its own types within its own area, and each refusal is in the record', async () => {
  const { feed: desk, token } = await feed({ types: ['fire'], area: { ...place, radiusM: 1_000 } });
  expect((await call(token, { ...fire('A-1'), type: 'robbery' })).body).toMatchObject({
    ...{ code: 'forbidden', errors: [{ pointer: '/type' }] },
  });
  const far = await call(token, { ...fire('A-1'), latitude: place.latitude + 0.01 });
  expect(far.body).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/latitude' }] });
  expect((await call(token, { ...fire('A-1'), latitude: place.latitude + 0.008 })).status).toBe(200);
  expect((await call(token, { ...fire('A-1'), faces: [] })).status).toBe(400);
  const auditor = await site.personAs('auditor');
  const refused = await until(async () => {
    const { items } = (await auditor.call('GET', `/record?kind=refused&actor=feed:${desk.id}&limit=9`)).body;
    return items[0];
  });
  expect(refused.detail).toMatchObject({ asked: 'rest:feedIncident', code: 'forbidden' });
});

test('its token opens its two doors alone, lies hashed in the store, and is good for nothing once it is taken back', async () => {
  const { feed: desk, token } = await feed();
  const headers = { authorization: `Bearer ${token}` };
  const program = new Browser(site.app.url);
  for (const address of ['/incidents', '/cameras', '/feeds', '/grants'])
    expect((await program.call('GET', address, undefined, headers)).status, address).toBe(401);
  expect((await program.call('POST', '/incidents', fire('B-0'), headers)).status).toBe(401);
  // Nor does anybody's cookie open it.
  expect((await site.administrator.call('POST', '/feed/incidents', fire('B-1'))).status).toBe(401);
  const closing = await site.administrator.call('POST', '/feed/incidents/close', { number: 'B-1' });
  expect(closing.status).toBe(401);
  for (const name of readdirSync(site.dir).filter((one) => one.startsWith('clerestory.db')))
    expect(readFileSync(path.join(site.dir, name)).includes(token), name).toBe(false);
  expect(JSON.stringify((await site.administrator.call('GET', '/feeds')).body)).not.toContain(token);
  expect((await site.administrator.call('DELETE', `/feeds/${desk.id}`)).status).toBe(204);
  expect((await call(token, fire('B-2'))).status).toBe(401);
  expect((await close(token, 'B-2')).status).toBe(401);
  expect((await site.administrator.call('DELETE', `/feeds/${desk.id}`)).status).toBe(404);
});

test('one feed reports a minute’s worth at once and then has to wait; others do not', async () => {
  const { token } = await feed();
  const codes = await Promise.all(Array.from({ length: 70 }, () => call(token, fire('C-1'))));
  expect(codes.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
  expect(new Set(codes.filter(({ status }) => status === 200).map(({ body }) => body.id)).size).toBe(1);
  expect((await call((await feed()).token, fire('C-2'))).status).toBe(200);
});
