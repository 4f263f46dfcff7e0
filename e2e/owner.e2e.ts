import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { startMailbox, type Mailbox } from '../apps/server/src/testing/mailbox.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import { expect, test as base, type Complaints } from './support/city.ts';

/** The browser reports refused requests itself, and streams that end with the server. */
const expected = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/;

const test = base.extend<{ mailbox: Mailbox; site: ServerProcess; complaints: Complaints }>({
  // eslint-disable-next-line no-empty-pattern
  mailbox: async ({}, use) => {
    const mailbox = await startMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  site: async ({ complaints, context, mailbox }, use) => {
    complaints.allow(expected);
    const site = await startServerProcess({ env: mailbox.env });
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
  const owner = await (
    await site.signedIn('administrator')
  ).call('POST', '/owners', {
    name: 'Rosa Lopez',
    email: 'rosa@example.org',
  });
  await site.api('POST', '/cameras', {
    ...{ id: 'cafe', name: 'Café door', place: 'Harbour Street 7', latitude: 52.5, longitude: 13.4 },
    ...{ visibility: 'private', tier: 'integrated', placeKind: 'shop', owner: owner.body.id },
    source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' },
  });
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

  // Somebody watches, for a reason; she sees it without loading anew, and gets a letter.
  const incident = await site.api<{ id: string }>('POST', '/incidents', {
    ...{ type: 'robbery', place: 'Harbour Street 9', latitude: 52.5, longitude: 13.4003 },
  });
  const asked = await site.api<{ items: { grants: { state: string }[]; refusal: unknown }[] }>(
    'POST',
    '/grants',
    { cameras: [{ camera: 'cafe' }], purpose: { kind: 'incident', incident: incident.id } },
  );
  expect(asked.items[0]?.refusal).toBeNull();
  const supervisorNeeded = asked.items[0]?.grants[0]?.state !== 'live';
  expect(supervisorNeeded).toBe(false);
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
  const grants = await site.api<{ items: { state: string }[] }>('GET', '/grants');
  expect(grants.items.filter(({ state }) => state === 'live')).toEqual([]);
  await shoot(page, 'stopped');
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
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
  await shoot(page, 'settings');
});
