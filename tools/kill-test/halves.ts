import type { RecordEntry } from '@clerestory/protocol';

/** What the store itself holds, as far as the record speaks of it. */
export interface Rows {
  people: readonly {
    id: string;
    roles: string;
    groups: string;
    disabled: number;
    revision: number;
    password: string | null;
  }[];
  groups: readonly { id: string; name: string; revision: number; restricted: number }[];
  members: readonly { camera_group: string; camera: string }[];
  rules: readonly { id: string }[];
  screens: readonly { id: string; name: string }[];
  sessions: readonly { id: string; person: string; locked: number }[];
  pins: readonly { workstation: string; person: string; pin: string | null }[];
}

/** What each thing is by its entries in the record alone. */
export class Told {
  readonly #words = new Map<string, string>();
  readonly #people = new Map<string, { revision: number; word: string; password: boolean }>();
  readonly #members = new Map<string, Set<string>>();
  /** Sign-ins that have not ended, for each person. */
  readonly #sessions = new Map<string, number>();

  hear({ kind, subject, detail, actor }: Pick<RecordEntry, 'kind' | 'subject' | 'detail' | 'actor'>): void {
    const words = this.#words;
    const id = subject.slice(subject.indexOf(':') + 1);
    const text = (name: string) => String(detail[name]);
    const person = this.#people.get(id);
    switch (kind) {
      case 'person-created':
      case 'person-changed':
        this.#people.set(id, {
          revision: (person?.revision ?? 0) + 1,
          word: `${text('roles')} ${text('groups')} ${String(detail['disabled'] === true)}`,
          // Whoever sets the server up comes with one.
          password: person?.password ?? actor === 'anonymous',
        });
        break;
      case 'password-changed':
        if (person) person.password = true;
        break;
      case 'camera-group-changed': {
        if (detail['removed'] === true) {
          this.#members.delete(id);
          words.delete(subject);
          break;
        }
        const members = this.#members.get(id) ?? new Set();
        for (const one of detail['added'] as string[]) members.add(one);
        for (const one of detail['removed'] as unknown as string[]) members.delete(one);
        this.#members.set(id, members);
        const of = [...members].sort().join();
        words.set(subject, `${text('name')} ${of} ${text('restricted')} ${String(detail['revision'])}`);
        break;
      }
      case 'right-added':
        words.set(subject, 'there');
        break;
      case 'screen-paired':
        words.set(`device:${text('device')}`, text('name'));
        break;
      case 'right-removed':
      case 'screen-revoked':
        words.delete(kind === 'right-removed' ? subject : `device:${text('device')}`);
        break;
      case 'sign-in':
        this.#sessions.set(id, (this.#sessions.get(id) ?? 0) + 1);
        break;
      case 'session-ended':
        this.#sessions.set(text('person'), (this.#sessions.get(text('person')) ?? 0) - 1);
        words.delete(subject);
        break;
      case 'session-locked':
        words.set(subject, 'locked');
        break;
      case 'session-unlocked':
        words.delete(subject);
        break;
      case 'authenticator-added':
      case 'authenticator-removed':
        if (detail['what'] !== 'pin') break;
        if (kind === 'authenticator-added') words.set(`pin:${text('workstation')} ${id}`, 'set');
        else words.delete(`pin:${text('workstation')} ${id}`);
        break;
      default:
    }
  }

  /** All of it as texts. */
  words(): Map<string, string> {
    const people = [...this.#people].map(
      ([id, { revision, word, password }]) =>
        [`person:${id}`, `${word} ${String(revision)} ${String(password)}`] as const,
    );
    const sessions = [...this.#sessions]
      .filter(([, count]) => count !== 0)
      .map(([id, count]) => [`sessions of ${id}`, String(count)] as const);
    return new Map([...this.#words, ...people, ...sessions]);
  }
}

/** The same texts, by the tables. */
export function wordsOfRows(rows: Rows): Map<string, string> {
  const words = new Map<string, string>();
  const list = (json: string) => (JSON.parse(json) as string[]).join();
  for (const one of rows.people) {
    const { roles, groups, disabled, revision, password } = one;
    const word = `${list(roles)} ${list(groups)} ${String(disabled === 1)}`;
    words.set(`person:${one.id}`, `${word} ${revision} ${String(password !== null)}`);
  }
  const members = Map.groupBy(rows.members, ({ camera_group }) => camera_group);
  for (const { id, name, restricted, revision } of rows.groups) {
    const of = (members.get(id) ?? []).map(({ camera }) => camera).toSorted();
    words.set(`camera-group:${id}`, `${name} ${of.join()} ${String(restricted === 1)} ${revision}`);
  }
  for (const { id } of rows.rules) words.set(`rule:${id}`, 'there');
  for (const { id, name } of rows.screens) words.set(`device:${id}`, name);
  for (const [person, theirs] of Map.groupBy(rows.sessions, (one) => one.person))
    words.set(`sessions of ${person}`, String(theirs.length));
  for (const { id, locked } of rows.sessions) if (locked === 1) words.set(`session:${id}`, 'locked');
  for (const { workstation, person, pin } of rows.pins)
    if (pin !== null) words.set(`pin:${workstation} ${person}`, 'set');
  return words;
}

/** Everything that the tables hold and the record does not say, or the other way round: done by half. */
export function halves(told: Told, rows: Rows): string[] {
  const [said, held] = [told.words(), wordsOfRows(rows)];
  const things = new Set([...said.keys(), ...held.keys()]);
  return [...things]
    .filter((thing) => said.get(thing) !== held.get(thing))
    .map(
      (thing) =>
        `${thing} is "${held.get(thing) ?? 'not there'}" in its table and "${said.get(thing) ?? 'not there'}" by the record`,
    );
}
