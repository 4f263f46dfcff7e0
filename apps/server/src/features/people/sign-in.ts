import {
  problem,
  type Answer,
  type PasskeyProof,
  type Person,
  type SignInMethod,
  type Unlock,
} from '@clerestory/protocol';
import { ok, refuse } from '../../platform/http.ts';
import type { WebExchange } from '../../platform/web.ts';
import { placeOf } from '../../platform/rate-limit.ts';
import type { Authenticate } from './authenticate.ts';
import type { Authenticators } from './authenticators.ts';
import type { Links } from './links.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleService } from './people-service.ts';
import type { RefusedTries } from './refused-tries.ts';
import type { Session, SessionService } from './session-service.ts';
import type { Deadline } from '../../platform/deadline.ts';
import type { Tickets } from '../../platform/tickets.ts';
import { settled, type Attempt, type Tries } from '../../platform/tries.ts';
import type { Workstations } from './workstations.ts';

export const sessionCookie = 'clerestory';
export const workstationCookie = 'clerestory-workstation';

/** A password that was right, waiting for the code. */
export interface HalfSignIn {
  person: string;
  /** `SessionService.endings` when the password was right: dies with a new password, and with the person's sessions. */
  endings: number;
}
export interface SignedIn {
  session: Session;
  person: Person;
  /** For the cookies. */
  token: string;
  workstationToken: string | null;
}
export type Step =
  | { state: 'signed-in'; signedIn: SignedIn }
  | { state: 'second-step'; ticket: string }
  | { state: 'passkey-step' };

export interface SignInParts {
  people: PeopleService;
  sessions: SessionService;
  authenticators: Authenticators;
  authenticate: Pick<Authenticate, 'mustUsePasskey'>;
  workstations: Workstations;
  links: Links;
  passwords: Passwords;
  tries: Tries;
  halves: Tickets<HalfSignIn>;
  refused: RefusedTries;
  /** Whether demo accounts work at all. */
  demoOpen: boolean;
}

/** One answer for an unknown name, a wrong password, and an account that is disabled or closed. */
const wrong = problem('unauthenticated', 'The name or the password is not right.');
const wrongCode = problem('unauthenticated', 'This code is not right, or was used already.');
const tooLate = problem('gone', 'That took too long. Sign in again.');
const passkeyFirst = problem(
  'unauthenticated',
  'This site asks for a second factor, and yours is a passkey: use the passkey.',
);
const wrongPin = problem('unauthenticated', 'The PIN is not right, or a full sign-in is needed here.');
const notRight = problem('unauthenticated', 'That is not right, so it stays as it was.');
const wrongPasskey = problem(
  'unauthenticated',
  'This passkey is not known here, or it could not be verified.',
);

