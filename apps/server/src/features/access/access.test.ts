import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Snapshot, type Commit } from '@clerestory/protocol';
import { startGuardedApp, type GuardedApp } from '../../testing/access.ts';
import { Browser } from '../../testing/browser.ts';
import { canary } from '../../testing/private-camera.ts';
import { openWindow, until, type TestSocket } from '../../testing/server.ts';

let site: GuardedApp;
let operator: Browser & { person: string };
const wall = 'control-room';
const rtsp = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
const tile = (screen: string, n: number) => `/walls/${wall}/screens/${screen}/tiles/${n}`;
const windowOf = (browser: Browser, hello: Parameters<typeof openWindow>[1] = { surface: 'console' }) =>
  openWindow(site.app.url, hello, { cookie: browser.cookieHeader() });
const join = async (socket: TestSocket): Promise<Snapshot> => {
  const answer = await socket.emitWithAck('wall:join', {});
  if (!answer.ok) throw new Error(answer.problem.detail);
  return Snapshot.parse(answer.value);
};
const entries = async (filter: string) => {
  const auditor = await auditing();
  return (await auditor.call('GET', `/record?${filter}`)).body.items;
};
let auditor: Browser | undefined;
const auditing = async () => (auditor ??= await site.personAs('auditor'));

beforeAll(async () => {
  site = await startGuardedApp();
  for (const id of ['gate', 'mall', 'secret'])
    await site.administrator.call('POST', '/cameras', { id, name: id, source: rtsp });
  operator = await site.personAs('operator');
});
afterAll(() => site.stop());

