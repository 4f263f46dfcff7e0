import {
  problem,
  type Answer,
  type Language,
  type LinkRoad,
  type Owner,
  type OwnerLinkLook,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { placeOf, RateLimit, tooMany } from '../../platform/rate-limit.ts';
import type { OwnerLink, OwnerLinks } from './links.ts';
import type { OwnerService } from './owner-service.ts';
import type { Letters } from './ports.ts';
import { maxWaiting, perAddress, type OwnerLinkKind } from './rules.ts';
import type { OwnerSession, OwnerSessions } from './session-service.ts';
import { letterOf } from './words.ts';

export interface SignInParts {
  db: Database;
  clock: Clock;
  log: Logger;
  owners: OwnerService;
  links: OwnerLinks;
  sessions: OwnerSessions;
  letters: Letters;
  /** Where owners open their pages, such as `https://wall.example.org/portal/`. */
  portalUrl(): string;
  /** Shows a link at the terminal; null where that is not for everybody who sits there. */
  print: ((line: string) => void) | null;
  /** Cameras, by what becomes of them when an owner leaves. */
  belongingsOf(owner: string): { removed: string[]; shared: string[] };
  /** Links that one place may ask for. */
  placeLimit: RateLimit;
}

/** An address and its link: how often a letter is tried while the person waits for it. */
const tries = 3;
const retryMs = 2_000;

export const lapsed = problem('gone', 'This link was used already, or is too old. Ask for a new one.');

/** The way in for owners: a link by mail, or a passkey. No answer tells whether an address belongs to an owner. */
export class OwnerSignIn {
  readonly #parts: SignInParts;
  readonly #ofAddress: RateLimit;
  readonly #ofPlace: RateLimit;
  readonly #guesses: RateLimit;
  #waiting = 0;
  readonly #sending = new Set<Promise<void>>();

  constructor(parts: SignInParts) {
    this.#parts = parts;
    const monotonicMs = () => parts.clock.monotonicMs();
    this.#ofAddress = new RateLimit(perAddress, monotonicMs);
    this.#ofPlace = parts.placeLimit;
    this.#guesses = new RateLimit({ perSecond: 1, burst: 30 }, monotonicMs);
  }

  get road(): LinkRoad {
    const { letters, print } = this.#parts;
    return letters.isSetUp ? 'mail' : print ? 'terminal' : 'none';
  }

  /** Answers before anything is looked up, so that known and unknown addresses take equally long. */
  ask(email: string, language: Language, address: string): Answer<void> {
    return this.#maySend(email, address) ?? this.#begun(this.#send(email, language));
  }

  /** The letter with the link by which an owner leaves. */
  askToLeave(owner: Owner): Answer<void> {
    return this.#maySend(owner.email, null) ?? this.#begun(this.#link(owner, 'leave'));
  }

  /** The last letter to somebody who has left: from here on nobody knows the address any more. */
  farewell({ email, name, language }: Owner): void {
    if (this.#parts.letters.isSetUp) this.inBackground(this.#deliver('left', language, { email, name }, ''));
  }

  #begun(work: Promise<void>): Answer<void> {
    this.inBackground(work);
    return ok(undefined);
  }

  /** `address`: the place that asks, where it is not known who does. */
  #maySend(email: string, address: string | null): Answer<never> | null {
    if (this.road === 'none')
      return refuse(
        problem(
          'unavailable',
          'No mail is set up here, so no link can be sent. Ask the people who run this control room.',
        ),
      );
    const waitS =
      (address === null ? 0 : this.#ofPlace.take(placeOf(address))) || this.#ofAddress.take(email);
    if (waitS > 0) return refuse(tooMany('Too many links were asked for.', waitS));
    if (this.#waiting >= maxWaiting)
      return refuse(problem('unavailable', 'Too many people ask at once. Try again in a minute.'));
    return null;
  }

  /** Sends the link for a camera that somebody wants to be shared. */
  invite(owner: Owner): void {
    this.inBackground(this.#link(owner, 'invitation'));
  }

  /** To the address of before, when the agency has entered another: what that means, and how to undo it. */
  tellOfChange(owner: Owner): void {
    this.inBackground(this.#link(owner, 'address-changed'));
  }

  /** The link in that letter: whether the new address is right. */
  async answerChange(token: string, isRight: boolean, address: string): Promise<Answer<void>> {
    const { links, owners } = this.#parts;
    const found = this.linkOf(token, address);
    if (!found.ok) return found;
    const { kind, owner } = found.value;
    if (kind !== 'address-changed' || owner === null) return refuse(lapsed);
    const done = await owners.answerHold(owner, isRight);
    if (!done.ok) return refuse(lapsed);
    links.forget(token);
    return done;
  }

  /** A link that is good; so many may be tried from one place. */
  linkOf(token: string, address: string): Answer<OwnerLink> {
    const waitS = this.#guesses.take(placeOf(address));
    if (waitS > 0) return refuse(tooMany('Too many links were tried.', waitS));
    const link = this.#parts.links.look(token);
    return link ? ok(link) : refuse(lapsed);
  }

  look(token: string, address: string): Answer<OwnerLinkLook> {
    const found = this.linkOf(token, address);
    if (!found.ok) return found;
    const link = found.value;
    const { owners, belongingsOf } = this.#parts;
    const email =
      link.email ??
      (link.kind === 'address-changed'
        ? owners.holds.of(link.owner ?? '')?.email
        : owners.get(link.owner ?? '')?.email);
    if (email === undefined) return refuse(lapsed);
    const { kind } = link;
    return ok({ kind, email, ...(kind === 'leave' && { leaving: belongingsOf(link.owner ?? '') }) });
  }

  async withLink(
    token: string,
    given: { name?: string | undefined; language?: Language | undefined },
    address: string,
  ): Promise<Answer<{ token: string; session: OwnerSession }>> {
    const { db, owners, links, sessions } = this.#parts;
    const found = this.linkOf(token, address);
    if (!found.ok) return found;
    const link = found.value;
    if (link.kind === 'address-changed' || link.kind === 'leave') return refuse(lapsed);
    const known = owners.get(link.owner ?? '') ?? owners.byEmail(link.email ?? '');
    if (!known && given.name === undefined)
      return refuse(
        problem('unprocessable', 'Say your name too.', {
          errors: [{ pointer: '/name', message: 'give your name' }],
        }),
      );
    const fresh = known
      ? null
      : owners.make(
          { name: given.name ?? '', email: link.email ?? '', phone: null, language: given.language ?? 'en' },
          true,
        );
    const owner = known ?? fresh;
    if (!owner) return refuse(lapsed);
    const done = await db.transaction().execute(async (write) => {
      if (!(await links.use(write, token))) return refuse(lapsed);
      if (fresh) {
        const made = await owners.insert(write, fresh, `owner:${fresh.id}`);
        if (!made.ok) return made;
      }
      const proved = await owners.prove(write, owner.id);
      return ok({ ...(await sessions.begin(write, owner.id)), proved });
    });
    if (!done.ok) return done;
    done.value.proved();
    links.forget(token);
    if (fresh) owners.inserted(fresh);
    return ok({ token: done.value.token, session: done.value.begun() });
  }

  /** Begins a session for an owner who proved themselves another way. */
  async begin(owner: string): Promise<{ token: string; session: OwnerSession }> {
    const { db, sessions } = this.#parts;
    const begun = await db.transaction().execute((write) => sessions.begin(write, owner));
    return { token: begun.token, session: begun.begun() };
  }

  /** Resolves when no letter is on its way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#sending);
  }

  inBackground(work: Promise<void>): void {
    this.#waiting += 1;
    const done = work
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'a sign-in link could not be sent'))
      .finally(() => {
        this.#waiting -= 1;
        this.#sending.delete(done);
      });
    this.#sending.add(done);
  }

  async #send(email: string, language: Language): Promise<void> {
    // The answer is on its way before the store is asked.
    await new Promise(setImmediate);
    const owner = this.#parts.owners.byEmail(email);
    if (owner) return this.#link(owner, 'sign-in');
    const { db, links, owners } = this.#parts;
    const held = owners.get(owners.holds.ownerAt(email) ?? '');
    if (held) return this.#link(held, 'address-changed');
    const made = await db
      .transaction()
      .execute((write) => links.make(write, owners.ring, { kind: 'sign-up', email }));
    made.made();
    await this.#deliver('sign-up', language, { email, name: '' }, made.token);
  }

  async #link(owner: Owner, kind: Exclude<OwnerLinkKind, 'sign-up'>): Promise<void> {
    const { db, links, owners } = this.#parts;
    const email = kind === 'address-changed' ? owners.holds.of(owner.id)?.email : owner.email;
    if (email === undefined) return;
    const made = await db
      .transaction()
      .execute((write) => links.make(write, owners.ring, { kind, owner: owner.id }));
    made.made();
    await this.#deliver(kind, owner.language, { email, name: owner.name }, made.token);
  }

  async #deliver(
    kind: OwnerLinkKind | 'left',
    language: Language,
    to: { email: string; name: string },
    token: string,
  ): Promise<void> {
    const { letters, portalUrl, print, log } = this.#parts;
    const url = `${portalUrl()}#link=${token}`;
    if (!letters.isSetUp) {
      print?.(`  link for ${to.email}: ${url}`);
      return;
    }
    const messageId = `${newId()}@${letters.domain}`;
    const letter = { to: to.email, ...letterOf(kind, language, { name: to.name, url }), messageId };
    for (let left = tries; left > 0; left--) {
      const sent = await letters.send(letter);
      if (sent.ok) return;
      log.warn({ why: sent.why }, 'a letter with a sign-in link was not taken');
      if (left > 1) await new Promise((resolve) => setTimeout(resolve, retryMs).unref());
    }
  }
}
