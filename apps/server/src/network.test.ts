import { readFileSync } from 'node:fs';
import type { AgentOptions } from 'node:https';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../../tools/harness/free-port.ts';
import { addPerson, Browser, goodPassword } from './testing/browser.ts';
import { makeCertificate } from './testing/certificate.ts';
import { startGuardedApp, type GuardedApp } from './testing/access.ts';
import { startProxy, type ProxyKind } from './testing/proxies.ts';
import { temporaryFolder } from './testing/folder.ts';
import { agentOf, fetchBy } from './testing/tls-fetch.ts';

const proxies: ProxyKind[] = ['caddy', 'nginx'];

describe.each(proxies)('behind %s, with the file of the guide', (kind) => {
  const folder = temporaryFolder();
  let site: GuardedApp;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let url = '';
  let tls: AgentOptions;

  beforeAll(async () => {
    const files = makeCertificate(folder.dir);
    tls = { ca: readFileSync(files.certFile), family: 4 };
    const port = await freePort();
    url = `https://localhost:${port}`;
    site = await startGuardedApp({ CLERESTORY_ORIGINS: url, CLERESTORY_TRUST_PROXY: '127.0.0.1' });
    expect(await site.app.mediaReady()).toBe(true);
    const { port: controlPort, mediaPort } = site.app;
    proxy = await startProxy(kind, { dir: folder.dir, port, tls: files, controlPort, mediaPort });
    await addPerson(site.administrator, 'olga', ['operator']);
    await addPerson(site.administrator, 'una', ['auditor']);
  });
  afterAll(async () => {
    await proxy.stop();
    await site.stop();
    folder.remove();
  });

  /** Somebody at a machine of their own. */
  const at = (localAddress: string) => new Browser(url, fetchBy({ ...tls, localAddress }));
  const signedIn = async (localAddress: string, login = 'olga') => {
    const browser = at(localAddress);
    expect((await browser.signIn(login)).status).toBe(200);
    return browser;
  };
  const addressesOf = async (kindOfEntry: string): Promise<string[]> => {
    const auditor = await signedIn('127.0.0.4', 'una');
    const { body } = await auditor.call('GET', `/record?kind=${kindOfEntry}&limit=100`);
    return body.items.map(({ detail }: { detail: { address: string } }) => detail.address);
  };

  test('one signs in with cookies for this host and TLS alone', async () => {
    const browser = at('127.0.0.5');
    const answer = await browser.signIn('olga');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
    expect(browser.setCookies.length).toBeGreaterThan(0);
    for (const cookie of browser.setCookies)
      expect(cookie).toMatch(/^__Host-clerestory(-[a-z]+)?=.*Path=\/; HttpOnly; SameSite=Strict; .*Secure$/);
    expect((await browser.call('GET', '/session')).body.me.name).toBe('olga');
  });

  test('the record has the address of the client, whatever the client claims', async () => {
    const forged = {
      'x-forwarded-for': '198.51.100.1',
      forwarded: 'for=198.51.100.1',
      'x-real-ip': '198.51.100.1',
    };
    const login = { login: 'olga', password: goodPassword };
    expect((await at('127.0.0.15').call('POST', '/session', login, forged)).status).toBe(200);
    // Past the proxy, from a peer whose word is not believed.
    const direct = new Browser(site.app.url, fetchBy({ localAddress: '127.0.0.16' }));
    const claims = { ...forged, 'x-forwarded-proto': 'https', 'x-forwarded-host': new URL(url).host };
    expect((await direct.call('POST', '/session', login, claims)).status).toBe(200);
    expect(direct.setCookies.join()).not.toContain('Secure');
    const addresses = await addressesOf('sign-in');
    expect(addresses).toEqual(expect.arrayContaining(['127.0.0.15', '127.0.0.16']));
    expect(addresses).not.toContain('198.51.100.1');
  });

  test('wrong sign-ins are counted for the client and not for the proxy', async () => {
    const guess = (from: string, index: number) =>
      at(from).call(
        'POST',
        '/session',
        { login: `nobody-${index}`, password: 'a wrong guess of some length' },
        {
          'x-forwarded-for': `198.51.100.${index}`,
        },
      );
    for (let index = 0; index < 5; index++) expect((await guess('127.0.0.25', index)).status).toBe(401);
    const sixth = await guess('127.0.0.25', 6);
    expect(sixth.status).toBe(429);
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(500);
    expect((await guess('127.0.0.26', 7)).status).toBe(401);
  });

  const openSocket = (browser: Browser, origin: string): Promise<string> => {
    const socket: Socket = io(url, {
      auth: { surface: 'console' },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      agent: agentOf({ ...tls, localAddress: '127.0.0.5' }) as never,
      extraHeaders: { cookie: browser.cookieHeader(), origin },
    });
    return new Promise((resolve) => {
      socket.once('connect', () => resolve('open'));
      socket.once('connect_error', ({ message }) => resolve(message));
    }).finally(() => socket.disconnect()) as Promise<string>;
  };

  test('Socket.IO opens for our own page alone', async () => {
    const browser = await signedIn('127.0.0.5');
    expect(await openSocket(browser, url)).toBe('open');
    expect(await openSocket(browser, 'https://evil.example')).not.toBe('open');
    expect(await openSocket(at('127.0.0.5'), url)).toBe('Sign in first.');
  });

  const askTime = (browser: Browser, origin: string): Promise<unknown> => {
    const agent = agentOf({ ...tls, localAddress: '127.0.0.5' });
    const headers = { cookie: browser.cookieHeader(), origin };
    const socket = new WebSocket(`${url.replace('https', 'wss')}/media/push`, { agent, headers });
    return new Promise((resolve) => {
      socket.once('open', () => socket.send(JSON.stringify({ type: 'time', clientMs: 7 })));
      socket.once('message', (data) => resolve(JSON.parse(String(data))));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.once('error', resolve);
    }).finally(() => socket.terminate());
  };

  test('the push socket opens by the same address, under /media', async () => {
    const browser = await signedIn('127.0.0.5');
    const page = await (await fetchBy(tls)(`${url}/screen/left`)).text();
    if (page.includes('clerestory-media')) expect(page).toContain('name="clerestory-media" content="/media"');
    expect(await askTime(browser, url)).toMatchObject({ type: 'time', clientMs: 7 });
    expect(await askTime(browser, 'https://evil.example')).toBe(403);
    expect(await askTime(at('127.0.0.5'), url)).toBe(401);
  });

  test('LL-HLS comes by the same address, and says its refusals itself', async () => {
    const browser = await signedIn('127.0.0.5');
    const ask = (cookie: string) =>
      fetchBy(tls)(`${url}/media/live/nowhere/index.m3u8`, { headers: { cookie } });
    const known = await ask(browser.cookieHeader());
    expect([known.status, (await known.json()).detail]).toEqual([404, 'There is no such camera']);
    expect((await ask('')).status).toBe(401);
    expect(known.headers.get('strict-transport-security')).toContain('max-age=');
  });

  test('the page may reach its own host alone', async () => {
    const { headers } = await fetchBy(tls)(`${url}/`);
    const { host } = new URL(url);
    expect(headers.get('content-security-policy')).toContain(
      `connect-src 'self' https://${host} wss://${host}`,
    );
  });

  test('figures are for programs on this machine, and not for whoever comes through the proxy', async () => {
    expect((await fetchBy(tls)(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${site.app.url}/metrics`)).status).toBe(200);
  });
});
