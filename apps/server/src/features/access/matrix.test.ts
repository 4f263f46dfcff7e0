import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import express from 'express';
import {
  apiBase,
  ClientCommand,
  clientEvents,
  mediaPaths,
  nodeQuestions,
  feedPath,
  ownerPath,
  PushNotice,
  PushRequest,
  routes,
  serverEvents,
  type ClientEventName,
  type RestRoute,
  type RouteName,
} from '@clerestory/protocol';
import { anonymous, type Actor } from '../../platform/actor.ts';
import { commandOracle, eventOracle, oracle, pageOracle, rowOracle } from '../../testing/door-oracle.ts';
import { startOwnerApp, type OwnerApp } from '../../testing/owners.ts';
import { Browser } from '../../testing/browser.ts';
import { openWindow, until, type TestSocket } from '../../testing/server.ts';
import { assertPolicy } from './doors.ts';
import { admits, policy, type DoorId, type PolicyRow } from './policy.ts';
import { assured } from '../../../../../tools/harness/assured.ts';

const letters = {
  operator: 'o',
  supervisor: 's',
  investigator: 'i',
  auditor: 'u',
  administrator: 'a',
} as const;
type RoleName = keyof typeof letters;
const roleNames = Object.keys(letters) as RoleName[];

let site: OwnerApp;
/** A fresh browser for each cell that could change who asks. */
const logins = new Map<RoleName, string>();
const browsers = new Map<string, Browser>();

const actors = [
  ['nobody', 'n'],
  ['an ended session', 'n'],
  ['a revoked screen', 'n'],
  ['a screen', 'w'],
  ['an owner', 'e'],
  ['a feed', 'f'],
  ...roleNames.flatMap((role) => [
    [role, letters[role]],
    [`${role}, locked`, `${letters[role]}L`],
  ]),
] as [string, string][];

/** Who somebody is at this door. */
const letterAt = (path: string, letter: string): string =>
  path.startsWith(ownerPath) === (letter === 'e') && path.startsWith(feedPath) === (letter === 'f')
    ? letter
    : 'n';
const mayBy = (row: string, actor: string): boolean => [...actor].every((letter) => row.includes(letter));
const refusedCodes = new Set(['unauthenticated', 'forbidden', 'locked']);

