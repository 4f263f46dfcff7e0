import {
  placeKindWords,
  placeKindWordsEs,
  purposeWords,
  purposeWordsEs,
  type ConsentState,
  type PlaceKind,
  type Purpose,
} from '@clerestory/protocol';
import type { Language } from './report-words.ts';

interface Names {
  purpose: Readonly<Record<Purpose, string>>;
  placeKind: Readonly<Record<PlaceKind, string>>;
  tier: Readonly<Record<'public' | 'private integrated' | 'private registered', string>>;
  state: Readonly<Record<ConsentState, string>>;
}

/** What the log calls things, in the words of the public pages. */
const names: Readonly<Record<Language, Names>> = {
  en: {
    purpose: purposeWords,
    placeKind: placeKindWords,
    tier: {
      public: 'Public',
      'private integrated': 'Private, which can be opened on their owner’s terms',
      'private registered': 'Private, of which only the place is known',
    },
    state: {
      registered: 'No pictures, only where it is',
      'on-request': 'Each time with a yes of the owner',
      incident: 'During an emergency nearby',
      scheduled: 'During an emergency nearby, at certain hours',
      standing: 'At any time, for certain reasons',
      paused: 'Paused by the owner',
      revoked: 'Stopped by the owner',
      expired: 'Ended by itself',
      pending: 'Not yet confirmed by the owner',
    },
  },
  es: {
    purpose: purposeWordsEs,
    placeKind: placeKindWordsEs,
    tier: {
      public: 'Públicas',
      'private integrated': 'Privadas, que se pueden abrir según las condiciones de su dueño',
      'private registered': 'Privadas, de las que solo se conoce el lugar',
    },
    state: {
      registered: 'Sin imágenes, solo dónde está',
      'on-request': 'Cada vez con un sí del dueño',
      incident: 'Durante una emergencia cercana',
      scheduled: 'Durante una emergencia cercana, a ciertas horas',
      standing: 'A cualquier hora, por ciertas razones',
      paused: 'En pausa por su dueño',
      revoked: 'Parada por su dueño',
      expired: 'Terminó por sí sola',
      pending: 'Aún no confirmada por su dueño',
    },
  },
};

/** A name that there is no word for is shown as the log has it; districts are names already. */
export function nameOf(language: Language, table: keyof Names | 'district', name: string): string {
  const words: Readonly<Record<string, string>> = table === 'district' ? {} : names[language][table];
  return (Object.hasOwn(words, name) ? words[name] : undefined) ?? name;
}
