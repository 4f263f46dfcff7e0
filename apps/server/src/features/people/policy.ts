import { PeoplePolicy, type Person } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import { readSetting } from '../../platform/settings.ts';
import type { PeopleRecord } from './ports.ts';

const settingName = 'people-policy';

/** How people have to sign in at this site. */
export class PolicyService {
  readonly #db: Database;
  readonly #record: PeopleRecord;
  #policy: PeoplePolicy = { secondFactor: 'optional' };

  constructor(db: Database, record: PeopleRecord) {
    this.#db = db;
    this.#record = record;
  }

  async load(): Promise<void> {
    const stored = await readSetting(this.#db, settingName);
    if (stored !== undefined) this.#policy = PeoplePolicy.parse(JSON.parse(stored));
  }

  get(): PeoplePolicy {
    return this.#policy;
  }

  /** Whether this person needs a second factor. */
  asksOf({ demo }: Pick<Person, 'demo'>): boolean {
    return this.#policy.secondFactor === 'required' && !demo;
  }

  async set(policy: PeoplePolicy, by: string): Promise<PeoplePolicy> {
    const value = JSON.stringify(policy);
    await this.#db.transaction().execute(async (write) => {
      await write
        .insertInto('settings')
        .values({ name: settingName, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
      await this.#record.append(write, {
        kind: 'people-policy-changed',
        actor: by,
        subject: 'site',
        detail: { ...policy },
      });
    });
    this.#policy = policy;
    return policy;
  }
}
