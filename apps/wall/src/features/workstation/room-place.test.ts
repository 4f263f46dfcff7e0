import { expect, test } from 'vitest';
import type { Screen } from '@clerestory/protocol';
import { readPlace, stepPlace, typePlace } from './room-place.ts';

const screen = (id: string, layout: Screen['layout']): Screen => ({
  ...{ id, name: id, layout, tiles: {}, changedAt: 0, tileChangedAt: {} },
});
const screens = [screen('left', '4'), screen('right', '9')];
const typed = (keys: string) => [...keys].reduce(typePlace, '');

test('a place is typed as screen, dot, tile, and nothing else', () => {
  expect(typed('2.3')).toBe('2.3');
  expect(typed('.a2..3x4')).toBe('2.34');
  expect(typed('1234')).toBe('12');
  expect(typePlace('2.', 'Backspace')).toBe('2');
});

test.each([
  ['3', { at: { screen: 'left', tile: 2 } }],
  ['2.9', { at: { screen: 'right', tile: 8 } }],
  ['5', { wanting: 'left has no tile 5' }],
  ['2.0', { wanting: 'right has no tile 0' }],
  ['3.1', { wanting: 'there is no screen 3' }],
  ['2.', { wanting: 'type a tile of right' }],
])('%s, on the left screen', (text, means) => expect(readPlace(text, screens, 'left')).toEqual(means));

test('arrow keys go from tile to tile, and on to the next screen', () => {
  const go = (from: [string, number], direction: 'left' | 'right' | 'up' | 'down') => {
    const { screen: to, tile } = stepPlace(screens, { screen: from[0], tile: from[1] }, direction);
    return [to, tile];
  };
  expect(go(['left', 0], 'right')).toEqual(['left', 1]);
  expect(go(['left', 0], 'down')).toEqual(['left', 2]);
  expect(go(['left', 1], 'right')).toEqual(['right', 0]);
  expect(go(['right', 0], 'left')).toEqual(['left', 3]);
  expect(go(['left', 0], 'left')).toEqual(['left', 0]);
  expect(go(['right', 8], 'down')).toEqual(['right', 8]);
});
