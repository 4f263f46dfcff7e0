import type { IncomingMessage } from 'node:http';
import type { Person, Role } from '@clerestory/protocol';
import type { PersonActor } from '../../platform/actor.ts';
import { cookieName, cookiesOf } from '../../platform/web.ts';
import type { Authenticators } from './authenticators.ts';
import type { PeopleService } from './people-service.ts';
import type { PolicyService } from './policy.ts';
import type { Session, SessionService } from './session-service.ts';
import { sessionCookie } from './sign-in.ts';

interface AuthenticateParts {
  people: PeopleService;
  sessions: SessionService;
  authenticators: Authenticators;
  policy: PolicyService;
  isSecure(request: IncomingMessage): boolean;
  demoOpen: boolean;
}

/** Methods that look and change nothing; a page may send them by itself, so they are no sign of a person. */
const looking = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Who asks, by the session cookie of an HTTP request, a socket's handshake or a media door. */
export class Authenticate {
  readonly #parts: AuthenticateParts;
  constructor(parts: AuthenticateParts) {
    this.#parts = parts;
  }

  /** The person behind a request, or undefined. A request that changes something counts as activity. */
  of(request: IncomingMessage): PersonActor | undefined {
    const { sessions, isSecure } = this.#parts;
    const token = cookiesOf(request).get(cookieName(sessionCookie, isSecure(request)));
    const session = sessions.find(token);
    const actor = session && this.actorOf(session);
    if (actor && session && !looking.has(request.method ?? '')) sessions.touch(session.id);
    return actor;
  }

  /** Again for a session that is known: what its person may do now, or undefined when it is over. */
  ofSession(id: string): PersonActor | undefined {
    const session = this.#parts.sessions.get(id);
    return session && this.actorOf(session);
  }

  actorOf(session: Session): PersonActor | undefined {
    const person = this.#parts.people.get(session.person);
    if (!person || person.disabled || (person.demo && !this.#parts.demoOpen)) return undefined;
    return {
      kind: 'person',
      id: person.id,
      name: person.name,
      roles: this.rolesIn(session, person),
      groups: person.groups,
      session: session.id,
      locked: session.locked,
    };
  }

  /** The site asks for a second factor, the session was begun by password alone, and there is none yet. */
  mustEnrol(session: Session, person: Person): boolean {
    const { policy, authenticators } = this.#parts;
    return (
      policy.asksOf(person) &&
      session.method !== 'passkey' &&
      session.method !== 'provider' &&
      !authenticators.isEnrolled(person.id)
    );
  }

  /** The site asks for a second factor, and the only one that this person has is a passkey: a password alone is none. */
  mustUsePasskey(person: Person): boolean {
    const { policy, authenticators } = this.#parts;
    return policy.asksOf(person) && authenticators.hasPasskeyOnly(person.id);
  }

  rolesIn(session: Session, person: Person): readonly Role[] {
    return this.mustEnrol(session, person) ? [] : person.roles;
  }
}
