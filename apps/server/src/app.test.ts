import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiBase, ErrorCode, routes, Snapshot, type Commit, type RestRoute } from '@clerestory/protocol';
import { startTeamApp, type TeamApp } from './testing/access.ts';
import type { Browser } from './testing/browser.ts';
import { canaryNumber } from './testing/private-camera.ts';
import {
  openWindow as openStranger,
  startTestApp,
  until,
  type FetchJson,
  type TestSocket,
} from './testing/server.ts';

let server: TeamApp;
let call: FetchJson;
const secret = 'p@s:s/ #%w';
const rtsp = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main', username: 'root', password: secret };

beforeAll(async () => {
  server = await startTeamApp();
  call = server.fetchJson;
});
afterAll(() => server.stop());

const api = (address: string) => apiBase + address;
const wall = 'control-room';
const join = async (socket: TestSocket): Promise<Snapshot> => {
  const answer = await socket.emitWithAck('wall:join', {});
  if (!answer.ok) throw new Error(answer.problem.detail);
  return Snapshot.parse(answer.value);
};

describe('refusals are RFC 9457 problems that say what to do', () => {
  test.each([
    ['GET', '/cameras/nowhere', undefined, 404, 'not-found'],
    ['GET', '/cameras/No%20Id', undefined, 404, 'not-found'],
    ['GET', '/nothing', undefined, 404, 'not-found'],
    ['GET', '/cameras?limit=0', undefined, 400, 'invalid-request'],
    ['POST', '/cameras', {}, 400, 'invalid-request'],
    ['POST', '/cameras', '{', 400, 'invalid-request'],
    ['PUT', '/cameras', {}, 405, 'method-not-allowed'],
    [
      'POST',
      '/cameras',
      { name: 'x', source: { kind: 'rtsp', main: 'rtsp://user:pw@host/' } },
      400,
      'invalid-request',
    ],
    [
      'POST',
      '/cameras',
      { name: 'x', source: { kind: 'file', path: '/etc/passwd' } },
      400,
      'invalid-request',
    ],
    ['PUT', `/walls/${wall}/screens/left/tiles/99`, { camera: 'x' }, 404, 'not-found'],
    ['PUT', `/walls/${wall}/screens/left/tiles/0`, { camera: 'nowhere' }, 404, 'not-found'],
    ['PUT', `/walls/${wall}/screens/left/layout`, { layout: '5x5' }, 400, 'invalid-request'],
  ])('%s %s → %i %s', async (method, address, body, status, code) => {
    const answer = await call(method, api(address), body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body.code).toBe(code);
    expect(ErrorCode.options).toContain(answer.body.code);
    expect(answer.body.detail.length).toBeGreaterThan(10);
  });

  test.each([
    ['limit=-1', '/limit'],
    ['limit=', '/limit'],
    ['limit=1e3', '/limit'],
    ['limit=999999999999999999999', '/limit'],
    ['cursor=zero', '/cursor'],
    ['cursor=-1', '/cursor'],
  ])('the query ?%s is refused by name', async (query, pointer) => {
    const answer = await call('GET', api(`/cameras?${query}`));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer })]);
  });

  test('a demo scene that nobody can draw is refused with those that there are', async () => {
    const answer = await call('POST', api('/cameras'), {
      name: 'Moon',
      source: { kind: 'demo', scene: 'moon' },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatch(/no demo scene "moon": choose one of .*harbour-bridge/);
  });

  test.each([
    ['GET', '/robots.txt', 404],
    ['GET', '/screen/a/b', 404],
    ['POST', '/', 405],
    ['DELETE', '/screen/left', 405],
    ['POST', '/nowhere', 404],
  ])('%s %s is a plain %i, not the page of a framework', async (method, address, status) => {
    const answer = await fetch(server.app.url + address, { method });
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toContain('Cannot ');
  });

  test('a body that is too large, and one that is not JSON', async () => {
    expect((await call('POST', api('/cameras'), { name: 'x'.repeat(70_000) })).body.code).toBe('too-large');
    const text = await call('POST', api('/cameras'), 'name=x', { 'content-type': 'text/plain' });
    expect(text.body.code).toBe('unsupported-media-type');
  });

  test('each faulty field is named', async () => {
    const answer = await call('POST', api('/cameras'), {
      name: '',
      number: 0,
      source: { kind: 'rtsp', main: 'http://x' },
    });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/name', '/number', '/source/main']),
    );
  });
});

