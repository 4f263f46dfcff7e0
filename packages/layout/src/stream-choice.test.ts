import { describe, expect, it } from 'vitest';
import { chooseStream, mainFromPx, subBelowPx } from './index.ts';

describe('chooseStream', () => {
  it('is always main for a camera without a sub stream', () => {
    for (const current of ['main', 'sub', null] as const)
      expect(chooseStream({ tileHeightPx: 10, devicePixelRatio: 1, current, hasSub: false })).toBe('main');
  });

  it.each([
    [null, mainFromPx, 'main'],
    [null, mainFromPx - 1, 'sub'],
    [null, 0, 'sub'],
    ['sub', mainFromPx, 'main'],
    ['sub', mainFromPx - 1, 'sub'],
    ['main', mainFromPx - 1, 'main'],
    ['main', subBelowPx, 'main'],
    ['main', subBelowPx - 1, 'sub'],
  ] as const)('showing %s at %i device pixels: %s', (current, tileHeightPx, expected) =>
    expect(chooseStream({ tileHeightPx, devicePixelRatio: 1, current, hasSub: true })).toBe(expected),
  );

  it('counts device pixels, not CSS pixels', () => {
    const tile = { tileHeightPx: 360, current: 'sub', hasSub: true } as const;
    expect(chooseStream({ ...tile, devicePixelRatio: 1 })).toBe('sub');
    expect(chooseStream({ ...tile, devicePixelRatio: 2 })).toBe('main');
  });

  it('does not swap to and fro while a window is resized around one height', () => {
    let current: 'main' | 'sub' | null = null;
    let swaps = 0;
    for (let step = 0; step < 200; step++) {
      const tileHeightPx = 650 + (step % 2 === 0 ? 49 : -49);
      const next: 'main' | 'sub' = chooseStream({ tileHeightPx, devicePixelRatio: 1, current, hasSub: true });
      if (current !== null && next !== current) swaps += 1;
      current = next;
    }
    expect(swaps).toBe(0);
    expect(current).toBe('sub');
  });
});
