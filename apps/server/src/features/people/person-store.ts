import { Person } from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

const fromRow = (row: Selectable<Tables['people']>): Person =>
  Person.parse({
    id: row.id,
    login: row.login,
    name: row.name,
    email: row.email,
    roles: JSON.parse(row.roles),
    groups: JSON.parse(row.groups),
    disabled: row.disabled === 1,
    demo: row.demo === 1,
    hasPassword: row.password !== null,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });

/** The password's hash has its own way in and out: it is no part of a person elsewhere. */
const toRow = (person: Person) => ({
  id: person.id,
  login: person.login,
  name: person.name,
  email: person.email,
  roles: JSON.stringify(person.roles),
  groups: JSON.stringify(person.groups),
  disabled: Number(person.disabled),
  demo: Number(person.demo),
  revision: person.revision,
  created_at: person.createdAt,
  updated_at: person.updatedAt,
});

/** People ↔ rows. */
export const personStore = {
  async all(db: Database): Promise<Person[]> {
    return (await db.selectFrom('people').selectAll().execute()).map(fromRow);
  },
  async insert(write: Write, person: Person): Promise<void> {
    await write
      .insertInto('people')
      .values({ ...toRow(person), password: null })
      .execute();
  },
  async update(write: Write, person: Person): Promise<void> {
    await write.updateTable('people').set(toRow(person)).where('id', '=', person.id).execute();
  },
  /** argon2id PHC string, or null where there is none. */
  async passwordOf(db: Database, person: string): Promise<string | null> {
    const row = await db.selectFrom('people').select('password').where('id', '=', person).executeTakeFirst();
    return row?.password ?? null;
  },
  async setPassword(write: Write, person: string, password: string): Promise<void> {
    await write.updateTable('people').set({ password }).where('id', '=', person).execute();
  },
};
