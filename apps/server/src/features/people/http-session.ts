import {
  problem,
  type Answer,
  type Me,
  type PersonName,
  type Role,
  type SignInResult,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import { ok, refuse, type RouteHandlers } from '../../platform/http.ts';
import type { WebExchange } from '../../platform/web.ts';
import { placeOf } from '../../platform/rate-limit.ts';
import type { Authenticate } from './authenticate.ts';
import type { Authenticators } from './authenticators.ts';
import type { Guards } from './guards.ts';
import type { Links } from './links.ts';
import { newPassword } from './new-password.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleService } from './people-service.ts';
import { meOf, nameOf } from './present.ts';
import type { ProviderService } from './provider-service.ts';
import type { EntranceRefusals } from './ports.ts';
import type { ProviderFlow } from './providers-flow.ts';
import { faultOfPassword } from './rules.ts';
import type { SessionService } from './session-service.ts';
import { sessionCookie, workstationCookie, type SignedIn, type SignIn, type Step } from './sign-in.ts';
import { type Tries } from '../../platform/tries.ts';
import type { Workstations } from './workstations.ts';

/** As long as browsers keep a cookie at most (RFC 6265bis section 5.5), s. */
const workstationMaxAgeS = 400 * 24 * 60 * 60;

interface SessionRouteParts {
  clock: Clock;
  people: PeopleService;
  sessions: SessionService;
  signIn: SignIn;
  authenticate: Authenticate;
  authenticators: Authenticators;
  workstations: Workstations;
  links: Links;
  passwords: Passwords;
  tries: Tries;
  refusals: EntranceRefusals;
  providers: ProviderService;
  flow: ProviderFlow;
  guards: Guards;
  /** The demo city's password, where demo accounts work. */
  demoPassword: () => string | null;
}

export const badPassword = (fault: string, pointer: string) =>
  problem('unprocessable', fault, { errors: [{ pointer, message: fault }] });

/** Takes the session's cookie away. */
const forgetCookie = (web: WebExchange) => web.setCookie({ name: sessionCookie, value: '', maxAgeS: 0 });

/** Signing in and out over REST. */
export function sessionRoutes(parts: SessionRouteParts): RouteHandlers {
  const { people, sessions, signIn, workstations, guards, flow, authenticators } = parts;

  const enter = (signedIn: SignedIn, web: WebExchange): Me => {
    const { session, person, token, workstationToken } = signedIn;
    const leftS = (session.expiresAt - parts.clock.nowMs()) / 1000;
    web.setCookie({ name: sessionCookie, value: token, maxAgeS: leftS });
    if (workstationToken !== null)
      web.setCookie({ name: workstationCookie, value: workstationToken, maxAgeS: workstationMaxAgeS });
    return meOf(session, person, parts);
  };
  const present = (answer: Answer<Step>, web: WebExchange): Answer<SignInResult> => {
    if (!answer.ok) return answer;
    const step = answer.value;
    return ok(step.state === 'signed-in' ? { state: step.state, me: enter(step.signedIn, web) } : step);
  };
  const presentMe = (answer: Answer<SignedIn>, web: WebExchange): Answer<Me> =>
    answer.ok ? ok(enter(answer.value, web)) : answer;

  return {
    whoAmI: (_input, context) => {
      const asking = guards.signedIn(context);
      const workstation = workstations.find(context.web.cookie(workstationCookie));
      return ok({
        me: asking.ok ? meOf(asking.value.session, asking.value.person, parts) : null,
        setUpNeeded: !people.hasAdministrator(),
        providers: parts.providers
          .list()
          .filter(({ enabled }) => enabled)
          .map(({ id, name }) => ({ id, name })),
        switchable: workstation === undefined ? [] : switchableAt(workstation, parts),
        demo: demoView(parts, context.web),
      });
    },
    signIn: async ({ body }, { web }) =>
      present(await signIn.withPassword(body.login, body.password, web), web),
    secondStep: async ({ body }, { web }) => present(await signIn.withCode(body.ticket, body.code, web), web),
    signOut: async (_input, context) => {
      const asking = guards.signedIn(context);
      forgetCookie(context.web);
      if (asking.ok) await sessions.end(asking.value.session.id, 'signed-out', asking.value.by);
      return ok(undefined);
    },
    lockSession: async (_input, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      await sessions.lock(asking.value.session.id, 'asked', asking.value.by);
      return ok(undefined);
    },
    unlockSession: async ({ body }, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      const { session, person } = asking.value;
      const done = await signIn.unlock(session, body, context.web);
      if (!done.ok) return done;
      const after = sessions.get(session.id);
      return after ? ok(meOf(after, person, parts)) : refuse(problem('unauthenticated', 'Sign in again.'));
    },
    touchSession: (_input, context) => {
      const asking = guards.signedIn(context);
      if (!asking.ok) return asking;
      sessions.touch(asking.value.session.id);
      return ok(undefined);
    },
    switchPerson: async ({ body }, { web }) =>
      presentMe(await signIn.bySwitch(body.person, body.pin, web), web),
    passkeySignInOptions: (_input, { web }) =>
      authenticators.passkeySignInOptions(web.origin, placeOf(web.address)),
    passkeySignIn: async ({ body }, { web }) => presentMe(await signIn.withPasskey(body, web), web),
    providerSignIn: ({ body }, { web }) => flow.begin(body.provider, web, { invitation: body.invitation }),
    providerReturn: async ({ query }, { web }) => {
      const answer = await flow.return(query.state, web);
      // The browser is on a journey: it is sent to a page of ours in any case, which says what went wrong.
      if (!answer.ok) return ok({ location: `/#sign-in-failed=${answer.problem.code}` });
      if ('linked' in answer.value) return ok({ location: '/#provider-linked' });
      enter(answer.value, web);
      return ok({ location: '/' });
    },
    setUp: ({ body }, { web }) => becomeFirst(body, web, parts, enter),
    redeemLink: ({ body }, { web }) => redeemLink(body, web, parts),
  };
}

const switchableAt = (workstation: string, { workstations, people }: SessionRouteParts): PersonName[] =>
  workstations.switchable(workstation).flatMap((id) => {
    const person = people.get(id);
    return person && !person.disabled ? [nameOf(person)] : [];
  });

function demoView(
  { people, demoPassword }: SessionRouteParts,
  web: WebExchange,
): { password: string; people: (PersonName & { roles: Role[] })[] } | null {
  const password = demoPassword();
  if (password === null || web.proxied) return null;
  const shown = people.list().filter(({ demo, disabled }) => demo && !disabled);
  return { password, people: shown.map((person) => ({ ...nameOf(person), roles: person.roles })) };
}

const usedLink = problem('gone', 'This link was used already, or is too old. Ask for another.');

/** Runs `use` when the token names a link of this kind; wrong tokens are counted like wrong passwords. */
async function withLink<T>(
  token: string,
  kind: 'set-up' | 'password',
  web: WebExchange,
  { tries, links, refusals }: SessionRouteParts,
  use: (person: string | null) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const { address } = web;
  const refused = (what: string) =>
    refusals.entrance({ subject: 'login:unknown', what, address, of: `${kind}-link` });
  const attempt = tries.begin(`link:${placeOf(address)}`);
  if (!attempt.ok) {
    refused('blocked');
    return refuse(attempt.problem);
  }
  const link = links.look(token);
  if (link?.kind !== kind) {
    attempt.wrong();
    refused('link');
    return refuse(usedLink);
  }
  attempt.right();
  const answer = await use(link.person);
  // Somebody was faster with it, or it is good for nothing any more.
  if (!answer.ok && answer.problem === usedLink) refused('link');
  return answer;
}

/** The first administrator. Account, password and the used-up link are one transaction. */
function becomeFirst(
  body: { token: string; login: string; name: string; password: string },
  web: WebExchange,
  parts: SessionRouteParts,
  enter: (signedIn: SignedIn, web: WebExchange) => Me,
): Promise<Answer<Me>> {
  const { people, passwords, links, signIn } = parts;
  return withLink(body.token, 'set-up', web, parts, async () => {
    if (people.hasAdministrator()) return refuse(usedLink);
    const fault = faultOfPassword(body.password, [body.login, body.name]);
    if (fault !== null) return refuse(badPassword(fault, '/password'));
    const created = await people.create(
      { login: body.login, name: body.name, email: null, roles: ['administrator'], groups: [] },
      'anonymous',
      newId(),
      {
        password: await passwords.hash(body.password),
        also: async (write) => ((await links.use(write, body.token)) ? ok(undefined) : refuse(usedLink)),
      },
    );
    if (!created.ok) return created;
    links.forget(body.token);
    const signedIn = await signIn.finish(created.value.id, 'set-up', web);
    return signedIn.ok ? ok(enter(signedIn.value, web)) : signedIn;
  });
}

/** A password chosen with a one-time link ends every session that there was. Signing in comes after, with all its steps. */
function redeemLink(
  body: { token: string; password: string },
  web: WebExchange,
  parts: SessionRouteParts,
): Promise<Answer<{ login: string }>> {
  const { people, passwords, links } = parts;
  return withLink(body.token, 'password', web, parts, async (id) => {
    const person = id === null ? undefined : people.get(id);
    if (!person || person.disabled) return refuse(usedLink);
    const fault = faultOfPassword(body.password, [person.login, person.name]);
    if (fault !== null) return refuse(badPassword(fault, '/password'));
    const by = `person:${person.id}`;
    const hash = await passwords.hash(body.password);
    const done = await newPassword(parts, {
      ...{ person: person.id, hash, by, pins: 'forgotten' },
      also: async (write) => ((await links.use(write, body.token)) ? ok(undefined) : refuse(usedLink)),
    });
    if (!done.ok) return done;
    links.forget(body.token);
    return ok({ login: person.login });
  });
}
