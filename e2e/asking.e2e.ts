import AxeBuilder from '@axe-core/playwright';
import type { Browser as BrowserApp, BrowserContext, Locator, Page } from '@playwright/test';
import type { ConsentTermsInput } from '@clerestory/protocol';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { startMailbox } from '../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../apps/server/src/testing/owners.ts';
import { freshKey, openTerms, place } from '../apps/server/src/testing/private-camera.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { assign, expect, expectState, test as base, tileAt } from './support/city.ts';
import { readTile } from './support/clock.ts';
import { enter, enterAs } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

/** Which camera of the farm each private one is, and what its owner allows. */
const lent: Readonly<Record<string, { farm: string; terms: ConsentTermsInput }>> = {
  shop: { farm: 'cam1', terms: openTerms },
  bakery: { farm: 'cam3', terms: openTerms },
  school: { farm: 'cam2', terms: { level: 'incident', purposes: ['traffic'], radiusM: 200 } },
};

/** A server with lent cameras, their owner, and a second person beside whoever sits at the console. */
interface Site {
  server: ServerProcess;
  owner(camera: string, change: object): Promise<void>;
  sam: Browser;
}

const test = base.extend<{ site: Site }>({
  site: async ({ context, farm, complaints }, use) => {
    // Stills of cameras that do not open are refused, which the browser logs by itself.
    complaints.allow(/Failed to load resource: the server responded with a status of 4\d\d/);
    const mailbox = await startMailbox();
    const server = await startServer({ env: mailbox.env });
    const olga = await signInByLetter(server.url, mailbox, 'olga@owners.example');
    const owner: Site['owner'] = async (camera, change) => {
      const answer = await olga.call('POST', `/owner/cameras/${camera}/consent`, change, {
        'idempotency-key': freshKey(),
      });
      if (answer.status !== 200) throw new Error(`the owner is refused: ${JSON.stringify(answer.body)}`);
    };
    for (const [index, [id, { farm: from, terms }]] of Object.entries(lent).entries()) {
      await server.api('POST', '/cameras', {
        ...{ id, number: 201 + index, name: `The ${id}`, place: 'Quay', placeKind: 'shop', ...place },
        ...{ visibility: 'private', owner: olga.owner },
        source: { kind: 'rtsp', main: farm.url(from), transport: 'tcp' },
      });
      await owner(id, { type: 'give', terms });
    }
    await server.api('PUT', '/walls/control-room/screens/left/layout', { layout: '4' });
    await assign(server, 0, 'shop');
    await assign(server, 1, 'school');
    await addPerson(await server.signedIn('administrator'), 'sam', ['supervisor']);
    const sam = new Browser(server.url);
    await sam.signIn('sam');
    await enter(context, server);
    await use({ server, owner, sam });
    for (const page of context.pages()) await page.close();
    await server.stop();
    await mailbox.close();
  },
});

const stageTile = (page: Page, tile: number): Locator =>
  page.locator(`[data-stage] [data-screen="left"][data-tile="${tile}"]`);

