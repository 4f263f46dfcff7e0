import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiBase } from '@clerestory/protocol';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { type Browser } from '../../testing/browser.ts';
import { openWindow } from '../../testing/server.ts';

let site: GuardedApp;
let operator: Browser & { person: string };
let other: Browser & { person: string };
let supervisor: Browser & { person: string };
beforeAll(async () => {
  site = await startGuardedApp();
  await site.administrator.call('POST', '/cameras', {
    id: 'gate',
    number: 1,
    name: 'Gate',
    source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' },
  });
  operator = await site.personAs('operator');
  other = await site.personAs('operator');
  supervisor = await site.personAs('supervisor');
});
afterAll(() => site.stop());

const windowAs = (browser: Browser, hello: Parameters<typeof openWindow>[1]) =>
  openWindow(site.app.url, hello, { cookie: browser.cookieHeader(), origin: site.app.url });
const desk = async (browser: Browser, workstation = 'north') =>
  (await browser.call('POST', '/me/workstation', { workstation })).body as {
    wall: string;
    screens: string[];
  };
const entries = async (kind: string) => {
  const auditor = await site.personAs('auditor');
  return (await auditor.call('GET', `/record?kind=${kind}`)).body.items as {
    actor: string;
    subject: string;
    detail: Record<string, unknown>;
  }[];
};

describe('a personal wall', () => {
  test('is there for its owner alone: not in a list, not by its address, not over a socket', async () => {
    const mine = await desk(operator);
    for (const browser of [other, supervisor, site.administrator]) {
      for (const path of ['', '/commits', '/screens', `/screens/${mine.screens[0]}`])
        expect((await browser.call('GET', `/walls/${mine.wall}${path}`)).status).toBe(404);
      const { items } = (await browser.call('GET', '/walls')).body as { items: { id: string }[] };
      expect(items.map(({ id }) => id)).not.toContain(mine.wall);
    }
    const tile = `/walls/${mine.wall}/screens/${mine.screens[0]}/tiles/0`;
    expect((await other.call('PUT', tile, { camera: 'gate' })).status).toBe(404);
    expect((await supervisor.call('DELETE', tile)).status).toBe(404);
    const spy = await windowAs(other, { surface: 'console' });
    expect(await spy.emitWithAck('wall:join', { wall: mine.wall })).toMatchObject({
      ok: false,
      problem: { code: 'not-found' },
    });
    expect(await spy.emitWithAck('wall:join', { screen: mine.screens[0] })).toMatchObject({ ok: false });
    spy.close();
    const screen = await windowAs(other, { surface: 'workstation', screen: mine.screens[0] ?? '' });
    expect(await screen.emitWithAck('wall:join', {})).toMatchObject({ ok: false });
    screen.close();
    const begun = await supervisor.call('POST', '/pairing');
    const pairing = { code: begun.body.code, screen: mine.screens[0] };
    expect((await supervisor.call('POST', '/screen-devices', pairing)).status).toBe(404);
  });

  test('is the same wall again at the same workstation, and another at another', async () => {
    expect(await desk(operator)).toEqual(await desk(operator));
    expect((await desk(operator, 'south')).wall).not.toBe((await desk(operator)).wall);
    expect((await desk(other)).wall).not.toBe((await desk(operator)).wall);
  });

  test('an operator works it from its own window, and the window reports what it shows', async () => {
    const mine = await desk(operator);
    const window = await windowAs(operator, { surface: 'workstation', screen: mine.screens[1] ?? '' });
    const joined = await window.emitWithAck('wall:join', {});
    expect(joined).toMatchObject({ ok: true, value: { wall: { id: mine.wall } } });
    if (!joined.ok) throw new Error('not joined');
    expect(
      await window.emitWithAck('wall:command', {
        wall: mine.wall,
        key: 'first-one',
        base: joined.value.wall.sequence,
        command: { type: 'tile:assign', screen: mine.screens[1] ?? '', tile: 0, camera: 'gate' },
      }),
    ).toMatchObject({ ok: true });
    const report = { screen: mine.screens[1] ?? '', sequence: 1, visible: true, width: 10, height: 10 };
    expect(await window.emitWithAck('screen:report', { ...report, tiles: [] })).toMatchObject({ ok: true });
    const elsewhere = { ...report, screen: 'left', tiles: [] };
    expect(await window.emitWithAck('screen:report', elsewhere)).toMatchObject({ ok: false });
    window.close();
    expect((await operator.call('GET', `/walls/${mine.wall}`)).body.screens).toHaveLength(4);
  });

  test('of nine workstations the one not used for longest gives its wall to the ninth', async () => {
    const walls: string[] = [];
    for (let n = 1; n <= 9; n++) walls.push((await desk(supervisor, `place-${n}`)).wall);
    expect(new Set(walls).size).toBe(8);
    expect(walls[8]).toBe(walls[0]);
  });
});

