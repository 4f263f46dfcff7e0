import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureClock } from './index.ts';

const originMs = 1_700_000_000_000;
const stepS = 0.2;

/** Feeds steady fragments; `delayMs` says how late the i-th comes. Returns the error of each estimate, ms. */
function run(
  clock: CaptureClock,
  from: number,
  count: number,
  delayMs: (i: number) => number,
  drift = 0,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const trueMs = originMs + (from + i) * stepS * 1000 * (1 + drift);
    const arrivalMs = trueMs + stepS * 1000 + delayMs(i);
    return clock.captureMs((from + i) * stepS, stepS, arrivalMs) - trueMs;
  });
}
/** Deterministic jitter between 0 and 1. */
const jitter = (i: number): number => ((i * 7919) % 101) / 101;

describe('CaptureClock', () => {
  it('sees through jitter', () => {
    const errors = run(new CaptureClock(), 0, 500, (i) => 20 + 150 * jitter(i));
    expect(Math.max(...errors.slice(110))).toBeLessThan(30);
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(19.9);
  });

  it('keeps the age of pictures that were stuck on the way', () => {
    const clock = new CaptureClock();
    run(clock, 0, 100, () => 20);
    // 8 s of nothing, then everything at once
    const errors = run(clock, 100, 40, (i) => 20 + 8000 - i * 200);
    expect(Math.max(...errors)).toBeLessThan(30);
  });

  it('keeps their age after a silence longer than its window', () => {
    const clock = new CaptureClock();
    run(clock, 0, 100, () => 20);
    const errors = run(clock, 100, 300, (i) => 20 + Math.max(0, 60_000 - i * 200));
    expect(Math.max(...errors)).toBeLessThan(70);
  });

  it('follows the drift of a camera’s clock', () => {
    for (const drift of [0.0002, -0.0002]) {
      const errors = run(new CaptureClock(), 0, 9000, (i) => 20 + 50 * jitter(i), drift);
      expect(Math.max(...errors.slice(200).map(Math.abs))).toBeLessThan(60);
    }
  });

  it('starts anew when the source’s timestamps jump', () => {
    const clock = new CaptureClock();
    run(clock, 0, 50, () => 20);
    const arrivalMs = originMs + 51 * 200;
    for (const mediaS of [9_000, 3]) {
      expect(clock.captureMs(mediaS, stepS, arrivalMs)).toBe(arrivalMs - 200);
    }
  });

  it('does not start anew when a pause shows in both clocks', () => {
    const clock = new CaptureClock();
    run(clock, 0, 50, () => 20);
    expect(run(clock, 500, 20, () => 20 + 100)[0]).toBeCloseTo(20, 0);
  });

  it('never believes that a path which stays late is on time', () => {
    const clock = new CaptureClock();
    run(clock, 0, 100, () => 20);
    // A backlog that grows to ten seconds within a minute and then stays for a quarter of an hour.
    const errors = run(clock, 100, 4_800, (i) => 20 + Math.min(10_000, i * 33));
    expect(Math.max(...errors)).toBeLessThan(500);
  });

  it('is not later than the arrival when the host’s clock is put back a little', () => {
    const clock = new CaptureClock();
    run(clock, 0, 50, () => 20);
    const arrivalMs = originMs + 51 * 200 - 1_500;
    expect(clock.captureMs(10, stepS, arrivalMs)).toBeLessThanOrEqual(arrivalMs);
  });

  it('never goes back, and is never later than the arrival', () => {
    const fragment = fc.record({
      durationS: fc.double({ min: 0.01, max: 3, noNaN: true }),
      gapMs: fc.integer({ min: 0, max: 20_000 }),
      jumpS: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -50, max: 50 }) },
      ),
    });
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 120 }), (fragments) => {
        const clock = new CaptureClock();
        let [arrivalMs, mediaS, last] = [originMs, 100, 0];
        for (const { durationS, gapMs, jumpS } of fragments) {
          arrivalMs += gapMs;
          mediaS = Math.max(0, mediaS + jumpS);
          const captureMs = clock.captureMs(mediaS, durationS, arrivalMs);
          expect(captureMs).toBeLessThanOrEqual(arrivalMs);
          expect(captureMs).toBeGreaterThanOrEqual(last);
          last = captureMs;
          mediaS += durationS;
        }
      }),
      { numRuns: 200 },
    );
  });
});
