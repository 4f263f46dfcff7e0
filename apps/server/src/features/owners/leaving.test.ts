import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assured } from '../../../../../tools/harness/assured.ts';
import { openNoticeDesk } from '../../../../../tools/notice-desk/desk.ts';
import { answerStore } from '../footage/store.ts';
import { Browser } from '../../testing/browser.ts';
import { startMailbox } from '../../testing/mailbox.ts';
import { startOwnerApp, tokenIn, type OwnerApp } from '../../testing/owners.ts';
import { addPrivateCamera, openTerms, place } from '../../testing/private-camera.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';

let site: OwnerApp;
/** Who has left. */
let gone = '';
beforeAll(async () => {
  site = await startOwnerApp();
});
afterAll(() => site.stop());

const nobody = () => new Browser(site.app.url);
const source = (name: string) => ({ kind: 'rtsp', main: `rtsp://127.0.0.1:9/${name}` });
const letterFor = (email: string, subject: string) =>
  site.mailbox.take(email, (letter) => letter.subject === subject);
const askToLeave = async (owner: Browser, email: string) => {
  expect((await owner.call('POST', '/owner/me/leave')).status).toBe(204);
  return tokenIn((await letterFor(email, 'Do you want to leave?')).text);
};
const leave = (token: string) => nobody().call('POST', '/owner/link/leave', { token });
const watch = async (who: Browser, camera: string) => {
  const purpose = { kind: 'standing', purpose: 'fire' };
  return (await who.call('POST', '/grants', { cameras: [{ camera }], purpose })).body.items[0];
};
const give = { type: 'give', terms: { ...openTerms, hours: null, expiresAt: null, retentionDays: 0 } };
/** Rows in which an owner is named, by table. */
function rowsOf(store: Sqlite.Database, owner: string): Record<string, number> {
  const tables = store
    .prepare(
      `select m.name from sqlite_schema m, pragma_table_info(m.name) c
       where m.type = 'table' and c.name = 'owner' order by m.name`,
    )
    .pluck()
    .all() as string[];
  const counts = tables.map((table) => {
    const count = store.prepare(`select count(*) from ${table} where owner = ?`).pluck().get(owner) as number;
    return [table, count] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

test('an owner leaves: what they lent is closed at once, how they are reached is erased, the record stays', async () => {
  const anna = await site.ownerAs('anna@example.org', 'Anna Quartermaine');
  const bob = await site.ownerAs('bob@example.org', 'Bob');
  const [operator, auditor] = [await site.personAs('operator'), await site.personAs('auditor')];
  await addPrivateCamera(site, 'porch', source('porch'), openTerms, anna.owner);
  await addPrivateCamera(site, 'yard', source('yard'), openTerms, anna.owner);
  const terms = { level: 'standing', purposes: ['fire', 'robbery'], radiusM: 500 };
  const proposed = await site.administrator.call('POST', '/cameras/yard/consents', {
    ...{ owner: bob.owner, terms },
  });
  expect(proposed.status).toBe(201);
  const say = (who: Browser, body: object) => who.call('POST', '/owner/cameras/yard/consent', body);
  expect((await say(bob, { type: 'confirm' })).status).toBe(200);
  // What it was pointed at before is kept as hers, and is in nobody's way when she hands on what is shared.
  for (const where of ['elsewhere', 'yard?camera=yard']) {
    const moved = await site.administrator.call('PATCH', '/cameras/yard', { source: source(where) });
    expect(moved.status, where).toBe(200);
  }
  for (const camera of ['porch', 'yard'])
    expect((await watch(operator, camera)).grants[0].state).toBe('live');
  const token = await askToLeave(anna, 'anna@example.org');
  expect((await nobody().call('POST', '/owner/link', { token })).body).toEqual({
    ...{ kind: 'leave', email: 'anna@example.org' },
    leaving: { removed: ['porch'], shared: ['yard'] },
  });
  // It is no way in, and nothing has happened yet.
  expect((await nobody().call('POST', '/owner/session', { token })).status).toBe(410);
  expect((await operator.call('GET', '/grants')).body.items).toHaveLength(2);

  const fromMs = performance.now();
  const [left, open] = await Promise.all([
    leave(token),
    until(async () => {
      const { items } = (await operator.call('GET', '/grants')).body;
      return items.length === 0 && performance.now() - fromMs;
    }),
  ]);
  expect(left.status, JSON.stringify(left.body)).toBe(204);
  expect(open).toBeLessThan(1_000);
  expect((await leave(token)).status).toBe(410);
  expect((await letterFor('anna@example.org', 'You have left')).text).toMatch(/What stays: the record/);

  gone = anna.owner;
  expect((await anna.call('GET', '/owner/session')).body.me).toBeNull();
  expect((await site.administrator.call('GET', `/owners/${anna.owner}`)).status).toBe(404);
  expect((await site.administrator.call('GET', '/owners?q=anna')).body.items).toEqual([]);
  const recorded = (await auditor.call('GET', `/record?limit=200&actor=owner:${anna.owner}`)).body.items;
  expect(
    recorded.map(({ kind, subject }: { kind: string; subject: string }) => `${kind} ${subject}`),
  ).toEqual(
    expect.arrayContaining([
      `owner-left owner:${anna.owner}`,
      'camera-removed camera:porch',
      'consent-changed camera:yard',
      `owner-registered owner:${anna.owner}`,
    ]),
  );
  expect(JSON.stringify(recorded)).not.toMatch(/Quartermaine|example\.org/);

  // Her camera is gone; what Bob has too is his, and closed until he says anew what is allowed.
  expect((await operator.call('GET', '/cameras/porch')).status).toBe(404);
  const told = await letterFor('bob@example.org', 'Somebody who had “yard” with you has left');
  expect(told.text).toMatch(/Nobody can watch through it until you say/);
  expect((await watch(operator, 'yard')).refusal.rule).toBe('C3');
  expect((await bob.call('GET', '/owner/cameras')).body.items).toMatchObject([
    { id: 'yard', consent: { status: 'given' } },
  ]);
  expect((await site.administrator.call('GET', '/cameras/yard')).body.owner).toBe(bob.owner);
  expect((await say(bob, give)).status).toBe(200);
  expect((await watch(operator, 'yard')).grants[0].state).toBe('live');
  // Nobody is asked in her name, and nobody comes to her picture under another name.
  const again = { owner: anna.owner, terms };
  expect((await site.administrator.call('POST', '/cameras/yard/consents', again)).status).toBe(422);
  const street = { id: 'street', name: 'Street', source: source('porch?camera=porch') };
  expect((await site.administrator.call('POST', '/cameras', street)).status).toBe(422);
  // The address is free for somebody new.
  const anew = await site.ownerAs('anna@example.org', 'Anna');
  expect(anew.owner).not.toBe(anna.owner);
  expect((await anew.call('GET', '/owner/past-cameras')).body.items).toEqual([]);
  assured({
    ...{ row: 'A2', trials: 2 },
    claim: 'when an owner leaves, every grant for what they lent ends within a second',
    control: 'with the taking back left out, the grants are still there when the test gives up',
  });
});

test('the address of who has left goes on to another owner alone, who decides; the record says so', async () => {
  const bob = await site.ownerAs('bob@example.org');
  const [operator, auditor] = [await site.personAs('operator'), await site.personAs('auditor')];
  const { administrator } = site;
  const made = await administrator.call('POST', '/owners', { name: 'Nobody yet', email: 'new@example.org' });
  const register = (more: object) =>
    administrator.call('POST', '/cameras', {
      ...{ id: 'porch-2', name: 'Porch', source: source('porch?camera=porch'), placeKind: 'shop' },
      ...{ ...place, ...more },
    });
  // Not to the public, to nobody, or to somebody who was never seen to read a letter.
  for (const more of [{}, { visibility: 'private' }, { visibility: 'private', owner: made.body.id }]) {
    const refused = await register(more);
    expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([422, '/source']);
    expect(refused.body.detail).toMatch(/whose owner has left.*for an owner who has signed in/);
  }
  expect((await register({ visibility: 'private', owner: bob.owner })).status).toBe(201);
  const entries = await auditor.call('GET', '/record?limit=9&kind=camera-address-handed-on');
  expect(entries.body.items).toMatchObject([
    {
      ...{ actor: expect.stringMatching(/^person:/), subject: 'camera:porch-2' },
      detail: { owner: bob.owner, cameras: ['porch'] },
    },
  ]);
  // What opens it is his yes.
  expect((await watch(operator, 'porch-2')).refusal.rule).toBe('C3');
  const given = await bob.call('POST', '/owner/cameras/porch-2/consent', give);
  expect(given.status).toBe(200);
  expect((await watch(operator, 'porch-2')).grants[0].state).toBe('live');
  // It is his now, also when the camera is gone, and his to give free.
  expect((await bob.call('DELETE', '/owner/cameras/porch-2')).status).toBe(204);
  expect((await register({ id: 'street' })).body.detail).toMatch(/that owner has given it free/);
  expect((await bob.call('DELETE', '/owner/past-cameras/porch-2/address')).status).toBe(204);
  expect((await register({ id: 'street' })).status).toBe(201);
});

test('whoever reads an address that the agency entered does not leave in the owner’s name', async () => {
  const eva = await site.ownerAs('eva@example.org', 'Eva');
  const sent = await askToLeave(eva, 'eva@example.org');
  await site.administrator.call('PATCH', `/owners/${eva.owner}`, { email: 'not-eva@example.org' });
  expect((await leave(sent)).status).toBe(410);
  const other = await site.ownerAs('not-eva@example.org');
  expect(other.owner).toBe(eva.owner);
  const refused = await other.call('POST', '/owner/me/leave');
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/leave in your name/)]);
});

