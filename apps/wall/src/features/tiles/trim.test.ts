import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepBehindS, KeyFrames } from './trim.ts';

const keyFrames = (timesS: readonly number[]) => {
  const keys = new KeyFrames();
  for (const timeS of timesS) keys.add(timeS);
  return keys;
};

describe('cutting a buffer behind the playhead', () => {
  it('keeps the whole group of pictures that is on show, however long it is', () => {
    expect(keyFrames([0]).cutS(59)).toBeCloseTo(0, 1);
    expect(keyFrames([0, 10]).cutS(14)).toBeCloseTo(0, 1);
    expect(keyFrames([0, 10]).cutS(15.1)).toBeCloseTo(10, 1);
  });

  it('cuts nothing before there is enough, and never into what is kept', () => {
    expect(keyFrames([]).cutS(100)).toBeNull();
    expect(keyFrames([3]).cutS(4)).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.04, max: 12, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        (gapsS, currentS) => {
          let atS = 0;
          const timesS = gapsS.map((gapS) => (atS += gapS));
          const cutS = keyFrames(timesS).cutS(currentS);
          if (cutS === null) return;
          const nextS = timesS.find((timeS) => timeS >= cutS) ?? Infinity;
          expect(nextS).toBeLessThanOrEqual(currentS - keepBehindS);
        },
      ),
    );
  });

  it('goes on from where it cut', () => {
    const keys = keyFrames([0, 1, 2, 3]);
    expect(keys.cutS(7)).toBeCloseTo(2, 1);
    keys.add(4);
    expect(keys.cutS(9)).toBeCloseTo(4, 1);
  });
});
