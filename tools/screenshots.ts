// Takes the pictures of the guide from a running server: node tools/screenshots.ts <url> <folder> [jpeg quality]
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import config from '../playwright.config.ts';

const [url = 'http://127.0.0.1:8080', folder = 'docs/guide', quality = '82'] = process.argv.slice(2);
const sizes = [
  { name: '1080p', width: 1920, height: 1080 },
  { name: '4k', width: 3840, height: 2160 },
];
const views = [
  { name: 'console', address: '/', ready: '[data-camera-row]' },
  { name: 'screen-left', address: '/screen/left', ready: '[data-state="live"]' },
  { name: 'screen-centre', address: '/screen/centre', ready: '[data-state="live"]' },
];
/** For posters and the last tiles. */
const settleMs = 12_000;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(config.use?.launchOptions ?? {});
// The screens stay open, so that the console has something to show.
const keep = await Promise.all(
  ['left', 'centre', 'right'].map(async (screen) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(`${url}/screen/${screen}`);
    return page;
  }),
);
for (const { name, width, height } of sizes) {
  for (const view of views) {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(url + view.address);
    await page.locator(view.ready).first().waitFor({ timeout: 60_000 });
    await page.waitForTimeout(settleMs);
    await page.screenshot({
      path: path.join(folder, `${view.name}-${name}.jpg`),
      type: 'jpeg',
      quality: Number(quality),
    });
    await page.close();
  }
}
for (const page of keep) await page.close();
await browser.close();
