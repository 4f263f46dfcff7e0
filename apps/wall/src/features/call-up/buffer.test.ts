import { describe, expect, test } from 'vitest';
import type { Camera, Screen } from '@clerestory/protocol';
import { maxCallUpLength, nextFreeTile, readCallUp, typeCallUp, type CallUpContext } from './buffer.ts';

const type = (...keys: string[]) => keys.reduce(typeCallUp, '');
const camera = (number: number): Camera => ({
  id: `camera-${number}`,
  number,
  name: `Camera ${number}`,
  place: '',
  neighbourhood: '',
  latitude: null,
  longitude: null,
  keep: 'on-demand',
  tags: [],
  source: { kind: 'demo', hasSub: false, hasLogin: false },
  heading: null,
  viewAngle: null,
  placeKind: 'street',
  visibility: 'public',
  tier: 'integrated',
  owner: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
});
const screen = (id: string, taken: number[]): Screen => ({
  id,
  name: id,
  layout: '4',
  changedAt: 0,
  tileChangedAt: {},
  tiles: Object.fromEntries(
    taken.map((tile) => [
      String(tile),
      { camera: 'x', by: 'test', at: 0, why: { kind: 'standing' as const, purpose: 'test' }, until: null },
    ]),
  ),
});
const context = (more: Partial<CallUpContext> = {}): CallUpContext => ({
  cameras: [camera(7), camera(104)],
  screens: [screen('left', [0]), screen('right', [0, 1, 2, 3])],
  screen: 'left',
  tile: null,
  ...more,
});

describe('typing', () => {
  test.each([
    [['1', '0', '4'], '104'],
    [['1', '0', 'Backspace'], '1'],
    [['.', '3', '.', '.', '7'], '3.7'],
    [['2', '.', '3', '.', '7', '.', '8'], '2.3.78'],
    [['a', 'Enter', '5'], '5'],
    [['Backspace'], ''],
  ])('%j gives %j', (keys, buffer) => expect(type(...keys)).toBe(buffer));

  test('has an end', () => {
    expect(type(...Array.from({ length: 50 }, () => '1'))).toHaveLength(maxCallUpLength);
  });
});

describe('reading', () => {
  test.each([
    ['104', {}, 'left', 1],
    ['104', { tile: 0 }, 'left', 0],
    ['3.104', { tile: 0 }, 'left', 2],
    ['2.4.7', {}, 'right', 3],
  ] as const)('%s with %j goes to %s, tile index %i', (buffer, more, at, tile) => {
    const read = readCallUp(buffer, context(more));
    expect(read).toMatchObject({ at: { screen: at, tile }, wanting: null });
    expect(read.camera?.number).toBe(Number(buffer.split('.').at(-1)));
  });

  test.each([
    ['9', {}, 'no camera has the number 9'],
    ['3.', {}, 'type a camera number'],
    ['5.7', {}, 'left has no tile 5'],
    ['0.7', {}, 'left has no tile 0'],
    ['3.1.7', {}, 'there is no screen 3'],
    ['7', { screen: null }, 'choose a screen'],
    ['7', { screen: 'right' }, 'choose a tile: every tile has a camera'],
  ] as const)('%s with %j wants: %s', (buffer, more, wanting) => {
    expect(readCallUp(buffer, context(more)).wanting).toBe(wanting);
  });

  test('a tile that is chosen on another screen is not meant', () => {
    expect(readCallUp('2.1.7', context({ tile: 3 })).at).toEqual({ screen: 'right', tile: 0 });
  });
});

test('the next free tile is looked for from the tile on, then from the start', () => {
  expect(nextFreeTile(screen('a', [0, 2]), 0)).toBe(1);
  expect(nextFreeTile(screen('a', [0, 2]), 1)).toBe(3);
  expect(nextFreeTile(screen('a', [0, 2, 3]), 3)).toBe(1);
  expect(nextFreeTile(screen('a', [0, 1, 2, 3]), 1)).toBeNull();
});
