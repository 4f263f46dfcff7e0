// Takes the pictures of the guide from a running server with the demo city, as its supervisor and its administrator:
//   node tools/screenshots.ts [url] [folder] [1080p|4k] [jpeg quality]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import type { Design } from '../bench/design.ts';
import { startPlainBrowser } from '../bench/plain-browser.ts';
import config from '../playwright.config.ts';

const [url = 'http://127.0.0.1:8080', folder = 'docs/guide', size = '1080p', quality = '82'] =
  process.argv.slice(2);
const viewport = size === '4k' ? { width: 3840, height: 2160 } : { width: 1920, height: 1080 };
/** For all tiles to be live and all stills to be there, on a machine that has other things to do. */
const readyTimeoutMs = 180_000;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(config.use?.launchOptions ?? {});

async function take(page: Page, name: string): Promise<void> {
  const file = path.join(folder, `${name}-${size}.jpg`);
  await page.screenshot({ path: file, type: 'jpeg', quality: Number(quality) });
}

/** The demo city lets whoever is at this machine be any of its people. */
async function enter(role: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(`${role}$`) }).click();
  await page.locator('[data-account]').waitFor();
  await page.close();
  return context;
}

const allLive = (page: Page, least: number) =>
  page.waitForFunction(
    (least) => {
      const tiles = [...document.querySelectorAll('.tile[data-tile]:not([data-camera=""])')];
      return tiles.length >= least && tiles.every((tile) => tile.getAttribute('data-state') === 'live');
    },
    least,
    { timeout: readyTimeoutMs },
  );

const outside = await (await browser.newContext({ viewport })).newPage();
await outside.goto(url);
await outside.getByRole('button', { name: /Supervisor$/ }).waitFor();
await take(outside, 'sign-in');
await outside.context().close();

/** As one does it by hand; one that is there already stays. Leaves the list of scenes open. */
async function saveScene(page: Page, name: string, key: string): Promise<void> {
  if (!(await page.getByRole('dialog').isVisible())) await page.keyboard.press('a');
  await page.getByRole('heading', { name: 'Scenes' }).waitFor();
  if (await page.locator('[data-scene]', { hasText: name }).isVisible()) return;
  await page.getByRole('button', { name: 'Save the wall as a scene' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Key that applies it').selectOption(key);
  await page.getByRole('button', { name: 'Save scene' }).click();
  await page.locator('[data-scene]', { hasText: name }).waitFor();
}

const supervisor = await enter('Supervisor');
const screen = await supervisor.newPage();
await screen.goto(`${url}/screen/left`);
await allLive(screen, 4);
await take(screen, 'screen-left');
await screen.close();

// Small windows stay open, so that the console has something to show and the machine little to do; in a browser that tells
// nobody of each message, as the one above does.
const wall = await startPlainBrowser();
const byCookies = {
  enter: async ({ addCookies }: Parameters<Design['enter']>[0]) => addCookies(await supervisor.cookies()),
};
for (const id of ['left', 'centre', 'right'])
  await (await wall.open(byCookies, { width: 640, height: 360 })).goto(`${url}/screen/${id}`);
const consolePage = await supervisor.newPage();
await consolePage.goto(url);
await consolePage.locator('[data-stage] [data-tile="5"]').click();
await consolePage.waitForFunction(
  () => {
    const tiles = [...document.querySelectorAll('.wall [data-camera]:not([data-camera=""])')];
    const shown = (tile: Element) =>
      tile.getAttribute('data-state') === 'live' && tile.querySelector('.poster[data-loaded]') !== null;
    return tiles.length > 1 && tiles.every(shown);
  },
  null,
  { timeout: readyTimeoutMs },
);
await take(consolePage, 'console');
await consolePage.keyboard.press('Control+k');
await consolePage.locator('.palette-line').first().waitFor();
await take(consolePage, 'palette');
await consolePage.keyboard.press('Escape');
await consolePage.keyboard.press('?');
await consolePage.locator('.keymap').waitFor();
await take(consolePage, 'keys');
await consolePage.keyboard.press('Escape');
await consolePage.keyboard.press('g');
await consolePage.locator('[data-plan-screen] .poster[data-loaded]').nth(8).waitFor();
await take(consolePage, 'room');
await consolePage.keyboard.press('g');
await saveScene(consolePage, 'Evening', 'F1');
await saveScene(consolePage, 'Harbour incident', 'F2');
await consolePage.locator('[data-scene]').nth(1).waitFor();
await take(consolePage, 'scenes');
await consolePage.keyboard.press('Escape');
await consolePage.keyboard.press('i');
await consolePage.locator('.incident').first().waitFor();
await take(consolePage, 'incidents');
await consolePage.keyboard.press('Escape');
await consolePage.keyboard.press('Control+k');
await consolePage.keyboard.type('layout of your own');
await consolePage.keyboard.press('Enter');
await consolePage.locator('[data-edit-tile]').first().waitFor();
await take(consolePage, 'layout-editor');
await consolePage.close();

const desk = await supervisor.newPage();
await desk.goto(`${url}/workstation/1`);
await desk.locator('[data-work-tile="0"]').waitFor();
for (const [tile, number] of [101, 104, 107, 110].entries()) {
  await desk.keyboard.type(`${tile + 1}.${number}`);
  await desk.keyboard.press('Enter');
}
await allLive(desk, 4);
await desk.locator('[data-work-tile="0"]').click();
await take(desk, 'workstation');
await desk.keyboard.press('r');
await desk.locator('[data-replay="playing"]').waitFor({ timeout: readyTimeoutMs });
await take(desk, 'replay');
await desk.keyboard.press('r');
await desk.keyboard.press('u');
await desk.locator('[data-room-tile]').first().waitFor();
await desk.keyboard.type('2.3');
await take(desk, 'push');
await desk.close();

const fleet = await supervisor.newPage();
await fleet.goto(`${url}/fleet`);
await fleet.locator('[data-fleet-camera]').first().waitFor({ timeout: readyTimeoutMs });
await fleet.locator('.fleet-chart canvas').waitFor();
await take(fleet, 'fleet');

const administrator = await enter('Administrator');
const admin = await administrator.newPage();
for (const page of ['rights', 'screens']) {
  await admin.goto(`${url}/admin#${page}`);
  await admin.getByRole('main').locator('h1, h2').first().waitFor();
  await take(admin, `admin-${page}`);
}
await browser.close();
await wall.close();
