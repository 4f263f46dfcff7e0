import * as argon2 from '@node-rs/argon2';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addPerson, Browser, goodPassword, setUpAdministrator } from '../../testing/browser.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { startTestApp, until } from '../../testing/server.ts';
import { Passwords } from './passwords.ts';

// The real ones, counted.
vi.mock('@node-rs/argon2', { spy: true });

let server: Awaited<ReturnType<typeof startTestApp>>;
let administrator: Browser;
let auditor: Browser;
/** Everybody in these tests comes from one address, whose five wrong tries each test uses up for itself at a workstation of its own. */
const freshBrowser = () => new Browser(server.app.url);

beforeAll(async () => {
  server = await startTestApp();
  administrator = await setUpAdministrator(server.app);
  await addPerson(administrator, 'rex', ['auditor']);
  auditor = freshBrowser();
  await auditor.signIn('rex');
});
afterAll(() => server.stop());

/** Refused ways in about `subject`, once the record has some that are `wanted`: it is written after the answer. */
async function refusedWays(subject: string, wanted: Record<string, string>, reader = auditor) {
  return until(async () => {
    const { items = [] } = (await reader.call('GET', '/record?kind=sign-in-refused&limit=500')).body;
    const found = (items as { actor: string; subject: string; detail: Record<string, unknown> }[]).filter(
      (one) =>
        one.subject === subject &&
        Object.entries(wanted).every(([name, value]) => one.detail[name] === value),
    );
    return found.length > 0 && found;
  });
}

