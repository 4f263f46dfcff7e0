import { expect, test } from 'vitest';
import { clockWords, nextStep } from './words.ts';

test.each([
  ['offline', 'The camera does not answer', /power/],
  ['offline', 'The camera answers, but not with RTSP', /address of this camera\.$/],
  ['unauthorized', 'The camera refuses the user name or password', /login/],
  ['unsupported', 'The stream has no video', /H\.264/],
] as const)('what to do about one that is %s: %s', (state, reason, step) => {
  expect(nextStep({ cause: { kind: 'camera' } as never, state, reason })).toMatch(step);
});

test.each([
  [null, null],
  [5_000, null],
  [-5_000, null],
  [5_600, 'clock 6 s ahead'],
  [-90_000, 'clock 90 s behind'],
  [150 * 60_000, 'clock 150 min ahead'],
  [-5 * 3_600_000, 'clock 5 h behind'],
  [-3 * 86_400_000, 'clock 3 days behind'],
])('a clock that is %s ms ahead: %s', (aheadMs, words) => {
  expect(clockWords(aheadMs)).toBe(words);
});
