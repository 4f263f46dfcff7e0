import { expect, test } from 'vitest';
import { nextStep } from './words.ts';

test.each([
  ['offline', 'The camera does not answer', /power/],
  ['offline', 'The camera answers, but not with RTSP', /address of this camera\.$/],
  ['unauthorized', 'The camera refuses the user name or password', /login/],
  ['unsupported', 'The stream has no video', /H\.264/],
] as const)('what to do about one that is %s: %s', (state, reason, step) => {
  expect(nextStep({ cause: { kind: 'camera' } as never, state, reason })).toMatch(step);
});
