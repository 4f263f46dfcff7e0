import { expect, test } from 'vitest';
import { Steps } from '../testing/steps.ts';
import { fakeFragment, fakeInit } from '../testing/units.ts';

test('a fragment at the end of a long group of pictures costs as much as one at its start', async () => {
  const steps = await Steps.begin();
  try {
    const { Packager } = await import('./index.ts');
    const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
    const packager = new Packager({ nowMs });
    packager.begin(fakeInit, nowMs);
    let count = 0;
    const add = (fragments: number) => {
      for (const end = count + fragments; count < end; count++)
        packager.add(
          fakeFragment({ mediaS: count * 0.04, durationS: 0.04, key: count === 0 }),
          nowMs + count * 40,
        );
    };
    // What is older than the playlist goes from here on.
    add(1_000);
    const early = await steps.of('/packages/llhls/src/', () => add(500));
    add(5_000);
    const late = await steps.of('/packages/llhls/src/', () => add(500));
    expect(early).toBeGreaterThan(500);
    // Work in proportion to what is there already would be five times as much.
    expect(late).toBeLessThan(1.1 * early);
  } finally {
    steps.end();
  }
});