describe('foreign pages', () => {
  /** Waits for the entry about it: where from, and nothing of who is signed in there. */
  async function refusedAsForeign(asked: string): Promise<void> {
    auditor ??= await server.personAs('auditor');
    const entry = await until(async () => {
      const { items = [] } = (await auditor?.call('GET', '/record?kind=refused&limit=500'))?.body ?? {};
      return items.find((one: { detail: object }) => 'asked' in one.detail && one.detail.asked === asked);
    });
    expect(entry).toMatchObject({
      ...{ actor: 'anonymous', subject: 'server' },
      detail: { asked, code: 'forbidden', address: '127.0.0.1', count: 1 },
    });
  }
  let auditor: Browser | undefined;
  const foreign = 'http://evil.example';
  test('may not open a socket', async () => {
    await expect(
      openStranger(
        server.app.url,
        { surface: 'console' },
        { origin: foreign, cookie: server.team.cookieHeader() },
      ),
    ).rejects.toThrow();
    await refusedAsForeign('http:socket');
  });
  test('may not change anything, nor read under a foreign host name', async () => {
    expect(
      (await call('POST', api('/cameras'), { name: 'x', source: rtsp }, { origin: foreign })).status,
    ).toBe(403);
    const request = await new Promise<number>((resolve, reject) => {
      import('node:http').then(({ get }) =>
        get(`${server.app.url}/api/v1/cameras`, { headers: { host: 'evil.example' } }, (response) =>
          resolve(response.resume().statusCode ?? 0),
        ).on('error', reject),
      );
    });
    expect(request).toBe(403);
    await refusedAsForeign('origin');
  });
});

describe('cameras', () => {
  test('are created once per key, listed by cursor, changed, found and removed; secrets never come back', async () => {
    const key = { 'idempotency-key': 'create-gate-1' };
    const body = { name: 'Gate', place: 'Quay Street', neighbourhood: 'Harbour', source: rtsp };
    const first = await call('POST', api('/cameras'), body, key);
    expect(first.status).toBe(201);
    const again = await call('POST', api('/cameras'), body, key);
    expect(again.body).toEqual(first.body);
    const other = await call('POST', api('/cameras'), { ...body, name: 'Other' }, key);
    expect(other.body.code).toBe('key-reused');
    const taken = await call('POST', api('/cameras'), { ...body, number: first.body.number });
    expect(taken.body.code).toBe('exists');

    for (let n = 0; n < 4; n++) await call('POST', api('/cameras'), { name: `Lot ${n}`, source: rtsp });
    const seen: number[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page: { body: { items: { number: number }[]; next: string | null } } = await call(
        'GET',
        api(`/cameras?limit=2${next && `&cursor=${next}`}`),
      );
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items.map(({ number }) => number));
      next = page.body.next;
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(canaryNumber);
    expect(seen).toHaveLength(1 + 5);
    expect((await call('GET', api('/cameras?q=harbour%20gate'))).body.items).toHaveLength(1);

    const renamed = await call('PATCH', api('/cameras/gate'), { name: 'Main gate' }, { 'if-match': '"1"' });
    expect(renamed.body).toMatchObject({
      name: 'Main gate',
      place: 'Quay Street',
      revision: 2,
      source: { kind: 'rtsp', hasLogin: true, hasSub: false },
    });
    const stale = await call('PATCH', api('/cameras/gate'), { name: 'Late' }, { 'if-match': '"1"' });
    expect(stale.body).toMatchObject({ code: 'conflict', sequence: 2 });

    for (const address of [
      '/cameras',
      '/cameras/gate',
      '/health',
      '/cameras/gate/transitions',
      `/walls/${wall}`,
    ]) {
      const text = JSON.stringify((await call('GET', api(address))).body);
      expect(text).not.toContain(secret);
      expect(text).not.toContain('rtsp://');
    }
    const socket = await server.openWindow({ surface: 'console' });
    const snapshot = JSON.stringify(await join(socket));
    expect(snapshot).toContain('Main gate');
    expect(snapshot).not.toContain(secret);
    socket.close();
  });

  test('one that is removed leaves every tile', async () => {
    const { body: camera } = await call('POST', api('/cameras'), { name: 'Short lived', source: rtsp });
    await call('PUT', api(`/walls/${wall}/screens/left/tiles/3`), { camera: camera.id });
    const socket = await server.openWindow({ surface: 'console' });
    await join(socket);
    const committed = new Promise<Commit>((resolve) => socket.once('wall:committed', resolve));
    const removed = new Promise((resolve) => socket.once('camera:removed', resolve));
    expect((await call('DELETE', api(`/cameras/${camera.id}`))).status).toBe(204);
    expect((await committed).events).toMatchObject([{ type: 'tile:cleared', screen: 'left', tile: 3 }]);
    expect(await removed).toEqual({ camera: camera.id });
    expect((await call('GET', api(`/walls/${wall}/screens/left/tiles/3`))).body.assignment).toBeNull();
    socket.close();
  });
});

