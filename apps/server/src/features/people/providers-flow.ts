import * as oidc from 'openid-client';
import { problem, Roles, type Answer, type Person, type Role } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { placeOf } from '../../platform/rate-limit.ts';
import type { WebExchange } from '../../platform/web.ts';
import type { Links } from './links.ts';
import type { PeopleService } from './people-service.ts';
import type { EntranceRefusals, PeopleRecord } from './ports.ts';
import type { SessionService } from './session-service.ts';
import type { ProviderService } from './provider-service.ts';
import { Discovery } from './discovery.ts';
import { providerStore, type StoredProvider } from './provider-store.ts';
import { sessionCookie, workstationCookie, type SignedIn, type SignIn } from './sign-in.ts';
import { Tickets } from '../../platform/tickets.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';

/** Binds the way back to the browser that set out. `Lax`, since the browser comes back from another site. */
const tripCookie = 'clerestory-trip';
const tripMaxAgeS = 5 * 60;
const returnPath = '/api/v1/session/provider/return';

/** One way through an identity provider. In memory only. */
interface Trip {
  provider: string;
  browserHash: string;
  verifier: string;
  nonce: string;
  redirectUri: string;
  /** The session whose person links an account of theirs: it has to be there still when the browser is back. */
  linkFor: string | null;
  invitation: string | null;
  /** The browser does not send its Strict cookies on the way back, so they are remembered. */
  cookies: Map<string, string>;
}

export interface ProviderFlowParts {
  db: Database;
  clock: Clock;
  people: PeopleService;
  providers: ProviderService;
  sessions: SessionService;
  links: Links;
  record: PeopleRecord;
  refusals: EntranceRefusals;
  signIn: SignIn;
  log: Logger;
}

/** Sign-in with OpenID Connect: code flow with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0 section 3.1). */
export class ProviderFlow {
  readonly #parts: ProviderFlowParts;
  readonly #trips: Tickets<Trip>;
  readonly #discovery: Discovery;
  constructor(parts: ProviderFlowParts) {
    this.#parts = parts;
    this.#trips = new Tickets(parts.clock);
    this.#discovery = new Discovery(parts.clock);
  }

  /** The address to send the browser to. `linkFor` links an account of the person of that session. */
  async begin(
    providerId: string,
    web: WebExchange,
    purpose: { linkFor?: { id: string }; invitation?: string | undefined },
  ): Promise<Answer<{ location: string }>> {
    const provider = this.#parts.providers.enabled(providerId);
    if (!provider) return refuse(problem('not-found', 'There is no such identity provider.'));
    if (purpose.invitation !== undefined && this.#parts.links.look(purpose.invitation)?.kind !== 'password')
      return refuse(problem('gone', 'This link was used already, or is too old. Ask for another.'));
    const config = await this.#discover(provider);
    if (!config.ok) return config;
    const verifier = oidc.randomPKCECodeVerifier();
    const browser = newToken();
    const trip: Trip = {
      provider: provider.id,
      browserHash: hashOf(browser),
      verifier,
      nonce: oidc.randomNonce(),
      redirectUri: web.origin + returnPath,
      linkFor: purpose.linkFor?.id ?? null,
      invitation: purpose.invitation ?? null,
      cookies: new Map(
        [sessionCookie, workstationCookie].flatMap((name): [string, string][] => {
          const value = web.cookie(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    };
    const state = this.#trips.issue(trip, placeOf(web.address));
    web.setCookie({ name: tripCookie, value: browser, maxAgeS: tripMaxAgeS, sameSite: 'Lax' });
    const location = oidc.buildAuthorizationUrl(config.value, {
      redirect_uri: trip.redirectUri,
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce: trip.nonce,
    });
    return ok({ location: location.href });
  }

  /** The browser is back. */
  async return(state: string, web: WebExchange): Promise<Answer<SignedIn | { linked: true }>> {
    const provider = this.#trips.look(state)?.provider;
    const answer = await this.#return(state, web);
    if (!answer.ok)
      this.#parts.refusals.entrance({
        subject: provider === undefined ? 'login:unknown' : `provider:${provider}`,
        ...{ what: 'provider', of: answer.problem.code, address: web.address },
      });
    return answer;
  }

  async #return(state: string, web: WebExchange): Promise<Answer<SignedIn | { linked: true }>> {
    const browser = web.cookie(tripCookie);
    web.setCookie({ name: tripCookie, value: '', maxAgeS: 0, sameSite: 'Lax' });
    const trip = this.#trips.look(state);
    if (!trip || browser === undefined || hashOf(browser) !== trip.browserHash)
      return refuse(problem('gone', 'This sign-in was begun elsewhere, or too long ago. Begin again.'));
    this.#trips.take(state);
    const provider = this.#parts.providers.enabled(trip.provider);
    if (!provider) return refuse(problem('not-found', 'There is no such identity provider.'));
    const claims = await this.#claims(provider, trip, state, web);
    if (!claims.ok) return claims;
    const { linkFor } = trip;
    if (linkFor !== null) {
      const linked = await this.#link(provider, claims.value.sub, () => this.#asking(linkFor), null);
      return linked.ok ? ok({ linked: true }) : linked;
    }
    const person = await this.#personFor(provider, trip, claims.value);
    if (!person.ok) return person;
    const roles = await this.#takeRoles(provider, person.value, claims.value);
    if (!roles.ok) return roles;
    const cookie = (name: string) => trip.cookies.get(name);
    return this.#parts.signIn.finish(person.value.id, 'provider', { ...web, cookie });
  }

  async #discover(provider: StoredProvider): Promise<Answer<oidc.Configuration>> {
    const config = await this.#discovery.of(provider);
    return config instanceof Error ? this.#failed(provider, config) : ok(config);
  }

  async #claims(
    provider: StoredProvider,
    trip: Trip,
    state: string,
    web: WebExchange,
  ): Promise<Answer<oidc.IDToken>> {
    const config = await this.#discover(provider);
    if (!config.ok) return config;
    const url = new URL(trip.redirectUri);
    url.search = new URL(web.url, web.origin).search;
    try {
      const tokens = await oidc.authorizationCodeGrant(config.value, url, {
        pkceCodeVerifier: trip.verifier,
        expectedState: state,
        expectedNonce: trip.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return refuse(notSigned);
      // The provider may keep e-mail and roles for its userinfo endpoint (OpenID Connect Core 1.0 section 5.4).
      if (config.value.serverMetadata().userinfo_endpoint === undefined) return ok(claims);
      const more = await oidc.fetchUserInfo(config.value, tokens.access_token, claims.sub);
      return ok({ ...more, ...claims } as oidc.IDToken);
    } catch (error) {
      this.#discovery.forget(provider);
      return this.#failed(provider, error);
    }
  }

  /** Who it is here: known by issuer and subject; else by the invitation; else by a verified e-mail, where that is allowed. */
  async #personFor(provider: StoredProvider, trip: Trip, claims: oidc.IDToken): Promise<Answer<Person>> {
    const { db, people, links } = this.#parts;
    const person = people.get((await providerStore.personOf(db, provider.issuer, claims.sub)) ?? '');
    if (person) return ok(person);
    const invited = trip.invitation === null ? undefined : links.look(trip.invitation)?.person;
    const candidate = invited ? people.get(invited) : this.#byEmail(provider, claims);
    if (!candidate || candidate.disabled || candidate.demo) return refuse(unknownHere);
    const linked = await this.#link(
      provider,
      claims.sub,
      () => (people.get(candidate.id)?.disabled === false ? candidate.id : null),
      invited ? trip.invitation : null,
    );
    return linked.ok ? ok(candidate) : linked;
  }

