import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateSync } from 'otplib';
import { addPerson, Browser, goodPassword, setUpAdministrator } from '../../testing/browser.ts';
import { startTestApp } from '../../testing/server.ts';
import { SoftAuthenticator } from '../../testing/soft-authenticator.ts';

let server: Awaited<ReturnType<typeof startTestApp>>;
let byName: string;
let olga: Browser;
beforeAll(async () => {
  server = await startTestApp();
  await addPerson(await setUpAdministrator(server.app), 'olga', ['operator']);
  byName = server.app.url.replace('127.0.0.1', 'localhost');
  olga = new Browser(byName);
  await olga.signIn('olga');
});
afterAll(() => server.stop());

async function register(authenticator: SoftAuthenticator) {
  const { ticket, options } = (await olga.call('POST', '/me/passkeys/options')).body;
  expect(options.authenticatorSelection).toMatchObject({ userVerification: 'required' });
  return olga.call('POST', '/me/passkeys', {
    ticket,
    name: 'Key',
    response: authenticator.create(options.challenge),
  });
}
async function signIn(browser: Browser, authenticator: SoftAuthenticator, origin?: string) {
  const { ticket, options } = (await browser.call('POST', '/session/passkey/options')).body;
  const proof = { ticket, response: authenticator.get(options.challenge, origin) };
  return { proof, answer: await browser.call('POST', '/session/passkey', proof) };
}

describe('a passkey', () => {
  test('is registered, signs in, is listed, unlocks and confirms, and is removed', async () => {
    const authenticator = new SoftAuthenticator(byName);
    const added = await register(authenticator);
    expect(added.status, JSON.stringify(added.body)).toBe(201);
    expect((await register(authenticator)).status).not.toBe(201);

    const browser = new Browser(byName);
    const { proof, answer } = await signIn(browser, authenticator);
    expect(answer.body, JSON.stringify(answer.body)).toMatchObject({
      login: 'olga',
      session: { method: 'passkey' },
    });
    // The challenge was used up.
    expect((await browser.call('POST', '/session/passkey', proof)).status).toBe(401);

    await browser.call('POST', '/session/lock');
    const { ticket, options } = (await browser.call('POST', '/session/passkey/options')).body;
    const passkey = { ticket, response: authenticator.get(options.challenge) };
    expect((await browser.call('POST', '/session/unlock', { passkey })).body.session.locked).toBe(false);

    expect((await browser.call('GET', '/me/authenticators')).body.passkeys).toMatchObject([
      { name: 'Key', lastUsedAt: expect.any(Number) },
    ]);
    expect((await browser.call('DELETE', `/me/passkeys/${added.body.id}`)).status).toBe(204);
    expect((await signIn(new Browser(byName), authenticator)).answer.status).toBe(401);
  });

  test('without user verification, from another page, with a counter that went back: refused', async () => {
    const careless = new SoftAuthenticator(byName);
    careless.verifies = false;
    expect((await register(careless)).status).toBe(422);

    const authenticator = new SoftAuthenticator(byName);
    expect((await register(authenticator)).status).toBe(201);
    authenticator.verifies = false;
    expect((await signIn(new Browser(byName), authenticator)).answer.status).toBe(401);
    authenticator.verifies = true;
    expect((await signIn(new Browser(byName), authenticator, 'https://evil.example')).answer.status).toBe(
      401,
    );
    expect((await signIn(new Browser(byName), authenticator)).answer.status).toBe(200);
    authenticator.counter = 1;
    expect((await signIn(new Browser(byName), authenticator)).answer.status).toBe(401);
  });

  test('where the site asks for a second factor, the password of its holder alone opens nothing', async () => {
    const own = await startTestApp();
    const administrator = await setUpAdministrator(own.app);
    const byName = own.app.url.replace('127.0.0.1', 'localhost');
    await addPerson(administrator, 'petra', ['operator']);
    const petra = new Browser(byName);
    await petra.signIn('petra');
    const key = new SoftAuthenticator(byName);
    const begun = (await petra.call('POST', '/me/passkeys/options')).body;
    const added = await petra.call('POST', '/me/passkeys', {
      ticket: begun.ticket,
      name: 'Key',
      response: key.create(begun.options.challenge),
    });
    expect(added.status).toBe(201);
    const { secret } = (await administrator.call('POST', '/me/totp')).body;
    await administrator.call('POST', '/me/totp/confirm', { code: generateSync({ secret }) });
    // Optional, as the site begins: a password may do.
    const thief = new Browser(byName);
    expect((await thief.signIn('petra')).body.state).toBe('signed-in');

    expect((await administrator.call('PUT', '/people-policy', { secondFactor: 'required' })).status).toBe(
      200,
    );
    // What a password alone had opened is shut.
    expect((await thief.call('GET', '/session')).body.me).toBeNull();
    thief.cookies.clear();
    const answer = await thief.signIn('petra');
    expect([answer.status, answer.body]).toEqual([200, { state: 'passkey-step' }]);
    expect(thief.cookies.has('clerestory')).toBe(false);
    expect((await thief.call('DELETE', `/me/passkeys/${added.body.id}`)).status).toBe(401);
    expect((await thief.signIn('petra', 'not the password at all')).status).toBe(401);

    const mine = await signIn(new Browser(byName), key);
    expect(mine.answer.body).toMatchObject({
      login: 'petra',
      roles: ['operator'],
      mustEnrol: false,
      mustUsePasskey: true,
    });
    // Nor does the password confirm or unlock what the passkey began.
    const browser = new Browser(byName);
    await signIn(browser, key);
    await browser.call('POST', '/session/lock');
    const unlock = await browser.call('POST', '/session/unlock', { password: goodPassword });
    expect([unlock.status, unlock.body.detail]).toEqual([401, expect.stringContaining('passkey')]);
    expect((await administrator.call('PUT', '/people-policy', { secondFactor: 'optional' })).status).toBe(
      200,
    );
    expect((await thief.signIn('petra')).body.state).toBe('signed-in');
    await own.stop();
  });

  test('needs a host name', async () => {
    const answer = await new Browser(server.app.url).call('POST', '/session/passkey/options');
    expect(answer.body.code).toBe('unprocessable');
    expect(answer.body.detail).toContain(byName);
  });
});
