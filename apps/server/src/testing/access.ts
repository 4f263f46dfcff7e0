import { apiBase, type ClientHello, type Role } from '@clerestory/protocol';
import type { App, AppOptions } from '../app.ts';
import { addPerson, Browser, setUpAdministrator } from './browser.ts';
import { placeCanary } from './private-camera.ts';
import { openWindow, startTestApp, type FetchJson, type TestSocket } from './server.ts';

/** A running app with the policy in force, and its first administrator. */
export interface GuardedApp {
  app: App;
  dir: string;
  administrator: Browser;
  /** Somebody new with this role, signed in. */
  personAs(role: Role, login?: string): Promise<Browser & { person: string }>;
  /** A browser that is this screen, paired by `approver`. */
  pair(screen: string, approver?: Browser): Promise<Browser & { device: string }>;
  /** Without anybody's cookies. */
  fetchJson: FetchJson;
  stop(): Promise<void>;
}

/** The real app with the policy in force. `dir` starts on an existing store, whose administrator is Ada. */
export async function startGuardedApp(
  env: Record<string, string> = {},
  dir?: string,
  options: AppOptions = {},
): Promise<GuardedApp> {
  const server = await startTestApp(env, dir, options);
  const { app } = server;
  const administrator = dir === undefined ? await setUpAdministrator(app) : new Browser(app.url);
  if (dir !== undefined) await administrator.signIn('ada');
  let count = 0;
  const site: GuardedApp = {
    app,
    dir: server.dir,
    administrator,
    async personAs(role, login = `${role}-${(count += 1)}`) {
      const person = await addPerson(administrator, login, [role]);
      const browser = new Browser(app.url);
      const answer = await browser.signIn(login);
      if (answer.status !== 200) throw new Error(`sign-in failed: ${JSON.stringify(answer.body)}`);
      return Object.assign(browser, { person });
    },
    async pair(screen, approver = administrator) {
      const browser = new Browser(app.url);
      const begun = await browser.call('POST', '/pairing');
      const approved = await approver.call('POST', '/screen-devices', { code: begun.body.code, screen });
      const paired = await browser.call('GET', '/pairing');
      if (paired.body.state !== 'paired')
        throw new Error(`pairing failed: ${JSON.stringify([begun.body, approved.body, paired.body])}`);
      return Object.assign(browser, { device: approved.body.id as string });
    },
    fetchJson: server.fetchJson,
    stop: () => server.stop(),
  };
  if (dir !== undefined) return site;
  const canary = await placeCanary(site);
  return {
    ...site,
    stop: () => server.stop(canary.look).finally(canary.end),
  };
}

/** A running app as a test of the wall needs it: with an administrator and a team, who ask for what is theirs. */
export interface TeamApp extends GuardedApp {
  team: Browser;
  /** As `fetchJsonFrom`, signed in: the registry as the administrator, all else as the team. */
  fetchJson: FetchJson;
  /** A connected window of the team. */
  openWindow(hello: ClientHello): Promise<TestSocket>;
}

/** Changes that are an administrator's. */
const administers = /^\/(cameras|camera-groups|people|rights|onvif|imports)\b/;

/** `startGuardedApp`, with somebody who is operator, supervisor and investigator in one. */
export async function startTeamApp(env: Record<string, string> = {}, dir?: string): Promise<TeamApp> {
  const server = await startGuardedApp(env, dir);
  const { administrator, app } = server;
  if (dir === undefined) await addPerson(administrator, 'tess', ['operator', 'supervisor', 'investigator']);
  const team = new Browser(app.url);
  await team.signIn('tess');
  const headersOf = (browser: Browser) => ({ cookie: browser.cookieHeader(), origin: app.url });
  return {
    ...server,
    team,
    fetchJson(method, address, body, headers = {}) {
      const path = address.slice(apiBase.length);
      const who =
        address.startsWith(apiBase) && method !== 'GET' && administers.test(path) ? administrator : team;
      return server.fetchJson(method, address, body, { ...headersOf(who), ...headers });
    },
    openWindow: (hello) => openWindow(app.url, hello, headersOf(team)),
  };
}