  /** Who asked for a link, if their session is there still, unlocked, and they may use it. */
  #asking(sessionId: string): string | null {
    const { sessions, people } = this.#parts;
    const session = sessions.get(sessionId);
    const person = session && !session.locked ? people.get(session.person) : undefined;
    return person && !person.disabled && !person.demo ? person.id : null;
  }

  #byEmail(provider: StoredProvider, claims: oidc.IDToken): Person | undefined {
    const email = claims['email'];
    if (!provider.linkByEmail || claims['email_verified'] !== true || typeof email !== 'string')
      return undefined;
    const found = this.#parts.people.list().filter((person) => person.email === email.toLowerCase());
    return found.length === 1 ? found[0] : undefined;
  }

  async #link(
    provider: StoredProvider,
    subject: string,
    /** Whose it becomes; null when it must not any more. Asked in the transaction: it may have ended on the way. */
    whose: () => string | null,
    invitation: string | null,
  ): Promise<Answer<void>> {
    const { db, links, record } = this.#parts;
    const done = await db.transaction().execute(async (write) => {
      const person = whose();
      if (person === null) return refuse(endedMeanwhile);
      const owner = await providerStore.personOf(write, provider.issuer, subject);
      if (owner === person) return ok(undefined);
      if (owner !== null) return refuse(problem('exists', 'That account belongs to somebody else here.'));
      if (invitation !== null && !(await links.use(write, invitation)))
        return refuse(problem('gone', 'This link was used already, or is too old. Ask for another.'));
      await providerStore.link(write, provider.issuer, subject, person);
      await record.append(write, {
        kind: 'authenticator-added',
        actor: `person:${person}`,
        subject: `person:${person}`,
        detail: { what: 'provider', provider: provider.id },
      });
      return ok(undefined);
    });
    if (done.ok && invitation !== null) links.forget(invitation);
    return done;
  }

  /** Where a claim says what somebody is, it says so at each sign-in. */
  async #takeRoles(provider: StoredProvider, person: Person, claims: oidc.IDToken): Promise<Answer<void>> {
    if (provider.roleClaim === null) return ok(undefined);
    const claim = claims[provider.roleClaim];
    const values = (Array.isArray(claim) ? claim : [claim]).filter((one) => typeof one === 'string');
    const mapped = [
      ...new Set(
        values.map((one) => provider.roleMap[one]).filter((role): role is Role => role !== undefined),
      ),
    ];
    const roles = Roles.safeParse(mapped);
    if (!roles.success)
      return refuse(
        problem(
          'forbidden',
          'The identity provider gives roles that exclude each other. Tell your administrator.',
        ),
      );
    if ([...roles.data].sort().join() === [...person.roles].sort().join()) return ok(undefined);
    const changed = await this.#parts.people.update(
      person.id,
      { roles: roles.data },
      null,
      `provider:${provider.id}`,
      newId(),
    );
    if (!changed.ok) return changed;
    return ok(undefined);
  }

  /** What the provider said goes to the log by its kind alone: an error of the library can hold codes and tokens. */
  #failed(provider: StoredProvider, error: unknown): Answer<never> {
    const { name, code } = error as { name?: string; code?: string };
    this.#parts.log.warn(
      { provider: provider.id, fault: code ?? name },
      'an identity provider did not sign somebody in',
    );
    return refuse(
      problem('bad-gateway', `"${provider.name}" gave no usable answer. Try again, or sign in another way.`),
    );
  }
}

const endedMeanwhile = problem(
  'gone',
  'The session that asked for this is over or locked. Sign in, and link the account again.',
);
const notSigned = problem('bad-gateway', 'The identity provider did not say who signed in.');
const unknownHere = problem(
  'unauthenticated',
  'Nobody here belongs to that account yet. Ask your administrator for a one-time link, and open it before you sign in.',
);
