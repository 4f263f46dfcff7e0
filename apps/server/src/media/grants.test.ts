import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrantUsage } from '@clerestory/protocol';
import { expect, test } from 'vitest';
import { silentLog, type Clock } from './clock.ts';
import { Counters } from './counters.ts';
import { GrantTable } from './grants.ts';
import { LiveDoor } from './live-door.ts';

/** Time that goes on when it is told to. */
function handClock() {
  let atMs = 0;
  let waits: { dueMs: number; callback: () => void }[] = [];
  const clock: Clock = {
    nowMs: () => atMs,
    monotonicMs: () => atMs,
    after(delayMs, callback) {
      const wait = { dueMs: atMs + delayMs, callback };
      waits.push(wait);
      return () => void (waits = waits.filter((one) => one !== wait));
    },
  };
  const pass = (ms: number) => {
    const untilMs = atMs + ms;
    for (;;) {
      const next = waits.toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (!next || next.dueMs > untilMs) break;
      waits = waits.filter((one) => one !== next);
      atMs = next.dueMs;
      next.callback();
    }
    atMs = untilMs;
  };
  return { clock, pass };
}

/** A viewer with a grant that has no byte yet. `ended`: what control was told of it. */
function waiting() {
  const { clock, pass } = handClock();
  const table = new GrantTable(clock, silentLog);
  const ended: GrantUsage[] = [];
  table.connect({
    ask: () => Promise.resolve(null),
    knows: () => Promise.resolve(true),
    usage: (_run, usages) => ended.push(...usages.filter(({ done }) => done)) > 0 || true,
    wantTable: () => undefined,
  });
  const grant = { id: 'g', key: 'k', camera: 'c', scope: 'live' as const, leftMs: null, private: false };
  table.setAll({ sequence: 1, keys: ['k'], grants: [grant] });
  table.enter('viewer', ['k'], { gone: () => undefined, ended: () => undefined });
  return { clock, table, pass, ended };
}

test('a camera that is slow to start is waited for', () => {
  const { table, pass, ended } = waiting();
  table.hold('viewer', 'c');
  pass(120_000);
  expect(ended).toEqual([]);
});

test('a player that never fetches a byte is forgotten after a minute', () => {
  const { pass, ended } = waiting();
  pass(59_000);
  expect(ended).toEqual([]);
  pass(2_000);
  expect(ended).toMatchObject([{ grant: 'g', bytes: 0, seconds: 0 }]);
});

test('a page that closes before its first byte watches no longer, ten seconds later', () => {
  const { table, pass, ended } = waiting();
  const letGo = table.hold('viewer', 'c');
  pass(1_000);
  letGo();
  pass(9_000);
  expect(ended).toEqual([]);
  pass(2_000);
  expect(ended).toMatchObject([{ grant: 'g', bytes: 0, seconds: 0 }]);
});

test('a page that takes the larger stream instead goes on watching', () => {
  const { table, pass, ended } = waiting();
  const letGo = table.hold('viewer', 'c');
  table.hold('viewer', 'c');
  letGo();
  pass(120_000);
  expect(ended).toEqual([]);
});

test('who has said when the next still is asked for watches until then', () => {
  const { table, pass, ended } = waiting();
  table.sent({ viewer: 'viewer', camera: 'c', stream: 'sub', door: 'poster' }, 1_000, 30_000);
  pass(29_000);
  expect(ended).toEqual([]);
  pass(2_000);
  expect(ended).toMatchObject([{ bytes: 1_000 }]);
});

test('whoever waits for a still does not lose the grant meanwhile, and watches until the next one', async () => {
  const { clock, table, pass, ended } = waiting();
  const made = Promise.withResolvers<{ jpeg: Buffer; capturedAtMs: number }>();
  const asked = Promise.withResolvers<void>();
  const door = new LiveDoor({
    ...{ clock, counters: new Counters(), gate: table, admission: table },
    cameras: { source: () => ({ camera: 'c', name: 'sub' }) } as never,
    posters: { get: () => (asked.resolve(), made.promise) } as never,
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const { signal } = new AbortController();
    void door.answer({ request, response, url, viewer: 'viewer', clock, signal });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  table.sent({ viewer: 'viewer', camera: 'c', stream: 'sub', door: 'poster' }, 1_000);
  pass(9_900);
  const { port } = server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}/live/c/sub/poster.jpg?againS=20`);
  await asked.promise;
  pass(5_000);
  expect(ended).toEqual([]);
  made.resolve({ jpeg: Buffer.from('still'), capturedAtMs: 0 });
  expect(await (await answer).text()).toBe('still');
  pass(19_000);
  expect(ended).toEqual([]);
  pass(2_000);
  expect(ended).toMatchObject([{ bytes: 1_005 }]);
  server.close();
});

test('a camera that has no still yet is watched for by whoever asks again', () => {
  const { table, pass, ended } = waiting();
  for (let turn = 0; turn < 4; turn++) {
    table.hold('viewer', 'c')(30_000);
    pass(29_000);
  }
  expect(ended).toEqual([]);
  pass(2_000);
  expect(ended).toHaveLength(1);
});
