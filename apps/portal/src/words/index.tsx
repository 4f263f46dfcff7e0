import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Language, Problem } from '@clerestory/protocol/portal';
import { en, type Words } from './en.ts';
import { es } from './es.ts';

export type { Words };
const languages: Record<Language, Words> = { en, es };
const storageKey = 'clerestory-language';

/** The language that was chosen here before, else the first of the browser's that we speak. */
export function firstLanguage(stored: string | null, wanted: readonly string[]): Language {
  if (stored === 'en' || stored === 'es') return stored;
  for (const one of wanted) {
    const short = one.slice(0, 2).toLowerCase();
    if (short === 'en' || short === 'es') return short;
  }
  return 'en';
}

interface Spoken {
  words: Words;
  language: Language;
  speak(language: Language): void;
}
const Context = createContext<Spoken | null>(null);

function remembered(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    // A browser may forbid it; then the choice lasts as long as the page.
    return null;
  }
}

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => firstLanguage(remembered(), navigator.languages));
  const words = languages[language];
  useEffect(() => {
    document.documentElement.lang = words.lang;
    document.title = `${words.title} · ${words.site}`;
  }, [words]);
  const spoken = useMemo<Spoken>(
    () => ({
      words,
      language,
      speak(next) {
        setLanguage(next);
        try {
          localStorage.setItem(storageKey, next);
        } catch {
          // As above.
        }
      },
    }),
    [words, language],
  );
  return <Context value={spoken}>{children}</Context>;
}

export function useSpoken(): Spoken {
  const spoken = use(Context);
  if (!spoken) throw new Error('outside of WordsProvider');
  return spoken;
}
export const useWords = (): Words => useSpoken().words;

/** Where the server says in English what is the matter, those who read Spanish are told in general. */
const inGeneral: Partial<Record<Problem['code'], string>> = {
  forbidden: 'Ahora no puede hacer esto desde aquí.',
  exists: 'Eso ya existe. Elija otra cosa.',
  unprocessable: 'Así no se puede. Revise lo que puso; si sigue igual, pregunte a la sala de control.',
  'invalid-request': 'Falta algo o no es correcto. Revise lo que puso.',
  'too-large': 'Es demasiado grande.',
  'key-reused': 'Eso ya se envió con otros datos. Cargue la página otra vez.',
  timeout: 'No hubo respuesta a tiempo. Intente otra vez.',
};

/** A refusal in the reader's own language; the server's English is better than nothing. */
export function wordsOfProblem(words: Words, { code, detail }: Problem): string {
  if (code === 'unavailable' || code === 'bad-gateway') return words.unreachable;
  return words.problems[code] ?? ((words.lang as Language) === 'es' ? inGeneral[code] : undefined) ?? detail;
}
