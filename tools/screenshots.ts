// Takes the pictures of the guide, from a server of its own with the demo city:
//   node tools/screenshots.ts [folder] [1080p|4k|both] [jpeg quality] [views, comma-separated]
// Needs what `npm start` builds. Into docs/guide only what a guide shows is taken, into any other folder every view. What it
// draws and stores is kept in node_modules/.cache for the next time. A view that fails is named at the end; the others are
// taken all the same.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type BrowserContext, type Page, type ViewportSize } from '@playwright/test';
import { startMailbox } from '../apps/server/src/testing/mailbox.ts';
import { signInByLetter } from '../apps/server/src/testing/owners.ts';
import type { Camera } from '@clerestory/protocol';
import type { Design } from '../bench/design.ts';
import { startPlainBrowser, type BenchPage } from '../bench/plain-browser.ts';
import { enterAs } from '../e2e/support/sign-in.ts';
import config from '../playwright.config.ts';
import { startServerProcess } from './harness/server-process.ts';

const guide = 'docs/guide';
const [folder = guide, sizes = 'both', quality = '74', names] = process.argv.slice(2);
const all = { '1080p': { width: 1920, height: 1080 }, '4k': { width: 3840, height: 2160 } };
type Size = keyof typeof all;
const phone = { width: 390, height: 844 };
/** For pictures of cameras to be there, on a machine that has other things to do; what is not there then is told. */
const picturesMs = 120_000;
/** For whatever needs no camera. */
const stepMs = 20_000;

const shown = ['README.md', ...readdirSync(guide).filter((name) => name.endsWith('.md'))]
  .map((name) => readFileSync(name === 'README.md' ? name : path.join(guide, name), 'utf8'))
  .join('\n');
const isWanted = (name: string) =>
  names ? names.split(',').includes(name) : folder !== guide || shown.includes(`${name}-1080p.jpg`);
const failed: string[] = [];

mkdirSync(folder, { recursive: true });
const data = path.resolve('node_modules/.cache/clerestory-guide');
mkdirSync(data, { recursive: true });
const mailbox = await startMailbox();
const server = await startServerProcess({ dataDir: data, env: { ...mailbox.env, CLERESTORY_DEMO: '1' } });
const { url } = server;
const browser = await chromium.launch(config.use?.launchOptions ?? {});
let size: Size = '1080p';

/** Puts one view on show and takes its picture; what goes wrong with it keeps no other from being taken. */
async function view(name: string, page: Page, show: () => Promise<unknown>): Promise<void> {
  if (!isWanted(name)) return;
  const from = Date.now();
  try {
    await show();
    const file = path.join(folder, `${name}-${size}.jpg`);
    await page.screenshot({ path: file, type: 'jpeg', quality: Number(quality), timeout: stepMs });
    console.log(`${file}  ${Math.round((Date.now() - from) / 1_000)} s`);
  } catch (error) {
    failed.push(`${name}-${size}: ${String(error).split('\n')[0]}`);
  }
}

async function contextOf(viewport: ViewportSize) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: viewport === phone ? 2 : 1 });
  context.setDefaultTimeout(stepMs);
  return context;
}
/** The demo city lets whoever is at this machine be any of its people. */
async function enter(role: string): Promise<BrowserContext> {
  const context = await contextOf(all[size]);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: new RegExp(`${role}$`) }).click();
  await page.locator('[data-account]').waitFor();
  await page.close();
  return context;
}
/** As the page itself asks; throws on a refusal. */
const ask = (page: Page, method: string, address: string, body?: object) =>
  page.evaluate(
    async ([method, address, body]) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
      const answer = await fetch(`/api/v1${address}`, { method, headers, ...(body && { body }) });
      if (!answer.ok) throw new Error(`${method} ${address}: ${await answer.text()}`);
      return answer.json() as Promise<{ items: Camera[] }>;
    },
    [method, address, body === undefined ? '' : JSON.stringify(body)] as const,
  );

