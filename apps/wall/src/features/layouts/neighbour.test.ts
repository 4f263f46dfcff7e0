import { expect, test } from 'vitest';
import { layoutOf, layouts } from '@clerestory/layout';
import { neighbour, type Direction } from './neighbour.ts';

test.each([
  ['9', 4, 'left', 3],
  ['9', 4, 'up', 1],
  ['9', 8, 'right', 8],
  ['1+5', 0, 'right', 1],
  ['1+5', 0, 'down', 3],
  ['1+5', 3, 'up', 0],
  ['1+5', 2, 'left', 0],
  ['1+7', 0, 'down', 5],
  ['p1+4', 0, 'down', 1],
] as const)('in layout %s from tile index %i, %s leads to %i', (layout, from, direction, to) => {
  expect(neighbour(layout, from, direction)).toBe(to);
});

test('in every layout each tile can be reached from the first', () => {
  const directions: Direction[] = ['left', 'right', 'up', 'down'];
  for (const { id } of layouts) {
    const reached = new Set([0]);
    for (const tile of reached)
      for (const direction of directions) reached.add(neighbour(id, tile, direction));
    expect([id, reached.size]).toEqual([id, layoutOf(id).cells.length]);
  }
});
