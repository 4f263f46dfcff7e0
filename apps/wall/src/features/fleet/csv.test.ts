import { expect, test } from 'vitest';
import { availabilityOf, cell, csv, percent } from './csv.ts';

test.each([
  ['Quay', 'Quay'],
  ['Quay, north', '"Quay, north"'],
  ['the "old" quay', '"the ""old"" quay"'],
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', "'+1"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['a=b', 'a=b'],
  [-2, '-2'],
  [null, ''],
])('a cell of %j is %s', (value, text) => expect(cell(value)).toBe(text));
test('lines end as spreadsheets want them', () =>
  expect(
    csv([
      ['a', 1],
      ['b', null],
    ]),
  ).toBe('a,1\r\nb,\r\n'));
test('100 % is said of nothing that was down', () => {
  expect(percent(availabilityOf({ upMs: 999_999, downMs: 1, unknownMs: 0 }))).toBe('99.9 %');
  expect(percent(availabilityOf({ upMs: 5, downMs: 0, unknownMs: 9 }))).toBe('100.0 %');
  expect(percent(availabilityOf({ upMs: 0, downMs: 0, unknownMs: 9 }))).toBe('–');
});
