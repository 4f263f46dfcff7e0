import type { BrowserContext } from '@playwright/test';

/** Something that shows cameras on one page. */
export interface Design {
  name: string;
  url: string;
  /** Its processes, besides the browser. */
  roots: number[];
  /** Lets the pages of a browser in, where one has to be somebody. */
  enter(context: Pick<BrowserContext, 'addCookies'>): Promise<void>;
  close(): Promise<void>;
}
