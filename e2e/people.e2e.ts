import type { Page } from '@playwright/test';
import { generate } from 'otplib';
import { addPerson, goodPassword } from '../apps/server/src/testing/browser.ts';
import { clientSecret, startProvider } from '../apps/server/src/testing/provider.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import { expect, test as base, type Complaints } from './support/city.ts';
import { barriersOn } from './support/barriers.ts';
import { enter } from './support/sign-in.ts';

/** The browser reports refused requests itself; these tests ask for some. */
const refusedRequest = /Failed to load resource: the server responded with a status of 4\d\d/;

const test = base.extend<{ fresh: boolean; site: ServerProcess; complaints: Complaints }>({
  /** Nobody has set the server up. */
  fresh: [false, { option: true }],
  site: async ({ complaints, context, fresh }, use) => {
    complaints.allow(refusedRequest);
    const site = await startServerProcess();
    if (!fresh) await site.signedIn('team');
    await use(site);
    // A page that outlives its server complains of it, rightly.
    for (const page of context.pages()) await page.close();
    await site.stop();
  },
});

const fillSignIn = async (page: Page, login: string, password: string) => {
  await page.getByLabel('Sign-in name').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};
const account = (page: Page) => page.getByRole('button', { name: /^Signed in as/ });
const choose = async (page: Page, item: string | RegExp) => {
  await account(page).click();
  await page.getByRole('menuitem', { name: item }).click();
};

