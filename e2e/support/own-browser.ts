import { chromium, type Browser } from '@playwright/test';
import { startChromium } from './chromium.ts';

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
  const own = await startChromium();
  const browser = await chromium.connectOverCDP(own.endpoint, { noDefaults: true });
  return {
    browser,
    kill: () => own.kill(),
    async close() {
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => undefined);
      await own.ended();
    },
  };
}
