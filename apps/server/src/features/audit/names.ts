import type { RecordEntry } from '@clerestory/protocol';
import type { AuditParts } from './ports.ts';

type Namer = Pick<AuditParts, 'nameOf'>;

/** What these ids are called now; an id without a name is out of use. */
export function namesOfIds({ nameOf }: Namer, ids: Iterable<string>): Record<string, string> {
  const named = [...new Set(ids)].flatMap((id) => {
    const name = nameOf(id);
    return name === undefined ? [] : [[id, name] as const];
  });
  return Object.fromEntries(named);
}

/** The same of those in these entries. */
export const namesOf = (parts: Namer, entries: readonly RecordEntry[]): Record<string, string> =>
  namesOfIds(
    parts,
    entries.flatMap(({ actor, subject }) => [actor, subject]),
  );
