import { expect, test } from 'vitest';
import { lonePoints } from './trend.ts';

test.each([
  [
    [null, 100, null, 99, 98, null, 0],
    [1, 6],
  ],
  [[100], [0]],
  [[100, 99], null],
  [[null, null], null],
])('of %j a line leads to all but %j', (shares, lone) => expect(lonePoints(shares)).toEqual(lone));
