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

/** A refusal in the reader's own language where we know it; the server's English is better than nothing. */
export function wordsOfProblem(words: Words, { code, detail }: Problem): string {
  if (code === 'unavailable' || code === 'bad-gateway') return words.unreachable;
  return words.problems[code] ?? detail;
}
