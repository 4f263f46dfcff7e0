import type { Answer, Person } from '@clerestory/protocol';
import { ok } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { PeopleService } from './people-service.ts';
import type { SessionService } from './session-service.ts';
import type { Workstations } from './workstations.ts';

export interface NewPassword {
  person: string;
  /** argon2id. */
  hash: string;
  by: string;
  /** The one session that goes on. */
  keep?: string;
  /** What becomes of PINs: good again after a full sign-in, or gone. */
  pins: 'closed' | 'forgotten';
  /** Written in the same transaction; may refuse. */
  also?: (write: Write) => Promise<Answer<void>>;
}

/** A new password and the end of all that the old one began, in one transaction: no kill leaves an old session alive. */
export async function newPassword(
  parts: { people: PeopleService; sessions: SessionService; workstations: Workstations },
  { person, hash, by, keep, pins, also: more = async () => ok(undefined) }: NewPassword,
): Promise<Answer<Person>> {
  const { people, sessions, workstations } = parts;
  let tell = (): void => undefined;
  const done = await people.setPassword(person, hash, by, async (write) => {
    const answer = await more(write);
    if (!answer.ok) return answer;
    const also = pins === 'closed' ? workstations.closing(person, null) : workstations.forgetting(person);
    const reason = 'password-changed';
    tell = await sessions.endingAllOf(write, { person, reason, by, also, except: keep });
    return answer;
  });
  if (done.ok) tell();
  return done;
}
