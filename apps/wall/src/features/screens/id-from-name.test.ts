import { expect, test } from 'vitest';
import { idFromName } from './id-from-name.ts';

test.each([
  ['Front left', 'front-left'],
  ['  Ünter   Brücke 2 ', 'unter-brucke-2'],
  ['x'.repeat(80), 'x'.repeat(64)],
  ['', ''],
  ['   ', ''],
])('%j is offered as %j', (name, id) => expect(idFromName(name, new Set())).toBe(id));

test('a name in another script gets the first free number', () => {
  expect(idFromName('指令室', new Set())).toBe('screen-1');
  expect(idFromName('Пост', new Set(['left', 'screen-3']))).toBe('screen-4');
});
