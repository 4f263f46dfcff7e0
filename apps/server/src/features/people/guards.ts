import { problem, type Answer, type Person } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { ok, refuse, type RequestContext } from '../../platform/http.ts';
import type { PeopleService } from './people-service.ts';
import type { Session, SessionService } from './session-service.ts';

export interface Asking {
  actor: PersonActor;
  person: Person;
  session: Session;
  /** For the record. */
  by: string;
}

/** What the routes of this feature ask of whoever asks. Each builds on the one before. */
export class Guards {
  readonly #people: PeopleService;
  readonly #sessions: SessionService;
  constructor(people: PeopleService, sessions: SessionService) {
    this.#people = people;
    this.#sessions = sessions;
  }

  signedIn({ actor }: RequestContext): Answer<Asking> {
    const session = actor.kind === 'person' ? this.#sessions.get(actor.session) : undefined;
    const person = actor.kind === 'person' ? this.#people.get(actor.id) : undefined;
    return actor.kind === 'person' && session && person
      ? ok({ actor, person, session, by: `person:${person.id}` })
      : refuse(problem('unauthenticated', 'Sign in first.'));
  }

  /** Not locked. */
  acting(context: RequestContext): Answer<Asking> {
    const asking = this.signedIn(context);
    return asking.ok && asking.value.session.locked
      ? refuse(problem('locked', 'This session is locked. Unlock it with your PIN, password or passkey.'))
      : asking;
  }

  /** Gave a password or passkey a short while ago: nobody changes authenticators at a desk that was left. */
  confirmed(context: RequestContext): Answer<Asking> {
    const asking = this.acting(context);
    return asking.ok && !this.#sessions.isConfirmed(asking.value.session.id)
      ? refuse(problem('confirm-first', 'Give your password or passkey once more, then repeat this.'))
      : asking;
  }

  /** An administrator who acts. */
  administrating(context: RequestContext): Answer<Asking> {
    const asking = this.acting(context);
    return asking.ok && !asking.value.actor.roles.includes('administrator') ? refuse(notYours) : asking;
  }

  /** Looks at people: administrators, and auditors, who change nothing. */
  overseeing(context: RequestContext): Answer<Asking> {
    const asking = this.signedIn(context);
    const may =
      asking.ok && asking.value.actor.roles.some((role) => role === 'administrator' || role === 'auditor');
    return asking.ok && !may ? refuse(notYours) : asking;
  }
}

const notYours = problem('forbidden', 'This is for administrators.');