/** Every one of these tiles is live, and has a still where one is wanted; or what is not so in time is told. */
async function tilesLive(page: Pick<BenchPage, 'evaluate'>, tile: string, still = false): Promise<void> {
  const dark = ([tile, still]: [string, boolean]) => {
    const tiles = [...document.querySelectorAll(tile)];
    const isThere = (one: Element) =>
      one.getAttribute('data-state') === 'live' && (!still || one.querySelector('.poster[data-loaded]'));
    return tiles.length === 0 ? 1 : tiles.filter((one) => !isThere(one)).length;
  };
  const asked: [string, boolean] = [tile, still];
  const until = Date.now() + picturesMs;
  for (;;) {
    const left = await page.evaluate(dark, asked);
    if (left === 0) return;
    if (Date.now() > until) {
      const where = await page.evaluate(() => location.pathname);
      return void failed.push(`${where} ${size}: ${left} tiles without a picture`);
    }
    await sleep(500);
  }
}
const cameraTile = '.tile[data-tile]:not([data-camera=""])';
const command = async (page: Page, words: string) => {
  await page.keyboard.press('Control+k');
  await page.locator('.palette-line').first().waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
};
/** Whatever lies over the page, a menu in a dialog too. */
async function closeDialog(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  while ((await dialog.count()) > 0) {
    const open = await dialog.count();
    await page.keyboard.press('Escape');
    await page.waitForFunction((open) => document.querySelectorAll('[role="dialog"]').length < open, open);
  }
}
/** As one does it by hand; one that is there already stays. In the list of scenes. */
async function saveScene(page: Page, name: string, key: string): Promise<void> {
  if ((await page.locator('[data-scene]', { hasText: name }).count()) > 0) return;
  await page.getByRole('button', { name: 'Save the wall as a scene' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Key that applies it').selectOption(key);
  await page.getByRole('button', { name: 'Save scene' }).click();
  await page.locator('[data-scene]', { hasText: name }).waitFor();
}

async function atTheConsole(supervisor: BrowserContext): Promise<void> {
  const page = await supervisor.newPage();
  await page.goto(url);
  await page.locator('[data-stage] [data-tile="5"]').click();
  await view('console', page, () => tilesLive(page, '.wall [data-camera]:not([data-camera=""])', true));
  await view('palette', page, async () => {
    await page.keyboard.press('Control+k');
    await page.locator('.palette-line').first().waitFor();
  });
  await closeDialog(page);
  await view('keys', page, async () => {
    await page.keyboard.press('?');
    await page.locator('.keymap').waitFor();
  });
  await closeDialog(page);
  await view('room', page, async () => {
    await page.keyboard.press('g');
    await page.locator('[data-plan-screen] .poster[data-loaded]').nth(8).waitFor({ timeout: picturesMs });
  });
  if ((await page.locator('[data-plan-screen]').count()) > 0) {
    await page.keyboard.press('g');
    await page.locator('[data-stage]').waitFor();
  }
  await view('scenes', page, async () => {
    await page.keyboard.press('a');
    await page.getByRole('dialog').getByRole('heading', { name: 'Scenes', exact: true }).waitFor();
    await saveScene(page, 'Evening', 'F1');
    await saveScene(page, 'Harbour incident', 'F2');
  });
  await closeDialog(page);
  await view('incidents', page, async () => {
    await page.keyboard.press('i');
    await page.locator('.incident').first().waitFor();
  });
  await closeDialog(page);
  await view('layout-editor', page, async () => {
    await command(page, 'layout of your own');
    await page.locator('[data-edit-tile]').first().waitFor();
  });
  await page.close();
}

async function atAWorkstation(supervisor: BrowserContext): Promise<void> {
  if (!['workstation', 'replay', 'push'].some(isWanted)) return;
  const page = await supervisor.newPage();
  await page.goto(`${url}/workstation/1`);
  await page.locator('[data-work-tile="0"]').waitFor();
  for (const [tile, number] of [101, 104, 107, 110].entries()) {
    await page.keyboard.type(`${tile + 1}.${number}`);
    await page.keyboard.press('Enter');
  }
  await page.locator(cameraTile).nth(3).waitFor();
  await tilesLive(page, cameraTile);
  await view('workstation', page, () => page.locator('[data-work-tile="0"]').click());
  await view('replay', page, async () => {
    await page.keyboard.press('r');
    await page.locator('[data-replay="playing"]').waitFor({ timeout: picturesMs });
  });
  await view('push', page, async () => {
    if ((await page.locator('[data-replay]').count()) > 0) await page.keyboard.press('r');
    await page.keyboard.press('u');
    await page.locator('[data-room-tile]').first().waitFor();
    await page.keyboard.type('2.3');
  });
  await page.close();
}

/** Each page with somebody who may open it. */
const adminPages = {
  Administrator: ['people', 'rights', 'private', 'owners', 'feeds', 'import', 'screens', 'sessions', 'sign-in', 'log'],
  Investigator: ['footage'],
  Auditor: ['record', 'audit', 'samples'],
}; // prettier-ignore
async function administration(): Promise<void> {
  for (const [role, pages] of Object.entries(adminPages)) {
    if (!pages.some((name) => isWanted(`admin-${name}`))) continue;
    const context = await enter(role);
    const page = await context.newPage();
    for (const name of pages)
      await view(`admin-${name}`, page, async () => {
        await page.goto(`${url}/admin#${name}`);
        await page.locator(`.admin-nav a[href="#${name}"][aria-current="page"]`).waitFor();
        await page.getByRole('main').locator('h1, h2').first().waitFor();
        await page.waitForLoadState('networkidle');
      });
    await context.close();
  }
}

async function outside(): Promise<void> {
  const context = await contextOf(all[size]);
  const page = await context.newPage();
  await view('sign-in', page, async () => {
    await page.goto(url);
    await page.getByRole('button', { name: /Supervisor$/ }).waitFor();
  });
  await view('public-log', page, () => page.goto(`${url}/log/report`));
  await view('public-requests', page, async () => {
    await page.goto(`${url}/portal/public`);
    await page.getByRole('heading').first().waitFor();
  });
  await context.close();
}

/** Phone first: once, whatever the size of the others. */
async function asAnOwner(): Promise<void> {
  if (!isWanted('owner')) return;
  const context = await contextOf(phone);
  await enterAs(context, await signInByLetter(url, mailbox, 'carla@owners.example'));
  const page = await context.newPage();
  await view('owner', page, async () => {
    await page.goto(`${url}/portal/`);
    await page.getByRole('heading').first().waitFor();
    await page.waitForLoadState('load');
  });
  await context.close();
}

/** Streams run that somebody watches, and no others: all forty at once leave a small machine little for the pages. */
async function calm(administrator: BrowserContext): Promise<void> {
  const page = await administrator.newPage();
  await page.goto(`${url}/admin`);
  for (const { id, keep } of (await ask(page, 'GET', '/cameras?limit=200')).items)
    if (keep === 'always') await ask(page, 'PATCH', `/cameras/${id}`, { keep: 'on-demand' });
  await administrator.close();
}

/** An incident, so that no view is empty that is not so in a room. */
async function furnish(supervisor: BrowserContext): Promise<void> {
  const page = await supervisor.newPage();
  await page.goto(url);
  const { items } = await ask(page, 'GET', '/cameras?q=103');
  const at = items.find(({ number }) => number === 103);
  if (at && (await ask(page, 'GET', '/incidents?open=true')).items.length === 0)
    await ask(page, 'POST', '/incidents', {
      ...{ type: 'robbery', place: 'Market Square, east side' },
      ...{ latitude: at.latitude, longitude: at.longitude },
    });
  await page.close();
}

await calm(await enter('Administrator'));
// Small windows stay open, so that the console has something to show and the machine little to do; in a browser that tells
// nobody of each message, as the one above does.
const supervisor = await enter('Supervisor');
await furnish(supervisor);
const wall = await startPlainBrowser();
const byCookies = {
  enter: async ({ addCookies }: Parameters<Design['enter']>[0]) => addCookies(await supervisor.cookies()),
};
// One after the other: all that begin at once, on a small machine, begin late.
for (const id of ['left', 'centre', 'right']) {
  const page = await wall.open(byCookies, { width: 640, height: 360 });
  await page.goto(`${url}/screen/${id}`);
  await tilesLive(page, cameraTile);
}
await supervisor.close();

const wanted = (sizes === 'both' ? ['1080p', '4k'] : [sizes]) as Size[];
for (size of wanted) {
  const context = await enter('Supervisor');
  await atTheConsole(context);
  const fleet = await context.newPage();
  await view('fleet', fleet, async () => {
    await fleet.goto(`${url}/fleet`);
    await fleet.locator('[data-fleet-camera]').first().waitFor();
    await fleet.locator('.fleet-chart canvas').first().waitFor();
  });
  await context.close();
}
// What follows looks at no other screen, and has the machine to itself.
await wall.close();
for (size of wanted) {
  const context = await enter('Supervisor');
  await atAWorkstation(context);
  const screen = await context.newPage();
  await view('screen-left', screen, async () => {
    await screen.goto(`${url}/screen/left`);
    await tilesLive(screen, cameraTile);
  });
  await context.close();
  await administration();
  await outside();
}
size = '1080p';
await asAnOwner();

await browser.close();
await server.stop();
await mailbox.close();
for (const line of failed) console.error(line);
process.exit(failed.length > 0 ? 1 : 0);