describe('a camera one may not see does not exist', () => {
  let deny: string;
  beforeAll(async () => {
    const { administrator } = site;
    await administrator.call('POST', '/camera-groups', { id: 'hidden', name: 'Hidden', cameras: ['secret'] });
    const supervisor = await site.personAs('supervisor');
    await supervisor.call('PUT', tile('left', 3), { camera: 'secret' });
    await supervisor.call('PUT', tile('left', 2), { camera: 'gate' });
    const added = await administrator.call('POST', '/rights', {
      effect: 'deny',
      party: { kind: 'person', id: operator.person },
      rights: ['see'],
      group: 'hidden',
    });
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    deny = added.body.id;
  });

  test('nor in camera groups, except for who gives rights', async () => {
    const listed = async (browser: Browser) => {
      const { items } = (await browser.call('GET', '/camera-groups')).body;
      return items.find(({ id }: { id: string }) => id === 'hidden')?.cameras;
    };
    const [denied, chief] = [await site.personAs('auditor'), await site.personAs('administrator')];
    for (const { person: id } of [denied, chief])
      await site.administrator.call('POST', '/rights', {
        ...{ effect: 'deny', party: { kind: 'person', id }, rights: ['see'], group: 'hidden' },
      });
    expect(await listed(await auditing())).toEqual(['secret']);
    expect(await listed(denied)).toEqual([]);
    expect(await listed(chief)).toEqual(['secret']);
  });

  test('not in lists, walls, commits, screens or health; not by its address', async () => {
    for (const address of [
      '/cameras',
      '/health',
      `/walls/${wall}`,
      `/walls/${wall}/commits`,
      `/walls/${wall}/screens`,
      `/walls/${wall}/screens/left`,
      tile('left', 3),
    ]) {
      const mine = await operator.call('GET', address);
      expect(mine.status).toBe(200);
      expect(JSON.stringify(mine.body), address).not.toContain('secret');
      // Negative control: an administrator finds it at each of these.
      const theirs = await site.administrator.call('GET', address);
      expect(JSON.stringify(theirs.body), address).toContain('secret');
    }
    expect((await operator.call('GET', '/cameras')).body.items.map(({ id }: { id: string }) => id)).toEqual([
      'gate',
      'mall',
      canary,
    ]);
  });

  test('the answer is that of a camera that never was', async () => {
    for (const [method, address, body] of [
      ['GET', '/cameras/*', undefined],
      ['GET', '/cameras/*/transitions', undefined],
      ['GET', '/cameras/*/viewers', undefined],
      ['PUT', tile('left', 0), { camera: '*' }],
    ] as const) {
      const ask = async (camera: string) => {
        const filled = body && { camera };
        const answer = await operator.call(method, address.replace('*', camera), filled);
        return [answer.status, JSON.stringify(answer.body).replaceAll(camera, '*')];
      };
      expect(await ask('secret')).toEqual(await ask('nowhere'));
      expect((await ask('secret'))[0]).toBe(404);
    }
  });

  test('R11 is not moved to another screen by who does not see it, neither over REST nor by a command', async () => {
    const swap = { a: { screen: 'left', tile: 3 }, b: { screen: 'right', tile: 5 } };
    expect((await operator.call('POST', `/walls/${wall}/swap`, swap)).body.code).toBe('forbidden');
    const socket = await windowOf(operator);
    const { wall: state } = await join(socket);
    const answer = await socket.emitWithAck('wall:command', {
      ...{ wall, key: 'swap-hidden-1', base: state.sequence },
      command: { type: 'tile:swap', ...swap },
    });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    socket.close();
    const open = { a: { screen: 'left', tile: 2 }, b: { screen: 'left', tile: 1 } };
    expect((await operator.call('POST', `/walls/${wall}/swap`, open)).status).toBe(200);
  });

  test('R11 is not brought by a tour in a scene, nor moved in one; a tile is told without it', async () => {
    const supervisor = await site.personAs('supervisor');
    const order = (who: Browser, command: object) => who.call('POST', `/walls/${wall}/commands`, command);
    const at = { screen: 'right', tile: 2 };
    const tour = { type: 'tile:tour', ...at, cameras: ['gate', 'mall', 'secret'], dwellS: 60 };
    expect((await order(supervisor, tour)).status).toBe(200);
    const mine = await operator.call('GET', tile('right', 2));
    expect(mine.body.assignment.tour.cameras).toEqual(['gate', 'mall']);
    const swap = { type: 'tile:swap', a: at, b: { screen: 'right', tile: 3 } };
    expect((await order(operator, swap)).body.code).toBe('forbidden');
    const saved = { type: 'scene:save', scene: 'tour', name: 'Tour', key: null, screens: ['right'] };
    expect((await order(supervisor, saved)).status).toBe(200);
    expect((await order(supervisor, { type: 'tile:clear', ...at })).status).toBe(200);
    const shown = async () => JSON.stringify((await supervisor.call('GET', tile('right', 2))).body);
    const applied = await order(operator, { type: 'scene:apply', scene: 'tour' });
    expect([applied.status, applied.body.left]).toEqual([200, undefined]);
    expect(await shown()).not.toContain('secret');
    expect(await shown()).toContain('gate');
    // Control: who may, brings it.
    expect((await order(supervisor, { type: 'scene:apply', scene: 'tour' })).status).toBe(200);
    expect(await shown()).toContain('secret');
    await order(supervisor, { type: 'screen:clear', screen: 'right' });
    await order(supervisor, { type: 'scene:remove', scene: 'tour' });
  });

  test('not in a snapshot, a commit or a push; and back when the rule is gone', async () => {
    const socket = await windowOf(operator);
    const snapshot = await join(socket);
    expect(JSON.stringify(snapshot)).not.toContain('secret');
    expect(snapshot.cameras.map(({ id }) => id)).toEqual(['gate', 'mall', canary]);
    const heard: string[] = [];
    const commits: Commit[] = [];
    socket.onAny((name, payload) => heard.push(JSON.stringify([name, payload])));
    socket.on('wall:committed', (commit) => commits.push(commit));
    const supervisor = await site.personAs('supervisor');
    await supervisor.call('PUT', tile('right', 0), { camera: 'secret' });
    await site.administrator.call('PATCH', '/cameras/secret', { place: 'Back door' });
    await supervisor.call('PUT', tile('right', 1), { camera: 'mall' });
    await until(() => commits.length === 2);
    expect(commits.map(({ sequence }) => sequence)).toEqual([
      snapshot.wall.sequence + 1,
      snapshot.wall.sequence + 2,
    ]);
    expect(commits[0]?.events).toEqual([{ type: 'tile:cleared', screen: 'right', tile: 0 }]);
    expect(heard.join('\n')).not.toMatch(/secret|Back door/);

    const lost = new Promise((resolve) => socket.once('disconnect', resolve));
    await site.administrator.call('DELETE', `/rights/${deny}`);
    // A transport that closes is what makes the page come back by itself, with a new snapshot.
    expect(await lost).toBe('transport close');
    const again = await windowOf(operator);
    expect((await join(again)).cameras.map(({ id }) => id)).toEqual(['gate', 'mall', 'secret', canary]);
    again.close();
  });
});