/** Requests as a program sends them that has a token. */
const withToken =
  (token: string): typeof fetch =>
  (address, init) =>
    fetch(address, {
      ...init,
      headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${token}` },
    });

async function signedIn(role: RoleName, locked: boolean, login = logins.get(role) ?? ''): Promise<Browser> {
  const browser = new Browser(site.app.url);
  expect((await browser.signIn(login)).status).toBe(200);
  if (locked) await browser.call('POST', '/session/lock');
  return browser;
}
async function browserOf(actor: string, fresh: boolean, name?: RouteName): Promise<Browser> {
  const known = browsers.get(actor);
  if (known && !fresh) return known;
  if (actor === 'an owner')
    return name === 'ownerSignOut' ? site.ownerAs('oskar@example.org') : (known ?? new Browser(site.app.url));
  const [role = '', locked] = actor.split(', ');
  if (!(role in letters)) return known ?? new Browser(site.app.url);
  // Somebody else of that role: one of these ends every session of its person.
  return signedIn(role as RoleName, locked !== undefined, `another-${role}`);
}

beforeAll(async () => {
  site = await startOwnerApp();
  await site.administrator.call('POST', '/cameras', {
    ...{ id: 'gate', name: 'Gate' },
    source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' },
  });
  for (const role of roleNames) {
    const login = `${role}-of-matrix`;
    await site.personAs(role, login);
    await site.personAs(role, `another-${role}`);
    logins.set(role, login);
    browsers.set(role, await signedIn(role, false));
    browsers.set(`${role}, locked`, await signedIn(role, true));
  }
  const ended = await signedIn('supervisor', false);
  const cookies = new Map(ended.cookies);
  await ended.call('DELETE', '/session');
  for (const [name, value] of cookies) ended.cookies.set(name, value);
  browsers.set('an ended session', ended);
  browsers.set('an owner', await site.ownerAs('olga@example.org'));
  const feed = await site.administrator.call('POST', '/feeds', { name: 'Call desk', types: ['fire'] });
  browsers.set('a feed', new Browser(site.app.url, withToken(feed.body.token)));
  browsers.set('a screen', await site.pair('left'));
  const revoked = await site.pair('right');
  await site.administrator.call('DELETE', `/screen-devices/${revoked.device}`);
  browsers.set('a revoked screen', revoked);
});
afterAll(() => site.stop());

async function withRow(door: DoorId, other: PolicyRow, work: () => Promise<void> | void): Promise<void> {
  const rows = policy as Record<string, PolicyRow>;
  const row = rows[door];
  if (!row) throw new Error('no such row');
  rows[door] = other;
  try {
    await work();
  } finally {
    rows[door] = row;
  }
}
/** While this runs, a row lets everybody in. */
const opened = (door: DoorId, work: () => Promise<void> | void) =>
  withRow(door, { who: [...everyWho] }, work);
const everyWho = ['anyone', 'person', 'screen', 'owner', 'feed', ...roleNames] as const;

/** They end or change the session that asks, so each gets one of its own. */
const changesAsker = new Set<RouteName>([
  'signOut',
  'lockSession',
  'endMySessions',
  'touchSession',
  'renewRecoveryCodes',
  'ownerSignOut',
]);
/** On what is not there, since otherwise it would be gone. */
const destroys = new Set<RouteName>(['deleteCamera', 'deleteScreen']);

/** Where the right is asked for only once the whole request is read. */
const validBodies: Partial<Record<RouteName, object>> = {
  assignTile: { camera: 'gate' },
  noteSnapshot: {
    ...{ at: 0, seen: 'live', stream: 'main', width: 1, height: 1, bytes: 1 },
    sha256: '0'.repeat(64),
  },
};

/** Who of the actors may use a route, as the running server says and as the oracle says. */
async function cellsOf(
  name: RouteName,
  who = actors,
): Promise<[found: Record<string, boolean>, expected: typeof found]> {
  const { method, path, body } = routes[name] as RestRoute;
  const address = path
    .replace('{camera}', destroys.has(name) ? 'nowhere' : 'gate')
    .replace('{wall}', 'control-room')
    .replace('{screen}', destroys.has(name) ? 'nowhere' : 'left')
    .replace('{tile}', '0')
    .replaceAll(/\{\w+\}/g, 'nowhere');
  // Not valid, so that whoever may use the route changes nothing by it: refusals come before the body is looked at.
  const sent = body ? (validBodies[name] ?? { nothing: 'here' }) : undefined;
  const [found, expected]: Record<string, boolean>[] = [{}, {}];
  if (who === actors) asked.add(`${method.toUpperCase()} ${apiBase}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
  for (const [actor, letter] of who) {
    const browser = await browserOf(actor, changesAsker.has(name), name);
    const answer = await browser.call(method.toUpperCase(), address, sent);
    expect(answer.status, `${actor}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
    cells += 1;
    Object.assign(found as object, { [actor]: !refusedCodes.has(answer.body?.code) });
    Object.assign(expected as object, { [actor]: mayBy(oracle[name], letterAt(path, letter)) });
  }
  return [found ?? {}, expected ?? {}];
}
let cells = 0;
/** Doors that everybody asked at, as a router has them. */
const asked = new Set<string>();

/** As from another machine, so that nobody is a program of this one. */
const fromAfar = { 'x-forwarded-for': '203.0.113.9' };
async function pageCells(door: string, who = actors): Promise<[found: object, expected: object]> {
  const [row = '', address = ''] = pageOracle[door] ?? [];
  const [found, expected]: Record<string, boolean>[] = [{}, {}];
  for (const [actor, letter] of who) {
    const cookie = (await browserOf(actor, false)).cookieHeader();
    const gone = new AbortController();
    const { status } = await fetch(site.app.url + address, {
      headers: { ...fromAfar, ...(cookie && { cookie }) },
      signal: gone.signal,
    });
    gone.abort();
    cells += 1;
    Object.assign(found as object, { [actor]: ![401, 403, 423].includes(status) });
    Object.assign(expected as object, {
      [actor]: mayBy(row, letterAt(address.slice(apiBase.length), letter)),
    });
  }
  if (who === actors) asked.add(door);
  return [found ?? {}, expected ?? {}];
}

describe('A1: every route × every actor, against the oracle', () => {
  test.each(Object.keys(routes) as RouteName[])('%s', async (name) => {
    const [found, expected] = await cellsOf(name);
    expect(found).toEqual(expected);
  });

  test.each(Object.keys(pageOracle))('%s', async (door) => {
    const [found, expected] = await pageCells(door);
    expect(found).toEqual(expected);
  });

  test('each door of the live router was asked at, by each actor', () => {
    // What is no address is a page that says so: there is nothing behind it.
    const live = site.app.doors.filter(({ row }) => row !== 'http:no-page').map(({ door }) => door);
    expect(live.length).toBeGreaterThan(Object.keys(routes).length);
    expect([...asked].toSorted()).toEqual(live.toSorted());
    expect(cells).toBe(live.length * actors.length);
  });

  /** Without its row a route of these features is open: they leave it all to the table. */
  const bare = (Object.keys(routes) as RouteName[]).filter(
    (name) =>
      !oracle[name].includes('n') &&
      ['cameras', 'health', 'walls', 'screens', 'tiles', 'layouts', 'record'].includes(routes[name].tag),
  );
  test.each(bare)('A7: %s with its row taken out is found', async (name) => {
    await opened(`rest:${name}`, async () => {
      const [found, expected] = await cellsOf(name, [['nobody', 'n']]);
      expect(found).not.toEqual(expected);
    });
  });
});

test('A7: the row of the figures, opened, is found', () =>
  opened('http:metrics', async () => {
    const [found, expected] = await pageCells('GET /metrics', [['nobody', 'n']]);
    expect(found).not.toEqual(expected);
  }));

test('A1 is noted', () => {
  const doors =
    asked.size +
    [commandOracle, eventOracle, rowOracle].reduce((sum, table) => sum + Object.keys(table).length, 0);
  assured({
    ...{ row: 'A1', trials: doors * actors.length, whole: true },
    claim:
      'every door of the live router, every event of the live socket server, every command and every row of pushes, frames and media paths × every kind of actor is as the oracle says, which is written apart from the code',
    control:
      'a row of the policy table that lets others in is found, each route, page, event and push by itself',
  });
});

describe('A1: every socket event and command × every actor', () => {
  const expectedBy = (letter: string) =>
    Object.fromEntries(Object.entries(commandOracle).map(([type, row]) => [type, mayBy(row, letter)]));
  const commands: Record<ClientCommand['type'], ClientCommand> = {
    'tile:assign': { type: 'tile:assign', screen: 'left', tile: 0, camera: 'gate' },
    'tile:clear': { type: 'tile:clear', screen: 'left', tile: 0 },
    'tile:swap': { type: 'tile:swap', a: { screen: 'left', tile: 0 }, b: { screen: 'left', tile: 1 } },
    'screen:clear': { type: 'screen:clear', screen: 'left' },
    'screen:layout': { type: 'screen:layout', screen: 'left', layout: '4' },
    'screen:create': { type: 'screen:create', screen: 'left', name: 'Left', layout: '4' },
    'screen:rename': { type: 'screen:rename', screen: 'nowhere', name: 'Left' },
    'screen:remove': { type: 'screen:remove', screen: 'nowhere' },
    'wall:rename': { type: 'wall:rename', name: 'Control room' },
    'tile:tour': { type: 'tile:tour', screen: 'left', tile: 0, cameras: ['gate', 'gate'], dwellS: 5 },
    'tile:tour-pause': { type: 'tile:tour-pause', screen: 'left', tile: 0, paused: true },
    'tile:back': { type: 'tile:back', screen: 'left', tile: 0 },
    'tile:forward': { type: 'tile:forward', screen: 'left', tile: 0 },
    'screen:fill': { type: 'screen:fill', screen: 'left', cameras: ['gate'], mode: 'free' },
    'screen:tour': { type: 'screen:tour', screen: 'left', scenes: ['day', 'night'], dwellS: 5 },
    'screen:tour-pause': { type: 'screen:tour-pause', screen: 'left', paused: true },
    'screen:tour-end': { type: 'screen:tour-end', screen: 'left' },
    'screen:blank': { type: 'screen:blank', screens: ['left'], blank: false },
    'screen:place': { type: 'screen:place', places: [{ screen: 'left', place: null }] },
    'scene:save': { type: 'scene:save', scene: 'day', name: 'Day', key: null, screens: ['nowhere'] },
    'scene:rename': { type: 'scene:rename', scene: 'day', name: 'Day', key: null },
    'scene:remove': { type: 'scene:remove', scene: 'day' },
    'scene:apply': { type: 'scene:apply', scene: 'day' },
    'scene:revert': { type: 'scene:revert', applied: 1, since: 'refuse' },
    'step:undo': { type: 'step:undo' },
    'step:redo': { type: 'step:redo' },
    'control:take': { type: 'control:take' },
    'control:give': { type: 'control:give' },
    'hot-spot:set': { type: 'hot-spot:set', at: null },
    'hot-spot:show': { type: 'hot-spot:show', camera: 'gate' },
    'tours:hold': { type: 'tours:hold', why: null },
    'visitors:hide': { type: 'visitors:hide' },
    'visitors:show': { type: 'visitors:show' },
    'schedule:set': {
      ...{ type: 'schedule:set', schedule: 'early', scene: 'day', days: [1], time: '07:00' },
      ...{ zone: 'Europe/London', revertAfterMin: null },
    },
    'schedule:remove': { type: 'schedule:remove', schedule: 'early' },
  };
  const nowhere = { wall: 'control-room', screen: 'left' };
  const moved = { camera: 'gate', pan: 0.5, tilt: 0, zoom: 0 };
  /** Each event as it is sent; none of them changes anything, since there is no such order and the camera does not move. */
  const payloads: Record<ClientEventName, object> = {
    'wall:join': {},
    'wall:resync': { wall: 'control-room', since: 0 },
    'wall:recent': { wall: 'control-room', limit: 1 },
    'wall:command': {
      wall: 'control-room',
      key: 'matrix-of-events',
      base: 0,
      command: { type: 'visitors:hide' },
    },
    'screen:report': { screen: 'left', sequence: 1, visible: true, width: 1, height: 1, tiles: [] },
    'screen:done': { id: 'nothing', screen: 'left', done: true, note: '' },
    'screen:order': { wall: 'control-room', screens: ['right'], order: { kind: 'identify' } },
    'screen:screenshot': nowhere,
    'ptz:presets': { camera: 'gate' },
    'ptz:move': moved,
    'ptz:preset': { camera: 'gate', preset: 'home' },
    'ptz:home': { camera: 'gate' },
    'ptz:stop': { camera: 'gate' },
    'ptz:release': { camera: 'gate' },
  };
  const mayEmit = async (socket: TestSocket, event: ClientEventName): Promise<boolean> => {
    const answer = await socket.emitWithAck(event, payloads[event] as never);
    if (!answer.ok) expect(answer.problem.code, event).not.toBe('invalid-request');
    return answer.ok || !refusedCodes.has(answer.problem.code);
  };
  const windowOf = async (actor: string, letter: string): Promise<TestSocket> => {
    const headers = { cookie: (await browserOf(actor, false)).cookieHeader() };
    const hello = letter === 'w' ? { surface: 'screen', screen: 'left' } : { surface: 'console' };
    const socket = await openWindow(site.app.url, hello as never, headers);
    expect(await mayEmit(socket, 'wall:join')).toBe(true);
    return socket;
  };

  test('A7: the row of an event, opened, is found', async () => {
    const screen = await windowOf('a screen', 'w');
    const auditor = await windowOf('auditor', 'u');
    const found: string[] = [];
    for (const event of Object.keys(eventOracle) as ClientEventName[])
      await opened(`event:${event}`, async () => {
        for (const [socket, letter] of [
          [screen, 'w'],
          [auditor, 'u'],
        ] as const)
          if ((await mayEmit(socket, event)) !== mayBy(eventOracle[event], letter)) found.push(event);
      });
    screen.close();
    auditor.close();
    // For all have windows, or another guard stands behind: the command's own row, and that a screen speaks for itself alone.
    const twice = ['wall:join', 'wall:resync', 'wall:command', 'screen:report', 'screen:done'];
    expect([...new Set(found)].toSorted()).toEqual(
      Object.keys(eventOracle)
        .filter((event) => !twice.includes(event))
        .toSorted(),
    );
  });

  test('pushes reach whom they are for, and nobody else', async () => {
    const told = new Map<string, Set<string>>();
    const sockets: TestSocket[] = [];
    let pushed = 0;
    const push = async (): Promise<void> => {
      told.clear();
      const operator = sockets[0];
      if (!operator) throw new Error('nobody is there');
      const { administrator } = site;
      await (
        await browserOf('operator', false)
      ).call('POST', '/incidents', { type: 'fire', place: 'Gate', latitude: 0, longitude: 0 });
      await operator.emitWithAck('screen:order', payloads['screen:order'] as never);
      await administrator.call('PATCH', '/walls/control-room', { name: `Room ${(pushed += 1)}` });
      // The last thing that everybody is told.
      await until(() => told.get('wall:committed')?.size === sockets.length);
    };
    const windows = actors.filter(([, letter]) => !['n', 'e', 'f'].includes(letter));
    const order = windows.toSorted(([a], [b]) => Number(b === 'operator') - Number(a === 'operator'));
    for (const [actor, letter] of order) {
      const socket = await windowOf(actor, letter);
      sockets.push(socket);
      socket.onAny((event: string) => told.set(event, (told.get(event) ?? new Set()).add(actor)));
    }
    const forPeople = windows.filter(([, letter]) => letter !== 'w').map(([actor]) => actor);
    await push();
    expect(told.get('incident:changed')).toEqual(new Set(forPeople));
    expect(told.get('screen:order-status')).toEqual(new Set(forPeople));
    // Control: with its row opened, a screen is told too.
    await opened('push:incident:changed', push);
    expect(told.get('incident:changed')).toContain('a screen');
    for (const socket of sockets) socket.close();
  });

  test.each(actors)('%s', async (actor, letter) => {
    const headers = { cookie: (await browserOf(actor, false)).cookieHeader() };
    const hello =
      letter === 'w' ? ({ surface: 'screen', screen: 'left' } as const) : ({ surface: 'console' } as const);
    const opening = openWindow(site.app.url, hello, headers);
    if (['n', 'e', 'f'].includes(letter)) return expect(opening).rejects.toThrow('Sign in first.');
    const socket: TestSocket = await opening;
    try {
      expect(site.app.events().toSorted()).toEqual(Object.keys(eventOracle).toSorted());
      for (const event of site.app.events() as ClientEventName[])
        expect([event, await mayEmit(socket, event)]).toEqual([event, mayBy(eventOracle[event], letter)]);
      const found: Record<string, boolean> = {};
      for (const [n, type] of (Object.keys(commands) as ClientCommand['type'][]).entries()) {
        const envelope = {
          wall: 'control-room',
          key: `matrix-${n}-${actor}`.replaceAll(/[^a-z0-9-]/g, ''),
          base: 0,
        };
        const answer = await socket.emitWithAck('wall:command', { ...envelope, command: commands[type] });
        found[type] = answer.ok || !refusedCodes.has(answer.problem.code);
      }
      expect(found).toEqual(expectedBy(letter));
    } finally {
      socket.close();
    }
  });
  test.each(actors)('the same over REST: %s', async (actor, letter) => {
    const browser = await browserOf(actor, false);
    const found: Record<string, boolean> = {};
    for (const [type, command] of Object.entries(commands)) {
      const answer = await browser.call('POST', '/walls/control-room/commands', command);
      expect(answer.status, `${type}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
      found[type] = !refusedCodes.has(answer.body?.code);
    }
    expect(found).toEqual(expectedBy(letter));
  });
});

