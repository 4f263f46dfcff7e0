import { expect, test } from 'vitest';
import { placeIn } from './where.ts';

test('degrees are read with a point or a comma; what is none is refused', () => {
  expect(placeIn({ latitude: '37.7749', longitude: ' -122,4194 ' })).toEqual({
    ...{ latitude: 37.7749, longitude: -122.4194 },
  });
  for (const [latitude, longitude] of [
    ['', '1'],
    ['1', ' '],
    ['north', '1'],
    ['91', '1'],
    ['1', '181'],
  ] as const)
    expect(placeIn({ latitude, longitude }), `${latitude}/${longitude}`).toBeNull();
});
