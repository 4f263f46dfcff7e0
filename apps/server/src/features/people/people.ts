import type { IncomingMessage } from 'node:http';
import { problem, type Role } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { refuse, type RouteHandlers } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { Authenticate } from './authenticate.ts';
import { Authenticators } from './authenticators.ts';
import { seedDemoPeople } from './demo-people.ts';
import { Guards } from './guards.ts';
import { myRoutes } from './http-me.ts';
import { peopleRoutes } from './http-people.ts';
import { sessionRoutes } from './http-session.ts';
import { Links } from './links.ts';
import { Passwords, TooBusy } from './passwords.ts';
import { PeopleService } from './people-service.ts';
import { PolicyService } from './policy.ts';
import type { EntranceRefusals, PeopleRecord } from './ports.ts';
import { ProviderService } from './provider-service.ts';
import { RefusedTries } from './refused-tries.ts';
import { ProviderFlow } from './providers-flow.ts';
import { nothing, SessionJournal } from './session-journal.ts';
import { SessionService, type EndReason } from './session-service.ts';
import { SignIn, type HalfSignIn } from './sign-in.ts';
import { Tickets } from '../../platform/tickets.ts';
import { Tries } from '../../platform/tries.ts';
import { Workstations } from './workstations.ts';

export interface PeopleOptions {
  db: Database;
  clock: Clock;
  record: PeopleRecord;
  refusals: EntranceRefusals;
  log: Logger;
  /** Whether the browser behind a request speaks TLS. */
  isSecure(request: IncomingMessage): boolean;
  /** Demo accounts work: the demo city is on, and this machine alone can reach the server. */
  demoOpen: boolean;
}

/** What to print when the server has started. */
export interface Welcome {
  /** Token of the one-time set-up link, while nobody administers. */
  setUpToken: string | null;
  demo: { password: string; people: { login: string; roles: readonly Role[] }[] } | null;
}

/** Ends of a session after which its person has to sign in fully at that workstation again. */
const closesSwitch: ReadonlySet<EndReason> = new Set([
  'signed-out',
  'ended',
  'disabled',
  'password-changed',
  'authenticators-reset',
]);

/** People, their sessions, and the ways in: the feature put together. */
export class People {
  readonly people: PeopleService;
  readonly sessions: SessionService;
  readonly #authenticate: Authenticate;
  readonly #routes: RouteHandlers;
  readonly #options: PeopleOptions;
  readonly #links: Links;
  readonly #workstations: Workstations;
  readonly #passwords = new Passwords();
  readonly #load: { load(): Promise<void> }[];
  #demoPassword: string | null = null;

  constructor(options: PeopleOptions) {
    const { db, clock, record, refusals, log, isSecure, demoOpen } = options;
    this.#options = options;
    const passwords = this.#passwords;
    const tries = new Tries(() => clock.monotonicMs());
    const people = (this.people = new PeopleService(db, clock, record));
    const workstations = (this.#workstations = new Workstations(db, clock));
    const journal = new SessionJournal(db, record, log);
    const sessions = (this.sessions = new SessionService(journal, clock, (session, reason) =>
      closesSwitch.has(reason) && session.workstation !== null
        ? workstations.closing(session.person, session.workstation)
        : nothing,
    ));
    const authenticators = new Authenticators(db, clock, record);
    const links = (this.#links = new Links(db, clock));
    const policy = new PolicyService(db, record);
    const providers = new ProviderService(db, record);
    const halves = new Tickets<HalfSignIn>(clock);
    const guards = new Guards(people, sessions);
    const known = {
      db,
      clock,
      record,
      refusals,
      log,
      isSecure,
      demoOpen,
      people,
      sessions,
      authenticators,
      workstations,
    };
    const refused = new RefusedTries(known);
    const asked = { ...known, links, policy, providers, passwords, tries, halves, guards, refused };
    const authenticate = (this.#authenticate = new Authenticate(asked));
    const signIn = new SignIn({ ...asked, authenticate });
    const flow = new ProviderFlow({ ...asked, signIn });
    this.#load = [people, authenticators, workstations, links, policy, providers, sessions];
    const parts = { ...asked, signIn, flow, authenticate, demoPassword: () => this.#demoPassword };
    this.#routes = patient({ ...sessionRoutes(parts), ...myRoutes(parts), ...peopleRoutes(parts) });

    sessions.onSetBack(() => journal.inBackground(workstations.tighten()));
    people.onChange(({ before, after }) => {
      if (after.disabled) journal.inBackground(this.#shutOut(after.id));
      else if (before) sessions.changed(after.id);
    });
  }

  /** Whoever is disabled is so durably already; the rest is dead in memory at once and written after. */
  #shutOut(person: string): Promise<void> {
    return this.sessions.endAllOf(person, 'disabled', 'server', this.#workstations.closing(person, null));
  }

  /** Reads the store; seeds the demo accounts on a store where nobody is yet. */
  async load(): Promise<void> {
    const { db, demoOpen } = this.#options;
    for (const part of this.#load) await part.load();
    // A kill may have come between the account and its sessions.
    for (const { id, disabled } of this.people.list())
      if (disabled && (this.sessions.listOf(id).length > 0 || this.#workstations.carriesAnywhere(id)))
        await this.#shutOut(id);
    if (!demoOpen) {
      for (const { id, demo } of this.people.list())
        if (demo) await this.sessions.endAllOf(id, 'demo-closed', 'server');
      return;
    }
    const demo = this.people.list().some((person) => person.demo);
    if (demo || this.people.list().length === 0)
      this.#demoPassword = await seedDemoPeople(db, this.people, this.#passwords);
  }

  /** What to print at the start. Makes a fresh set-up link while nobody administers; the one before stops working. */
  async welcome(): Promise<Welcome> {
    const setUpToken = this.people.hasAdministrator()
      ? null
      : (await this.#links.make('set-up', null, async () => undefined)).token;
    const shown = this.people.list().filter((person) => person.demo && !person.disabled);
    return {
      setUpToken,
      demo:
        this.#demoPassword === null
          ? null
          : { password: this.#demoPassword, people: shown.map(({ login, roles }) => ({ login, roles })) },
    };
  }

  /** Who is behind a request, a socket's handshake, or a media door's; undefined is nobody. */
  authenticate(request: IncomingMessage): PersonActor | undefined {
    return this.#authenticate.of(request);
  }

  /** What the person of a session may do now; undefined when the session is over. */
  actorOf(session: string): PersonActor | undefined {
    return this.#authenticate.ofSession(session);
  }

  routes(): RouteHandlers {
    return this.#routes;
  }

  start(): void {
    this.sessions.start();
  }

  stop(): Promise<void> {
    return this.sessions.stop();
  }
}

/** Too many passwords at once are a refusal, not a fault. */
function patient(routes: RouteHandlers): RouteHandlers {
  const wrapped = Object.entries(routes).map(([name, handle]) => [
    name,
    async (...given: unknown[]) => {
      try {
        return await (handle as (...all: unknown[]) => unknown)(...given);
      } catch (error) {
        if (error instanceof TooBusy)
          return refuse(problem('unavailable', 'Too many people sign in at once. Try again in a moment.'));
        throw error;
      }
    },
  ]);
  return Object.fromEntries(wrapped) as RouteHandlers;
}
