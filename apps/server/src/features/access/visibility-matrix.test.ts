import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderStatus } from '@clerestory/protocol';
import { assured } from '../../../../../tools/harness/assured.ts';
import { Browser } from '../../testing/browser.ts';
import { startOwnerApp, type OwnerApp } from '../../testing/owners.ts';
import { addPrivateCamera, openTerms, place } from '../../testing/private-camera.ts';
import { openWindow, until, type TestSocket } from '../../testing/server.ts';

/*
 * A1 for what is told of a camera, and for pictures of screens that show it: every kind of asker × every kind of camera. The
 * oracle is written apart from the code, in words.
 */
const kinds = ['public', 'unwatched', 'unseen', 'lent', 'asked', 'revoked'] as const;
type Kind = (typeof kinds)[number];
/**
 * `all`: it and where it stands; `no place`: it, and not where it stands; `not there`: as if there were none; `picture`: of
 * a screen that shows it. A window that gets no answer at all has `no window`.
 */
type Told = 'all' | 'no place' | 'not there' | 'sign in' | 'forbidden';
type Shown = 'picture' | 'none' | 'forbidden' | 'no window';

const everything: Record<Kind, Told> = {
  ...{ public: 'all', unwatched: 'all', unseen: 'all', lent: 'all', asked: 'all', revoked: 'no place' },
};
const alike = <T>(one: T): Record<Kind, T> =>
  Object.fromEntries(kinds.map((kind) => [kind, one])) as Record<Kind, T>;
/** At the doors of the wall. */
const told: Record<string, Record<Kind, Told>> = {
  nobody: alike('sign in'),
  'its owner': alike('sign in'),
  'a feed': alike('sign in'),
  'a screen': alike('forbidden'),
  operator: { ...everything, unseen: 'not there' },
  supervisor: everything,
  investigator: everything,
  auditor: everything,
  administrator: everything,
};
/** At the doors for owners. */
const toldOwners: Record<string, Record<Kind, Told>> = {
  nobody: alike('sign in'),
  operator: alike('sign in'),
  administrator: alike('sign in'),
  'its owner': { ...alike<Told>('not there'), lent: 'all', asked: 'all', revoked: 'all' },
  'another owner': alike('not there'),
};
const publicAlone: Record<Kind, Shown> = {
  ...{
    public: 'picture',
    unwatched: 'picture',
    unseen: 'picture',
    lent: 'none',
    asked: 'none',
    revoked: 'none',
  },
};
const shown: Record<string, Record<Kind, Shown>> = {
  nobody: alike('no window'),
  'its owner': alike('no window'),
  'a feed': alike('no window'),
  operator: { ...publicAlone, unwatched: 'forbidden', unseen: 'forbidden' },
  supervisor: publicAlone,
  investigator: publicAlone,
  auditor: alike('forbidden'),
  administrator: alike('forbidden'),
};

let site: OwnerApp;
let screen: TestSocket;
const who = new Map<string, Browser>();
const windows = new Map<string, TestSocket>();
const wall = 'control-room';
/** What the screen says that its picture shows. */
let drawn: Kind = 'public';

