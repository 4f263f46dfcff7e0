import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { startMailbox, type Mailbox } from '../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../apps/server/src/testing/owners.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import { expect, test as base, type Complaints } from './support/city.ts';
import { enter, enterAs } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

const run = promisify(execFile);
const verify = path.resolve(import.meta.dirname, '../apps/verify/src/main.ts');
/** The browser reports refused requests itself, and streams that end with the server. */
const expected = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/;

const test = base.extend<{ mailbox: Mailbox; bare: boolean; site: ServerProcess; complaints: Complaints }>({
  /** Nobody lends a camera yet: the one test without a canary, which somebody lends. */
  bare: [false, { option: true }],
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names from this pattern
  mailbox: async ({}, use) => {
    const mailbox = await startMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  site: async ({ bare, complaints, context, mailbox }, use) => {
    complaints.allow(expected);
    const site = await (bare ? startServerProcess : startServer)({ env: mailbox.env });
    await use(site);
    for (const page of context.pages()) await page.close();
    await site.stop();
  },
});
test.use({ viewport: { width: 390, height: 844 }, colorScheme: 'light', locale: 'en-US' });

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
/** Nothing is wider than the phone. */
const expectToFit = async (page: Page) =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

/** Pictures of the pages for people, where a folder for them is named. */
const shots = process.env['PORTAL_SHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};

const cafe = {
  ...{ id: 'cafe', name: 'Café door', place: 'Harbour Street 7', latitude: 52.5, longitude: 13.4 },
  ...{ visibility: 'private', tier: 'integrated', placeKind: 'shop' },
  source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' },
};

/** What the control room is answered that asks for the camera. */
interface Asked {
  items: { grants: { state: string; request: string }[]; refusal: { rule: string } | null }[];
}

const terms = {
  level: 'incident',
  purposes: ['robbery', 'weapon', 'fire'],
  radiusM: 300,
  retentionDays: 0,
};

test('invited by mail, an owner agrees, sees an access as it happens, and stops it', async ({
  page,
  site,
  mailbox,
}) => {
  const administrator = await site.signedIn('administrator');
  const owner = await administrator.call('POST', '/owners', {
    ...{ name: 'Rosa Lopez', email: 'rosa@example.org' },
  });
  await addPerson(administrator, 'sam', ['supervisor']);
  await site.api('POST', '/cameras', { ...cafe, owner: owner.body.id });
  await site.api('POST', '/cameras/cafe/consents', { owner: owner.body.id, terms });

  // She follows the link of the invitation.
  const invitation = await mailbox.take('rosa@example.org');
  expect(invitation.subject).toBe('You are asked to share a camera');
  await page.goto(/http\S+#link=[\w-]+/.exec(invitation.text)?.[0] ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: /Café door/ }).click();
  await expect(page.getByRole('heading', { name: 'You are asked to share this camera' })).toBeVisible();
  await expect(page.getByText('at most 300 m from your camera')).toBeVisible();
  await expect(page.getByText('Faces are never recognised.')).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'asked');

  // She changes something before she agrees.
  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByLabel('How close must it be?').selectOption('100');
  await page.getByLabel('Fire or explosion').uncheck();
  await expect(page.getByText('at most 100 m from your camera')).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'terms');
  await page.getByRole('button', { name: 'I agree' }).click();
  await expect(page.getByText('Nobody is watching.')).toBeVisible();
  await shoot(page, 'agreed');

  // Somebody who reported an emergency asks to watch. By the site's policy a second person has to agree to that.
  const incident = await site.api<{ id: string }>('POST', '/incidents', {
    ...{ type: 'robbery', place: 'Harbour Street 9', latitude: 52.5, longitude: 13.4003 },
  });
  const ask = () =>
    site.api<Asked>('POST', '/grants', {
      ...{ cameras: [{ camera: 'cafe' }], purpose: { kind: 'incident', incident: incident.id } },
    });
  const asked = (await ask()).items[0];
  expect(asked).toMatchObject({ refusal: null, grants: [{ state: 'waiting-approval' }] });
  await expect(page.getByText('Nobody is watching.')).toBeVisible();
  const sam = new Browser(site.url);
  await sam.signIn('sam');
  const agreed = await sam.call('POST', `/grant-requests/${asked?.grants[0]?.request}/answer`, {
    approve: true,
  });
  expect(agreed.body).toMatchObject({ items: [{ state: 'live' }] });

  // She sees it without loading anew, and gets a letter.
  await expect(page.getByText('is watching', { exact: false }).first()).toBeVisible();
  await expect(page.getByText('also reported this emergency')).toBeVisible();
  const letter = await mailbox.take('rosa@example.org');
  expect(letter.subject).toContain('is being watched');
  expect(letter.text).toContain('/portal/camera/cafe');
  await expectAccessible(page);
  await shoot(page, 'watched');

  // In Spanish too.
  await page.getByRole('button', { name: 'Español' }).click();
  await expect(page.getByRole('heading', { name: 'Ahora mismo' })).toBeVisible();
  await shoot(page, 'watched-es');
  await page.getByRole('button', { name: 'English' }).click();

  // One tap, then the question in words.
  await page.getByRole('button', { name: 'Stop sharing' }).click();
  await expectAccessible(page);
  await shoot(page, 'stop');
  await page.getByRole('button', { name: 'Yes, stop it now' }).click();
  await expect(page.getByText('Stopped. Nobody can see your camera.')).toBeVisible();
  await expect(page.getByText('Nobody is watching.')).toBeVisible();
  const open = await site.api<{ items: unknown[] }>('GET', '/grants');
  expect(open.items).toEqual([]);
  expect((await ask()).items[0]).toMatchObject({ grants: [], refusal: { rule: 'C3' } });

  // It stays in her list, with what became of it.
  await page.reload();
  const past = page.getByRole('listitem').filter({ hasText: 'Robbery or break-in' });
  await expect(past.getByText('Allowed, but no picture was sent')).toBeVisible();
  await expect(page.getByText('Stopped. Nobody can see your camera.')).toBeVisible();
  await shoot(page, 'stopped');

  // All of it is in the public log, also after a kill; a start signs at once, so that nobody waits here for the half minute.
  const signed = async () =>
    Number((await (await fetch(`${site.url}/log/checkpoint`)).text()).split('\n')[1]);
  const before = await signed();
  await site.kill();
  const again = await startServerProcess({ dataDir: site.dataDir, port: site.port, env: mailbox.env });
  try {
    await expect.poll(signed).toBeGreaterThan(before);
    await page.reload();
    await page.getByRole('button', { name: 'Check against the public log' }).click();
    const checked = page.getByText(/^Checked against checkpoint [\d,]+\. Entries about this camera: \d+\.$/);
    await expect(checked).toContainText(`checkpoint ${(await signed()).toLocaleString('en-US')}.`);
    await expect(past.getByText(/^In the public log: entries \d+, \d+/)).toBeVisible();
    await expectAccessible(page);
    await expectToFit(page);
    await shoot(page, 'checked');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the proof' }).click();
    const key = (await (await fetch(`${site.url}/log/key`)).text()).split('\n')[0] ?? '';
    const { stdout } = await run(process.execPath, [
      ...[verify, 'bundle', await (await saving).path(), '--key', key, '--log', `${site.url}/log`],
    ]);
    expect(stdout).toContain(
      /Entries about this camera: (\d+)/.exec((await checked.textContent()) ?? '')?.[1],
    );
  } finally {
    await again.stop();
  }
});

test('somebody who never was here registers a camera: on the map, and never a picture', async ({
  page,
  site,
  mailbox,
}) => {
  await page.goto(`${site.url}/portal/`);
  await expect(page.getByRole('heading', { name: 'Your camera. You decide.' })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'sign-in');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page);
  await shoot(page, 'sign-in-dark');
  await page.getByLabel('Your email address').fill('luis@example.org');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
  const { text } = await mailbox.take('luis@example.org');
  await page.goto('about:blank');
  await page.goto(/http\S+#link=[\w-]+/.exec(text)?.[0] ?? '');
  await page.getByLabel('Your name').fill('Luis');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Register a camera' }).click();
  await page.getByLabel('What do you call it?').fill('Workshop gate');
  await page.getByLabel('Where is it?').fill('Mill Lane 2');
  await page.getByLabel('Latitude').fill('52.51');
  await page.getByLabel('Longitude').fill('13,41');
  await expectAccessible(page);
  await shoot(page, 'register');
  await page.getByRole('button', { name: 'Register it' }).click();
  await expect(page.getByRole('heading', { name: 'Workshop gate' })).toBeVisible();
  await expect(page.getByText('It can never see the picture.')).toBeVisible();
  await shoot(page, 'registered');

  // He stands at the camera and says so by his phone.
  await page.context().grantPermissions(['geolocation']);
  await page.context().setGeolocation({ latitude: 52.5123456, longitude: 13.4098765, accuracy: 7.5 });
  await page.getByText('Correct or remove this camera').click();
  await expect(page.getByLabel('Longitude')).toHaveValue('13.41');
  await page.getByRole('button', { name: 'I am at the camera' }).click();
  await expect(page.getByText('right to about 8 m')).toBeVisible();
  await expect(page.getByLabel('Latitude')).toHaveValue('52.51235');
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'correct');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const owned = await page.evaluate(async () => (await fetch('/api/v1/owner/cameras')).json());
  expect(owned.items).toMatchObject([{ latitude: 52.51235, longitude: 13.40988 }]);

  // To take it out of the register is asked once more, in both languages.
  for (const [other, remove, sure, cancel] of [
    ['Español', 'Remove this camera', 'Remove this camera?', 'Cancel'],
    ['English', 'Quitar esta cámara', '¿Quitar esta cámara?', 'Cancelar'],
  ] as const) {
    await page.getByRole('button', { name: remove, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: sure });
    await expect(dialog).toBeVisible();
    await expectAccessible(page);
    await expectToFit(page);
    await shoot(page, `remove-before-${other}`);
    await dialog.getByRole('button', { name: cancel }).click();
    await expect(dialog).toBeHidden();
    await page.getByRole('button', { name: other }).click();
  }
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'settings');

  // The way out: a letter asks whether it is meant, also where he is signed in, and says what stays.
  await page.getByRole('button', { name: 'Send me the letter' }).click();
  await expect(page.getByText('A letter is on its way to luis@example.org.')).toBeVisible();
  const leaving = await mailbox.take('luis@example.org');
  await page.goto(/http\S+#link=[\w-]+/.exec(leaving.text)?.[0] ?? '');
  await expect(page.getByRole('heading', { name: 'Do you want to leave?' })).toBeVisible();
  await expect(page.getByText('go out of the register: Workshop gate.')).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'leave');
  await expect(page.getByText('without your name. So nobody here can open your camera')).toBeVisible();
  await page.getByRole('button', { name: 'Español' }).click();
  await expect(page.getByRole('heading', { name: '¿Quiere darse de baja?' })).toBeVisible();
  await expect(page.getByText('sin su nombre. Así nadie aquí puede abrir su cámara')).toBeVisible();
  await expectToFit(page);
  await shoot(page, 'leave-es');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Yes, leave now' }).click();
  await expect(page.getByRole('heading', { name: 'You have left' })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'left');
  await page.getByRole('button', { name: 'Go to the start' }).click();
  await expect(page.getByRole('heading', { name: 'Your camera. You decide.' })).toBeVisible();
});

