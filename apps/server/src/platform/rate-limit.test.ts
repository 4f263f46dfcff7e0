import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('a burst, then the rate; the wait that is told is enough', () => {
  let nowMs = 5_000;
  const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => nowMs);
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
  expect(limit.take('a')).toBe(1);
  expect(limit.take('b')).toBe(0);
  nowMs += 1_000;
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 1]);
  nowMs += 60_000;
  expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1]);
});

test('the wait is told in whole seconds, rounded up', () => {
  let nowMs = 0;
  const slow = new RateLimit({ perSecond: 1 / 15, burst: 1 }, () => nowMs);
  expect(slow.take('a')).toBe(0);
  nowMs = 500;
  expect(slow.take('a')).toBe(15);
  nowMs = 14_999;
  expect(slow.take('a')).toBe(1);
  nowMs = 15_000;
  expect(slow.take('a')).toBe(0);
});

test('refused tries cost nothing, so that nobody is shut out for ever', () => {
  let nowMs = 0;
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => nowMs);
  limit.take('a');
  for (let index = 0; index < 1_000; index++) limit.take('a');
  nowMs = 1_000;
  expect(limit.take('a')).toBe(0);
});

test('memory is bounded: of a million addresses no more than so many are remembered', () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => 0, 100);
  expect(limit.take('first')).toBe(0);
  for (let index = 0; index < 10_000; index++) limit.take(`address:${index}`);
  expect(limit.size).toBe(100);
  expect(limit.take('address:9999')).toBe(1);
  expect(limit.take('first')).toBe(0);
});
