import { describe, expect, test } from 'vitest';
import { LateStreams } from './late-streams.ts';

const patienceMs = 10_000;
const runs = Array.from({ length: 6 }, () => ({}));
const [first = {}, second = {}] = runs;

describe('streams that come late', () => {
  test('one among many is left once it has been late for as long as allowed, and not before', () => {
    const late = new LateStreams();
    for (const run of runs) late.see(run, run === first, 1_000);
    expect(late.mayLeave(first, patienceMs, 10_999)).toBe(false);
    expect(late.mayLeave(first, patienceMs, 11_000)).toBe(true);
    expect(late.mayLeave(second, patienceMs, 11_000)).toBe(false);
  });

  test('in time once in between, it begins anew', () => {
    const late = new LateStreams();
    for (const run of runs) late.see(run, run === first, 0);
    late.see(first, false, 9_000);
    late.see(first, true, 9_500);
    expect(late.mayLeave(first, patienceMs, 12_000)).toBe(false);
    expect(late.mayLeave(first, patienceMs, 19_500)).toBe(true);
  });

  test('where most are late none is blamed; later on they are tried one at a time', () => {
    const late = new LateStreams();
    for (const run of runs.slice(0, 4)) late.see(run, true, 0);
    for (const run of runs.slice(4)) late.see(run, false, 0);
    expect(runs.filter((run) => late.mayLeave(run, patienceMs, 59_999))).toEqual([]);
    expect(runs.filter((run) => late.mayLeave(run, patienceMs, 60_000))).toEqual([first]);
    late.forget(first);
    // Three of five: still most of them.
    expect(runs.filter((run) => late.mayLeave(run, patienceMs, 61_999))).toEqual([]);
    expect(runs.filter((run) => late.mayLeave(run, patienceMs, 62_000))).toEqual([second]);
    late.forget(second);
    // Two of four are not most: the others are judged by themselves.
    expect(runs.filter((run) => late.mayLeave(run, patienceMs, 62_001))).toHaveLength(2);
  });

  test('a site with a few cameras alone is judged camera by camera', () => {
    const late = new LateStreams();
    late.see(first, true, 0);
    late.see(second, true, 0);
    expect(late.mayLeave(first, patienceMs, 10_000)).toBe(true);
    expect(late.mayLeave(second, patienceMs, 10_000)).toBe(true);
  });
});
