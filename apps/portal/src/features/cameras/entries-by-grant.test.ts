import { expect, test } from 'vitest';
import { entriesByGrant } from './entries-by-grant.ts';

const line = (index: number, grant?: string) =>
  JSON.stringify({
    ...{ leaf: '{}', index, proof: [] },
    openings: [
      { name: 'at', value: 1, salt: '' },
      ...(grant ? [{ name: 'detail.grant', value: grant, salt: '' }] : []),
    ],
  });

test('the entries of each grant, over several files, each once', () => {
  const first = entriesByGrant(
    ['{"format":"…"}', line(7, 'a'), line(8, 'b'), line(9), line(11, 'a'), ''].join('\n'),
  );
  expect([...first]).toEqual([
    ['a', [8, 12]],
    ['b', [9]],
  ]);
  const both = entriesByGrant(['{"format":"…"}', line(2, 'a'), line(7, 'a')].join('\n'), first);
  expect(both.get('a')).toEqual([3, 8, 12]);
  expect(entriesByGrant('').size).toBe(0);
});
