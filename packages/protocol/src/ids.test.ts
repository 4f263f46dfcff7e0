import { expect, test } from 'vitest';
import { CameraInput } from './camera.ts';
import { DisplayName, textLine } from './ids.ts';

test.each([
  ['Zürich Hbf', 'Zürich Hbf'],
  ['  Gate 4  ', 'Gate 4'],
  ['e\u0301', 'é'],
  ['महिला\u200d', 'महिला\u200d'],
  ['👩\u200d🚒 station', '👩\u200d🚒 station'],
  ['指令室', '指令室'],
])('%j is a name', (given, kept) => expect(DisplayName.parse(given)).toBe(kept));

test.each([
  ['', /a name is needed/],
  ['   ', /a name is needed/],
  ['two\nlines', /line breaks/],
  ['two\u2028lines', /line breaks/],
  ['bell\u0007', /control characters/],
  ['half \ud83d', /half of a character/],
  ['gate \u202ecod.exe', /turn the direction/],
  ['gate\u200f', /turn the direction/],
  ['\u200d\u200c', /nothing in it can be seen/],
  ['\u3164 \u2800', /nothing in it can be seen/],
  ['x'.repeat(81), /at most 80/],
  [7, /give a text/],
])('%j is not, and it is said why', (given, words) => {
  const parsed = DisplayName.safeParse(given);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues.map(({ message }) => message).join()).toMatch(words);
});

test('a text that may be empty may be empty', () => expect(textLine(10).parse(' ')).toBe(''));

test('each field of a camera says what it takes', () => {
  const parsed = CameraInput.safeParse({
    name: 'x',
    number: 1.5,
    latitude: 91,
    longitude: 'east',
    tags: ['\u202e'],
    source: { kind: 'demo', scene: 'alley' },
  });
  const said = Object.fromEntries(
    parsed.error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [],
  );
  expect(said).toMatchObject({
    number: 'a whole number from 1 to 99999',
    latitude: 'from −90 to 90 degrees',
    longitude: 'degrees as a number, such as 52.52',
    'tags.0': expect.stringMatching(/direction/),
  });
});