test('nobody sees the console before signing in; a wrong password is refused in words; the right one opens it', async ({
  page,
  site,
}) => {
  await page.goto(site.url);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByRole('main', { name: 'Wall' })).toHaveCount(0);
  await fillSignIn(page, 'tess', 'not this sentence');
  await expect(page.getByRole('alert')).toContainText('The name or the password is not right.');
  await fillSignIn(page, 'tess', goodPassword);
  await expect(account(page)).toContainText('tess');
  await expect(page.getByRole('main', { name: 'Wall' })).toBeVisible();
  await choose(page, 'Sign out');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('an administrator adds somebody, takes a camera from them and gives it back by a rule of its own, lets them in by a provider; disabled, they are out', async ({
  page,
  browser,
  site,
}) => {
  await enter(page.context(), site, 'administrator');
  await page.goto(`${site.url}/admin`);
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Nils');
  await dialog.getByLabel('Sign-in name').fill('No Good');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText(/2 to 64 of a-z/)).toBeVisible();
  await dialog.getByLabel('Sign-in name').fill('nils');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const link = (await page.locator('[data-one-time-link]').textContent()) ?? '';
  expect(link).toContain('/#password=');

  const elsewhere = await browser.newContext();
  const theirs = await elsewhere.newPage();
  await theirs.goto(link);
  await expect(theirs.getByLabel('New password')).toBeVisible();
  expect(await barriersOn(theirs)).toEqual([]);
  await theirs.getByLabel('New password').fill(goodPassword);
  await theirs.getByRole('button', { name: 'Set password' }).click();
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  expect(theirs.url()).not.toContain('password=');
  await fillSignIn(theirs, 'nils', goodPassword);
  await expect(account(theirs)).toContainText('Nils');

  // Their session is ended from the list, so that they have to sign in anew; then the account itself.
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Sessions' }).click();
  const session = page.locator('[data-session="nils"]');
  await session.getByRole('button', { name: 'End' }).click();
  await expect(session).toHaveCount(0);
  await theirs.reload();
  await fillSignIn(theirs, 'nils', goodPassword);
  await expect(account(theirs)).toContainText('Nils');

  // A camera is there for them as long as no rule takes it, without anything done at their window.
  for (const [id, name] of [
    ['gate', 'Old gate'],
    ['mill', 'Water mill'],
  ] as const)
    await site.api('POST', '/cameras', {
      id,
      name,
      source: { kind: 'rtsp', main: `rtsp://192.0.2.1/${id}` },
    });
  const gate = theirs.getByRole('option', { name: /Old gate/ });
  const mill = theirs.getByRole('option', { name: /Water mill/ });
  await expect(gate).toBeVisible();
  await page.getByRole('link', { name: 'Camera groups and rights' }).click();
  await page.getByRole('button', { name: 'Add a group' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Harbour');
  await form.getByLabel('Cameras').fill('Old gate, nowhere');
  await form.getByLabel('Cameras').press('Enter');
  await expect(form.getByText('No camera is called “nowhere”.')).toBeVisible();
  expect(await barriersOn(page), 'the dialog of a camera group').toEqual([]);
  await expect(form.getByRole('listitem')).toHaveText(/^\d+ Old gate/);
  await form.getByLabel('Cameras').fill('');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  const rule = async (effect: 'gives' | 'takes') => {
    await page.getByRole('button', { name: 'Give or take rights' }).click();
    await form.getByLabel('This rule').selectOption(effect);
    await form.getByLabel('on cameras of').selectOption('Harbour');
    await form.getByLabel('to a', { exact: true }).selectOption('person');
    await form.getByLabel('which').fill('nils');
    await form.getByRole('button', { name: 'Add the rule' }).click();
  };
  await rule('takes');
  const taking = page.getByRole('row', { name: /takes Nils .* Harbour/ });
  await expect(taking).toBeVisible();
  await expect(gate).toHaveCount(0);
  await taking.getByRole('button', { name: 'Remove' }).click();
  await expect(taking).toHaveCount(0);
  await expect(gate).toBeVisible();
  await expect(mill).toBeVisible();
  // Nor is there any once no rule gives them; what one gives to them alone is there, and no other.
  await page
    .getByRole('row', { name: /gives every operator .* all cameras/ })
    .getByRole('button')
    .click();
  await expect(mill).toHaveCount(0);
  await expect(gate).toHaveCount(0);
  await rule('gives');
  await expect(page.getByRole('row', { name: /gives Nils .* Harbour/ })).toBeVisible();
  await expect(gate).toBeVisible();
  await expect(mill).toHaveCount(0);

  // They end another session of their own; that browser is out.
  const second = await browser.newContext();
  const away = await second.newPage();
  await away.goto(site.url);
  await fillSignIn(away, 'nils', goodPassword);
  await expect(account(away)).toContainText('Nils');
  await choose(theirs, 'Your sign-in');
  const own = theirs.getByRole('dialog').getByRole('listitem').filter({ hasText: 'since' });
  await expect(own).toHaveCount(2);
  await own.getByRole('button', { name: 'End' }).click();
  await expect(own).toHaveCount(1);
  await expect(away.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await second.close();
  await theirs.keyboard.press('Escape');

  // Another organisation's sign-in is entered; who has their e-mail there comes in by its button.
  const city = await startProvider(site.url, {
    signsIn: () => 'sub-nils',
    says: () => ({ email: 'nils@example.org', email_verified: true }),
  });
  const administrator = await site.signedIn('administrator');
  const { items: people } = (await administrator.call('GET', '/people')).body;
  const { id } = people.find(({ login }: { login: string }) => login === 'nils');
  await administrator.call('PATCH', `/people/${id}`, { email: 'nils@example.org' });
  await page.getByRole('link', { name: 'Sign-in', exact: true }).click();
  await page.getByRole('button', { name: 'Add a provider' }).click();
  await form.getByLabel('Name on the button').fill('City sign-on');
  await form.getByLabel('Issuer').fill('http://login.example.org');
  await form.getByLabel('Client id').fill('clerestory');
  await form.getByLabel('Client secret').fill(clientSecret);
  await form.getByLabel(/same verified e-mail/).check();
  await form.getByLabel('Claim that says the roles').fill('groups');
  await form.getByRole('button', { name: 'Add a row' }).click();
  await form.getByLabel('Where it says (1)').fill('wall-operator');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form.getByText(/not an https issuer|An issuer has an https address/).first()).toBeVisible();
  expect(await barriersOn(page), 'the dialog of a provider').toEqual([]);
  await form.getByLabel('Issuer').fill(city.issuer);
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('row', { name: /City sign-on .* offered/ })).toBeVisible();
  const third = await browser.newContext();
  const visitor = await third.newPage();
  await visitor.goto(site.url);
  await visitor.getByRole('button', { name: /City sign-on/ }).click();
  await expect(account(visitor)).toContainText('Nils');
  await third.close();
  await city.close();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('button', { name: 'More for Nils' }).click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await expect(page.locator('[data-person="nils"]')).toContainText('disabled');
  await theirs.reload();
  await expect(theirs.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await elsewhere.close();
});

test('locked: the page stays in sight, its controls are out of reach, and a PIN opens it', async ({
  page,
  site,
}) => {
  await enter(page.context(), site);
  await page.goto(site.url);
  // Who is signed in is asked again whenever the page comes into sight; an open menu stays where it is.
  await account(page).click();
  const menu = await page.getByRole('menu').elementHandle();
  const asked = page.waitForResponse('**/api/v1/session');
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await (await asked).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(await menu?.isVisible()).toBe(true);
  await page.getByRole('menuitem', { name: 'Your sign-in' }).click();
  await page.getByRole('listitem').filter({ hasText: 'No PIN' }).getByRole('button', { name: 'Set' }).click();
  await page.getByLabel(/PIN, 6 to 12/).fill('271828');
  await page.getByRole('button', { name: 'Set PIN' }).click();
  await expect(page.getByText('PIN at this workstation', { exact: true })).toBeVisible();
  expect(await barriersOn(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await choose(page, 'Lock');
  const cover = page.getByRole('dialog', { name: 'Locked' });
  await expect(cover).toBeVisible();
  await expect(page.getByRole('main', { name: 'Wall' })).toBeVisible();
  expect(await barriersOn(page)).toEqual([]);
  await cover.getByLabel('Your PIN').fill('000000');
  await cover.getByRole('button', { name: /^Unlock/ }).click();
  await expect(cover.getByRole('alert')).toBeVisible();
  await cover.getByLabel('Your PIN').fill('271828');
  await cover.getByRole('button', { name: /^Unlock/ }).click();
  await expect(cover).toHaveCount(0);

  // Somebody else signs in fully at the same workstation, and is handed it over from then on: both ways by PIN alone.
  await addPerson(await site.signedIn('administrator'), 'olga', ['operator']);
  await page.evaluate(async (password) => {
    const send = (method: string, address: string, body: object) =>
      fetch(`/api/v1${address}`, {
        ...{ method, headers: { 'content-type': 'application/json' } },
        body: JSON.stringify(body),
      });
    await send('POST', '/session', { login: 'olga', password });
    await send('PUT', '/me/pin', { pin: '314159' });
  }, goodPassword);
  await page.reload();
  for (const [name, pin] of [
    ['tess', '271828'],
    ['olga', '314159'],
  ] as const) {
    await choose(page, `Hand over to ${name}`);
    await page.getByLabel(`PIN of ${name}`).fill(pin);
    if (name === 'tess') expect(await barriersOn(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(account(page)).toContainText(name);
    await expect(page.getByRole('main', { name: 'Wall' })).toBeVisible();
  }
});

test('an app for codes: set up from the page, asked for at the next sign-in', async ({ page, site }) => {
  await page.goto(site.url);
  await fillSignIn(page, 'tess', goodPassword);
  await choose(page, 'Your sign-in');
  await page
    .getByRole('listitem')
    .filter({ hasText: 'No app' })
    .getByRole('button', { name: 'Set up' })
    .click();
  await expect(page.getByAltText(/QR code/)).toBeVisible();
  const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '');
  await page.getByLabel('Six digits that the app shows').fill(await generate({ secret }));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.locator('.my-codes span')).toHaveCount(10);
  const codes = await page.locator('.my-codes span').allTextContents();
  expect(await barriersOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('10 recovery codes left')).toBeVisible();
  await page.keyboard.press('Escape');
  await choose(page, 'Sign out');
  await fillSignIn(page, 'tess', goodPassword);
  await expect(page.getByLabel(/Code of your app/)).toBeVisible();
  expect(await barriersOn(page)).toEqual([]);
  await page.getByLabel(/Code of your app/).fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(account(page)).toContainText('tess');
});

test('a passkey: registered, and enough to sign in', async ({ page, site }) => {
  // A passkey belongs to a host name.
  const url = site.url.replace('127.0.0.1', 'localhost');
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(url);
  await fillSignIn(page, 'tess', goodPassword);
  await choose(page, 'Your sign-in');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: /^Passkey / })).toBeVisible();
  await page.keyboard.press('Escape');
  await choose(page, 'Sign out');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(account(page)).toContainText('tess');

  // Where the site asks for a second factor and this is the only one, nobody is asked for a password that does nothing.
  const administrator = await site.signedIn('administrator');
  expect((await administrator.call('PUT', '/people-policy', { secondFactor: 'required' })).status).toBe(200);
  await page.reload();
  // Who took over by PIN has not shown who it is.
  const switched = await page.evaluate(async () => {
    const ask = (method: string, address: string, body?: object) =>
      fetch(`/api/v1${address}`, {
        ...{ method, headers: { 'content-type': 'application/json' } },
        ...(body && { body: JSON.stringify(body) }),
      });
    await ask('PUT', '/me/pin', { pin: '271828' });
    const { me } = (await (await ask('GET', '/session')).json()) as { me: { id: string } };
    return (await ask('POST', '/session/switch', { person: me.id, pin: '271828' })).status;
  });
  expect(switched).toBe(200);
  await page.reload();
  await choose(page, 'Your sign-in');
  const app = page.getByRole('listitem').filter({ hasText: 'No app' });
  await app.getByRole('button', { name: 'Set up' }).click();
  const confirm = page.getByRole('button', { name: 'Confirm with your passkey' });
  await expect(confirm).toBeVisible();
  await expect(page.getByLabel(/password/i)).toHaveCount(0);
  expect(await barriersOn(page)).toEqual([]);
  await confirm.click();
  await expect(page.getByAltText(/QR code/)).toBeVisible();
  await page.keyboard.press('Escape');
  await choose(page, 'Your sign-in');
  const pin = page.getByRole('listitem').filter({ hasText: 'PIN at this workstation' });
  await pin.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No PIN at this workstation')).toBeVisible();
  await page.keyboard.press('Escape');
  await choose(page, 'Lock');
  const cover = page.getByRole('dialog', { name: 'Locked' });
  await expect(cover.getByRole('button', { name: 'Unlock as tess with a passkey' })).toBeVisible();
  await expect(cover.getByLabel('Your password')).toHaveCount(0);
  expect(await barriersOn(page)).toEqual([]);
  await cover.getByRole('button', { name: 'Unlock as tess with a passkey' }).click();
  await expect(cover).toHaveCount(0);
});

test.describe('before anybody is there', () => {
  test.use({ fresh: true });
  test('nothing on the set-up, sign-in and administration pages is a serious barrier', async ({
    page,
    site,
  }) => {
    await page.goto(`${site.url}/#set-up=${'x'.repeat(43)}`);
    await expect(page.getByLabel('Sign-in name')).toBeVisible();
    expect(await barriersOn(page)).toEqual([]);
    await site.signedIn('team');
    await page.goto(`${site.url}/?`);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    expect(await barriersOn(page)).toEqual([]);
    await enter(page.context(), site, 'administrator');
    for (const section of [
      'people',
      'rights',
      'private',
      'owners',
      'feeds',
      'import',
      'screens',
      'sessions',
      'sign-in',
    ]) {
      await page.goto(`${site.url}/admin#${section}`);
      await expect(page.locator('.admin-section')).toBeVisible();
      expect(await barriersOn(page), section).toEqual([]);
    }
    await page.goto(`${site.url}/admin#people`);
    // A bad row harms no other and comes back as it was, to be corrected.
    await page.getByRole('button', { name: 'Add from a list' }).click();
    const list = page.getByRole('dialog');
    const text = list.getByLabel('The list as CSV');
    await list.getByLabel('CSV file').setInputFiles({
      ...{ name: 'people.csv', mimeType: 'text/csv' },
      buffer: Buffer.from('login,name,roles\nmia,Mia,operator\nno good,Nico,operator\n'),
    });
    await expect(text).toHaveValue(/no good/);
    await list.getByRole('button', { name: 'Check the list' }).click();
    await expect(list.getByRole('row', { name: /mia will be added/ })).toBeVisible();
    await expect(list.getByRole('row', { name: /no good refused/ })).toBeVisible();
    expect(await barriersOn(page), 'the dialog of an import').toEqual([]);
    await list.getByRole('button', { name: 'Add them' }).click();
    await expect(text).toHaveValue(/^login,name,roles\s+no good,Nico,operator\s*$/);
    await text.fill('login,name,roles\nnico,Nico,operator\n');
    await list.getByRole('button', { name: 'Check the list' }).click();
    await list.getByRole('button', { name: 'Add them' }).click();
    await expect(list).toBeHidden();
    for (const login of ['mia', 'nico']) await expect(page.locator(`[data-person="${login}"]`)).toBeVisible();

    // A feed is given a token, which is shown once.
    await page.goto(`${site.url}/admin#feeds`);
    await page.getByRole('button', { name: 'Add a feed' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByText('choose at least one type')).toBeVisible();
    await dialog.getByLabel('Name', { exact: true }).fill('Call desk');
    await dialog.getByLabel('Fire or explosion').check();
    await dialog.getByLabel('Latitude').fill('52,5');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog.getByLabel('Radius, metres')).toHaveAttribute('aria-invalid', 'true');
    expect(await barriersOn(page), 'the dialog of a feed').toEqual([]);
    await dialog.getByLabel('Latitude').fill('');
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('dialog').getByText(/^[\w-]{43}$/)).toBeVisible();
    expect(await barriersOn(page), 'the token of a feed').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('cell', { name: 'Call desk' })).toBeVisible();
  });
});
