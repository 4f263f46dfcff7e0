import type { IncomingMessage } from 'node:http';
import type { OwnerActor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, type RouteHandlers } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RateLimit } from '../../platform/rate-limit.ts';
import { Tries } from '../../platform/tries.ts';
import { cookieName, cookiesOf } from '../../platform/web.ts';
import { ownerCookie, ownerRoutes } from './http.ts';
import { OwnerLinks } from './links.ts';
import { OwnerLeaving } from './leaving.ts';
import { OwnerService } from './owner-service.ts';
import { OwnerPasskeys } from './passkeys.ts';
import type { Belongings, Letters, OwnerRecord } from './ports.ts';
import { OwnerSessions } from './session-service.ts';
import { OwnerSignIn } from './sign-in.ts';

export interface OwnersOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  record: OwnerRecord;
  letters: Letters;
  /** Where the key file lies. */
  folder: string;
  isSecure(request: IncomingMessage): boolean;
  portalUrl(): string;
  print: ((line: string) => void) | null;
  /** Links that one place may ask for. */
  placeLimit: RateLimit;
}

/** Owners, how they are reached, and their way in: the feature put together. */
export class Owners {
  readonly registry: OwnerService;
  readonly sessions: OwnerSessions;
  readonly #links: OwnerLinks;
  readonly #signIn: OwnerSignIn;
  readonly #routes: RouteHandlers;
  readonly #options: OwnersOptions;
  #alsoSealed: ((write: Write) => Promise<void>)[] = [];
  #belongings: Belongings = {
    of: () => ({ removed: [], shared: [] }),
    takeBack: async () => ok(async () => () => undefined),
  };

  constructor(options: OwnersOptions) {
    const { db, clock, log, record, letters, folder, portalUrl, print, placeLimit } = options;
    this.#options = options;
    const owners = (this.registry = new OwnerService(db, clock, record, folder));
    const sessions = (this.sessions = new OwnerSessions(db, clock, log));
    const links = (this.#links = new OwnerLinks(db, clock));
    const passkeys = new OwnerPasskeys(db, clock);
    const signIn = new OwnerSignIn({
      ...{ db, clock, log, owners, links, sessions },
      ...{ letters, portalUrl, print, placeLimit },
      belongingsOf: (owner) => this.#belongings.of(owner),
    });
    this.#signIn = signIn;
    const belongings = () => this.#belongings;
    this.#routes = ownerRoutes({
      ...{ owners, sessions, signIn, clock },
      passkeys,
      leaving: new OwnerLeaving({ owners, links, sessions, passkeys, signIn, belongings }),
      tries: new Tries(() => clock.monotonicMs()),
      renewKeys: (by) => this.renewKeys(by),
    });
    // Whatever the address of before opened is shut.
    owners.addressEnds(async (write, owner) => {
      const over = await sessions.endAllIn(write, owner);
      const gone = await links.forgetAllOf(write, owner);
      await passkeys.removeAllOf(write, owner);
      return () => {
        gone.forgotten();
        signIn.inBackground(over.ended());
      };
    });
    owners.onChange((owner, before) => {
      if (before && before.email !== owner.email && owners.holds.of(owner.id)) signIn.tellOfChange(owner);
    });
  }

  /** What else is sealed with the owners' keys. */
  alsoSealed(anew: (write: Write) => Promise<void>): void {
    this.#alsoSealed.push(anew);
  }

  /** What owners have elsewhere. */
  belong(belongings: Belongings): void {
    this.#belongings = belongings;
  }

  async renewKeys(by: string): Promise<number> {
    return this.registry.renewKeys(by, async (write) => {
      await this.#links.sealAnew(write, this.registry.ring);
      for (const anew of this.#alsoSealed) await anew(write);
    });
  }

  async load(): Promise<void> {
    await this.registry.load();
    await this.sessions.load();
    await this.#links.load(this.registry.ring);
  }

  start(): void {
    this.sessions.start();
  }

  async stop(): Promise<void> {
    this.sessions.stop();
    await this.#signIn.settle();
  }

  /** The owner behind a request for the pages of owners; undefined is nobody. */
  authenticate(request: IncomingMessage): OwnerActor | undefined {
    const name = cookieName(ownerCookie, this.#options.isSecure(request));
    const session = this.sessions.find(cookiesOf(request).get(name));
    const owner = session && this.registry.get(session.owner);
    return session && owner && { kind: 'owner', id: owner.id, name: owner.name, session: session.id };
  }

  /** Signed in a short while ago. */
  isFresh(session: string): boolean {
    const found = this.sessions.get(session);
    return found !== undefined && this.sessions.isFresh(found);
  }

  /** Until when this owner's address of before may undo that the agency entered another, Unix ms; null: none can. */
  heldUntil(owner: string): number | null {
    return this.registry.holds.of(owner)?.untilMs ?? null;
  }

  /** Sends the owner a link to say yes or no with. */
  invite(owner: string): void {
    const found = this.registry.get(owner);
    if (found) this.#signIn.invite(found);
  }

  routes(): RouteHandlers {
    return this.#routes;
  }
}
