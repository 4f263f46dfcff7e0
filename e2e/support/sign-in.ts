import type { BrowserContext } from '@playwright/test';
import type { Browser } from '../../apps/server/src/testing/browser.ts';
import type { ServerProcess, TestPerson } from '../../tools/harness/server-process.ts';

/** Lets every page of the context in as somebody, as their cookies would. `url` where it is not the server's own. */
export async function enter(
  context: Pick<BrowserContext, 'addCookies'>,
  server: ServerProcess,
  who: TestPerson = 'team',
  url: string = server.url,
): Promise<void> {
  await enterAs(context, await server.signedIn(who), url);
}

/** The same for whoever signed in without a page. */
export async function enterAs(
  context: Pick<BrowserContext, 'addCookies'>,
  person: Browser,
  url = person.url,
): Promise<void> {
  await context.addCookies(
    [...person.cookies].map(([name, value]) => ({
      ...{ name, value, url, httpOnly: true, sameSite: 'Strict' as const },
    })),
  );
}
