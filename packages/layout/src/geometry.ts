import type { LayoutId } from '@clerestory/protocol';
import { layoutOf } from './definitions.ts';

/** Pixels; which kind (CSS or device) is up to the caller, the answer is of the same kind. */
export interface Size {
  readonly width: number;
  readonly height: number;
}
/** `x` and `y` are the upper left corner. */
export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

interface Track {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a length into `count` tracks with a gap between two of them. Every edge is computed from the whole length,
 * so rounding never adds up: tracks differ by one pixel at most, gaps are all equal.
 */
function tracks(lengthPx: number, count: number, gapPx: number): Track[] {
  // In a very small area a gap gives way before the cells do: it is never wider than an average cell.
  const gap = Math.min(gapPx, Math.floor(lengthPx / (2 * count - 1)));
  const usable = lengthPx - gap * (count - 1);
  return Array.from({ length: count }, (_, index) => ({
    start: Math.round((index * usable) / count) + index * gap,
    end: Math.round(((index + 1) * usable) / count) + index * gap,
  }));
}

function wholePixels(name: string, value: number): number {
  if (!Number.isFinite(value) || value < 0)
    throw new RangeError(`${name} is ${value}; give a finite number of pixels, 0 or more`);
  return Math.floor(value);
}

/**
 * Where each tile of a layout lies in an area of that size, by tile index. The rectangles have whole-pixel edges, do not
 * overlap, and together with the gaps between them cover the area (a fraction of a pixel at its right and lower end
 * is left out). `gap` is the space between neighbours in pixels, 0 by default; there is none around the outside.
 * Throws RangeError for a size or gap that is negative or not finite.
 */
export function rectangles(id: LayoutId, area: Size & { readonly gap?: number }): Rectangle[] {
  const { columns, rows, cells } = layoutOf(id);
  const gap = wholePixels('gap', area.gap ?? 0);
  const across = tracks(wholePixels('width', area.width), columns, gap);
  const down = tracks(wholePixels('height', area.height), rows, gap);
  const start = (list: readonly Track[], index: number): number => list[index]?.start ?? 0;
  const end = (list: readonly Track[], index: number): number => list[index]?.end ?? 0;
  return cells.map(({ column, row, columnSpan, rowSpan }) => {
    const x = start(across, column);
    const y = start(down, row);
    return {
      x,
      y,
      width: end(across, column + columnSpan - 1) - x,
      height: end(down, row + rowSpan - 1) - y,
    };
  });
}

/**
 * The largest rectangle of the picture's own proportions inside the tile, centred (letterbox or pillarbox, never
 * stretched), rounded to whole pixels. A tile without `x` and `y` starts at 0, 0. While the picture's size is not
 * known (null, or without area) it is the whole tile.
 */
export function pictureRectangle(tile: Size & Partial<Rectangle>, picture: Size | null): Rectangle {
  const { x = 0, y = 0, width, height } = tile;
  if (picture === null || !(picture.width > 0) || !(picture.height > 0)) return { x, y, width, height };
  const scale = Math.min(width / picture.width, height / picture.height);
  const fit = (ownPx: number, roomPx: number): number =>
    Math.min(roomPx, Math.max(1, Math.round(ownPx * scale)));
  const shown = { width: fit(picture.width, width), height: fit(picture.height, height) };
  return {
    x: x + Math.floor((width - shown.width) / 2),
    y: y + Math.floor((height - shown.height) / 2),
    ...shown,
  };
}
