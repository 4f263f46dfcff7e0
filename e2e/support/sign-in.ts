import type { BrowserContext } from '@playwright/test';
import type { ServerProcess, TestPerson } from '../../tools/harness/server-process.ts';

/** Lets every page of the context in as somebody, as their cookies would. `url` where it is not the server's own. */
export async function enter(
  context: BrowserContext,
  server: ServerProcess,
  who: TestPerson = 'team',
  url: string = server.url,
): Promise<void> {
  const { cookies } = await server.signedIn(who);
  await context.addCookies(
    [...cookies].map(([name, value]) => ({ name, value, url, httpOnly: true, sameSite: 'Strict' as const })),
  );
}
