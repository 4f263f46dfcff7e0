import AxeBuilder from '@axe-core/playwright';
import type { Browser as BrowserApp, BrowserContext, Page } from '@playwright/test';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { startMailbox, type Mailbox } from '../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../apps/server/src/testing/owners.ts';
import { freshKey, openTerms, place } from '../apps/server/src/testing/private-camera.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { expect, test as base } from './support/city.ts';
import { enterAs } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

const test = base.extend<{ mailbox: Mailbox; site: ServerProcess }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names from this pattern
  mailbox: async ({}, use) => {
    const mailbox = await startMailbox();
    await use(mailbox);
    await mailbox.close();
  },
  site: async ({ mailbox }, use) => {
    const site = await startServer({ env: mailbox.env });
    await use(site);
    await site.stop();
  },
});

const shots = process.env['SHOTS'];
const shoot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}
/** A window of somebody, with their cookies. */
async function windowOf(
  app: BrowserApp,
  who: Browser,
  viewport: { width: number; height: number },
): Promise<[Page, BrowserContext]> {
  const context = await app.newContext({ viewport, locale: 'en-US', timezoneId: 'UTC' });
  await enterAs(context, who);
  return [await context.newPage(), context];
}
const atDesk = { width: 1920, height: 1080 };

test('footage is asked for, read by a second person, answered from a phone, and seen by who asked', async ({
  browser,
  site,
  mailbox,
}) => {
  const administrator = await site.signedIn('administrator');
  const person = async (login: string, role: string) => {
    await addPerson(administrator, login, [role]);
    const who = new Browser(site.url);
    await who.signIn(login);
    return who;
  };
  const [ivy, sam] = [await person('ivy', 'investigator'), await person('sam', 'supervisor')];
  const rosa = await signInByLetter(site.url, mailbox, 'rosa@owners.example', 'Rosa Lopez');
  await administrator.call('POST', '/cameras', {
    ...{ id: 'cafe', name: 'Café door', place: 'Harbour Street 7', placeKind: 'shop', ...place },
    ...{ visibility: 'private', tier: 'registered', source: { kind: 'none' }, owner: rosa.owner },
  });
  const terms = { type: 'give', terms: openTerms };
  await rosa.call('POST', '/owner/cameras/cafe/consent', terms, { 'idempotency-key': freshKey() });
  await ivy.call('POST', '/incidents', { type: 'robbery', place: 'Harbour Street 9', ...place });

  const [desk, atIvys] = await windowOf(browser, ivy, atDesk);
  await desk.goto(`${site.url}/admin#footage`);
  await expect(desk.getByText('Nobody has asked for footage yet.')).toBeVisible();
  await desk.getByRole('button', { name: 'Ask for footage' }).click();
  const asking = desk.getByRole('dialog');
  await asking
    .getByLabel('Case', { exact: true })
    .selectOption({ label: await asking.getByRole('option', { name: /^Incident 1:/ }).innerText() });
  await expect(asking.getByLabel('Where, as people call it')).toHaveValue('Harbour Street 9');
  await asking.getByRole('button', { name: 'Send to a supervisor' }).click();
  await expect(asking.getByText('write to the owners in a sentence')).toBeVisible();
  await asking
    .getByLabel('To the owners')
    .fill('A van left in a hurry. Did your camera see which way it went?');
  await expectAccessible(desk);
  await shoot(desk, 'ask');
  await asking.getByRole('button', { name: 'Send to a supervisor' }).click();
  const row = desk.locator('[data-footage="1"]');
  await expect(row).toContainText('Waits for a supervisor');

  const [other, atSams] = await windowOf(browser, sam, atDesk);
  await other.goto(site.url);
  await expect(other.getByRole('button', { name: '1 request waits' })).toBeVisible();
  await shoot(other, 'console');
  await other.goto(`${site.url}/admin#footage`);
  const decide = other.getByRole('button', { name: 'Read and decide' });
  await expect(decide).toBeVisible();
  await expectAccessible(other);
  await shoot(other, 'list');
  await decide.click();
  const reading = other.getByRole('dialog');
  await expect(reading).toContainText('Did your camera see which way it went?');
  await expectAccessible(other);
  await shoot(other, 'decide');
  await reading.getByRole('button', { name: 'Publish' }).click();
  await expect(reading).toContainText('Published, until');
  await expect(reading.getByText('Nobody has answered. That says nothing')).toBeVisible();
  await shoot(other, 'published');

  const letter = await mailbox.take('rosa@owners.example', ({ subject }) => subject.includes('footage'));
  expect(letter.text).toContain('/portal/requests');
  const [phone, atRosas] = await windowOf(browser, rosa, { width: 390, height: 844 });
  await phone.goto(`${site.url}/portal/requests`);
  const card = phone.getByRole('article', { name: /Robbery or break-in/ });
  await expect(card).toContainText('ivy, investigator');
  await expect(card).toContainText('Incident 1');
  await expect(phone.getByText('Nobody in the control room sees')).toBeVisible();
  await expectAccessible(phone);
  await shoot(phone, 'phone-request');
  await card.getByRole('button', { name: 'Hide this' }).click();
  await expect(card).toBeHidden();
  await phone.getByText('Hidden by you (1)').click();
  await shoot(phone, 'phone-hidden');
  await phone.getByRole('button', { name: 'Show it again' }).click();
  await card.getByRole('button', { name: 'I may have something' }).click();
  await card.getByLabel('What do you have?').fill('A red van at ten past nine.');
  await expectAccessible(phone);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await shoot(phone, 'phone-answer');
  await card.getByRole('button', { name: 'Send it with my name' }).click();
  await expect(card.getByText('You answered')).toBeVisible();
  await shoot(phone, 'phone-answered');
  await phone.getByRole('button', { name: 'Español' }).click();
  await expect(card.or(phone.getByRole('article')).getByText('Usted respondió')).toBeVisible();
  await shoot(phone, 'phone-answered-es');

  await desk.reload();
  await expect(row).toContainText('Published');
  await row.getByRole('button', { name: 'Open' }).click();
  const answers = desk.getByRole('region', { name: 'Answers' });
  await expect(answers).toContainText('Rosa Lopez');
  await expect(answers).toContainText('A red van at ten past nine.');
  await expect(answers).toContainText('rosa@owners.example');
  await expectAccessible(desk);
  await shoot(desk, 'answers');

  // For everybody, without signing in: what was asked, and nothing of the case or of who asked.
  await phone.context().clearCookies();
  await phone.goto(`${site.url}/portal/public`);
  await expect(phone.getByText('Solicitud 1')).toBeVisible();
  await expect(phone.locator('main')).not.toContainText(/ivy|Incident|Harbour Street/);
  await expectAccessible(phone);
  await shoot(phone, 'phone-public');
  for (const context of [atIvys, atSams, atRosas]) await context.close();
});
