import { expect, test } from 'vitest';
import { wordsThatCount } from './index.ts';
import { consentOf } from './testing/asking.ts';

test('C28 the last word of one who has left counts until all others have spoken after it', () => {
  const last = consentOf({ owner: 'ana', status: 'revoked', version: 5 });
  const [ben, eva] = [consentOf({ owner: 'ben', version: 3 }), consentOf({ owner: 'eva', version: 4 })];
  const left = (owner: string) => owner === 'ana';
  expect(wordsThatCount([last, ben, eva], () => false)).toEqual([last, ben, eva]);
  expect(wordsThatCount([last, ben, eva], left)).toEqual([last, ben, eva]);
  expect(wordsThatCount([last, { ...ben, version: 6 }, eva], left)).toContainEqual(last);
  const anew = [
    { ...ben, version: 6 },
    { ...eva, version: 7 },
  ];
  expect(wordsThatCount([last, ...anew], left)).toEqual(anew);
  // Whatever they said last: they left.
  expect(wordsThatCount([consentOf({ owner: 'ana', version: 5 }), ben], left)).toMatchObject([
    { owner: 'ana', status: 'revoked' },
    { owner: 'ben', status: 'given' },
  ]);
  // Nobody is there who could.
  expect(wordsThatCount([last], left)).toEqual([last]);
});