const shot = async (page: Page, name: string) => {
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` });
};

const barriers = async (page: Page, within: string) => {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};

/** Chooses the tile and asks; what opens it first is in focus, for Enter. */
async function ask(desk: Page, tile: number): Promise<Locator> {
  await stageTile(desk, tile).click();
  await desk.keyboard.press('p');
  const dialog = desk.getByRole('dialog');
  await expect(dialog.getByRole('radio').first()).toBeFocused();
  return dialog;
}

async function openPages(
  context: BrowserContext,
  { url }: ServerProcess,
): Promise<[desk: Page, screen: Page]> {
  const [desk, screen] = [await context.newPage(), await context.newPage()];
  await Promise.all([desk.goto(url), screen.goto(`${url}/screen/left`)]);
  await expect(desk.locator('[data-camera-row="shop"]')).toBeVisible();
  return [desk, screen];
}

/** What a tile says that does not open, with no picture under it. */
async function expectDark(screen: Page, tile: number, why: string | RegExp): Promise<void> {
  await expect(tileAt(screen, tile)).toContainText(why);
  await expect(tileAt(screen, tile)).toHaveAttribute('data-state', 'refused');
  await expect(tileAt(screen, tile)).toHaveAttribute('data-picture', 'none');
}

async function openIncident(who: Browser): Promise<string> {
  const answer = await who.call('POST', '/incidents', { type: 'robbery', place: 'Quay 4', ...place });
  if (answer.status !== 201) throw new Error(`no incident: ${JSON.stringify(answer.body)}`);
  return answer.body.id as string;
}

async function pageOf(app: BrowserApp, person: Browser): Promise<[Page, BrowserContext]> {
  const context = await app.newContext({ viewport: { width: 1920, height: 1080 } });
  await enterAs(context, person);
  const page = await context.newPage();
  await page.goto(person.url);
  return [page, context];
}

test('two keys open a private camera for an incident; closed, paused or not allowed, the tile is dark and says why', async ({
  context,
  site,
}) => {
  const { server, owner, sam } = site;
  const incident = await openIncident(sam);
  const [desk, screen] = await openPages(context, server);
  await expectDark(screen, 0, 'Private camera');
  await shot(screen, 'tile-private');

  const dialog = await ask(desk, 0);
  await expect(dialog.getByRole('radio').first()).toBeChecked();
  await expect(dialog.locator('.ask-way').first()).toContainText('Robbery or break-in · incident 1');
  await expect(dialog.locator('.ask-way').first()).toContainText('opens now');
  expect(await barriers(desk, '.dialog')).toEqual([]);
  await shot(desk, 'ask');
  await desk.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expectState(screen, 0, 'live');
  expect((await readTile(screen, 0))?.camera).toBe(1);
  for (const page of [tileAt(screen, 0), stageTile(desk, 0)])
    await expect(page).toContainText(/Robbery or break-in · incident 1 · (60|59|58) min/);
  await shot(screen, 'tile-purpose');
  await shot(desk, 'console-purpose');

  await sam.call('POST', `/incidents/${incident}/close`);
  await expectDark(screen, 0, /incident 1 is closed/i);
  await shot(screen, 'tile-closed');

  // A standing purpose, until the owner pauses.
  await ask(desk, 0);
  await desk.keyboard.press('Enter');
  await expectState(screen, 0, 'live');
  await owner('shop', { type: 'pause' });
  await expectDark(screen, 0, 'The owner has paused this camera');

  // What its owner does not allow: why, and what would change it, before asking and after.
  await openIncident(sam);
  const refused = await ask(desk, 1);
  await expect(refused.locator('.ask-way', { hasText: 'incident 2' })).toContainText('does not open');
  await expect(refused.locator('.ask-way', { hasText: 'incident 2' })).toContainText(/owner/i);
  await refused.getByRole('radio', { name: /incident 2/ }).check();
  await shot(desk, 'ask-refused');
  await desk.keyboard.press('Enter');
  await expect(refused.getByRole('heading', { name: 'It does not open' })).toBeVisible();
  await expect(refused.locator('.ask-outcome .dim')).not.toBeEmpty();
  expect(await barriers(desk, '.dialog')).toEqual([]);
  await shot(desk, 'refusal');
  await expectDark(screen, 1, 'Private camera');
});

test('a scene asks once for all it puts up; for an incident of one’s own a second person says yes at the own console', async ({
  browser,
  context,
  site,
}) => {
  const { server, sam } = site;
  await assign(server, 1, 'bakery');
  const [desk, screen] = await openPages(context, server);
  const [approver, theirs] = await pageOf(browser, sam);

  await desk.keyboard.press('i');
  const dialog = desk.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Open incident' }).click();
  await expect(dialog.locator('.incident')).toContainText('Robbery or break-in');
  expect(await barriers(desk, '.dialog')).toEqual([]);
  await shot(desk, 'incidents');
  await desk.keyboard.press('Escape');

  await desk.keyboard.press('a');
  await desk.getByRole('button', { name: 'Save the wall as a scene' }).click();
  await desk.getByLabel('Name').fill('Quay');
  await desk.getByLabel('Key that applies it').selectOption('F2');
  await desk.getByRole('button', { name: 'Save scene' }).click();
  await expect(desk.locator('[data-scene="quay"]')).toBeVisible();
  await desk.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await assign(server, 1, 'school');
  await expect(stageTile(desk, 1)).toHaveAttribute('data-camera', 'school');

  await desk.keyboard.press('F2');
  await expect(dialog.getByRole('heading', { name: 'Why these 2 private cameras?' })).toBeVisible();
  await expect(dialog.getByRole('radio').first()).toBeFocused();
  await expect(dialog.locator('.ask-way').first()).toContainText('opens 2 of 2');
  await shot(desk, 'ask-scene');
  await dialog.getByRole('radio', { name: /incident 1/ }).check();
  await desk.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(tileAt(screen, 0)).toContainText(/waits for approval · [01]:\d\d/);
  await expectDark(screen, 0, 'Waiting for approval');
  const byWhom = /A supervisor other than tess can answer/;
  await expect(tileAt(screen, 0)).toContainText(byWhom);
  await expect(stageTile(desk, 0)).toContainText(byWhom);
  await shot(screen, 'tile-waits');

  const request = approver.getByRole('region', { name: 'Waiting for your approval' });
  await expect(request.getByRole('heading')).toContainText(
    /tess asks for The (shop, The bakery|bakery, The shop)/,
  );
  await expect(request).toContainText('opened the incident by hand');
  expect(await barriers(approver, '.approvals')).toEqual([]);
  await shot(approver, 'approval');
  await expect(desk.locator('.approvals')).toHaveCount(0);
  await request.getByRole('button', { name: 'Approve' }).click();
  for (const tile of [0, 1]) {
    await expectState(screen, tile, 'live');
    await expect(tileAt(screen, tile)).toContainText('own incident');
  }
  await expect(request).toBeHidden();
  await shot(desk, 'console-own-incident');
  await theirs.close();
});
