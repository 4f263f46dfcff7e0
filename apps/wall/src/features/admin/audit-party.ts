import { problem, type Answer } from '@clerestory/protocol';
import { callRoute } from '../../state/call-route.ts';

/** What an auditor asks about. Those that are not there any more are in the record by their ids alone. */
export type PartyKind = 'camera' | 'person';
export interface Party {
  id: string;
  /** As it is told apart from others of the same name. */
  label: string;
}

/** Suggestions at once; who types on has fewer. */
const mostSuggested = '20';

/** Cameras or people that fit what was typed, by name, number or id. */
export async function suggest(kind: PartyKind, typed: string): Promise<Answer<Party[]>> {
  const query = { limit: mostSuggested, q: typed.trim() || undefined };
  if (kind === 'camera') {
    const found = await callRoute('listCameras', { query });
    if (!found.ok) return found;
    return {
      ok: true,
      value: found.value.items.map(({ id, number, name }) => ({ id, label: `${number} ${name}` })),
    };
  }
  const found = await callRoute('listPeople', { query });
  if (!found.ok) return found;
  return {
    ok: true,
    value: found.value.items.map(({ id, name, login }) => ({ id, label: `${name} (${login})` })),
  };
}

/** Which of these was meant? An id that none of them has is one of those that are gone. Null: nothing can be told. */
export function chosenOf(typed: string, parties: readonly Party[]): string | null {
  const text = typed.trim();
  const [, asRecorded] = /^(?:camera|person):(.+)$/.exec(text) ?? [];
  if (asRecorded !== undefined) return asRecorded;
  const exact = parties.find(({ id, label }) => id === text || label === text);
  if (exact) return exact.id;
  const [only, ...others] = parties.filter(({ label }) => label.toLowerCase().includes(text.toLowerCase()));
  if (only) return others.length === 0 ? only.id : null;
  return /^[0-9A-Za-z-]{1,64}$/.test(text) ? text : null;
}

// The sign-in name behind a name is no word of the name.
const ask = (kind: PartyKind, typed: string) =>
  suggest(kind, kind === 'person' ? typed.replace(/ \([^()]*\)$/, '') : typed);

const unclear = (kind: PartyKind, typed: string, found: readonly Party[], more = ''): Answer<never> => ({
  ok: false,
  problem: problem(
    'unprocessable',
    found.length > 1
      ? `Several fit “${typed.trim()}”: choose one of the suggestions.`
      : `No ${kind} is called “${typed.trim()}”.${more}`,
  ),
});

/** The id of what was typed; undefined where nothing was. */
export async function resolve(kind: PartyKind, typed: string): Promise<Answer<string | undefined>> {
  if (typed.trim() === '') return { ok: true, value: undefined };
  const asked = await ask(kind, typed);
  if (!asked.ok) return asked;
  const id = chosenOf(typed, asked.value);
  if (id !== null) return { ok: true, value: id };
  const gone = ` One that was removed is found by its id, as the record shows it: ${kind}:…`;
  return unclear(kind, typed, asked.value, gone);
}

/** Who was meant among those that are there; whoever is gone is not among them. */
export async function present(kind: PartyKind, typed: string): Promise<Answer<Party>> {
  const asked = await ask(kind, typed);
  if (!asked.ok) return asked;
  const id = chosenOf(typed, asked.value);
  const party = asked.value.find((one) => one.id === id);
  return party ? { ok: true, value: party } : unclear(kind, typed, asked.value);
}