describe('the wall', () => {
  test('two people on one tile at once: one wins, the other is told, both see the same', async () => {
    const people = await Promise.all([
      server.openWindow({ surface: 'console' }),
      server.openWindow({ surface: 'console' }),
    ]);
    const [base] = (await Promise.all(people.map(join))).map((snapshot) => snapshot.wall.sequence);
    const heard: Commit[][] = [[], []];
    people.forEach((socket, index) => socket.on('wall:committed', (commit) => heard[index]?.push(commit)));
    const cameras = (await call('GET', api('/cameras?limit=2'))).body.items as { id: string }[];
    const answers = await Promise.all(
      people.map((socket, index) =>
        socket.emitWithAck('wall:command', {
          wall,
          key: `race-person-${index}`,
          base: base ?? 0,
          command: { type: 'tile:assign', screen: 'centre', tile: 0, camera: cameras[index]?.id ?? '' },
        }),
      ),
    );
    const winners = answers.filter(({ ok }) => ok);
    expect(winners).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({
      problem: { code: 'conflict', sequence: (base ?? 0) + 1 },
    });
    await until(() => heard.every((list) => list.length === 1));
    expect(heard[0]).toEqual(heard[1]);
    for (const socket of people) socket.close();
  });

  test('a repeated key changes nothing twice; the same key for something else is refused', async () => {
    const socket = await server.openWindow({ surface: 'console' });
    const { wall: state } = await join(socket);
    const command = { type: 'screen:layout', screen: 'right', layout: '25' } as const;
    const send = (more: object) =>
      socket.emitWithAck('wall:command', {
        wall,
        key: 'layout-right-25',
        base: state.sequence,
        command,
        ...more,
      } as never);
    const first = await send({});
    expect(first).toMatchObject({ ok: true, value: { repeated: false } });
    expect(await send({})).toEqual({ ok: true, value: { sequence: state.sequence + 1, repeated: true } });
    expect(await send({ command: { ...command, layout: '4' } })).toMatchObject({
      ok: false,
      problem: { code: 'key-reused' },
    });
    socket.close();
  });

  test('a window that missed commits gets them in order; one from the future gets a snapshot', async () => {
    const socket = await server.openWindow({ surface: 'console' });
    const { wall: state } = await join(socket);
    for (const name of ['One', 'Two', 'Three']) await call('PATCH', api(`/walls/${wall}`), { name });
    const missed = await socket.emitWithAck('wall:resync', { wall, since: state.sequence });
    expect(
      missed.ok &&
        'commits' in missed.value &&
        missed.value.commits.map(({ sequence }) => sequence - state.sequence),
    ).toEqual([1, 2, 3]);
    const future = await socket.emitWithAck('wall:resync', { wall, since: 1_000_000 });
    expect(future.ok && 'snapshot' in future.value && future.value.snapshot.wall.name).toBe('Three');
    socket.close();
  });

  test('messages that do not parse are refused and the window lives on', async () => {
    const socket = await server.openWindow({ surface: 'console' });
    await join(socket);
    for (const bad of [
      null,
      7,
      {},
      { wall, key: 'x', base: -1, command: { type: 'rm -rf' } },
      { wall: '../..', key: 'k'.repeat(999), base: 0, command: {} },
    ])
      expect(await socket.emitWithAck('wall:command', bad as never)).toMatchObject({
        ok: false,
        problem: { code: 'invalid-request' },
      });
    const forget = {
      wall,
      key: 'forget-it-please',
      base: 0,
      command: { type: 'camera:forget', camera: 'gate' },
    };
    expect(await socket.emitWithAck('wall:command', forget as never)).toMatchObject({ ok: false });
    socket.emit('wall:join', {}, undefined as never);
    await join(socket);
    socket.close();
  });

  test('a screen shows and reports for itself, and changes nothing', async () => {
    const console_ = await server.openWindow({ surface: 'console' });
    await join(console_);
    const statuses: number[] = [];
    console_.on('screen:status', ({ screen, connected }) => screen === 'left' && statuses.push(connected));
    const screen = await server.openWindow({ surface: 'screen', screen: 'left' });
    const { wall: state } = await join(screen);
    const report = {
      screen: 'left',
      sequence: state.sequence,
      visible: true,
      width: 1920,
      height: 1080,
      tiles: [],
    };
    expect(await screen.emitWithAck('screen:report', report)).toEqual({ ok: true, value: {} });
    expect(await screen.emitWithAck('screen:report', { ...report, screen: 'right' })).toMatchObject({
      problem: { code: 'forbidden' },
    });
    expect(
      await screen.emitWithAck('wall:command', {
        wall,
        key: 'screen-acts-x',
        base: 0,
        command: { type: 'screen:clear', screen: 'left' },
      }),
    ).toMatchObject({ problem: { code: 'forbidden' } });
    expect((await call('GET', api(`/walls/${wall}/screens/left`))).body.status).toMatchObject({
      connected: 1,
      report: { width: 1920 },
    });
    screen.close();
    await until(() => statuses.at(-1) === 0);
    expect(statuses[0]).toBe(1);
    console_.close();
  });

  test('a screen that does not exist is told how to get one', async () => {
    const socket = await server.openWindow({ surface: 'screen', screen: 'nowhere' });
    expect(await socket.emitWithAck('wall:join', {})).toMatchObject({
      ok: false,
      problem: { code: 'not-found', detail: expect.stringContaining('Add it in the console') },
    });
    socket.close();
  });

  test('a window that floods is slowed down, not obeyed', async () => {
    const socket = await server.openWindow({ surface: 'console' });
    const answers = await Promise.all(Array.from({ length: 120 }, () => socket.emitWithAck('wall:join', {})));
    expect(
      answers.filter((answer) => !answer.ok && answer.problem.code === 'too-many').length,
    ).toBeGreaterThan(20);
    socket.close();
  });
});