/** The ways in. Each counts the try first, then looks; and says the same whatever was wrong. */
export class SignIn {
  readonly #parts: SignInParts;
  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** Whether this person may be let in, from this browser, at all. */
  mayEnter(person: Person | undefined, web: Pick<WebExchange, 'proxied'>): person is Person {
    return (
      person !== undefined && !person.disabled && (!person.demo || (this.#parts.demoOpen && !web.proxied))
    );
  }

  async withPassword(login: string, password: string, web: WebExchange): Promise<Answer<Step>> {
    const { people, passwords, authenticate, authenticators, halves, sessions, refused } = this.#parts;
    const person = people.byLogin(login);
    const attempt = this.#begin(person?.id ?? `login:${login.trim().toLowerCase()}`, web, 'password');
    if (!attempt.ok) return refuse(attempt.problem);
    const endings = sessions.endings(person?.id ?? '');
    const right = await settled(attempt, async () => {
      // Asked for an unknown name too, so that it takes as long.
      const stored = await people.passwordOf(person?.id ?? '');
      const matches = await passwords.matches(stored, password);
      return matches && this.mayEnter(person, web);
    });
    if (!right || !person) {
      await refused.wrong(person, 'password', web);
      return refuse(wrong);
    }
    if (await authenticators.hasTotp(person.id))
      return ok({ state: 'second-step', ticket: halves.issue({ person: person.id, endings }, person.id) });
    if (authenticate.mustUsePasskey(person)) return ok({ state: 'passkey-step' });
    return this.#step(await this.finish(person.id, 'password', web, { endings }));
  }

  async withCode(ticket: string, code: string, web: WebExchange): Promise<Answer<Step>> {
    const { authenticators, halves, people, sessions, refused } = this.#parts;
    const half = halves.look(ticket);
    if (!half || half.endings !== sessions.endings(half.person)) return refuse(tooLate);
    const attempt = this.#begin(`code:${half.person}`, web, 'code');
    if (!attempt.ok) return refuse(attempt.problem);
    if (!(await settled(attempt, () => authenticators.useCode(half.person, code)))) {
      await refused.wrong(people.get(half.person), 'code', web);
      return refuse(wrongCode);
    }
    // Of two with the same ticket, one only gets in.
    if (!halves.take(ticket)) return refuse(tooLate);
    return this.#step(await this.finish(half.person, 'password', web, half));
  }

  async withPasskey(proof: PasskeyProof, web: WebExchange): Promise<Answer<SignedIn>> {
    const { authenticators, refused } = this.#parts;
    const attempt = this.#begin(`passkey:${placeOf(web.address)}`, web, 'passkey');
    if (!attempt.ok) return refuse(attempt.problem);
    let person = null as string | null;
    await settled(attempt, async () => {
      person = await authenticators.provenBy(proof, web.origin);
      return person !== null;
    });
    if (person === null) {
      await refused.wrong(undefined, 'passkey', web);
      return refuse(wrongPasskey);
    }
    return this.finish(person, 'passkey', web);
  }

  /** Takes over at a workstation where the person signed in fully before. Whoever was there is gone from it. */
  async bySwitch(personId: string, pin: string, web: WebExchange): Promise<Answer<SignedIn>> {
    const { workstations, sessions, refused } = this.#parts;
    const endings = sessions.endings(personId);
    const workstation = workstations.find(web.cookie(workstationCookie));
    if (workstation === undefined) {
      refused.unlooked('elsewhere', personId, 'pin', web);
      return refuse(problem('unauthenticated', 'This browser is no workstation yet. Sign in fully first.'));
    }
    if (!(await this.#pinIsRight(workstation, personId, pin, 'pin', web))) return refuse(wrongPin);
    const carrying = workstations.carrying(workstation, personId);
    return carrying
      ? this.finish(personId, 'switch', web, { until: carrying.until, endings })
      : refuse(wrongPin);
  }

  /** Unlocks by PIN; by password (with the code where an app is set up) or passkey it also confirms. */
  async unlock(session: Session, by: Unlock, web: WebExchange): Promise<Answer<void>> {
    const { authenticate, sessions, people, workstations, refused } = this.#parts;
    const person = people.get(session.person);
    if ('password' in by && person && authenticate.mustUsePasskey(person)) return refuse(passkeyFirst);
    const actor = `person:${session.person}`;
    if ('pin' in by) {
      const here = workstations.find(web.cookie(workstationCookie));
      if (here !== session.workstation || here === undefined) {
        refused.unlooked('elsewhere', session.person, 'unlock', web);
        return refuse(notRight);
      }
      if (!(await this.#pinIsRight(here, session.person, by.pin, 'unlock', web))) return refuse(notRight);
    } else {
      const attempt = this.#begin(session.person, web, 'unlock');
      if (!attempt.ok) return refuse(attempt.problem);
      if (!(await settled(attempt, () => this.#proves(session.person, by, web)))) {
        await refused.wrong(person, 'unlock', web);
        return refuse(notRight);
      }
    }
    await sessions.unlock(session.id, !('pin' in by), actor);
    return ok(undefined);
  }

  /**
   * Begins the session, after everything was proved. `endings` is what `SessionService.endings` said before that: of
   * what was proved with a password that is gone, or before the person's sessions were ended, none begins.
   */
  async finish(
    personId: string,
    method: SignInMethod,
    web: WebExchange,
    { until = null, endings }: { until?: Deadline | null; endings?: number } = {},
  ): Promise<Answer<SignedIn>> {
    const { sessions, people, workstations } = this.#parts;
    const since = endings ?? sessions.endings(personId);
    const before = sessions.find(web.cookie(sessionCookie));
    const workstation = await workstations.open(web.cookie(workstationCookie));
    const begun = await sessions.begin(
      {
        person: personId,
        method,
        workstation: workstation.id,
        address: web.address,
        agent: web.agent,
        until,
      },
      {
        kind: 'sign-in',
        actor: `person:${personId}`,
        subject: `person:${personId}`,
        detail: { method, address: web.address },
      },
      async (write) => {
        // Looked at again here: it may have been disabled since the password was checked.
        if (!this.mayEnter(people.get(personId), web)) return refuse(wrong);
        if (sessions.endings(personId) !== since) return refuse(tooLate);
        if (until === null) await workstations.signedIn(write, workstation.id, personId);
        return ok(undefined);
      },
    );
    if (!begun.ok) return begun;
    // Disabled while it was written: nobody told the new session, which was not there yet.
    const person = people.get(personId);
    if (!this.mayEnter(person, web)) {
      await sessions.end(begun.value.session.id, 'disabled', 'server');
      return refuse(wrong);
    }
    if (sessions.endings(personId) !== since) {
      await sessions.end(begun.value.session.id, 'ended', 'server');
      return refuse(tooLate);
    }
    if (before)
      await sessions.end(
        before.id,
        before.person === personId ? 'replaced' : 'switched',
        `person:${personId}`,
      );
    return ok({ ...begun.value, person, workstationToken: workstation.token });
  }

  async #proves(person: string, by: Exclude<Unlock, { pin: string }>, web: WebExchange): Promise<boolean> {
    const { people, passwords, authenticators } = this.#parts;
    if ('passkey' in by) return (await authenticators.provenBy(by.passkey, web.origin)) === person;
    if (!(await passwords.matches(await people.passwordOf(person), by.password))) return false;
    return !(await authenticators.hasTotp(person)) || authenticators.useCode(person, by.code ?? '');
  }

  /** After five wrong PINs only a full sign-in helps. */
  async #pinIsRight(
    workstation: string,
    person: string,
    pin: string,
    what: string,
    web: WebExchange,
  ): Promise<boolean> {
    const { tries, passwords, workstations, people, refused } = this.#parts;
    const subject = `pin:${workstation}:${person}`;
    const attempt = tries.begin(subject);
    if (!attempt.ok) {
      refused.unlooked('blocked', person, what, web);
      return false;
    }
    const right = await settled(attempt, () =>
      passwords.matches(workstations.carrying(workstation, person)?.pin ?? null, pin),
    );
    if (!right) await refused.wrong(people.get(person), what, web);
    if (!right && tries.isBlocked(subject)) await workstations.close(person, workstation);
    return right;
  }

  /**
   * At a workstation that knows the person, their tries there are counted apart: guesses from elsewhere do not lock
   * them out (OWASP Authentication Cheat Sheet, "device cookies").
   */
  #begin(account: string, web: WebExchange, what: string): Attempt {
    const { tries, workstations, refused } = this.#parts;
    const workstation = workstations.find(web.cookie(workstationCookie));
    const attempt =
      workstation !== undefined && workstations.knows(workstation, account.replace(/^code:/, ''))
        ? tries.begin(`${account}@${workstation}`, `workstation:${workstation}`)
        : tries.begin(account, placeOf(web.address));
    if (!attempt.ok) refused.unlooked('blocked', account.replace(/^code:/, ''), what, web);
    return attempt;
  }

  async #step(finished: Promise<Answer<SignedIn>> | Answer<SignedIn>): Promise<Answer<Step>> {
    const answer = await finished;
    return answer.ok ? ok({ state: 'signed-in', signedIn: answer.value }) : answer;
  }
}