describe('A1: rows of sockets, pushes, frames and media paths × every actor', () => {
  const actorOf = (letter: string): Actor => {
    const [role] = roleNames.filter((name) => letter.startsWith(letters[name]));
    const person = {
      kind: 'person' as const,
      id: 'p',
      name: 'P',
      session: 's',
      locked: letter.endsWith('L'),
    };
    if (role) return { ...person, roles: [role], groups: [] };
    if (letter === 'w')
      return { kind: 'screen', id: 'left', name: 'Left', wall: 'control-room', device: 'd' };
    if (letter === 'f') return { kind: 'feed', id: 'f', name: 'F' };
    return letter === 'e' ? { kind: 'owner', id: 'o', name: 'O', session: 's' } : anonymous;
  };
  const differs = (door: DoorId): string[] =>
    actors
      .filter(
        ([, letter]) => admits(policy[door], actorOf(letter)).ok !== mayBy(rowOracle[door] ?? '', letter),
      )
      .map(([actor]) => actor);
  const elsewhere = /^(rest|command|http):/;
  test('the oracle speaks of every row that is not asked by a request above', () => {
    const rows = (Object.keys(policy) as DoorId[]).filter(
      (door) => !elsewhere.test(door) && !(door in rowOracle),
    );
    expect(rows).toEqual([]);
  });
  test.each(Object.keys(rowOracle) as DoorId[])('%s', async (door) => {
    expect(differs(door)).toEqual([]);
    if (rowOracle[door]?.includes('n')) return;
    await opened(door, () => expect(differs(door)).not.toEqual([]));
  });
});

