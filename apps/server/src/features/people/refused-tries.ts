import type { Person } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { WebExchange } from '../../platform/web.ts';
import type { PeopleService } from './people-service.ts';
import type { EntranceRefusals, PeopleRecord } from './ports.ts';

/** Why a try was refused without a look at it: too many before, or a PIN that is none of this workstation. */
export type Unlooked = 'blocked' | 'elsewhere';

export interface RefusedTriesParts {
  db: Database;
  record: PeopleRecord;
  refusals: EntranceRefusals;
  people: PeopleService;
}

/** Refused tries to sign in, in the record. A name that nobody has is not written down: it may be a password in the wrong field. */
export class RefusedTries {
  readonly #parts: RefusedTriesParts;
  constructor(parts: RefusedTriesParts) {
    this.#parts = parts;
  }

  /** It was wrong. An entry each: of such there are as few as `Tries` lets through. */
  async wrong(person: Person | undefined, what: string, web: WebExchange): Promise<void> {
    const { db, record } = this.#parts;
    await db.transaction().execute((write) =>
      record.append(write, {
        kind: 'sign-in-refused',
        actor: 'anonymous',
        subject: person ? `person:${person.id}` : 'login:unknown',
        detail: { what, address: web.address },
      }),
    );
  }

  /** Nobody looked at it, so it comes as often as somebody likes: counted by the minute. */
  unlooked(why: Unlooked, account: string, of: string, web: WebExchange): void {
    const { refusals, people } = this.#parts;
    const subject = people.get(account) ? `person:${account}` : 'login:unknown';
    refusals.entrance({ subject, what: why, address: web.address, of });
  }
}