describe('sockets', () => {
  test('are for who signed in or was paired', async () => {
    await expect(openWindow(site.app.url, { surface: 'console' })).rejects.toThrow('Sign in first.');
    await expect(openWindow(site.app.url, { surface: 'screen', screen: 'left' })).rejects.toThrow();
    const forged = { cookie: `clerestory=${'a'.repeat(43)}; clerestory-screen=${'b'.repeat(43)}` };
    await expect(openWindow(site.app.url, { surface: 'console' }, forged)).rejects.toThrow();
  });

  test('what may act locks, what shows stays', async () => {
    const person = await site.personAs('operator');
    const socket = await windowOf(person);
    const { wall: state } = await join(socket);
    const command = (key: string) =>
      socket.emitWithAck('wall:command', {
        wall,
        key: `lock-test-${key}`,
        base: state.sequence,
        command: { type: 'tile:assign', screen: 'left', tile: 0, camera: 'gate' },
      });
    expect(await command('1')).toMatchObject({ ok: true });
    await person.call('POST', '/session/lock');
    expect(await command('2')).toMatchObject({ ok: false, problem: { code: 'locked' } });
    expect(await socket.emitWithAck('wall:resync', { wall, since: 0 })).toMatchObject({ ok: true });
    socket.close();
  });

  test('a commit says who did it', async () => {
    const { items } = (await operator.call('GET', `/walls/${wall}/commits`)).body;
    expect(items.map(({ by }: Commit) => by)).not.toContain('console');
    expect(items.filter(({ by }: Commit) => by.startsWith('person:')).length).toBeGreaterThan(1);
  });

  test.each([
    ['signing out', (person: Browser) => person.call('DELETE', '/session')],
    [
      'a disabled account',
      (person: Browser & { person: string }) =>
        site.administrator.call('PATCH', `/people/${person.person}`, { disabled: true }),
    ],
    [
      'sessions ended by an administrator',
      (person: Browser & { person: string }) =>
        site.administrator.call('DELETE', `/people/${person.person}/sessions`),
    ],
    [
      'all roles taken away',
      (person: Browser & { person: string }) =>
        site.administrator.call('PATCH', `/people/${person.person}`, { roles: [] }),
    ],
  ])('close at once on %s, and stay closed', async (_, end) => {
    const person = await site.personAs('operator');
    const socket = await windowOf(person);
    await join(socket);
    const lost = new Promise((resolve) => socket.once('disconnect', resolve));
    const startMs = performance.now();
    const cookie = person.cookieHeader();
    const answer = await end(person);
    expect(answer.status).toBeLessThan(300);
    await lost;
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await expect(openWindow(site.app.url, { surface: 'console' }, { cookie })).rejects.toThrow();
  });

  test('an auditor changes nothing, by no event', async () => {
    const socket = await windowOf(await auditing());
    await join(socket);
    const answer = await socket.emitWithAck('wall:command', {
      wall,
      key: 'audit-try-1',
      base: 0,
      command: { type: 'tile:clear', screen: 'left', tile: 0 },
    });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    socket.close();
  });
});

