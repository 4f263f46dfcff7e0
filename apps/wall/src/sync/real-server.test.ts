import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { ClientCommand, type ClientHello } from '@clerestory/protocol';
import { command as anyCommand } from '../../../../packages/wall-state/src/testing/arbitraries.ts';
import { cameras } from '../../../../packages/wall-state/src/testing/stage.ts';
import { startTeamApp, type TeamApp } from '../../../server/src/testing/access.ts';
import type { Browser } from '../../../server/src/testing/browser.ts';
import { initialStore, type WallStore } from '../state/store.ts';
import { startSync, type Sync } from './index.ts';

/* W24 with nothing stood in for: the real server, its store, real sockets that are cut, and what every page keeps its wall with. */

let server: TeamApp;
const closing: (() => void)[] = [];

beforeAll(async () => {
  server = await startTeamApp();
  const { administrator, team } = server;
  for (const id of cameras) {
    const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:1/none' };
    await administrator.call('POST', '/cameras', { id, name: id, source });
  }
  for (const id of ['north', 'south'])
    await team.call('POST', '/walls/control-room/screens', { id, name: id, layout: '4' });
}, 60_000);
afterAll(async () => {
  for (const close of closing) close();
  await server.stop();
});

interface Way {
  url: string;
  cut(): void;
  /** First lines of the requests with which the open connections began. */
  open(): string[];
}

/** A way to the server on which every connection is this person's, as a browser's cookies make it, and can be cut; what it does not let pass is reset. */
async function wayOf(browser: Browser, passes: (request: string) => boolean): Promise<Way> {
  const open = new Set<Socket>();
  const begun = new Map<Socket, string>();
  const who = `\r\nCookie: ${browser.cookieHeader()}\r\nOrigin: ${server.app.url}\r\n`;
  const way = createServer((client) => {
    const upstream = connect(server.app.port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    client.once('data', (first: Buffer) => {
      const request = first
        .toString('latin1')
        .replace(/Host: [^\r]+/i, `Host: ${new URL(server.app.url).host}`);
      const [line = ''] = request.split('\r\n');
      if (!passes(line)) return client.resetAndDestroy();
      begun.set(client, line);
      upstream.write(request.replace('\r\n', who), 'latin1');
      client.pipe(upstream);
    });
    upstream.pipe(client);
    client.on('close', () => {
      begun.delete(client);
      upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  closing.push(() => {
    cut();
    way.close();
  });
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    cut,
    open: () => [...begun.values()],
  };
}

async function open(hello: ClientHello, browser: Browser, passes: (request: string) => boolean = () => true) {
  const store = createStore<WallStore>(() => initialStore);
  const way = await wayOf(browser, passes);
  const sync: Sync = startSync(hello, {
    ...{ url: way.url, store, storage: null, session: null, reload: () => undefined },
    ...{ ackTimeoutMs: 2_000, rejoinMs: 50 },
  });
  closing.push(() => sync.stop());
  const online = () =>
    vi.waitFor(() => expect(store.getState().link.state).toBe('online'), { timeout: 20_000 });
  return { store, sync, way, online };
}

test('W24 seeded fuzz: two people and a screen, lines cut at random, and all end equal to the server', async () => {
  const sam = await server.personAs('supervisor', 'sam');
  const windows = [
    await open({ surface: 'console' }, server.team),
    await open({ surface: 'console' }, sam),
    await open({ surface: 'screen', screen: 'north' }, server.team),
  ];
  for (const { online } of windows) await online();
  const seed = 20_261_128;
  const steps = fc.sample(fc.record({ by: fc.nat(1), cuts: fc.nat(29), asked: anyCommand }), {
    seed,
    numRuns: 300,
  });
  let [done, refused, cuts] = [0, 0, 0];
  const answers: Promise<unknown>[] = [];
  for (const { by, cuts: at, asked } of steps) {
    // Some at once, so that they meet.
    const window = windows[by];
    if (!window) continue;
    const command = ClientCommand.safeParse(asked);
    if (!command.success) continue;
    answers.push(window.sync.command(command.data).then(({ ok }) => (ok ? (done += 1) : (refused += 1))));
    // One step in ten cuts one of the three off.
    const line = windows[at]?.way;
    line?.cut();
    if (line) cuts += 1;
    if (answers.length % 4 === 0) await Promise.all(answers);
  }
  await Promise.all(answers);
  for (const { online } of windows) await online();
  const held = async () =>
    (await server.team.call('GET', '/walls/control-room')).body as { sequence: number };
  for (const { store } of windows)
    await vi.waitFor(async () => expect(store.getState().wall?.sequence).toBe((await held()).sequence), {
      timeout: 20_000,
    });
  const end = await held();
  for (const { store } of windows) expect(store.getState().wall).toEqual(end);
  // It was no idle run.
  expect([done > 100, refused > 20, cuts > 15]).toEqual([true, true, true]);
}, 120_000);

const byWebSocket = (way: Way) => way.open().some((line) => line.includes('transport=websocket'));

test('a line comes by WebSocket again although the server was away for its first try', async () => {
  let tries = 0;
  const { way, online } = await open({ surface: 'console' }, server.team, () => (tries += 1) > 1);
  await online();
  await vi.waitFor(() => expect(byWebSocket(way)).toBe(true), { timeout: 10_000 });
});

test('a network that lets no WebSocket pass: by polling, and by WebSocket once one passes', async () => {
  let lets = false;
  const { way, online, sync } = await open(
    { surface: 'console' },
    server.team,
    (line) => lets || line.includes('transport=polling'),
  );
  await online();
  const answer = await sync.command({ type: 'wall:rename', name: 'By polling' });
  expect(answer.ok).toBe(true);
  expect(byWebSocket(way)).toBe(false);
  lets = true;
  // Between two questions there is no line that could be cut.
  await vi.waitFor(() => expect(way.open().some((line) => line.startsWith('GET'))).toBe(true));
  way.cut();
  await vi.waitFor(() => expect(byWebSocket(way)).toBe(true), { timeout: 20_000 });
  await online();
});