describe('the policy table has a row for every door', () => {
  test('sockets, push frames and questions, as the schemas list them', () => {
    const doors = [
      ...Object.keys(routes).map((name) => `rest:${name}`),
      ...Object.keys(clientEvents).map((name) => `event:${name}`),
      ...Object.keys(serverEvents).map((name) => `push:${name}`),
      ...ClientCommand.options.map((option) => `command:${option.shape.type.value}`),
      ...PushRequest.options.map((option) => `frame:request:${option.shape.type.value}`),
      ...PushNotice.options.map((option) => `frame:notice:${option.shape.type.value}`),
      ...['init', 'chunk'].map((kind) => `frame:binary:${kind}`),
      ...Object.keys(mediaPaths).map((name) => `media:${name}`),
    ];
    expect(doors.filter((door) => !(door in policy))).toEqual([]);
    expect(nodeQuestions['node:ask'].payload.shape.door.options.toSorted()).toEqual([
      'listen',
      'llhls',
      'poster',
      'push',
      'replay',
    ]);
  });
  test('a server with a door that has none does not start', () => {
    const app = express();
    app.get('/healthz', (_request, response) => void response.end());
    expect(() => assertPolicy(app)).not.toThrow();
    app.get('/debug', (_request, response) => void response.end());
    expect(() => assertPolicy(app)).toThrow('GET /debug');
  });
  test('nor one that keeps from somebody what its media node lets everybody in at', async () => {
    const app = express();
    app.get('/healthz', (_request, response) => void response.end());
    for (const door of ['media:healthz', 'media:preflight'] as const)
      await withRow(door, { who: roleNames }, () => expect(() => assertPolicy(app)).toThrow('asks nobody'));
  });
});
