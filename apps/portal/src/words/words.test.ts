import { expect, test } from 'vitest';
import { problem } from '@clerestory/protocol/portal';
import { en } from './en.ts';
import { es } from './es.ts';
import { wordsOfProblem } from './index.tsx';
import { firstLanguage } from './index.tsx';

test('the language is the one chosen before, else the first of the browser’s that we speak', () => {
  expect(firstLanguage(null, ['de-DE', 'es-MX', 'en-US'])).toBe('es');
  expect(firstLanguage('en', ['es-MX'])).toBe('en');
  expect(firstLanguage('xx', ['fr'])).toBe('en');
});

/** Every text below an object, by its path. */
function* textsOf(value: unknown, path = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [path, value];
  else if (typeof value === 'function')
    yield [path, String((value as (...all: string[]) => unknown)('x', 'y', 'z'))];
  else for (const [key, one] of Object.entries(value ?? {})) yield* textsOf(one, `${path}/${key}`);
}

test('both languages say the same things, and Spanish is not English left over', () => {
  const [english, spanish] = [new Map(textsOf(en)), new Map(textsOf(es))];
  expect([...spanish.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  const same = [...english].filter(
    ([path, text]) => spanish.get(path) === text && text.split(' ').length > 2,
  );
  expect(same).toEqual([]);
});

test('a refusal is told in the language of the page', () => {
  const codes = ['unprocessable', 'exists', 'forbidden', 'invalid-request', 'not-found'] as const;
  for (const code of codes) {
    expect(wordsOfProblem(es, problem(code, 'English words of the server'))).not.toMatch(/English/);
    expect(wordsOfProblem(en, problem(code, 'English words of the server'))).toMatch(/English|not there/);
  }
});

test('sentences are short enough for a reader of twelve', () => {
  for (const words of [en, es])
    for (const [path, text] of textsOf(words))
      for (const sentence of text.split(/[.!?:;]\s/))
        expect(sentence.split(/\s+/).length, `${words.lang}${path}: ${sentence}`).toBeLessThanOrEqual(24);
});
