import { describe, expect, test } from 'vitest';
import { sha256 } from '../../tlog/testing/crypto.ts';
import { draw } from './sample.ts';

describe('drawing by lot', () => {
  test('is the same for everybody, without repetition, and follows the seed', () => {
    const one = draw(sha256, 'seed', 1_000, 50);
    expect(one).toEqual(draw(sha256, 'seed', 1_000, 50));
    expect(new Set(one).size).toBe(50);
    expect(one.every((at) => at >= 0 && at < 1_000)).toBe(true);
    expect(draw(sha256, 'other', 1_000, 50)).not.toEqual(one);
    expect(draw(sha256, 'seed', 3, 50)).toEqual([0, 1, 2]);
  });
});
