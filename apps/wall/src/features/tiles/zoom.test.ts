import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxScale, panBy, transformOf, wholePicture, zoomAt, type Zoom } from './zoom.ts';

/** Where a point of the picture is on the tile. */
const onTile = ({ scale, x }: Zoom, point: number) => (point - x) * scale + 0.5;

test('the whole picture has no transform', () => {
  expect(transformOf(wholePicture)).toBe('');
  expect(zoomAt(zoomAt(wholePicture, 4), 1 / 4)).toEqual(wholePicture);
});
test('what is under the pointer stays there', () => {
  const before = zoomAt(wholePicture, 3);
  const at = { x: 0.3, y: 0.6 };
  const point = (at.x - 0.5) / before.scale + before.x;
  expect(onTile(zoomAt(before, 1.5, at), point)).toBeCloseTo(at.x, 6);
});
test('whatever one does, nothing beside the picture is seen', () => {
  const step = fc.tuple(
    fc.double({ min: 0.1, max: 10, noNaN: true }),
    fc.double({ min: -2, max: 2, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let zoom = wholePicture;
      for (const [factor, d] of steps) zoom = panBy(zoomAt(zoom, factor, { x: 0.1, y: 0.9 }), d, -d);
      expect(zoom.scale).toBeGreaterThanOrEqual(1);
      expect(zoom.scale).toBeLessThanOrEqual(maxScale);
      expect(onTile(zoom, 0)).toBeLessThanOrEqual(1e-9);
      expect(onTile(zoom, 1)).toBeGreaterThanOrEqual(1 - 1e-9);
    }),
  );
});
