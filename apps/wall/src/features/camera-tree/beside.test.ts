import { expect, test } from 'vitest';
import type { Camera } from '@clerestory/protocol';
import { besideByPlace, distanceM } from './beside.ts';

const camera = (number: number, latitude: number | null, longitude: number | null): Camera => ({
  ...{ id: `c-${number}`, number, name: `Camera ${number}`, place: '', neighbourhood: '' },
  ...{ latitude, longitude, keep: 'on-demand', tags: [], revision: 1, createdAt: 0, updatedAt: 0 },
  ...{
    heading: null,
    viewAngle: null,
    placeKind: 'street',
    visibility: 'public',
    tier: 'integrated',
    owner: null,
  },
  source: { kind: 'demo', hasSub: false, hasLogin: false },
});
/** Along a street, the numbers not in its order. */
const street = [camera(1, 10, 0), camera(2, 10, 0.003), camera(3, 10, 0.001), camera(4, 10, 0.002)];
const walk = (cameras: Camera[], from: string, step: 1 | -1, times: number) => {
  const seen = [from];
  for (let n = 0; n < times; n++) seen.push(besideByPlace(cameras, seen.at(-1) ?? '', step) ?? '');
  return seen;
};

test('goes from one to the nearest, comes round, and back the same way', () => {
  expect(walk(street, 'c-1', 1, 4)).toEqual(['c-1', 'c-3', 'c-4', 'c-2', 'c-1']);
  expect(walk(street, 'c-1', -1, 4)).toEqual(['c-1', 'c-2', 'c-4', 'c-3', 'c-1']);
});
test('without a place by number; alone, nothing', () => {
  const mixed = [...street, camera(9, null, null)];
  expect(besideByPlace(mixed, 'c-9', 1)).toBe('c-1');
  expect(besideByPlace([camera(1, 1, 1)], 'c-1', 1)).toBeNull();
  expect(besideByPlace(street, 'nowhere', 1)).toBeNull();
});
test('distances on the ground, over the date line too', () => {
  expect(distanceM({ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 })).toBeCloseTo(111_320, -1);
  expect(distanceM({ latitude: 60, longitude: 0 }, { latitude: 60, longitude: 1 })).toBeCloseTo(55_660, -2);
  expect(distanceM({ latitude: 0, longitude: 179.99 }, { latitude: 0, longitude: -179.99 })).toBeLessThan(
    3_000,
  );
});
