import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addPerson, Browser, setUpAdministrator } from '../../testing/browser.ts';
import { clientSecret, startProvider, type TestProvider } from '../../testing/provider.ts';
import { startTestApp, until } from '../../testing/server.ts';

/** Accounts of the provider: what it says about each. */
const accounts: Record<string, Record<string, unknown>> = {
  'sub-olga': { email: 'olga@example.org', email_verified: true, duties: ['wall-operator'] },
  'sub-unsure': { email: 'olga@example.org', email_verified: false },
  'sub-stranger': { email: 'nobody@example.org', email_verified: true },
  'sub-thief': { email: 'thief@example.org', email_verified: true },
  'sub-both': { email: 'both@example.org', email_verified: true, duties: ['wall-operator', 'wall-admin'] },
};

let server: Awaited<ReturnType<typeof startTestApp>>;
let administrator: Browser;
let auditor: Browser;
let atThem: TestProvider;
let issuer: string;
/** Who is signed in at the provider. */
let atProvider = 'sub-olga';
let provider: { id: string; revision: number };

/** Follows the provider's redirects with a fresh cookie jar, until it sends the browser back to us. */
async function throughProvider(location: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(location);
  for (let hops = 0; hops < 10 && url.origin === issuer; hops++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    url = new URL(response.headers.get('location') ?? 'http://no-location.invalid', url);
  }
  return url;
}

/** The browser comes back from another site, so that only its Lax cookie travels. */
async function comeBack(browser: Browser, url: URL) {
  const trip = browser.cookies.get('clerestory-trip');
  return browser.call('GET', url.pathname.replace('/api/v1', '') + url.search, undefined, {
    cookie: trip === undefined ? '' : `clerestory-trip=${trip}`,
  });
}

async function signIn(browser: Browser, more: Record<string, string> = {}) {
  const begun = await browser.call('POST', '/session/provider', { provider: provider.id, ...more });
  expect(begun.status, JSON.stringify(begun.body)).toBe(200);
  return comeBack(browser, await throughProvider(begun.body.location));
}
/** The entry about a way back that was refused with this code: it is written after the answer. */
const refusedReturn = (subject: string, code: string) =>
  until(async () => {
    const { items = [] } = (await auditor.call('GET', '/record?kind=sign-in-refused&limit=500')).body;
    return (items as { subject: string; detail: { of?: string } }[]).find(
      (one) => one.subject === subject && one.detail.of === code,
    );
  });
const whoIs = async (browser: Browser) => (await browser.call('GET', '/session')).body.me;

async function change(patch: Record<string, unknown>): Promise<void> {
  const changed = await administrator.call('PATCH', `/identity-providers/${provider.id}`, patch);
  if (changed.status !== 200) throw new Error(JSON.stringify(changed.body));
  provider = changed.body;
}

beforeAll(async () => {
  server = await startTestApp();
  administrator = await setUpAdministrator(server.app);
  await addPerson(administrator, 'rex', ['auditor']);
  auditor = new Browser(server.app.url);
  await auditor.signIn('rex');
  atThem = await startProvider(server.app.url, {
    signsIn: () => atProvider,
    says: (id) => accounts[id] ?? {},
  });
  issuer = atThem.issuer;
  const created = await administrator.call('POST', '/identity-providers', {
    name: 'City sign-on',
    issuer,
    clientId: 'clerestory',
    clientSecret,
  });
  expect(created.status, JSON.stringify(created.body)).toBe(201);
  expect(JSON.stringify(created.body)).not.toContain(clientSecret);
  provider = created.body;
});
afterAll(async () => {
  await server.stop();
  await atThem.close();
});
beforeEach(() => (atProvider = 'sub-olga'));

