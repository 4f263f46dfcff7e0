import type { TreeSource } from './ports.ts';

/** What the log itself says it is called, and signs with. */
export interface Named {
  origin: string;
  /** Every key that an entry has named. */
  keys: ReadonlySet<string>;
  /** The last one. */
  key: string;
  /** Why not all of it can be believed, in words; null when it can. */
  fault: string | null;
}

/** From the leaves about the log: what stands beside them anybody with the file can write. Null: none yet. */
export async function namedByLog(tree: Pick<TreeSource, 'said'>): Promise<Named | null> {
  const { entries, fault } = await tree.said();
  const named = entries.filter(({ kind }) => kind !== 'record-erased');
  const keys = new Set<string>();
  let [origin, key] = ['', ''];
  for (const { public: detail } of named) {
    if (Array.isArray(detail['keysBefore'])) for (const one of detail['keysBefore']) keys.add(String(one));
    key = String(detail['key'] ?? '');
    keys.add(key);
    // A change of the key changes no name.
    if (typeof detail['origin'] === 'string') origin = detail['origin'];
  }
  return named.length === 0 && fault === null ? null : { origin, keys, key, fault };
}
