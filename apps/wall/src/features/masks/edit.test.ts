import { describe, expect, test } from 'vitest';
import { Mask, maxCorners } from '@clerestory/protocol';
import {
  arrowStep,
  grown,
  middleRectangle,
  moved,
  placeWords,
  rectangleBetween,
  withCorner,
  withMoreCorners,
} from './edit.ts';

const square: Mask = [
  [0.2, 0.2],
  [0.4, 0.2],
  [0.4, 0.4],
  [0.2, 0.4],
];

describe('drawing', () => {
  test('a drag in any direction is the same rectangle; a click is none', () => {
    expect(rectangleBetween([0.4, 0.2], [0.2, 0.4])).toEqual(square);
    expect(rectangleBetween([0.2, 0.2], [0.205, 0.4])).toBeNull();
    expect(rectangleBetween([0.9, 0.9], [1.4, 1.2])).toMatchObject({ 2: [1, 1] });
  });
  test('an area stays whole at the edge of the picture', () => {
    expect(moved(square, -0.5, 0.1)[0]).toEqual([0, 0.3]);
    expect(moved(square, 0.9, 0)[1]).toEqual([1, 0.2]);
    expect(grown(square, 0.9, -0.9)).toEqual([
      [0.2, 0.2],
      [1, 0.2],
      [1, 0.22],
      [0.2, 0.22],
    ]);
  });
  test('corners move one by one and become more, up to the bound', () => {
    expect(withCorner(square, 1, [1.3, -1])[1]).toEqual([1, 0]);
    let mask = square;
    for (let n = 0; n < 40; n++) mask = withMoreCorners(mask);
    expect(mask).toHaveLength(maxCorners);
    expect(Mask.safeParse(mask).success).toBe(true);
  });
  test('what is drawn is what the server takes', () => {
    for (const mask of [middleRectangle(), moved(middleRectangle(), 0.033, 0.017), grown(square, -1, -1)])
      expect(Mask.parse(mask)).toEqual(mask);
  });
  test('keys and words', () => {
    expect([arrowStep('ArrowUp'), arrowStep('a')]).toEqual([[0, -0.01], null]);
    expect(placeWords(square)).toBe('20 % from the left, 20 % from the top, 20 % × 20 %');
  });
});
