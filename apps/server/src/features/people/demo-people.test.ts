import { afterEach, expect, test } from 'vitest';
import { addPerson, Browser, goodPassword } from '../../testing/browser.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { startTestApp, until } from '../../testing/server.ts';
import { reachedOnlyFromHere } from './demo-people.ts';

let server: Awaited<ReturnType<typeof startTestApp>> | undefined;
afterEach(() => server?.stop());

test.each([
  ['127.0.0.1', [], true],
  ['localhost', ['http://localhost:5173'], true],
  ['127.0.0.1', ['https://wall.example.org'], false],
  ['0.0.0.0', [], false],
  ['192.0.2.1', [], false],
  ['127.0.0.1.evil.example', [], false],
])('%s with %j is this machine alone: %s', (host, origins, only) =>
  expect(reachedOnlyFromHere(host, origins)).toBe(only),
);

test('the demo city has an account for each role, and only for this machine', async () => {
  const folder = temporaryFolder();
  // No ffmpeg, so that no picture is drawn.
  server = await startTestApp({ CLERESTORY_DEMO: '1', CLERESTORY_FFMPEG: '/nowhere/ffmpeg' }, folder.dir);
  const browser = new Browser(server.app.url);
  const { demo } = (await browser.call('GET', '/session')).body;
  expect(demo.people.map(({ roles }: { roles: string[] }) => roles[0]).sort()).toEqual([
    'administrator',
    'auditor',
    'investigator',
    'operator',
    'supervisor',
  ]);
  expect((await server.app.welcome()).demo?.password).toBe(demo.password);
  // It is still to be set up, and a demo administrator is none.
  const { setUpToken } = await server.app.welcome();
  expect(setUpToken).not.toBeNull();

  const proxied = { 'x-forwarded-for': '192.0.2.7' };
  expect((await browser.call('GET', '/session', undefined, proxied)).body.demo).toBeNull();
  const body = { login: 'operator', password: demo.password };
  expect((await browser.call('POST', '/session', body, proxied)).status).toBe(401);
  expect((await browser.signIn('operator', demo.password)).body.me).toMatchObject({
    login: 'operator',
    demo: true,
  });
  const next = 'another eight herons flew by';
  expect((await browser.call('PUT', '/me/password', { current: demo.password, next })).status).toBe(403);
  expect((await browser.call('POST', '/me/totp')).status).toBe(403);

  // Once somebody real administers, by another way, a set-up link that was kept makes nobody an administrator.
  const setUp = { token: setUpToken, login: 'eve', name: 'Eve', password: goodPassword };
  const demoAdministrator = new Browser(server.app.url);
  await demoAdministrator.signIn('administrator', demo.password);
  await addPerson(demoAdministrator, 'ada', ['administrator']);
  expect((await browser.call('POST', '/set-up', setUp)).status).toBe(410);
  const auditor = new Browser(server.app.url);
  await auditor.signIn('auditor', demo.password);
  const refused = await until(async () => {
    const { items = [] } = (await auditor.call('GET', '/record?kind=sign-in-refused&limit=500')).body;
    return items.find(({ detail }: { detail: { of?: string } }) => detail.of === 'set-up-link');
  });
  expect(refused).toMatchObject({ actor: 'anonymous', subject: 'login:unknown', detail: { what: 'link' } });
  expect(JSON.stringify(refused)).not.toContain(setUpToken);
  await server.stop();

  // The same store behind a proxy: the accounts are closed, and whoever was in is out.
  server = await startTestApp(
    {
      CLERESTORY_DEMO: '1',
      CLERESTORY_ORIGINS: 'https://wall.example.org',
      CLERESTORY_TRUST_PROXY: '127.0.0.1',
      CLERESTORY_FFMPEG: '/nowhere/ffmpeg',
    },
    folder.dir,
  );
  const later = new Browser(server.app.url);
  for (const [name, value] of browser.cookies) later.cookies.set(name, value);
  const who = (await later.call('GET', '/session')).body;
  expect([who.me, who.demo]).toEqual([null, null]);
  expect((await later.signIn('operator', demo.password)).status).toBe(401);
  expect((await later.call('POST', '/set-up', setUp)).status).toBe(410);
  expect((await later.signIn('ada')).status).toBe(200);
  await server.stop();
  server = undefined;
  folder.remove();
});
