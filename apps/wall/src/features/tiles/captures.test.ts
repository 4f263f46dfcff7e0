import { describe, expect, it } from 'vitest';
import { Captures } from './captures.ts';

/** Chunks of 200 ms from media second 10 on, each with how late its capture was guessed, ms. */
function guessed(...lateMs: readonly number[]): Captures {
  const captures = new Captures();
  for (const [index, late] of lateMs.entries())
    captures.add(10 + index * 0.2, 0.2, 1_000_000 + index * 200 + late);
  return captures;
}
const round = (ms: number | null) => (ms === null ? null : Math.round(ms));

describe('Captures', () => {
  it('know nothing before the first chunk', () => {
    expect(new Captures().at(3)).toBeNull();
    expect(new Captures().last).toBeUndefined();
  });

  it('count within a chunk, and no further than its end', () => {
    const captures = guessed(0, 0);
    expect(round(captures.at(10.1))).toBe(1_000_100);
    expect(round(captures.at(10.25))).toBe(1_000_250);
    expect(round(captures.at(99))).toBe(1_000_400);
    // A frame may be presented a little before its chunk is decoded.
    expect(round(captures.at(10.19))).toBe(1_000_190);
  });

  it('are put right for all earlier chunks by one that came sooner after its capture', () => {
    const captures = guessed(500, 300, 100, 20, 20);
    for (const [index, mediaS] of [10, 10.2, 10.4, 10.6, 10.8].entries())
      expect(round(captures.at(mediaS))).toBe(1_000_000 + index * 200 + 20);
    expect(captures.before(1_000_300)?.mediaS).toBe(10.2);
  });

  it('stay as they are where a later chunk is late, or is of another timeline', () => {
    expect(round(guessed(20, 400).at(10))).toBe(1_000_020);
    const captures = guessed(20, 20);
    captures.add(10.4, 0.2, 1_000_400 - 3_000);
    expect(round(captures.at(10))).toBe(1_000_020);
    expect(round(captures.at(10.4))).toBe(1_000_400 - 3_000);
  });
});