test('settings are kept per person, and nonsense is refused', async () => {
  const settings = {
    by: 'tag',
    favourites: ['gate'],
    filters: [{ name: 'Down', query: '', state: 'offline', by: 'site', favourites: false }],
  };
  expect((await operator.call('PUT', '/me/console', settings)).body).toEqual(settings);
  expect((await operator.call('GET', '/me/console')).body).toEqual(settings);
  expect((await other.call('GET', '/me/console')).body).toMatchObject({ favourites: [] });
  const many = { ...settings, favourites: Array.from({ length: 501 }, (_, n) => `c-${n}`) };
  expect((await operator.call('PUT', '/me/console', many)).body.detail).toContain('500');
});

test('groups are told with the cameras that exist for one, and not at all where none does', async () => {
  await site.administrator.call('POST', '/camera-groups', { id: 'all', name: 'All', cameras: ['gate'] });
  expect((await other.call('GET', '/me/camera-groups')).body.items).toEqual([
    { id: 'all', name: 'All', cameras: ['gate'] },
  ]);
  const deny = { effect: 'deny', party: { kind: 'person', id: other.person }, rights: ['see'], group: 'all' };
  const rule = await site.administrator.call('POST', '/rights', deny);
  expect((await other.call('GET', '/me/camera-groups')).body.items).toEqual([]);
  await site.administrator.call('DELETE', `/rights/${rule.body.id}`);
});

describe('what leaves or has to be found again is in the record', () => {
  const snapshot = (at: number) => ({
    ...{ at, seen: 'live', stream: 'main', width: 640, height: 360, bytes: 1_000 },
    sha256: 'ab'.repeat(32),
  });
  test('a snapshot needs the right to export, and a moment that was on the wall', async () => {
    const path = '/cameras/gate/snapshots';
    expect((await operator.call('POST', path, snapshot(Date.now()))).status).toBe(403);
    expect((await supervisor.call('POST', path, snapshot(Date.now() - 3_600_000))).status).toBe(422);
    expect((await supervisor.call('POST', path, snapshot(Date.now() + 60_000))).status).toBe(422);
    const at = Date.now();
    const taken = await supervisor.call('POST', path, snapshot(at));
    expect(taken.status).toBe(201);
    expect(await entries('snapshot-taken')).toMatchObject([
      {
        actor: `person:${supervisor.person}`,
        subject: 'camera:gate',
        detail: { snapshot: taken.body.id, capturedAt: at, sha256: 'ab'.repeat(32), seen: 'live' },
      },
    ]);
  });
  test('of a private camera none is taken', async () => {
    const lent = await site.administrator.call('POST', '/cameras', {
      ...{ id: 'shop', number: 2, name: 'Shop', visibility: 'private', placeKind: 'business' },
      source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/shop' },
    });
    expect(lent.status, JSON.stringify(lent.body)).toBe(201);
    const taken = await supervisor.call('POST', '/cameras/shop/snapshots', snapshot(Date.now()));
    expect(taken).toMatchObject({ status: 403, body: { detail: expect.stringContaining('private camera') } });
  });
  test('a mark is once in the record and in the list, however often it is asked for', async () => {
    const mark = { at: Date.now(), note: 'Van stops at the gate' };
    const headers = {
      'idempotency-key': 'mark-once',
      'content-type': 'application/json',
      cookie: operator.cookieHeader(),
      origin: site.app.url,
    };
    for (let n = 0; n < 2; n++) {
      const answer = await fetch(`${site.app.url}${apiBase}/cameras/gate/marks`, {
        method: 'POST',
        headers,
        body: JSON.stringify(mark),
      });
      expect(answer.status).toBe(201);
    }
    expect((await other.call('GET', '/cameras/gate/marks')).body.items).toMatchObject([
      { ...mark, camera: 'gate', by: `person:${operator.person}` },
    ]);
    expect(await entries('moment-marked')).toHaveLength(1);
  });
  test('a command is told with who gave it, how and where', async () => {
    const ran = [{ command: 'tile.swap', by: 'palette', wall: 'control-room', screen: 'left', tile: 3 }];
    expect((await operator.call('POST', '/me/commands', { ran })).status).toBe(204);
    expect(await entries('command-run')).toMatchObject([
      {
        actor: `person:${operator.person}`,
        subject: 'wall:control-room',
        detail: { command: 'tile.swap', how: 'palette', screen: 'left', tile: 3 },
      },
    ]);
  });
});
