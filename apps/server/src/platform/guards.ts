import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { migrations } from './migrations.ts';

interface Trigger {
  name: string;
  sql: string;
}

const ofSchema = `select name, sql from sqlite_master where type = 'trigger'`;
/** Spaces and line ends of a migration may be set otherwise one day, and mean nothing. */
const words = ({ name, sql: text }: Trigger): [string, string] => [name, text.replaceAll(/\s+/g, ' ')];

let known: ReadonlyMap<string, string> | undefined;
/** The triggers that the migrations make, by name: each of them guards the record or the log. */
function guards(): ReadonlyMap<string, string> {
  if (known) return known;
  const made = new SqliteDatabase(':memory:');
  for (const migration of migrations) made.exec(migration);
  known = new Map((made.prepare(ofSchema).all() as Trigger[]).map(words));
  made.close();
  return known;
}

/** Names of triggers that are missing in the store, that say something else than its migrations, or that are none of theirs. */
export async function changedGuards(db: Database): Promise<string[]> {
  const { rows } = await sql<Trigger>`${sql.raw(ofSchema)}`.execute(db);
  const found = new Map(rows.map(words));
  return [...new Set([...guards().keys(), ...found.keys()])].filter(
    (name) => guards().get(name) !== found.get(name),
  );
}
