import { expect, test } from 'vitest';
import type { CameraHealth } from '@clerestory/protocol';
import { lastFailureWords } from './health-words.ts';

const at = new Date(2026, 1, 3, 12, 40).getTime();
const idle: CameraHealth = {
  camera: 'gate',
  state: 'idle',
  reason: 'Nobody is watching',
  since: at,
  streams: [],
  viewers: 0,
};

test('an idle camera that failed when it was last tried says when, how long ago and how', () => {
  const reason = 'The camera refused the login';
  const words = lastFailureWords(
    { ...idle, lastFailure: { state: 'unauthorized', reason, at } },
    at + 300_000,
  );
  expect(words?.long).toBe('Last seen failing 12:40, 5 min ago: The camera refused the login');
  expect(lastFailureWords({ ...idle, lastFailure: { state: 'unauthorized', reason, at } })?.long).toBe(
    'Last seen failing 12:40: The camera refused the login',
  );
  expect(words?.short).toBe('failed 12:40');
});
test('one that did not fail says nothing', () => {
  expect(lastFailureWords(idle, at)).toBeNull();
  expect(lastFailureWords(undefined, at)).toBeNull();
});