test('every route is in the OpenAPI document, and every one answers', async () => {
  const { body: document } = await call('GET', api('/openapi.json'));
  expect(document.openapi).toBe('3.1.0');
  for (const row of Object.values(routes) as RestRoute[])
    expect(document.paths[apiBase + row.path]?.[row.method]?.responses?.[row.status]).toBeTruthy();
  const answerTo = async (method: string, path: string) => {
    const address = server.app.url + api(path.replaceAll(/\{\w+\}/g, 'none'));
    const response = await fetch(address, {
      method: method.toUpperCase(),
      headers: { origin: server.app.url },
    });
    return `${response.status} ${await response.text()}`;
  };
  const nothingThere = /There is nothing at this address/;
  expect(await answerTo('get', '/no-such-route')).toMatch(nothingThere);
  for (const { method, path } of Object.values(routes) as RestRoute[]) {
    const answer = await answerTo(method, path);
    expect(answer, `${method} ${path}`).not.toMatch(nothingThere);
    expect(answer, `${method} ${path}`).toMatch(/^[24]/);
  }
});

test('health, readiness and metrics are there for machines', async () => {
  expect((await call('GET', '/healthz')).body).toEqual({ status: 'ok' });
  const metrics = await (await fetch(`${server.app.url}/metrics`)).text();
  expect(metrics).toMatch(/clerestory_cameras\{state="idle"\} \d+/);
  expect(metrics).toMatch(/clerestory_wall_commits_total \d+/);
});

