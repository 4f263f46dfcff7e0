import type { Database } from '../../platform/database.ts';

/** What the log itself says it is called, and signs with. */
export interface Named {
  origin: string;
  /** Every key that an entry has named. */
  keys: ReadonlySet<string>;
  /** The last one. */
  key: string;
}

/** From the entries about the log: what stands in the settings alone anybody with the file can write. Null: none yet. */
export async function namedByLog(db: Pick<Database, 'selectFrom'>): Promise<Named | null> {
  const rows = await db
    .selectFrom('record_entries')
    .select('entry')
    .where('kind', 'in', ['log-begun', 'log-key-changed', 'log-begun-anew'])
    .orderBy('sequence')
    .execute();
  const keys = new Set<string>();
  let [origin, key] = ['', ''];
  for (const { entry } of rows) {
    const { detail = {} } = JSON.parse(entry) as { detail?: Record<string, unknown> };
    if (Array.isArray(detail['keysBefore'])) for (const one of detail['keysBefore']) keys.add(String(one));
    key = String(detail['key'] ?? '');
    keys.add(key);
    // A change of the key changes no name.
    if (typeof detail['origin'] === 'string') ({ origin } = detail as { origin: string });
  }
  return rows.length === 0 ? null : { origin, keys, key };
}