describe('an identity provider', () => {
  test('lets nobody in whom nobody invited, verified e-mail or not', async () => {
    const id = await addPerson(administrator, 'olga', ['operator']);
    await administrator.call('PATCH', `/people/${id}`, { email: 'olga@example.org' });
    const browser = new Browser(server.app.url);
    expect((await signIn(browser)).headers.get('location')).toBe('/#sign-in-failed=unauthenticated');
    expect(await whoIs(browser)).toBeNull();
  });

  test('links by e-mail where that is allowed, verified and unique; then by issuer and subject', async () => {
    await change({ linkByEmail: true });
    const browser = new Browser(server.app.url);
    atProvider = 'sub-unsure';
    expect((await signIn(browser)).headers.get('location')).toBe('/#sign-in-failed=unauthenticated');
    atProvider = 'sub-olga';
    const back = await signIn(browser);
    expect([back.status, back.headers.get('location')]).toEqual([303, '/']);
    expect(await whoIs(browser)).toMatchObject({
      login: 'olga',
      roles: ['operator'],
      session: { method: 'provider' },
    });
    await change({ linkByEmail: false });
    const other = new Browser(server.app.url);
    await signIn(other);
    expect((await whoIs(other)).login).toBe('olga');
  });

  test('keeps the workstation of a browser that comes back without its Strict cookies', async () => {
    const browser = new Browser(server.app.url);
    await signIn(browser);
    const workstation = browser.cookies.get('clerestory-workstation');
    await signIn(browser);
    expect(browser.cookies.get('clerestory-workstation')).toBe(workstation);
  });

  test('links by invitation, once', async () => {
    atProvider = 'sub-stranger';
    const { id } = (await administrator.call('POST', '/people', { login: 'nina', name: 'Nina' })).body;
    const link = (await administrator.call('POST', `/people/${id}/link`)).body.url;
    const invitation = new URL(link).hash.split('=')[1] ?? '';
    const browser = new Browser(server.app.url);
    await signIn(browser, { invitation });
    expect((await whoIs(browser)).login).toBe('nina');
    const again = await browser.call('POST', '/session/provider', { provider: provider.id, invitation });
    expect(again.body.code).toBe('gone');
  });

  test('takes roles from a claim, and none that exclude each other', async () => {
    await change({
      linkByEmail: true,
      roleClaim: 'duties',
      roleMap: { 'wall-operator': 'investigator', 'wall-admin': 'administrator' },
    });
    const browser = new Browser(server.app.url);
    await signIn(browser);
    expect((await whoIs(browser)).roles).toEqual(['investigator']);
    const both = (
      await administrator.call('POST', '/people', { login: 'both', name: 'B', email: 'both@example.org' })
    ).body;
    expect(both.email).toBe('both@example.org');
    atProvider = 'sub-both';
    expect((await signIn(new Browser(server.app.url))).headers.get('location')).toBe(
      '/#sign-in-failed=forbidden',
    );
    await change({ roleClaim: null, roleMap: {}, linkByEmail: false });
  });

  test('a way back that was begun in another browser, a used one and a made-up one are refused', async () => {
    const [begin, victim] = [new Browser(server.app.url), new Browser(server.app.url)];
    const begun = await begin.call('POST', '/session/provider', { provider: provider.id });
    const back = await throughProvider(begun.body.location);
    expect((await comeBack(victim, back)).headers.get('location')).toBe('/#sign-in-failed=gone');
    // Nor one that is on a journey of its own: nobody is signed in as somebody else.
    await victim.call('POST', '/session/provider', { provider: provider.id });
    expect((await comeBack(victim, back)).headers.get('location')).toBe('/#sign-in-failed=gone');
    expect((await comeBack(begin, back)).headers.get('location')).toBe('/');
    expect((await comeBack(begin, back)).headers.get('location')).toBe('/#sign-in-failed=gone');
    const code = back.searchParams.get('code') ?? '';
    back.searchParams.set('state', 'made-up');
    expect((await comeBack(begin, back)).headers.get('location')).toBe('/#sign-in-failed=gone');
    for (const subject of [`provider:${provider.id}`, 'login:unknown']) {
      const refused = await refusedReturn(subject, 'gone');
      expect(refused).toMatchObject({ actor: 'anonymous', detail: { what: 'provider', count: 1 } });
      expect(JSON.stringify(refused)).not.toContain(code);
    }
  });

  test('a code that is not the one, or of another trip, signs nobody in', async () => {
    const browser = new Browser(server.app.url);
    const first = await browser.call('POST', '/session/provider', { provider: provider.id });
    const stolen = await throughProvider(first.body.location);
    const second = await browser.call('POST', '/session/provider', { provider: provider.id });
    const back = await throughProvider(second.body.location);
    // PKCE and the nonce bind a code to the trip that it was given to.
    back.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect((await comeBack(browser, back)).headers.get('location')).toBe('/#sign-in-failed=bad-gateway');
    expect(await whoIs(browser)).toBeNull();
    await refusedReturn(`provider:${provider.id}`, 'bad-gateway');
  });

  test('an account that a thief links: refused after the session, and gone with a reset', async () => {
    const id = await addPerson(administrator, 'lina', ['operator']);
    atProvider = 'sub-thief';
    const begin = async (browser: Browser) => {
      const begun = await browser.call('POST', `/me/providers/${provider.id}`);
      expect(begun.status, JSON.stringify(begun.body)).toBe(200);
      return throughProvider(begun.body.location);
    };
    const linked = async () =>
      (await administrator.call('GET', `/people/${id}/authenticators`)).body.providers.length;
    const failed = '/#sign-in-failed=gone';
    const outcomes: [string, (browser: Browser) => Promise<unknown>][] = [
      ['its sessions ended', () => administrator.call('DELETE', `/people/${id}/sessions`)],
      ['reset', () => administrator.call('DELETE', `/people/${id}/authenticators`)],
      ['locked', (browser) => browser.call('POST', '/session/lock')],
      ['signed out', (browser) => browser.call('DELETE', '/session')],
      ['disabled', () => administrator.call('PATCH', `/people/${id}`, { disabled: true })],
    ];
    for (const [what, end] of outcomes) {
      const thief = new Browser(server.app.url);
      await thief.signIn('lina');
      const back = await begin(thief);
      await end(thief);
      expect((await comeBack(thief, back)).headers.get('location'), what).toBe(failed);
      expect(await linked(), what).toBe(0);
    }
    await administrator.call('PATCH', `/people/${id}`, { disabled: false });

    // Control: while the session lives, it is linked, seen by who oversees, and ended by who administers.
    const thief = new Browser(server.app.url);
    const link = async () => {
      await thief.signIn('lina');
      expect((await comeBack(thief, await begin(thief))).headers.get('location')).toBe('/#provider-linked');
      expect(await linked()).toBe(1);
      await signIn(thief);
      expect((await whoIs(thief)).login).toBe('lina');
    };
    const shutOut = async () => {
      expect(await whoIs(thief)).toBeNull();
      expect((await signIn(thief)).headers.get('location')).toBe('/#sign-in-failed=unauthenticated');
      expect(await linked()).toBe(0);
    };
    await link();
    expect((await administrator.call('DELETE', `/people/${id}/authenticators`)).status).toBe(204);
    await shutOut();
    await link();
    const one = `/people/${id}/providers/${provider.id}`;
    expect((await thief.call('DELETE', one)).status).toBe(403);
    expect((await administrator.call('DELETE', one)).status).toBe(204);
    await shutOut();
    expect((await administrator.call('DELETE', one)).status).toBe(404);
  });

  test('is asked what it is once, however many sign-ins strangers begin', async () => {
    let asked = 0;
    const count = ({ url }: { url?: string }) => {
      if (url === '/.well-known/openid-configuration') asked += 1;
    };
    atThem.door.on('request', count);
    // A change makes it ask anew.
    await change({ name: 'City sign-on' });
    const stranger = new Browser(server.app.url);
    const begin = () => stranger.call('POST', '/session/provider', { provider: provider.id });
    const answers = [...(await Promise.all(Array.from({ length: 20 }, begin))), await begin()];
    atThem.door.off('request', count);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(asked).toBe(1);
  });

  test('is entered over https, or on this machine', async () => {
    const enter = (issuer: string) =>
      administrator.call('POST', '/identity-providers', { name: 'x', issuer, clientId: 'y' });
    expect((await enter('http://login.example.org')).status).toBe(422);
    expect((await enter('file:///etc/passwd')).status).toBe(400);
    expect((await enter(issuer)).body.code).toBe('exists');
  });

  test('one that is away is said to be', async () => {
    const away = (
      await administrator.call('POST', '/identity-providers', {
        name: 'Away',
        issuer: 'http://127.0.0.1:9',
        clientId: 'y',
      })
    ).body;
    const answer = await new Browser(server.app.url).call('POST', '/session/provider', { provider: away.id });
    expect(answer.body.code).toBe('bad-gateway');
    expect((await administrator.call('DELETE', `/identity-providers/${away.id}`)).status).toBe(204);
  });
});
