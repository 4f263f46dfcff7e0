import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Problem } from '@clerestory/protocol';
import type { DoorLimits } from './platform/rate-limit.ts';
import { Browser, setUpAdministrator } from './testing/browser.ts';
import { startTestApp, until } from './testing/server.ts';
import { fetchBy } from './testing/tls-fetch.ts';

/** So many at once and then none in the time of a test, however slow the machine is. */
const once = (burst: number) => ({ perSecond: 1 / 1_000, burst });
const elsewhere = '127.0.0.9';

async function withApp(
  limits: Partial<DoorLimits>,
  work: (app: Awaited<ReturnType<typeof startTestApp>>['app']) => Promise<void>,
): Promise<void> {
  const server = await startTestApp({}, undefined, { limits });
  try {
    await work(server.app);
  } finally {
    await server.stop();
  }
}
async function inTurn<T>(count: number, ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  while (answers.length < count) answers.push(await ask());
  return answers;
}

test('requests of one place, at whatever door: then 429 with the time to wait; another place goes on', () =>
  withApp({ place: once(3) }, async ({ url }) => {
    const statuses = await inTurn(5, async () => (await fetch(`${url}/healthz`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await fetch(`${url}/api/v1/session`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Problem.parse(await refused.json())).toMatchObject({ code: 'too-many' });
    expect((await fetchBy({ localAddress: elsewhere })(`${url}/healthz`)).status).toBe(200);
  }));

test('requests of one session; another one of the same place goes on', () =>
  withApp({ session: once(4) }, async (app) => {
    const [here, there] = [await setUpAdministrator(app), new Browser(app.url)];
    const whoAmI = async (browser: Browser) => (await browser.call('GET', '/session')).status;
    expect(await inTurn(6, () => whoAmI(here))).toEqual([200, 200, 200, 200, 429, 429]);
    expect((await there.signIn('ada')).status).toBe(200);
    expect(await whoAmI(there)).toBe(200);
  }));

test('sockets of one place, by either transport', () =>
  withApp({ sockets: once(2) }, async ({ url }) => {
    const polling = async (localAddress: string) =>
      (await fetchBy({ localAddress })(`${url}/socket.io/?EIO=4&transport=polling`)).status;
    expect(await inTurn(3, () => polling(elsewhere))).toEqual([200, 200, 429]);
    const upgraded = (localAddress: string) => {
      const address = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
      const socket = new WebSocket(address, { localAddress });
      return new Promise<number>((resolve, reject) => {
        socket.once('open', () => resolve(101));
        socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.once('error', reject);
      }).finally(() => {
        socket.on('error', () => undefined);
        socket.terminate();
      });
    };
    expect(await upgraded(elsewhere)).toBe(429);
    expect(await polling('127.0.0.10')).toBe(200);
    expect(await upgraded('127.0.0.10')).toBe(101);
  }));

test('whoever is not known at the media port; who is signed in goes on', () =>
  withApp({}, async (app) => {
    await until(() => app.mediaReady());
    const administrator = await setUpAdministrator(app);
    const ask = async (cookie = '') => {
      const address = `http://127.0.0.1:${app.mediaPort}/live/nowhere/index.m3u8`;
      const answer = await fetch(address, { headers: { ...(cookie && { cookie }) } });
      await answer.arrayBuffer();
      return answer.status;
    };
    const known = await ask(administrator.cookieHeader());
    expect([403, 404]).toContain(known);
    const statuses = new Set<number>();
    // More come at once than are let through, and then faster than ten a second.
    await until(async () => {
      for (const status of await Promise.all(Array.from({ length: 100 }, () => ask()))) statuses.add(status);
      return statuses.has(429);
    });
    expect([...statuses].toSorted()).toEqual([401, 429]);
    expect(await ask(administrator.cookieHeader())).toBe(known);
  }));
