import type { RecordEntry } from '@clerestory/protocol';
import type { AuditParts } from './ports.ts';

/** What the ids in these entries are called now; an id without a name is out of use. */
export function namesOf(
  { nameOf }: Pick<AuditParts, 'nameOf'>,
  entries: readonly RecordEntry[],
): Record<string, string> {
  const ids = new Set(entries.flatMap(({ actor, subject }) => [actor, subject]));
  const named = [...ids].flatMap((id) => {
    const name = nameOf(id);
    return name === undefined ? [] : [[id, name] as const];
  });
  return Object.fromEntries(named);
}
