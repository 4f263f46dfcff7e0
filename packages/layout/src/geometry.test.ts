import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf, layouts, pictureRectangle, rectangles, type Rectangle } from './index.ts';

const anyLayout = fc.constantFrom(...layouts.map((layout) => layout.id));
const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('rectangles', () => {
  it.each([
    { width: -1, height: 10 },
    { width: Number.NaN, height: 10 },
    { width: 10, height: Number.POSITIVE_INFINITY },
    { width: 10, height: 10, gap: -2 },
  ])('refuses %o', (area) => expect(() => rectangles('4', area)).toThrow(/pixels, 0 or more/));

  it('gives empty rectangles in an empty area', () => {
    expect(rectangles('4', { width: 0, height: 0, gap: 4 })).toEqual(
      Array.from({ length: 4 }, () => ({ x: 0, y: 0, width: 0, height: 0 })),
    );
  });

  it('covers the area exactly, in whole pixels, without overlap', () => {
    fc.assert(
      fc.property(anyLayout, fc.nat(8192), fc.nat(8192), (id, width, height) => {
        const tiles = rectangles(id, { width, height });
        expect(tiles).toHaveLength(layoutOf(id).cells.length);
        let areaPx = 0;
        for (const [index, tile] of tiles.entries()) {
          for (const value of [tile.x, tile.y, tile.width, tile.height])
            expect(Number.isInteger(value) && value >= 0).toBe(true);
          expect(tile.x + tile.width).toBeLessThanOrEqual(width);
          expect(tile.y + tile.height).toBeLessThanOrEqual(height);
          for (const other of tiles.slice(index + 1)) expect(overlap(tile, other)).toBe(false);
          areaPx += tile.width * tile.height;
        }
        expect(areaPx).toBe(width * height);
      }),
      { seed: 20_260_101, numRuns: 300 },
    );
  });

  it('keeps every gap equal, reaches all four edges, and lets cells of one span differ by one pixel at most', () => {
    fc.assert(
      fc.property(
        anyLayout,
        fc.integer({ min: 200, max: 8192 }),
        fc.integer({ min: 200, max: 8192 }),
        fc.nat(12),
        (id, width, height, gap) => {
          const { columns, cells } = layoutOf(id);
          const tiles = rectangles(id, { width, height, gap });
          expect(Math.min(...tiles.map((tile) => tile.x))).toBe(0);
          expect(Math.min(...tiles.map((tile) => tile.y))).toBe(0);
          expect(Math.max(...tiles.map((tile) => tile.x + tile.width))).toBe(width);
          expect(Math.max(...tiles.map((tile) => tile.y + tile.height))).toBe(height);
          const exact = (width - gap * (columns - 1)) / columns;
          for (const [index, cell] of cells.entries()) {
            const tile = tiles[index];
            const ideal = exact * cell.columnSpan + gap * (cell.columnSpan - 1);
            expect(Math.abs((tile?.width ?? 0) - ideal)).toBeLessThanOrEqual(1);
            const right = cells.findIndex(
              (other) => other.row === cell.row && other.column === cell.column + cell.columnSpan,
            );
            if (right !== -1) expect(tiles[right]?.x).toBe((tile?.x ?? 0) + (tile?.width ?? 0) + gap);
          }
        },
      ),
      { seed: 20_260_102, numRuns: 300 },
    );
  });

  it('leaves out a fraction of a pixel, and shrinks a gap that would leave no room for pictures', () => {
    expect(rectangles('4', { width: 100.9, height: 50.2 })[3]).toEqual({
      x: 50,
      y: 25,
      width: 50,
      height: 25,
    });
    const tiny = rectangles('36', { width: 12, height: 12, gap: 40 });
    for (const tile of tiny) expect(tile.width * tile.height).toBeGreaterThan(0);
  });

  it('1+5 at 1080p: one large picture of two thirds', () => {
    expect(rectangles('1+5', { width: 1920, height: 1080 }).slice(0, 2)).toEqual([
      { x: 0, y: 0, width: 1280, height: 720 },
      { x: 1280, y: 0, width: 640, height: 360 },
    ]);
  });
});

describe('pictureRectangle', () => {
  const tile = { x: 100, y: 50, width: 640, height: 480 };

  it('is the whole tile while the size of the picture is unknown', () => {
    expect(pictureRectangle(tile, null)).toEqual(tile);
    expect(pictureRectangle(tile, { width: 0, height: 0 })).toEqual(tile);
    expect(pictureRectangle({ width: 10, height: 20 }, null)).toEqual({ x: 0, y: 0, width: 10, height: 20 });
  });

  it('letterboxes a wide picture and pillarboxes an upright one, centred', () => {
    expect(pictureRectangle(tile, { width: 1920, height: 1080 })).toEqual({
      x: 100,
      y: 110,
      width: 640,
      height: 360,
    });
    expect(pictureRectangle(tile, { width: 1080, height: 1920 })).toEqual({
      x: 285,
      y: 50,
      width: 270,
      height: 480,
    });
  });

  it('fills a tile of the same proportions, enlarging as well as shrinking', () => {
    expect(pictureRectangle(tile, { width: 64, height: 48 })).toEqual(tile);
    expect(pictureRectangle(tile, { width: 6400, height: 4800 })).toEqual(tile);
  });

  it('stays inside, touches two opposite sides and keeps the proportions to the pixel', () => {
    const side = fc.integer({ min: 1, max: 8192 });
    fc.assert(
      fc.property(side, side, side, side, (width, height, pictureWidth, pictureHeight) => {
        const shown = pictureRectangle({ width, height }, { width: pictureWidth, height: pictureHeight });
        expect(shown.x >= 0 && shown.y >= 0).toBe(true);
        expect(shown.x + shown.width).toBeLessThanOrEqual(width);
        expect(shown.y + shown.height).toBeLessThanOrEqual(height);
        expect(shown.width === width || shown.height === height).toBe(true);
        const scale = Math.min(width / pictureWidth, height / pictureHeight);
        expect(Math.abs(shown.width - pictureWidth * scale)).toBeLessThanOrEqual(1);
        expect(Math.abs(shown.height - pictureHeight * scale)).toBeLessThanOrEqual(1);
      }),
      { seed: 20_260_103, numRuns: 500 },
    );
  });
});
