import type { AppOptions } from '../app.ts';
import { startGuardedApp, type GuardedApp } from './access.ts';
import { Browser } from './browser.ts';
import { startMailbox, type Mailbox } from './mailbox.ts';

/** A running app that writes letters to a real mail server, with owners who read them. */
export interface OwnerApp extends GuardedApp {
  mailbox: Mailbox;
  /** A browser in which this owner is signed in, by the link from a letter; registers them when they are new. */
  ownerAs(email: string, name?: string): Promise<Browser & { owner: string }>;
}

/** Asks for a link and follows it, as a person with a mail program does. */
export async function signInByLetter(
  url: string,
  mailbox: Mailbox,
  email: string,
  name = 'Olga Owner',
): Promise<Browser & { owner: string }> {
  const browser = new Browser(url);
  const asked = await browser.call('POST', '/owner/sign-in-link', { email });
  if (asked.status !== 204) throw new Error(`no link was sent: ${JSON.stringify(asked.body)}`);
  const { text } = await mailbox.take(email, ({ text }) => text.includes('#link='));
  const answer = await browser.call('POST', '/owner/session', { token: tokenIn(text), name });
  if (answer.status !== 200) throw new Error(`the link does not work: ${JSON.stringify(answer.body)}`);
  return Object.assign(browser, { owner: answer.body.id as string });
}

export const tokenIn = (letter: string): string => /#link=([\w-]{43})/.exec(letter)?.[1] ?? '';

export async function startOwnerApp(
  env: Record<string, string> = {},
  dir?: string,
  options: AppOptions = {},
): Promise<OwnerApp> {
  const mailbox = await startMailbox();
  // Everybody in a test is at one place.
  const limits = { ownerLinks: { perSecond: 100, burst: 1_000 } };
  const server = await startGuardedApp({ ...mailbox.env, ...env }, dir, { limits, ...options });
  return {
    ...server,
    mailbox,
    ownerAs: (email, name) => signInByLetter(server.app.url, mailbox, email, name),
    async stop() {
      await server.stop();
      await mailbox.close();
    },
  };
}
