import type { Answer, PersonName } from '@clerestory/protocol';
import { useCallback } from 'react';
import { callRoute } from '../../state/call-route.ts';
import { holds } from '../../state/session.ts';
import { useSession } from '../../state/use-session.ts';
import { useAsked } from './use-asked.ts';

/** People by what the record calls them, for those who may look at people. Others see the references themselves. */
export interface Names {
  /** `person:<id>` as the person's name; everything else, and who is not there any more, as it stands. */
  nameOf(reference: string): string;
  /** What somebody typed, as the record calls it: a sign-in name or a name becomes its person. */
  referenceOf(typed: string): string;
}

/** More people than a site has at its desks; the others are shown by their references. */
const mostPeople = '500';

export function useNames(): Names {
  const me = useSession(({ who }) => who?.me ?? null);
  // Asked by those alone who may; for others it would be a refusal in the record each time.
  const mayAsk = useSession(({ who }) => holds(who, 'administrator', 'auditor'));
  const ask = useCallback(
    (): Promise<Answer<{ items: PersonName[] }>> =>
      mayAsk
        ? callRoute('listPeople', { query: { limit: mostPeople } })
        : Promise.resolve({ ok: true, value: { items: [] } }),
    [mayAsk],
  );
  const { value } = useAsked(ask);
  const people: PersonName[] = [...(value?.items ?? []), ...(me ? [me] : [])];
  return {
    nameOf(reference) {
      const [kind, id] = reference.split(':');
      return (kind === 'person' && people.find((person) => person.id === id)?.name) || reference;
    },
    referenceOf(typed) {
      const word = typed.toLowerCase();
      const found = people.find(({ login, name }) => login === word || name.toLowerCase() === word);
      return found ? `person:${found.id}` : typed;
    },
  };
}
