import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Browser, goodPassword } from './testing/browser.ts';
import { makeCertificate } from './testing/certificate.ts';
import { temporaryFolder } from './testing/folder.ts';
import { startTestApp, until } from './testing/server.ts';
import { agentOf, fetchBy } from './testing/tls-fetch.ts';
import { readTls, type TlsFiles } from './platform/tls.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const envOf = ({ certFile, keyFile }: TlsFiles) => ({
  CLERESTORY_TLS_CERT: certFile,
  CLERESTORY_TLS_KEY: keyFile,
});

describe('a certificate of its own', () => {
  const files = makeCertificate(folder.dir, { name: 'used' });
  const first = readFileSync(files.certFile);
  let server: Awaited<ReturnType<typeof startTestApp>>;
  const ask = fetchBy({ ca: first });
  beforeAll(async () => {
    server = await startTestApp(envOf(files), undefined, { tlsLookEveryMs: 20 });
    expect(await server.app.mediaReady()).toBe(true);
  });
  afterAll(() => server.stop());

  test('both ports speak TLS; cookies are bound to it', async () => {
    const { app } = server;
    expect(app.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
    const browser = new Browser(app.url, ask);
    const { setUpToken } = await app.welcome();
    const person = { login: 'ada', name: 'Ada', password: goodPassword };
    const answer = await browser.call('POST', '/set-up', { token: setUpToken, ...person });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    for (const cookie of browser.setCookies) expect(cookie).toMatch(/^__Host-.*Secure$/);
    const media = `https://127.0.0.1:${app.mediaPort}`;
    const health = await ask(`${media}/healthz`);
    expect([health.status, health.headers.get('strict-transport-security')]).toEqual([
      200,
      'max-age=31536000',
    ]);
    const socket = new WebSocket(`${media.replace('https', 'wss')}/push`, {
      agent: agentOf({ ca: first }),
      headers: { origin: app.url, cookie: browser.cookieHeader() },
    });
    const said = await new Promise((resolve, reject) => {
      socket.once('open', () => socket.send(JSON.stringify({ type: 'time', clientMs: 7 })));
      socket.once('message', (data) => resolve(JSON.parse(String(data))));
      socket.once('error', reject);
    });
    socket.terminate();
    expect(said).toMatchObject({ type: 'time' });
    const page = await ask(`${app.url}/`);
    expect(page.headers.get('content-security-policy')).toContain(`wss://127.0.0.1:${app.mediaPort}`);
  });

  test('nobody gets an answer in the clear', async () => {
    await expect(fetch(server.app.url.replace('https', 'http'))).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${server.app.mediaPort}/healthz`)).rejects.toThrow();
  });

  const shown = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
        socket.destroy();
      });
      socket.once('error', reject);
    });

  test('a renewed one is taken over by both ports without a restart; a bad one is not', async () => {
    const { app } = server;
    const before = await shown(app.port);
    expect(await shown(app.mediaPort)).toBe(before);
    writeFileSync(files.keyFile, 'nonsense');
    const renewed = makeCertificate(folder.dir, { name: 'renewed' });
    copyFileSync(renewed.certFile, files.certFile);
    // Half of it is there: the one before goes on.
    expect(await shown(app.port)).toBe(before);
    copyFileSync(renewed.keyFile, files.keyFile);
    const after = await until(async () => {
      const now = await shown(app.port);
      return now !== before && now;
    });
    await until(async () => (await shown(app.mediaPort)) === after);
  }, 60_000);
});

describe('what stops the start', () => {
  const good = makeCertificate(folder.dir, { name: 'good' });
  const other = makeCertificate(folder.dir, { name: 'other' });
  const old = makeCertificate(folder.dir, {
    name: 'old',
    notBefore: '20200101000000Z',
    notAfter: '20210101000000Z',
  });
  const early = makeCertificate(folder.dir, {
    name: 'early',
    notBefore: '20900101000000Z',
    notAfter: '20910101000000Z',
  });
  const nonsense = path.join(folder.dir, 'nonsense.pem');
  writeFileSync(nonsense, 'nonsense');

  test.each<[string, TlsFiles, RegExp]>([
    [
      'a missing certificate',
      { ...good, certFile: '/nowhere/cert.pem' },
      /cert\.pem is not there\. Correct CLERESTORY_TLS_CERT/,
    ],
    [
      'a missing key',
      { ...good, keyFile: '/nowhere/key.pem' },
      /key\.pem is not there\. Correct CLERESTORY_TLS_KEY/,
    ],
    ['a folder', { ...good, certFile: folder.dir }, /cannot be read \(EISDIR\)/],
    ['what is no certificate', { ...good, certFile: nonsense }, /is not a certificate in PEM/],
    [
      'what is no key',
      { ...good, keyFile: nonsense },
      /is not a private key in PEM, or it has a pass phrase/,
    ],
    ['the key of another', { ...good, keyFile: other.keyFile }, /does not belong to the certificate/],
    ['an expired one', old, /expired on 2021-01-01\. Renew it/],
    ['one of tomorrow', early, /valid only from 2090-01-01 on\. Check the clock/],
  ])('%s', async (_what, files, words) => {
    expect(() => readTls(files, Date.now())).toThrow(words);
    await expect(startTestApp(envOf(files))).rejects.toThrow(words);
  });

  test('control: a good pair is read', () => expect(() => readTls(good, Date.now())).not.toThrow());
});
