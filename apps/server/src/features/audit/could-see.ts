import type { RecordEntry } from '@clerestory/protocol';

/** Rights as they were at some time, as far as the record shows. */
export interface RightsThen {
  persons: { id: string; roles: string[]; groups: string[] }[];
  rules: { effect: string; party: string; rights: string[]; group: string | null }[];
  groupsOf(camera: string): ReadonlySet<string>;
  screens: string[];
  unknown: string[];
}

/** What there is now, to go back from. */
export interface RightsNow {
  rules: {
    id: string;
    effect: string;
    party: string;
    rights: string[];
    group: string | null;
    createdAt: number;
  }[];
  groups: { id: string; cameras: string[] }[];
  /** Persons of whom the record may know nothing. */
  persons: { id: string; roles: string[]; groups: string[]; disabled: boolean; createdAt: number }[];
}

const texts = (value: RecordEntry['detail'][string] | undefined): string[] =>
  Array.isArray(value) ? value : [];
const idOf = (name: string) => name.slice(name.indexOf(':') + 1);
/** Members that one entry names at most; beyond it an entry that is no part of several does not say who. */
const mostNamed = 100;

/** The times within a span at which rights may differ: its beginning, and each change in it. */
export const momentsOf = (
  { from, until }: { from: number; until: number },
  changes: readonly Pick<RecordEntry, 'at'>[],
): number[] => [...new Set([from, ...changes.map(({ at }) => at).filter((at) => at > from && at <= until)])];

/**
 * Rights at a time: people as the record says, rules and camera groups as they are now with every later change undone.
 * Pure. `entries`: all of the kinds `rightsKinds`, oldest first.
 */
export function rightsAt(atMs: number, now: RightsNow, entries: readonly RecordEntry[]): RightsThen {
  const unknown: string[] = [];
  const persons = new Map(
    now.persons
      .filter(({ createdAt }) => createdAt <= atMs)
      .map(({ id, roles, groups, disabled }) => [id, { id, roles, groups, disabled }]),
  );
  const known = new Set<string>();
  const screens = new Set<string>();
  for (const { at, kind, subject, detail } of entries) {
    if (at > atMs) break;
    const id = idOf(subject);
    if (kind === 'person-created' || kind === 'person-changed') {
      known.add(id);
      persons.set(id, {
        ...{ id, roles: texts(detail['roles']), groups: texts(detail['groups']) },
        disabled: detail['disabled'] === true,
      });
    }
    if (kind === 'screen-paired') screens.add(id);
    if (kind === 'screen-revoked') screens.delete(id);
  }
  const changedLater = entries.some(
    ({ at, kind, subject }) => at > atMs && kind === 'person-changed' && !known.has(idOf(subject)),
  );
  if (changedLater) unknown.push('Some accounts are older than this record: their roles then are not known.');

  let rules = now.rules.filter(({ createdAt }) => createdAt <= atMs);
  const groups = new Map(now.groups.map(({ id, cameras }) => [id, new Set(cameras)]));
  for (const { at, kind, subject, detail } of entries.toReversed()) {
    if (at <= atMs) break;
    const id = idOf(subject);
    if (kind === 'right-removed')
      rules = [
        ...rules,
        {
          ...{ id, effect: String(detail['effect']), party: String(detail['party']), createdAt: 0 },
          rights: texts(detail['rights']),
          group: detail['group'] === null ? null : String(detail['group']),
        },
      ];
    // One that was both added and removed since was not there then.
    if (kind === 'right-added') rules = rules.filter((rule) => rule.id !== id);
    if (kind !== 'camera-group-changed') continue;
    if (detail['removed'] === true) {
      unknown.push(
        `The camera group ${id} has been removed since; which cameras were in it is in its own entries.`,
      );
      continue;
    }
    const members = groups.get(id) ?? new Set<string>();
    const [added, removed] = [texts(detail['added']), texts(detail['removed'])];
    for (const camera of added) members.delete(camera);
    for (const camera of removed) members.add(camera);
    if (detail['parts'] === undefined && Math.max(added.length, removed.length) >= mostNamed)
      unknown.push(`So many cameras of the group ${id} changed at once that the record does not name all.`);
    groups.set(id, members);
  }
  return {
    persons: [...persons.values()].filter(({ disabled }) => !disabled),
    rules,
    groupsOf: (camera) => new Set([...groups].filter(([, cameras]) => cameras.has(camera)).map(([id]) => id)),
    screens: [...screens],
    unknown,
  };
}
