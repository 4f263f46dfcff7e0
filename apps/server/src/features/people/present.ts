import type { Me, Person, PersonName, SessionView } from '@clerestory/protocol';
import type { Authenticate } from './authenticate.ts';
import type { Session } from './session-service.ts';
import type { Workstations } from './workstations.ts';

/** What may be seen of a session: no token, no hash. */
export const sessionView = (session: Session, current: string | null): SessionView => ({
  id: session.id,
  method: session.method,
  locked: session.locked,
  current: session.id === current,
  createdAt: session.createdAt,
  activeAt: session.activeAt,
  expiresAt: session.expiresAt,
  address: session.address,
  agent: session.agent,
});

export const nameOf = ({ id, login, name }: Person): PersonName => ({ id, login, name });

export const meOf = (
  session: Session,
  person: Person,
  parts: { authenticate: Authenticate; workstations: Workstations },
): Me => ({
  ...nameOf(person),
  roles: [...parts.authenticate.rolesIn(session, person)],
  groups: person.groups,
  demo: person.demo,
  session: sessionView(session, session.id),
  mustEnrol: parts.authenticate.mustEnrol(session, person),
  mustUsePasskey: parts.authenticate.mustUsePasskey(person),
  pinHere: parts.workstations.hasPin(session.workstation, person.id),
});