test('an owner is told on a device too, and at an address of their own', async ({
  page,
  site,
  mailbox,
  complaints,
}) => {
  // The windows of tests are private ones, where Chromium has no push service.
  complaints.allow(/Push API in incognito mode/);
  const rosa = await signInByLetter(site.url, mailbox, 'rosa@example.org', 'Rosa Lopez');
  const context = page.context();
  await enterAs(context, rosa);
  await context.grantPermissions(['notifications']);
  await page.goto(`${site.url}/portal/settings`);
  await expect(page.getByRole('heading', { name: 'How we tell you' })).toBeVisible();
  // The browser says no, and the page what to do.
  await page.getByRole('button', { name: 'Tell me on this device' }).click();
  await expect(page.getByText('Your browser did not allow it.')).toBeVisible();

  // What such a service would hand over is shown, and leads to our page and nowhere else.
  const tools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${site.url}/portal/`);
      if (ours) resolve(ours.registrationId);
    }),
  );
  await tools.send('ServiceWorker.enable');
  await tools.send('ServiceWorker.deliverPushMessage', {
    origin: `${site.url}/`,
    registrationId: await registered,
    data: JSON.stringify({
      ...{ title: 'Your camera is being watched', body: 'Who: an operator', tag: 'one' },
      url: `${site.url}/portal/camera/cafe`,
    }),
  });
  const shown = () =>
    page.evaluate(async () =>
      ((await (await navigator.serviceWorker.ready).getNotifications()) as Notification[]).map(
        ({ title, body, tag }) => [title, body, tag],
      ),
    );
  await expect.poll(shown).toEqual([['Your camera is being watched', 'Who: an operator', 'one']]);

  await page.getByText('For programmers').click();
  await page.getByLabel('Address of your program').fill('https://127.0.0.1/notices');
  await page.getByRole('button', { name: 'Save' }).last().click();
  await expect(page.getByText('We cannot send there.')).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'roads');
  await page.getByLabel('Address of your program').fill('https://192.0.2.7/notices');
  await page.getByRole('button', { name: 'Save' }).last().click();
  await expect(page.getByText('Copy this secret now.')).toBeVisible();
  await expect(page.getByText('We cannot send there.')).toBeHidden();
  await expectAccessible(page);
  await shoot(page, 'roads-secret');
  await page
    .getByRole('listitem')
    .or(page.locator('details .between'))
    .getByRole('button', { name: 'Remove' })
    .click();
  await expect(page.getByText('192.0.2.7')).toBeHidden();
});

test.describe('at a desk', () => {
  test.use({ viewport: { width: 1920, height: 1080 }, colorScheme: 'dark', bare: true });

  test('an administrator registers an owner and invites them for a camera, with terms to begin with', async ({
    page,
    site,
    mailbox,
  }) => {
    await enter(page.context(), site, 'administrator');
    await page.goto(`${site.url}/admin#owners`);
    await expect(page.getByText('Nobody lends a camera yet.')).toBeVisible();
    await expect(page.getByText('None was given up.')).toBeVisible();
    await shoot(page, 'admin-none');
    await page.getByRole('button', { name: 'Register an owner' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Rosa Lopez');
    await dialog.getByLabel('E-mail').fill('rosa');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await expect(dialog.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
    await shoot(page, 'admin-register');
    await dialog.getByLabel('E-mail').fill('rosa@example.org');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await expect(page.getByRole('cell', { name: 'rosa@example.org' })).toBeVisible();

    // Without a camera to ask for, it says what to do.
    await page.getByRole('button', { name: 'Invite for a camera' }).click();
    await expect(dialog.getByText('There is no private camera without another owner.')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await site.api('POST', '/cameras', cafe);
    await page.getByRole('button', { name: 'Invite for a camera' }).click();
    await expect(dialog.getByLabel('Camera', { exact: true })).toContainText('Café door');
    await dialog.getByLabel('Incidents at most').selectOption('100');
    await dialog.getByLabel('Fire or explosion').uncheck();
    await expectAccessible(page);
    await shoot(page, 'admin-invite');
    await dialog.getByRole('button', { name: 'Send the invitation' }).click();
    await expect(page.getByRole('status')).toContainText('a letter with a link is on its way');
    await shoot(page, 'admin-owners');
    expect((await mailbox.take('rosa@example.org')).subject).toBe('You are asked to share a camera');
    const { items } = await site.api<{ items: unknown[] }>('GET', '/cameras/cafe/consents');
    expect(items).toMatchObject([{ status: 'pending', level: 'incident', radiusM: 100 }]);
  });
});
