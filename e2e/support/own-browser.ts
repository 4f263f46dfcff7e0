import { chromium, type Browser } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findChromium } from '../../tools/system-packages.mjs';
import config from '../../playwright.config.ts';

/** A browser that treats its pages as for a person; see `startOwnBrowser`. */
export interface OwnBrowser {
  browser: Browser;
  /** Ends it as the kernel would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a Chromium whose pages can be hidden. In the usual test browser a page is told that it is in front and in
 * focus whatever happens to it (`Emulation.setFocusEmulationEnabled`); here a page in a background tab is hidden.
 */
export async function startOwnBrowser(): Promise<OwnBrowser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'clerestory-browser-'));
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--window-size=1920,1080',
    ...(config.use?.launchOptions?.args ?? []),
    'about:blank',
  ];
  const child = spawn(findChromium() ?? '/usr/bin/chromium', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const tidy = () => child.kill('SIGKILL');
  process.once('exit', tidy);
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /listening on (ws:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once('close', () => reject(new Error('Chromium ended before it could be reached')));
    child.once('error', reject);
  });
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
  return {
    browser,
    async kill() {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      process.off('exit', tidy);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
    async close() {
      const ended = child.exitCode === null ? once(child, 'close') : null;
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await ended;
      process.off('exit', tidy);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
