import { expect, test } from 'vitest';
import { Past } from './past.ts';
import type { Chunk, Init } from './types.ts';

const init = (generation: number): Init => ({
  generation,
  track: { codec: 'avc1.42c01e', timescale: 1000, width: 16, height: 16 },
  bytes: new Uint8Array(10),
});
const one = init(1);
/** Fifth of a second each, a key frame every fifth. */
const chunk = (n: number, generation = 1): Chunk => ({
  generation,
  index: n,
  key: n % 5 === 0,
  captureMs: n * 200,
  mediaS: n / 5,
  durationS: 0.2,
  bytes: new Uint8Array(100),
});
const filled = (count: number, limits = { keepMs: 4_000, maxBytes: 1e6 }) => {
  const past = new Past(limits);
  for (let n = 0; n < count; n++) past.add(one, chunk(n));
  return past;
};
const indexes = (past: Past, fromMs: number) =>
  past.since(fromMs).flatMap(({ chunks }) => chunks.map(({ index }) => index));

test('begins at a key frame and keeps at least the time asked for, at most a group more', () => {
  const kept = indexes(filled(200), 0);
  expect(kept.at(-1)).toBe(199);
  expect(kept[0]).toBe(175);
  expect((199 - (kept[0] ?? 0)) * 200).toBeGreaterThanOrEqual(4_000);
});
test('from the key frame at or before what is asked', () => {
  expect(indexes(filled(200), 190 * 200)[0]).toBe(190);
  expect(indexes(filled(200), 193 * 200)[0]).toBe(190);
});
test('what comes before the first key frame is left out', () => {
  const past = new Past({ keepMs: 4_000, maxBytes: 1e6 });
  for (let n = 3; n < 8; n++) past.add(one, chunk(n));
  expect(indexes(past, 0)).toEqual([5, 6, 7]);
});
test('never more bytes than allowed, even for a single group', () => {
  const past = filled(200, { keepMs: 60_000, maxBytes: 1_200 });
  expect(past.byteLength).toBeLessThanOrEqual(1_200);
  expect(indexes(past, 0)[0]).toBe(190);
  const tiny = filled(4, { keepMs: 60_000, maxBytes: 250 });
  expect(tiny.byteLength).toBeLessThanOrEqual(250);
});
test('a source that started anew is another run', () => {
  const past = filled(10);
  const two = init(2);
  for (let n = 10; n < 15; n++) past.add(two, chunk(n, 2));
  expect(past.since(0).map(({ init: of, chunks }) => [of.generation, chunks.length])).toEqual([
    [1, 10],
    [2, 5],
  ]);
});
test('cleared, nothing is left', () => {
  const past = filled(50);
  past.clear();
  expect([past.byteLength, past.since(0)]).toEqual([0, []]);
});