beforeAll(async () => {
  site = await startOwnerApp();
  const { administrator } = site;
  const owner = await site.ownerAs('olga@example.org');
  const source = (id: string) => ({ kind: 'rtsp', main: `rtsp://127.0.0.1:9/${id}` });
  for (const id of ['public', 'unwatched', 'unseen'])
    await administrator.call('POST', '/cameras', {
      id,
      name: id,
      place: '1 Quay',
      source: source(id),
      ...place,
    });
  for (const id of ['lent', 'asked', 'revoked'])
    await addPrivateCamera(site, id, source(id), id === 'asked' ? null : openTerms, owner.owner);
  const proposal = { owner: owner.owner, terms: openTerms };
  expect((await administrator.call('POST', '/cameras/asked/consents', proposal)).status).toBe(201);
  const taken = await owner.call('POST', '/owner/cameras/revoked/consent', { type: 'revoke' });
  expect(taken.status).toBe(200);
  for (const [id, right] of [
    ['unwatched', 'live'],
    ['unseen', 'see'],
  ] as const) {
    await administrator.call('POST', '/camera-groups', { id, name: id, cameras: [id], restricted: false });
    const party = { kind: 'role', id: 'operator' };
    const rule = await administrator.call('POST', '/rights', {
      effect: 'deny',
      party,
      rights: [right],
      group: id,
    });
    expect(rule.status).toBe(201);
  }
  who.set('nobody', new Browser(site.app.url));
  who.set('its owner', owner);
  who.set('another owner', await site.ownerAs('ben@example.org'));
  const { token } = (await administrator.call('POST', '/feeds', { name: 'Desk', types: ['fire'] })).body;
  const withToken: typeof fetch = (address, init) =>
    fetch(address, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${token}` },
    });
  who.set('a feed', new Browser(site.app.url, withToken));
  const paired = await site.pair('right');
  who.set('a screen', paired);
  for (const role of ['operator', 'supervisor', 'investigator', 'auditor'] as const)
    who.set(role, await site.personAs(role));
  who.set('administrator', administrator);

  screen = await windowOf(paired, { surface: 'screen', screen: 'right' });
  screen.on('screen:order', ({ id }) => {
    const screenshot = { jpeg: Buffer.from(drawn).toString('base64'), width: 8, height: 8, cameras: [drawn] };
    void screen.emitWithAck('screen:done', { id, screen: 'right', done: true, note: '', screenshot });
  });
  for (const role of ['operator', 'supervisor', 'investigator', 'auditor', 'administrator'])
    windows.set(role, await windowOf(who.get(role) ?? administrator, { surface: 'console' }));
});
afterAll(async () => {
  for (const socket of [screen, ...windows.values()]) socket.close();
  await site.stop();
});

async function windowOf(browser: Browser, hello: object): Promise<TestSocket> {
  const socket = await openWindow(site.app.url, hello as never, { cookie: browser.cookieHeader() });
  expect(await socket.emitWithAck('wall:join', { wall })).toMatchObject({ ok: true });
  return socket;
}
const refusal = (status: number): Told | null =>
  status === 401 ? 'sign in' : status === 403 ? 'forbidden' : status === 404 ? 'not there' : null;
const isPlaced = (camera: { place: string; latitude: number | null }): Told =>
  camera.place === '' && camera.latitude === null ? 'no place' : 'all';

let cells = 0;
describe('A1: what is told of a camera', () => {
  test.each(Object.keys(told))('%s, at the wall', async (asker) => {
    const browser = who.get(asker) ?? new Browser(site.app.url);
    const found: Record<string, Told> = {};
    const list = await browser.call('GET', '/cameras?limit=100');
    for (const kind of kinds) {
      const one = await browser.call('GET', `/cameras/${kind}`);
      found[`${kind}, by itself`] = refusal(one.status) ?? isPlaced(one.body);
      const listed = list.body.items?.find(({ id }: { id: string }) => id === kind);
      found[`${kind}, in the list`] = refusal(list.status) ?? (listed ? isPlaced(listed) : 'not there');
      cells += 2;
    }
    const expected = kinds.flatMap((kind) => [
      [`${kind}, by itself`, told[asker]?.[kind]],
      [`${kind}, in the list`, told[asker]?.[kind]],
    ]);
    expect(found).toEqual(Object.fromEntries(expected));
  });

  test.each(Object.keys(toldOwners))('%s, at the pages for owners', async (asker) => {
    const browser = who.get(asker) ?? new Browser(site.app.url);
    const list = await browser.call('GET', '/owner/cameras');
    const found = kinds.map((kind) => {
      const listed = list.body.items?.find(({ id }: { id: string }) => id === kind);
      cells += 1;
      return [kind, refusal(list.status) ?? (listed ? isPlaced(listed) : 'not there')];
    });
    expect(Object.fromEntries(found)).toEqual(toldOwners[asker]);
  });
});

describe('A1: a picture of a screen', () => {
  /** Nobody is left with the picture of before. */
  const draw = async (kind: Kind): Promise<void> => {
    drawn = kind;
    const supervisor = windows.get('supervisor');
    const states: OrderStatus[] = [];
    const hear = (status: OrderStatus) => void states.push(status);
    supervisor?.on('screen:order-status', hear);
    const order = { wall, screens: ['right'], order: { kind: 'screenshot' as const } };
    const answer = await supervisor?.emitWithAck('screen:order', order);
    const id = answer?.ok ? answer.value.orders[0]?.id : '';
    await until(() => states.find((one) => one.id === id && one.state !== 'sent'));
    supervisor?.off('screen:order-status', hear);
  };
  const look = async (asker: string): Promise<Shown> => {
    const socket = windows.get(asker);
    if (!socket) {
      const cookie = (who.get(asker) ?? new Browser(site.app.url)).cookieHeader();
      const opening = openWindow(site.app.url, { surface: 'console' }, { cookie });
      return opening.then(
        () => 'picture',
        () => 'no window',
      );
    }
    const answer = await socket.emitWithAck('screen:screenshot', { wall, screen: 'right' });
    if (!answer.ok) return answer.problem.code === 'forbidden' ? 'forbidden' : 'none';
    // One of another camera than was drawn last is none of this one.
    const jpeg = answer.value && Buffer.from(answer.value.jpeg, 'base64').toString();
    return jpeg === drawn ? 'picture' : 'none';
  };
  // Private ones first: what was drawn of public ones before would stay.
  test.each(kinds.toReversed())('that shows a camera that is %s', async (kind) => {
    await draw(kind);
    const found: Record<string, Shown> = {};
    for (const asker of Object.keys(shown)) {
      found[asker] = await look(asker);
      cells += 1;
    }
    const expected = Object.entries(shown).map(([asker, row]) => [asker, row[kind]]);
    expect(found).toEqual(Object.fromEntries(expected));
  });
});

test('each cell was asked, and is noted', () => {
  const asked = 2 * Object.keys(told).length + Object.keys(toldOwners).length + Object.keys(shown).length;
  expect(cells).toBe(asked * kinds.length);
  assured({
    ...{ row: 'A1', trials: cells },
    claim:
      'what answers tell of a camera and of where it stands, and who gets a picture of a screen that shows it: every kind of asker × public, unwatched, unseen, lent, asked for and revoked cameras, as the oracle says, which is written apart from the code',
    control: 'the same askers are told of a public camera and get the picture of a screen that shows one',
  });
});
