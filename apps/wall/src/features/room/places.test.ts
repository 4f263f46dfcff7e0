import { describe, expect, test } from 'vitest';
import type { Screen } from '@clerestory/protocol';
import { extentOf, moved, placesOf, resized, snapped, turned } from './places.ts';

const screen = (id: string, more: Partial<Screen> = {}): Screen => ({
  ...{ id, name: id, layout: '4', tiles: {}, changedAt: 1, tileChangedAt: {} },
  ...more,
});

describe('the plan of the room', () => {
  test('screens without a place stand side by side, upright ones upright', () => {
    const places = placesOf([screen('a'), screen('b', { layout: 'p3' }), screen('c')]);
    expect([...places.values()]).toEqual([
      { x: 0, y: 0, width: 122, height: 70 },
      { x: 126, y: 0, width: 70, height: 122 },
      { x: 200, y: 0, width: 122, height: 70 },
    ]);
    expect(extentOf(places.values())).toEqual({ width: 322, height: 122 });
  });
  test('those that hang somewhere stay, the others stand below them', () => {
    const place = { x: 300, y: 50, width: 100, height: 60 };
    const places = placesOf([screen('a', { place }), screen('b')]);
    expect(places.get('a')).toBe(place);
    expect(places.get('b')?.y).toBeGreaterThanOrEqual(110);
  });
  test('a place meets the edges of others, else the grid; never outside', () => {
    const other = { x: 100, y: 100, width: 100, height: 60 };
    expect(snapped({ ...other, x: 207, y: 103 }, [other])).toMatchObject({ x: 204, y: 100 });
    expect(snapped({ ...other, x: 402, y: 11 }, [other])).toMatchObject({ x: 400, y: 10 });
    expect(snapped({ ...other, x: -40, y: -3 }, [])).toMatchObject({ x: 0, y: 0 });
  });
  test('by keys, and turned', () => {
    const place = { x: 2, y: 10, width: 100, height: 60 };
    expect(moved(place, 'ArrowLeft')).toMatchObject({ x: 0, y: 10 });
    expect(moved(place, 'ArrowDown')).toMatchObject({ x: 2, y: 15 });
    expect(resized(place, 'ArrowRight')).toMatchObject({ x: 2, y: 10, width: 105, height: 60 });
    expect(resized({ ...place, height: 12 }, 'ArrowUp')).toMatchObject({ width: 100, height: 10 });
    expect(resized({ ...place, width: 2_000 }, 'ArrowRight').width).toBe(2_000);
    expect(turned(place)).toMatchObject({ width: 60, height: 100 });
  });
});
