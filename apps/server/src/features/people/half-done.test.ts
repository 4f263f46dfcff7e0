import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settled, Tries } from '../../platform/tries.ts';
import { addPerson, Browser, goodPassword, setUpAdministrator } from '../../testing/browser.ts';
import { startTestApp } from '../../testing/server.ts';
import { Passwords, TooBusy } from './passwords.ts';

const next = 'another eight herons flew by';
let server: Awaited<ReturnType<typeof startTestApp>>;
let administrator: Browser;
beforeAll(async () => {
  server = await startTestApp();
  administrator = await setUpAdministrator(server.app);
});
afterAll(() => server.stop());

describe('a sign-in that waits for its code dies', () => {
  const ends: [string, (id: string, mine: Browser) => Promise<{ status: number }>][] = [
    ['with a new password', (_, mine) => mine.call('PUT', '/me/password', { current: goodPassword, next })],
    ['with a one-time link that was used', (id) => redeem(id)],
    ['with the account', (id) => administrator.call('PATCH', `/people/${id}`, { disabled: true })],
    [
      'with all sessions, by an administrator',
      (id) => administrator.call('DELETE', `/people/${id}/sessions`),
    ],
    ['with all sessions, by the person', (_, mine) => mine.call('DELETE', '/me/sessions')],
  ];
  async function redeem(id: string): Promise<{ status: number }> {
    const link = await administrator.call('POST', `/people/${id}/link`);
    const token = new URL(link.body.url).hash.split('=')[1];
    return new Browser(server.app.url).call('POST', '/one-time-link', { token, password: next });
  }

  test.each(ends)('%s', async (what, end) => {
    const login = `half-${ends.findIndex(([one]) => one === what)}`;
    const id = await addPerson(administrator, login, ['operator']);
    const mine = new Browser(server.app.url);
    await mine.signIn(login);
    const { secret } = (await mine.call('POST', '/me/totp')).body;
    const confirmed = await mine.call('POST', '/me/totp/confirm', { code: generateSync({ secret }) });
    const codes: string[] = confirmed.body.recoveryCodes;
    const thief = new Browser(server.app.url);
    const [late, inTime] = [(await thief.signIn(login)).body.ticket, (await thief.signIn(login)).body.ticket];
    const step = (ticket: string, code = '') => thief.call('POST', '/session/second-step', { ticket, code });
    // Control: in time, the same is a session; and of two at once with the same ticket and a good code each, one only.
    const both = await Promise.all([step(inTime, codes[0]), step(inTime, codes[2])]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect((await step(inTime, codes[3])).status).toBe(410);
    await thief.call('DELETE', '/session');

    expect((await end(id, mine)).status).toBeLessThan(300);
    const answer = await step(late, codes[1]);
    expect([answer.status, answer.body.code]).toEqual([410, 'gone']);
    expect((await thief.call('GET', '/session')).body.me).toBeNull();
  });
});

test('what was not looked at, since too much was asked at once, is no wrong try and stays none', async () => {
  const passwords = new Passwords();
  const stored = await passwords.hash(goodPassword);
  const tries = new Tries(() => 0);
  const look = async () => {
    const attempt = tries.begin('account');
    if (!attempt.ok) return 'blocked';
    return settled(attempt, () => passwords.matches(stored, goodPassword)).catch((error: unknown) =>
      error instanceof TooBusy ? 'busy' : 'fault',
    );
  };
  const others = Array.from({ length: 64 }, () => passwords.matches(null, 'somebody else'));
  for (let index = 0; index < 10; index++) expect(await look()).toBe('busy');
  await Promise.all(others);
  expect(await look()).toBe(true);
});
