// Takes the pictures of the guide from a running server with the demo city:
//   node tools/screenshots.ts <url> <folder> [1080p|4k] [jpeg quality]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
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
  await page.close();
}

/** The demo city lets whoever is at this machine be its supervisor. */
async function signIn(): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('button', { name: /Supervisor$/ }).click();
  await page.locator('[data-account]').waitFor();
  await page.close();
  return context;
}

const supervisor = await signIn();
const screen = await supervisor.newPage();
await screen.goto(`${url}/screen/left`);
await screen.waitForFunction(
  () => {
    const tiles = [...document.querySelectorAll('[data-tile]')];
    return tiles.length > 1 && tiles.every((tile) => tile.getAttribute('data-state') === 'live');
  },
  null,
  { timeout: readyTimeoutMs },
);
await take(screen, 'screen-left');

// Small windows stay open, so that the console has something to show and the machine little to do.
for (const id of ['left', 'centre', 'right']) {
  const page = await supervisor.newPage();
  await page.setViewportSize({ width: 640, height: 360 });
  await page.goto(`${url}/screen/${id}`);
}
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
await browser.close();