test('letters to leave are as few as other links', async () => {
  const ines = await site.ownerAs('ines@example.org', 'Ines');
  const codes: number[] = [];
  for (let n = 0; n < 4; n++) codes.push((await ines.call('POST', '/owner/me/leave')).status);
  expect(codes).toEqual([204, 204, 429, 429]);
});

test('a passkey, a browser that is told and a request that was put away go with their owner', async () => {
  const [folder, mailbox] = [temporaryFolder(), await startMailbox()];
  const desk = await openNoticeDesk(folder.dir, mailbox.port);
  const { owners, notices, db } = desk;
  owners.belong({
    of: () => ({ removed: [], shared: [] }),
    takeBack: async (owner) => ({
      ok: true,
      async value(write) {
        await answerStore.forgetOwner(write, owner);
        return notices.forgetOwner(write, owner);
      },
    }),
  });
  const asked = { by: 'person:ada', key: 'make-rosa-1' };
  const made = await owners.registry.create(
    { name: 'Rosa', email: 'rosa@example.org', phone: null, language: 'en' },
    asked,
  );
  const owner = made.ok ? made.value.id : '';
  const key = { id: 'p', credential: 'c', owner, name: 'phone', public_key: Buffer.alloc(1) };
  const row = { ...key, counter: 0, transports: '[]', created_at: 1, last_used_at: null };
  await db.insertInto('owner_passkeys').values(row).execute();
  const request = { id: 'r', number: 1, state: 'closed', request: '{}', told: 1, closed_at: null };
  await db.insertInto('footage_requests').values(request).execute();
  await db.insertInto('footage_hidden').values({ request: 'r', owner }).execute();
  await notices.load();
  await db
    .insertInto('notice_roads')
    .values({ id: 'n', owner, address: Buffer.alloc(1), created_at: 1 })
    .execute();
  await desk.tell(owner, 'a1');

  const routes = owners.routes();
  let cookie = '';
  const web = {
    address: '127.0.0.1',
    cookie: () => undefined,
    setCookie: ({ value }: { value: string }) => void (cookie = value),
  };
  const by = (actor: object) => ({ web, actor }) as never;
  const body = (given: object) => ({ body: given }) as never;
  await routes.ownerAskLink?.(body({ email: 'rosa@example.org', language: 'en' }), by({}));
  const wayIn = tokenIn((await mailbox.take('rosa@example.org', ({ text }) => text.includes('#link='))).text);
  expect(await routes.ownerSignIn?.(body({ token: wayIn }), by({}))).toMatchObject({ ok: true });
  const session = owners.sessions.find(cookie)?.id;
  expect(await routes.ownerAskLeave?.({} as never, by({ kind: 'owner', id: owner, session }))).toMatchObject({
    ok: true,
  });
  const out = tokenIn(
    (await mailbox.take('rosa@example.org', ({ text }) => text.includes('asked to leave'))).text,
  );
  expect(await routes.ownerLeave?.(body({ token: out }), by({}))).toMatchObject({ ok: true });
  for (const table of [
    ...(['owners', 'owner_passkeys', 'owner_sessions', 'owner_links', 'notices'] as const),
    ...(['notice_deliveries', 'notice_roads', 'footage_hidden'] as const),
  ])
    expect(await db.selectFrom(table).selectAll().execute(), table).toEqual([]);
  await desk.close();
  await mailbox.close();
  folder.remove();
});

test('in the store an owner who has left is a mark in what they allowed, and nothing else', async () => {
  await site.app.close();
  const store = new Sqlite(path.join(site.dir, 'clerestory.db'), { readonly: true });
  expect(Object.keys(rowsOf(store, gone))).toEqual(['consents', 'lent_addresses', 'removed_cameras']);
  const { name, place } = store
    .prepare(`select name, place from removed_cameras where owner = ?`)
    .get(gone) as {
    name: string;
    place: string;
  };
  expect([name, place]).toEqual(['', '']);
  const unsalted = `select count(*) from record_entries where sequence not in (select sequence from log_salts)`;
  expect(store.prepare(unsalted).pluck().get()).toBe(0);
  store.close();
});