test('a media process that hangs is replaced', { timeout: 90_000 }, async () => {
  const hung = await startTeamApp();
  await until(() => hung.app.mediaReady());
  const before = hung.app.mediaPid();
  process.kill(before ?? 0, 'SIGSTOP');
  await until(() => hung.app.mediaPid() !== undefined && hung.app.mediaPid() !== before);
  await until(async () => (await fetch(`${hung.app.url}/readyz`)).status === 200);
  await hung.stop();
});

test('a wall is made once per key, whatever its name', async () => {
  const key = { 'idempotency-key': 'make-wall-cjk' };
  const first = await call('POST', api('/walls'), { name: '中控室' }, key);
  expect(first.status).toBe(201);
  expect((await call('POST', api('/walls'), { name: '中控室' }, key)).body).toEqual(first.body);
  expect((await call('POST', api('/walls'), { name: 'Other' }, key)).body.code).toBe('key-reused');
  expect((await call('POST', api('/walls'), { id: first.body.id, name: 'Other' })).body.code).toBe('exists');
});

test('one wall too many is refused with what can be done, which is not removing one', async () => {
  let made = (await call('GET', api('/walls'))).body.items.length;
  for (; made < 100; made++)
    expect((await call('POST', api('/walls'), { name: `Wall ${made}` })).status).toBe(201);
  const { body } = await call('POST', api('/walls'), { name: 'One more' });
  expect(body).toMatchObject({ code: 'unprocessable', detail: expect.stringContaining('Rename one') });
});

test('a screen that is removed and made again while its window stays is still connected', async () => {
  const make = () => call('POST', api(`/walls/${wall}/screens`), { id: 'again', name: 'Again', layout: '1' });
  const status = async () => (await call('GET', api(`/walls/${wall}/screens/again`))).body.status;
  await make();
  const windows = await Promise.all(
    [1, 2].map(() => server.openWindow({ surface: 'screen', screen: 'again' })),
  );
  await Promise.all(windows.map(join));
  await call('DELETE', api(`/walls/${wall}/screens/again`));
  await make();
  const report = { screen: 'again', sequence: 1, width: 1, height: 1, tiles: [] };
  for (const [index, socket] of windows.entries())
    await socket.emitWithAck('screen:report', { ...report, visible: index === 0 });
  // The hidden window spoke last, the visible one counts.
  expect(await status()).toMatchObject({ connected: 2, report: { visible: true } });
  for (const socket of windows) socket.close();
  await until(async () => (await status()).connected === 0);
  expect(await status()).toMatchObject({ report: null });
});

test('when a screen was seen last is known after a restart too', async () => {
  const at = `/walls/${wall}/screens/left`;
  const first = await startTeamApp();
  const status = async ({ team }: TeamApp) => (await team.call('GET', at)).body.status;
  expect(await status(first)).toMatchObject({ connected: 0, lastSeenAt: null });
  const socket = await first.openWindow({ surface: 'screen', screen: 'left' });
  await join(socket);
  await until(async () => (await status(first)).connected === 1);
  socket.close();
  await until(async () => (await status(first)).connected === 0);
  await first.app.close();
  const second = await startTeamApp({}, first.dir);
  expect(await status(second)).toMatchObject({ connected: 0, lastSeenAt: expect.any(Number), report: null });

  // A line that ends with a fault (as where a page closes while something is written to it): its computer is there.
  const window = await second.openWindow({ surface: 'screen', screen: 'left' });
  await join(window);
  await until(async () => (await status(second)).connected === 1);
  window.io.reconnection(false);
  const { ws } = window.io.engine.transport as unknown as { ws: { _socket: Socket } };
  ws._socket.write(Buffer.alloc(8, 0xff));
  const why = async () => {
    const { screens } = (await second.team.call('GET', '/fleet?hours=24')).body;
    return screens.find(({ screen }: { screen: string }) => screen === 'left').why;
  };
  await until(async () => (await why()) !== 'absent');
  expect(await why()).toBe('closed');
  await second.stop();
  await first.stop();
});

test('a port in use is told in one sentence, and the store is let go of', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  await expect(startTestApp({ CLERESTORY_PORT: String(port) })).rejects.toThrow(
    /is in use\. Stop the other program, or set CLERESTORY_PORT/,
  );
  taken.close();
});