describe('screens', () => {
  test('show a code, become a screen by it once, and act on nothing', async () => {
    const screen = new Browser(site.app.url);
    const begun = await screen.call('POST', '/pairing');
    expect(begun.body.code).toMatch(/^[2-9B-DF-HJKMNP-TV-Z]{4} [2-9B-DF-HJKMNP-TV-Z]{4}$/);
    expect((await screen.call('GET', '/pairing')).body.state).toBe('waiting');
    // The page loaded again goes on with its code, and takes no second one.
    expect((await screen.call('POST', '/pairing')).body).toEqual(begun.body);
    const supervisor = await site.personAs('supervisor');
    expect(
      (await operator.call('POST', '/screen-devices', { code: begun.body.code, screen: 'left' })).status,
    ).toBe(403);
    expect(
      (await supervisor.call('POST', '/screen-devices', { code: '2222 2222', screen: 'left' })).status,
    ).toBe(404);
    expect(
      (await supervisor.call('POST', '/screen-devices', { code: begun.body.code, screen: 'nowhere' })).status,
    ).toBe(404);
    const typed = begun.body.code.toLowerCase().replace(' ', '-');
    const approved = await supervisor.call('POST', '/screen-devices', {
      code: typed,
      screen: 'left',
      name: 'Big left',
    });
    expect(approved.status, JSON.stringify(approved.body)).toBe(201);
    expect((await supervisor.call('POST', '/screen-devices', { code: typed, screen: 'left' })).status).toBe(
      404,
    );
    expect((await screen.call('GET', '/pairing')).body).toEqual({ state: 'paired', wall, screen: 'left' });
    expect(screen.setCookies.find((line) => line.startsWith('clerestory-screen='))).toMatch(
      /HttpOnly; SameSite=Strict/,
    );
    expect((await screen.call('GET', '/pairing')).body).toEqual({ state: 'paired', wall, screen: 'left' });

    const socket = await windowOf(screen, { surface: 'screen', screen: 'left' });
    await join(socket);
    await expect(windowOf(screen, { surface: 'screen', screen: 'right' })).rejects.toThrow();
    await expect(windowOf(screen)).rejects.toThrow();
    const act = await socket.emitWithAck('wall:command', {
      wall,
      key: 'screen-try-1',
      base: 0,
      command: { type: 'screen:clear', screen: 'left' },
    });
    expect(act).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
    expect((await screen.call('GET', '/cameras')).status).toBe(403);

    const lost = new Promise((resolve) => socket.once('disconnect', resolve));
    const startMs = performance.now();
    expect((await supervisor.call('DELETE', `/screen-devices/${approved.body.id}`)).status).toBe(204);
    await lost;
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await expect(windowOf(screen, { surface: 'screen', screen: 'left' })).rejects.toThrow();
    expect((await screen.call('GET', '/pairing')).status).toBe(404);
  });

  test('know of the cameras on their own tiles, and of one that comes just before its commit', async () => {
    const supervisor = await site.personAs('supervisor');
    await supervisor.call('POST', `/walls/${wall}/screens/centre/clear`);
    await supervisor.call('PUT', tile('centre', 0), { camera: 'gate' });
    const screen = await site.pair('centre');
    const socket = await windowOf(screen, { surface: 'screen', screen: 'centre' });
    const snapshot = await join(socket);
    expect(snapshot.cameras.map(({ id }) => id)).toEqual(['gate']);
    expect(JSON.stringify(snapshot)).not.toContain('mall');
    const heard: string[] = [];
    socket.onAny((name, payload) => {
      if (name !== 'health:changed' && name !== 'camera:viewers')
        heard.push(`${name} ${payload.id ?? payload.events?.[0]?.type ?? ''}`);
    });
    await supervisor.call('PUT', tile('left', 1), { camera: 'mall' });
    await supervisor.call('PUT', tile('centre', 1), { camera: 'mall' });
    await until(() => heard.length >= 3);
    expect(heard).toEqual([
      'wall:committed tile:cleared',
      'camera:changed mall',
      'wall:committed tile:assigned',
    ]);
    socket.close();
  });

  test('survive a restart of the server, and stay revoked after one', async () => {
    const own = await startGuardedApp();
    const [kept, revoked] = [await own.pair('left'), await own.pair('right')];
    await own.administrator.call('DELETE', `/screen-devices/${revoked.device}`);
    await own.app.close();
    const again = await startGuardedApp({}, own.dir);
    const open = (browser: Browser, screen: string) =>
      openWindow(again.app.url, { surface: 'screen', screen }, { cookie: browser.cookieHeader() });
    const socket = await open(kept, 'left');
    socket.close();
    await expect(open(revoked, 'right')).rejects.toThrow();
    await again.stop();
    await own.stop().catch(() => undefined);
  });
});

describe('the record', () => {
  test('has right changes, group changes, pairings, revocations and refusals, chained', async () => {
    const kinds = async (kind: string) => (await entries(`kind=${kind}`)).length;
    expect(await kinds('right-added')).toBe(9);
    expect(await kinds('right-removed')).toBe(1);
    expect(await kinds('camera-group-changed')).toBe(1);
    expect(await kinds('screen-paired')).toBe(2);
    expect(await kinds('screen-revoked')).toBe(1);
    const refusals = await entries('kind=refused');
    expect(refusals.map(({ detail }: { detail: { asked: string } }) => detail.asked)).toEqual(
      expect.arrayContaining(['http:socket', 'rest:approvePairing', 'event:wall:command', 'rest:getCamera']),
    );
    // With a camera that is removed go its memberships.
    const removed = await site.administrator.call('DELETE', '/cameras/secret');
    expect(removed.status).toBe(204);
    const [left] = await entries('kind=camera-group-changed');
    expect(left).toMatchObject({
      ...{ subject: 'camera-group:hidden', actor: expect.stringMatching(/^person:/) },
      detail: { name: 'Hidden', count: 0, added: [], removed: ['secret'] },
    });
    expect((await (await auditing()).call('GET', '/record/verification')).body).toMatchObject({ ok: true });
  });
});