describe('the first start', () => {
  test('a store of its own: the link works once, and only with a good password', async () => {
    const own = await startTestApp();
    const { setUpToken, demo } = await own.app.welcome();
    expect(demo).toBeNull();
    const browser = new Browser(own.app.url);
    expect((await browser.call('GET', '/session')).body).toMatchObject({
      me: null,
      setUpNeeded: true,
      demo: null,
    });
    const setUp = (token: string | null, password: string, login = 'ada') =>
      browser.call('POST', '/set-up', { token, login, name: 'Ada', password });
    expect((await setUp('x'.repeat(43), goodPassword)).body.code).toBe('gone');
    expect((await setUp(setUpToken, 'password')).body).toMatchObject({
      code: 'unprocessable',
      errors: [{ pointer: '/password' }],
    });
    const again = await own.app.welcome();
    expect((await setUp(setUpToken, goodPassword)).body.code).toBe('gone');
    const both = await Promise.all([
      setUp(again.setUpToken, goodPassword),
      setUp(again.setUpToken, goodPassword, 'eve'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect((await own.app.welcome()).setUpToken).toBeNull();
    expect((await browser.call('GET', '/session')).body).toMatchObject({
      setUpNeeded: false,
      me: {
        login: expect.stringMatching(/^(ada|eve)$/),
        roles: ['administrator'],
        session: { method: 'set-up' },
      },
    });
    await own.stop();
  });
});

describe('signing in', () => {
  test('sets one HttpOnly, SameSite=Strict cookie for the session; signing out takes it away', async () => {
    await addPerson(administrator, 'olga', ['operator']);
    const browser = freshBrowser();
    const answer = await browser.signIn('OLGA');
    expect(answer.body).toMatchObject({ state: 'signed-in', me: { login: 'olga', roles: ['operator'] } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    for (const line of browser.setCookies)
      expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const token = browser.cookies.get('clerestory') ?? '';
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(answer.body)).not.toContain(token);
    expect((await browser.call('DELETE', '/session')).status).toBe(204);
    expect(browser.cookies.has('clerestory')).toBe(false);
    browser.cookies.set('clerestory', token);
    expect((await browser.call('GET', '/session')).body.me).toBeNull();
  });

  test('a wrong password, an unknown name and a disabled account get one answer', async () => {
    const id = await addPerson(administrator, 'gone', ['operator']);
    await administrator.call('PATCH', `/people/${id}`, { disabled: true });
    const browser = freshBrowser();
    await browser.signIn('olga');
    const answers = [
      await browser.signIn('olga', 'not the password at all'),
      await browser.signIn('nobody-of-that-name', 'not the password at all'),
      await browser.signIn('gone', goodPassword),
    ];
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  test('A9: fifty wrong passwords at once, five are looked at; then not even the right one', async () => {
    const own = await startTestApp();
    const admin = await setUpAdministrator(own.app);
    const victim = await addPerson(admin, 'victim', ['operator']);
    await addPerson(admin, 'rex', ['auditor']);
    const reader = new Browser(own.app.url);
    await reader.signIn('rex');
    const attacker = new Browser(own.app.url);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => attacker.signIn('victim', `guess number ${index} of fifty`)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(45);
    expect((await attacker.signIn('victim')).status).toBe(429);
    // Fifty names from one address are no better.
    const elsewhere = await Promise.all(
      Array.from({ length: 50 }, (_, index) => attacker.signIn(`name-${index}`, 'some password or other')),
    );
    expect(elsewhere.every(({ status }) => status === 429)).toBe(true);
    // In the record are the five, and one entry for all that nobody looked at: of the victim, and of who is nobody.
    for (const subject of [`person:${victim}`, 'login:unknown'])
      expect(await refusedWays(subject, { what: 'blocked', of: 'password' }, reader)).toHaveLength(1);
    expect(await refusedWays(`person:${victim}`, { what: 'password' }, reader)).toHaveLength(5);
    // Who signed in at a workstation before is not locked out of it by that.
    expect((await admin.signIn('ada')).status).toBe(200);
    await own.stop();
  });

  /**
   * What takes the time is one comparison by argon2id, whose cost is written in the hash. So this counts comparisons and
   * looks at their costs, which does not depend on what else the machine does, as times would.
   */
  const comparisons = async (work: () => Promise<unknown>): Promise<string[]> => {
    const from = vi.mocked(argon2.verify).mock.calls.length;
    await work();
    const made = vi.mocked(argon2.verify).mock.calls.slice(from);
    return made.map(
      ([hash]) => /^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$/.exec(String(hash))?.[0] ?? 'no hash',
    );
  };

  test('an unknown name costs as much as a known one, at the door too', async () => {
    const own = await startTestApp();
    const admin = await setUpAdministrator(own.app);
    await addPerson(admin, 'known', ['operator']);
    const disabled = await addPerson(admin, 'disabled', ['operator']);
    await admin.call('PATCH', `/people/${disabled}`, { disabled: true });
    const spent: Record<string, string[]> = {};
    for (const login of ['known', 'unknown', 'disabled'])
      spent[login] = await comparisons(async () => {
        expect((await new Browser(own.app.url).signIn(login, 'not the password')).status).toBe(401);
      });
    // OWASP Password Storage Cheat Sheet: argon2id with m = 19 MiB, t = 2, p = 1.
    const once = ['$argon2id$v=19$m=19456,t=2,p=1$'];
    expect(spent).toEqual({ known: once, unknown: once, disabled: once });
    await own.stop();
  });

  test('comparing with nothing costs as much as comparing, and is wrong', async () => {
    const passwords = new Passwords();
    const stored = await passwords.hash(goodPassword);
    const known = await comparisons(() => passwords.matches(stored, 'not the password'));
    expect(known).toHaveLength(1);
    expect(await comparisons(() => passwords.matches(null, 'not the password'))).toEqual(known);
    expect(await passwords.matches(null, 'nobody has this password')).toBe(false);
  });
});

describe('A4: changes asked for by others', () => {
  const foreign = Array.from({ length: 20 }, (_, index) => `https://evil-${index}.example`);
  test('20 foreign origins, a null origin, a foreign site, a cookie without either: nothing', async () => {
    const browser = freshBrowser();
    await browser.signIn('olga');
    const lock = (headers: Record<string, string>) =>
      browser.call('POST', '/session/lock', undefined, headers);
    for (const origin of [...foreign, 'null', server.app.url.replace('http', 'https')])
      expect((await lock({ origin })).status).toBe(403);
    expect((await lock({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await lock({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await lock({ origin: '' })).status).toBe(403);
    const form = await browser.call('POST', '/session/unlock', 'pin=123456', {
      'content-type': 'text/plain',
    });
    expect(form.status).toBe(415);
    expect((await browser.call('GET', '/session')).body.me.session.locked).toBe(false);
    // Control: our own page may.
    expect((await lock({})).status).toBe(204);
    expect((await browser.call('GET', '/session')).body.me.session.locked).toBe(true);
  });
});

describe('a locked session', () => {
  test('sees, does not act, and unlocks by password, which also confirms', async () => {
    await addPerson(administrator, 'lena', ['operator']);
    const browser = freshBrowser();
    await browser.signIn('lena');
    await browser.call('POST', '/session/lock');
    expect((await browser.call('GET', '/me/sessions')).status).toBe(200);
    expect((await browser.call('PUT', '/me/password', { current: goodPassword, next: 'x' })).body.code).toBe(
      'locked',
    );
    expect((await browser.call('POST', '/session/unlock', { password: 'wrong it is' })).status).toBe(401);
    expect(
      (await browser.call('POST', '/session/unlock', { password: goodPassword })).body.session.locked,
    ).toBe(false);
  });
});

describe('my sessions', () => {
  test('are listed and ended, those of others are not there', async () => {
    await addPerson(administrator, 'mona', ['operator']);
    const [here, there] = [freshBrowser(), freshBrowser()];
    await here.signIn('mona');
    await there.signIn('mona');
    const list = (await here.call('GET', '/me/sessions')).body.items;
    expect(list.map(({ current }: { current: boolean }) => current).sort()).toEqual([false, true]);
    const other = list.find(({ current }: { current: boolean }) => !current).id;
    const stranger = freshBrowser();
    await stranger.signIn('olga');
    expect((await stranger.call('DELETE', `/me/sessions/${other}`)).status).toBe(404);
    expect((await here.call('DELETE', `/me/sessions/${other}`)).status).toBe(204);
    expect((await there.call('GET', '/session')).body.me).toBeNull();
    expect((await here.call('DELETE', '/me/sessions')).status).toBe(204);
    expect((await here.call('GET', '/session')).body.me).toBeNull();
  });

  test('of everybody are seen by who oversees and ended by who administers', async () => {
    await addPerson(administrator, 'mats', ['operator']);
    await addPerson(administrator, 'aud', ['auditor']);
    const [mats, auditor] = [freshBrowser(), freshBrowser()];
    await mats.signIn('mats');
    await auditor.signIn('aud');
    const list = (await auditor.call('GET', '/sessions')).body.items;
    const theirs = list.find(({ person }: { person: { login: string } }) => person.login === 'mats');
    expect(JSON.stringify(list)).not.toContain([...mats.cookies.values()][0]);
    expect((await auditor.call('DELETE', `/sessions/${theirs.id}`)).status).toBe(403);
    expect((await mats.call('GET', '/sessions')).status).toBe(403);
    expect((await administrator.call('DELETE', `/sessions/${theirs.id}`)).status).toBe(204);
    expect((await mats.call('GET', '/session')).body.me).toBeNull();
    expect((await administrator.call('DELETE', `/sessions/${theirs.id}`)).status).toBe(404);
  });

  test('a changed password ends the others', async () => {
    const nora = await addPerson(administrator, 'nora', ['operator']);
    const [here, there] = [freshBrowser(), freshBrowser()];
    await here.signIn('nora');
    await there.signIn('nora');
    const next = 'another eight herons flew by';
    const current = 'eight herons over the harbour';
    expect((await here.call('PUT', '/me/password', { current, next })).status).toBe(422);
    const [refused] = await refusedWays(`person:${nora}`, { what: 'password-change' });
    expect(refused).toMatchObject({ actor: `person:${nora}`, detail: { of: 'present-password', count: 1 } });
    expect(JSON.stringify(refused)).not.toContain('herons');
    expect((await here.call('PUT', '/me/password', { current: goodPassword, next })).status).toBe(204);
    expect((await there.call('GET', '/session')).body.me).toBeNull();
    expect((await here.call('GET', '/session')).body.me).not.toBeNull();
    expect((await there.signIn('nora', next)).status).toBe(200);
  });

  test('a disabled account is out at once', async () => {
    const id = await addPerson(administrator, 'otto', ['operator']);
    const browser = freshBrowser();
    await browser.signIn('otto');
    await administrator.call('PATCH', `/people/${id}`, { disabled: true });
    expect((await browser.call('GET', '/session')).body.me).toBeNull();
    await administrator.call('PATCH', `/people/${id}`, { disabled: false });
    expect((await browser.call('GET', '/session')).body.me).toBeNull();
  });
});

describe('an app for codes', () => {
  test('is set up, asked for, takes no code twice; a recovery code works once', async () => {
    await addPerson(administrator, 'tina', ['operator']);
    const browser = freshBrowser();
    await browser.signIn('tina');
    const { secret, uri } = (await browser.call('POST', '/me/totp')).body;
    expect(uri).toMatch(/^otpauth:\/\/totp\/Clerestory:tina\?/);
    const code = (stepsAhead = 0) =>
      generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + stepsAhead * 30 });
    expect((await browser.call('POST', '/me/totp/confirm', { code: '000000' })).status).toBe(422);
    const used = code();
    const { recoveryCodes } = (await browser.call('POST', '/me/totp/confirm', { code: used })).body;
    expect(recoveryCodes).toHaveLength(10);

    const other = freshBrowser();
    const half = await other.signIn('tina');
    expect(half.body).toEqual({ state: 'second-step', ticket: expect.any(String) });
    expect(other.cookies.size).toBe(0);
    const step = (code: string) =>
      other.call('POST', '/session/second-step', { ticket: half.body.ticket, code });
    expect((await step(used)).status).toBe(401);
    expect((await step(code(1))).body).toMatchObject({ state: 'signed-in' });
    // The ticket is used up too.
    expect((await step(recoveryCodes[1])).status).toBe(410);

    const third = freshBrowser();
    const recover = async (code: string) => {
      const { ticket } = (await third.signIn('tina')).body;
      return third.call('POST', '/session/second-step', { ticket, code });
    };
    expect((await recover(recoveryCodes[0].toUpperCase())).status).toBe(200);
    expect((await recover(recoveryCodes[0])).status).toBe(401);
    expect((await browser.call('GET', '/me/authenticators')).body).toMatchObject({
      totp: true,
      recoveryCodesLeft: 9,
    });
  });

  test('where the site asks for it, who has none holds no role', async () => {
    await addPerson(administrator, 'uma', ['operator']);
    const browser = freshBrowser();
    await administrator.call('PUT', '/people-policy', { secondFactor: 'required' });
    expect((await browser.signIn('uma')).body.me).toMatchObject({ roles: [], mustEnrol: true });
    const { secret } = (await browser.call('POST', '/me/totp')).body;
    await browser.call('POST', '/me/totp/confirm', { code: generateSync({ secret }) });
    expect((await browser.call('GET', '/session')).body.me).toMatchObject({
      roles: ['operator'],
      mustEnrol: false,
    });
    // Administrators are no exception.
    expect((await administrator.call('PUT', '/people-policy', { secondFactor: 'optional' })).status).toBe(
      403,
    );
    const app = (await administrator.call('POST', '/me/totp')).body;
    await administrator.call('POST', '/me/totp/confirm', { code: generateSync({ secret: app.secret }) });
    expect((await administrator.call('PUT', '/people-policy', { secondFactor: 'optional' })).status).toBe(
      200,
    );
    await administrator.call('DELETE', '/me/totp');
  });
});

test('a disabled account with an app is not told apart by the second step', async () => {
  const id = await addPerson(administrator, 'yves', ['operator']);
  const browser = freshBrowser();
  await browser.signIn('yves');
  const { secret } = (await browser.call('POST', '/me/totp')).body;
  await browser.call('POST', '/me/totp/confirm', { code: generateSync({ secret }) });
  await administrator.call('PATCH', `/people/${id}`, { disabled: true });
  expect((await browser.signIn('yves')).status).toBe(401);
});

describe('the quick switch', () => {
  test('two people at one workstation, each in a session of their own', async () => {
    const paula = await addPerson(administrator, 'paula', ['operator']);
    const quin = await addPerson(administrator, 'quin', ['supervisor']);
    const desk = freshBrowser();
    await desk.signIn('paula');
    expect((await desk.call('PUT', '/me/pin', { pin: '123456' })).status).toBe(422);
    expect((await desk.call('PUT', '/me/pin', { pin: '402917' })).status).toBe(204);
    const paulasToken = desk.cookies.get('clerestory') ?? '';
    await desk.signIn('quin');
    await desk.call('PUT', '/me/pin', { pin: '771304' });
    // Paula's session is over, she is not signed in behind Quin's back.
    const behind = freshBrowser();
    behind.cookies.set('clerestory', paulasToken);
    expect((await behind.call('GET', '/session')).body.me).toBeNull();

    const who = (await desk.call('GET', '/session')).body;
    expect(who.switchable.map(({ login }: { login: string }) => login).sort()).toEqual(['paula', 'quin']);
    const switchTo = (browser: Browser, person: string, pin: string) =>
      browser.call('POST', '/session/switch', { person, pin });
    expect((await switchTo(desk, paula, '771304')).status).toBe(401);
    expect((await switchTo(desk, paula, '402917')).body).toMatchObject({
      login: 'paula',
      session: { method: 'switch' },
    });
    // A PIN is no proof for changing how one signs in.
    expect((await desk.call('POST', '/me/totp')).body.code).toBe('confirm-first');
    // And it is worth nothing at another browser.
    expect((await switchTo(freshBrowser(), paula, '402917')).status).toBe(401);
    const [elsewhere] = await refusedWays(`person:${paula}`, { what: 'elsewhere' });
    expect(elsewhere).toMatchObject({ actor: 'anonymous', detail: { of: 'pin' } });
    expect(JSON.stringify(elsewhere)).not.toContain('402917');

    // Unlocking by PIN at the same place.
    await desk.call('POST', '/session/lock');
    expect((await desk.call('POST', '/session/unlock', { pin: '402917' })).body.session.locked).toBe(false);

    // After signing out, only a full sign-in helps.
    await desk.call('DELETE', '/session');
    expect((await switchTo(desk, paula, '402917')).status).toBe(401);
    // Five wrong PINs: the right one is worth nothing any more.
    for (let index = 0; index < 5; index++) expect((await switchTo(desk, quin, '100200')).status).toBe(401);
    expect((await switchTo(desk, quin, '771304')).status).toBe(401);
    expect((await desk.call('GET', '/session')).body.switchable).toEqual([]);
    await refusedWays(`person:${quin}`, { what: 'blocked', of: 'pin' });
  });

  test('a PIN unlocks a session at the workstation where it was begun, and at no other', async () => {
    const rosa = await addPerson(administrator, 'rosa', ['operator']);
    const [here, there] = [freshBrowser(), freshBrowser()];
    for (const desk of [here, there]) {
      await desk.signIn('rosa');
      await desk.call('PUT', '/me/pin', { pin: '402917' });
    }
    await here.call('POST', '/session/lock');
    // Her own PIN, right at that workstation too; but the session was begun at the first one.
    const carried = freshBrowser();
    carried.cookies.set('clerestory', here.cookies.get('clerestory') ?? '');
    carried.cookies.set('clerestory-workstation', there.cookies.get('clerestory-workstation') ?? '');
    const unlock = (browser: Browser) => browser.call('POST', '/session/unlock', { pin: '402917' });
    expect((await unlock(carried)).status).toBe(401);
    expect((await here.call('GET', '/session')).body.me.session.locked).toBe(true);
    const [refused] = await refusedWays(`person:${rosa}`, { what: 'elsewhere' });
    expect(refused).toMatchObject({ detail: { of: 'unlock', count: 1 } });
    // Control: at the first it does.
    expect((await unlock(here)).body.session.locked).toBe(false);
  });
});

describe('people', () => {
  test('are for administrators; auditors look, others do not', async () => {
    await addPerson(administrator, 'vera', ['auditor']);
    await addPerson(administrator, 'walt', ['supervisor']);
    const [auditor, supervisor] = [freshBrowser(), freshBrowser()];
    await auditor.signIn('vera');
    await supervisor.signIn('walt');
    const input = { login: 'new-one', name: 'New' };
    expect((await freshBrowser().call('GET', '/people')).status).toBe(401);
    expect((await supervisor.call('GET', '/people')).status).toBe(403);
    expect((await auditor.call('GET', '/people')).status).toBe(200);
    for (const browser of [auditor, supervisor])
      expect((await browser.call('POST', '/people', input)).status).toBe(403);
    expect((await freshBrowser().call('POST', '/people', input)).status).toBe(401);
  });

  test('are paged in the order of their names; a lost update and a taken name are refused', async () => {
    const first = (await administrator.call('GET', '/people?limit=2')).body;
    expect(first.items).toHaveLength(2);
    const second = (await administrator.call('GET', `/people?limit=500&cursor=${first.next}`)).body;
    expect(second.next).toBeNull();
    expect(second.items[0].login > first.items[1].login).toBe(true);
    const { id, revision } = second.items[0];
    const patch = (base: number) =>
      administrator.call('PATCH', `/people/${id}`, { name: 'Anew' }, { 'if-match': `"${base}"` });
    expect((await patch(revision + 7)).body.code).toBe('conflict');
    expect((await patch(revision)).body.revision).toBe(revision + 1);
    expect((await administrator.call('POST', '/people', { login: 'ADA', name: 'x' })).body.code).toBe(
      'exists',
    );
    expect(
      (
        await administrator.call('POST', '/people', {
          login: 'ab',
          name: 'x',
          roles: ['administrator', 'operator'],
        })
      ).status,
    ).toBe(400);
  });

  test('the last administrator stays one', async () => {
    const me = (await administrator.call('GET', '/session')).body.me;
    for (const patch of [{ disabled: true }, { roles: [] }])
      expect((await administrator.call('PATCH', `/people/${me.id}`, patch)).status).toBe(422);
  });

  test('a one-time link works once, and a newer one ends it', async () => {
    const { id } = (await administrator.call('POST', '/people', { login: 'xeno', name: 'Xeno' })).body;
    const link = async () => new URL((await administrator.call('POST', `/people/${id}/link`)).body.url);
    const old = await link();
    const url = await link();
    expect(url.search).toBe('');
    const redeem = (one: URL) =>
      freshBrowser().call('POST', '/one-time-link', {
        token: one.hash.split('=')[1],
        password: goodPassword,
      });
    expect((await redeem(old)).status).toBe(410);
    const [refused] = await refusedWays('login:unknown', { what: 'link', of: 'password-link' });
    expect(refused?.actor).toBe('anonymous');
    expect(JSON.stringify(refused)).not.toContain(old.hash.split('=')[1]);
    const both = await Promise.all([redeem(url), redeem(url)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  test('are imported from CSV; a bad row harms no other and comes back', async () => {
    const csv = [
      'login,name,email,roles,groups',
      'imp-a,"Ann, A.",ann@example.org,operator;supervisor,night north',
      'imp b,Bad login,,operator,',
      'imp-c,Cleo,,administrator operator,',
      'imp-a,Twice,,operator,',
      'ada,Ada again,,operator,',
      'imp-d,=cmd(),not-an-address,operator,',
      'imp-e,Ed',
    ].join('\r\n');
    const dry = (await administrator.call('POST', '/people/import', { csv, dryRun: true })).body;
    expect(dry.created).toBe(0);
    const report = (await administrator.call('POST', '/people/import', { csv })).body;
    expect(report.rows.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'created',
      'refused',
      'refused',
      'refused',
      'exists',
      'refused',
      'created',
    ]);
    expect(report.rows.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(report).toMatchObject({ created: 2, refused: 4 });
    // As it was, so that it can be corrected and sent again.
    const lines = csv.split('\r\n');
    expect(report.rejectedCsv.split('\r\n')).toEqual([0, 2, 3, 4, 6].map((at) => lines[at]).concat(''));
    const ann = (await administrator.call('GET', '/people?q=imp-a')).body.items[0];
    expect(ann).toMatchObject({
      name: 'Ann, A.',
      roles: ['operator', 'supervisor'],
      groups: ['night', 'north'],
      hasPassword: false,
    });
    const again = (await administrator.call('POST', '/people/import', { csv })).body;
    expect(again.created).toBe(0);
  });

  test('a letter that could not be read refuses its row; a long list is taken whole', async () => {
    const name = 'x'.repeat(60);
    const many = Array.from({ length: 999 }, (_, at) => `imp-long-${at},${name},,operator,`);
    const csv = ['login,name,email,roles,groups', 'imp-n,M\ufffdller,,operator,', ...many].join('\n');
    expect(csv.length).toBeGreaterThan(64 * 1024);
    const { body } = await administrator.call('POST', '/people/import', { csv, dryRun: true });
    expect(body.rows).toHaveLength(1_000);
    expect(body.rows[0]).toMatchObject({
      ...{ line: 2, login: 'imp-n', outcome: 'refused' },
      detail: expect.stringMatching(/could not be read: save the list in UTF-8/),
    });
    expect(body.refused).toBe(1);
    expect(body.rejectedCsv).toBe('login,name,email,roles,groups\r\nimp-n,M\ufffdller,,operator,\r\n');
  });

  test.each([
    ['who,what\n1,2', /names "who", "what"; the columns are login, name, email, roles, groups/],
    ['email,roles\na@example.org,operator', /login and name is missing/],
    ['login,name,role\nimp-x,Xan,operator', /names "role"; .* Rename it/],
    ['login,name,Name\nimp-x,Xan,Xaver', /the column "name" twice/],
    [
      'login,name\nimp-x,Xan\n\nimp-y,"Yan\nimp-z,Zoe\n',
      /begins on line 4 .*quotation mark.*Nobody was added/,
    ],
    ['login,name\nimp-x,Xan\nimp-y,"Yan\nimp-z,"Zoe"\n', /begins on line 3 /],
  ])('a list in which something would be lost adds nobody and says where: %j', async (csv, words) => {
    const answer = await administrator.call('POST', '/people/import', { csv });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(words);
    expect((await administrator.call('GET', '/people?q=imp-x')).body.items).toEqual([]);
  });

  test('a cell under no column refuses its row, which comes back whole; empty ones are none', async () => {
    const csv =
      '\ufeffLogin,Name,Email,Roles,Groups,\r\n\r\nimp-k,Doe, Kim,kim@example.org,operator,north\r\nimp-l,Lee,,operator,"a ""b""",,\r\n' +
      'imp-m,"Mo",,operator,night,,,';
    const report = (await administrator.call('POST', '/people/import', { csv })).body;
    expect(report.rows).toMatchObject([
      { line: 3, login: 'imp-k', outcome: 'refused', detail: expect.stringMatching(/^"north" stands under/) },
      { line: 4, login: 'imp-l', outcome: 'refused' },
      { line: 5, login: 'imp-m', outcome: 'created' },
    ]);
    expect(report.rejectedCsv).toBe(
      'Login,Name,Email,Roles,Groups,\r\nimp-k,Doe, Kim,kim@example.org,operator,north\r\nimp-l,Lee,,operator,"a ""b""",,\r\n',
    );
  });
});

test('ending all sessions, or a new password, closes the quick switch everywhere', async () => {
  const id = await addPerson(administrator, 'zoe', ['operator']);
  const [desk, other] = [freshBrowser(), freshBrowser()];
  const switchable = async () => (await desk.call('GET', '/session')).body.switchable.length;
  const prepare = async (password: string) => {
    await desk.signIn('zoe', password);
    await desk.call('PUT', '/me/pin', { pin: '402917' });
    await desk.signIn('olga');
    await other.signIn('zoe', password);
    expect(await switchable()).toBe(1);
  };
  await prepare(goodPassword);
  await other.call('DELETE', '/me/sessions');
  expect(await switchable()).toBe(0);
  await prepare(goodPassword);
  const next = 'another eight herons flew by';
  await other.call('PUT', '/me/password', { current: goodPassword, next });
  expect(await switchable()).toBe(0);
  await prepare(next);
  await administrator.call('DELETE', `/people/${id}/sessions`);
  expect(await switchable()).toBe(0);
});

test('sessions survive a restart, and what was ended does not come back', async () => {
  const folder = temporaryFolder();
  const before = await startTestApp({}, folder.dir);
  const kept = await setUpAdministrator(before.app);
  const ended = new Browser(before.app.url);
  await ended.signIn('ada');
  const endedCookies = new Map(ended.cookies);
  await ended.call('DELETE', '/session');
  await before.stop();
  const after = await startTestApp({}, folder.dir);
  const again = new Browser(after.app.url);
  for (const [name, value] of kept.cookies) again.cookies.set(name, value);
  expect((await again.call('GET', '/session')).body.me).toMatchObject({ login: 'ada' });
  again.cookies.clear();
  for (const [name, value] of endedCookies) again.cookies.set(name, value);
  expect((await again.call('GET', '/session')).body.me).toBeNull();
  await after.stop();
  folder.remove();
});
