import type { AccessRule, CameraGroup, Person, ScreenDevice } from '@clerestory/protocol';
import type { Browser } from '../../apps/server/src/testing/browser.ts';

type Word = readonly [thing: string, word: string];

/** What is kept of each thing, as one text that can be compared. */
export const wordOfPerson = (one: Person): Word => [
  `person:${one.id}`,
  `${one.login} "${one.name}" ${one.roles.join()} ${one.groups.join()} ${one.disabled ? 'disabled' : 'enabled'} ${one.hasPassword ? 'with' : 'without'} password, revision ${one.revision}`,
];
export const wordOfGroup = (one: CameraGroup): Word => [
  `camera-group:${one.id}`,
  `"${one.name}" ${one.cameras.toSorted().join()}${one.restricted ? ' restricted' : ''}, revision ${one.revision}`,
];
export const wordOfRule = (one: AccessRule): Word => [
  `rule:${one.id}`,
  `${one.effect} ${one.party.kind} ${one.party.id} ${one.rights.join()} ${one.group ?? 'everywhere'}`,
];
export const wordOfScreen = (one: ScreenDevice): Word => [
  `screen:${one.id}`,
  `${one.wall} ${one.screen} "${one.name}"`,
];
export const wordOfSession = (one: {
  id: string;
  method: string;
  locked: boolean;
  person: { login: string };
}): Word => [`session:${one.id}`, `${one.person.login} by ${one.method}${one.locked ? ', locked' : ''}`];

/** All items of a list, by pages from `cursor`. */
export async function everyItem<T>(by: Browser, address: string, from = 'cursor', first = '0'): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null = first; next !== null;) {
    const { status, body } = await by.call('GET', `${address}?limit=500&${from}=${next}`);
    if (status !== 200) throw new Error(`${address} answers ${status}`);
    items.push(...(body.items as T[]));
    next = (body.next as string | null | undefined) ?? null;
  }
  return items;
}

/** What an administrator is shown of people, groups, rules, paired screens and sessions. */
export async function wordsOf(administrator: Browser): Promise<Map<string, string>> {
  const list = async <T>(address: string, word: (one: T) => Word): Promise<Word[]> => {
    const { status, body } = await administrator.call('GET', address);
    if (status !== 200) throw new Error(`${address} answers ${status}`);
    return (body.items as T[]).map(word);
  };
  const people = everyItem<Person>(administrator, '/people', 'cursor', '');
  const lists = await Promise.all([
    people.then((all) => all.map(wordOfPerson)),
    list('/camera-groups', wordOfGroup),
    list('/rights', wordOfRule),
    list('/screen-devices', wordOfScreen),
    list('/sessions', wordOfSession),
  ]);
  return new Map(lists.flat());
}
