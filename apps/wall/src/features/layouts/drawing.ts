import { customLayoutId, maxLayoutUnits, type CustomLayoutId, type LayoutId } from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import type { Layout } from 'react-grid-layout';

/** The grid that a layout is drawn on, units across and down. */
export interface Grid {
  columns: number;
  rows: number;
}

/** Fine enough to draw on, with units that are about as high as wide. */
const fine = { landscape: { columns: 12, rows: 12 }, portrait: { columns: 9, rows: 16 } };

/** The least multiple that is as fine as wanted, as far as a layout may have so many units. */
const multiple = (now: number, wanted: number): number =>
  now * Math.max(1, Math.min(Math.ceil(wanted / now), Math.floor(maxLayoutUnits / now)));

/** A grid on which every tile of the present layout can be drawn exactly as it is. */
export function gridFor(present: LayoutId, shape: 'landscape' | 'portrait'): Grid {
  const { columns, rows } = layoutOf(present);
  return { columns: multiple(columns, fine[shape].columns), rows: multiple(rows, fine[shape].rows) };
}

/** The present layout on that grid. */
export function drawn(present: LayoutId, { columns, rows }: Grid): Layout {
  const now = layoutOf(present);
  const [sx, sy] = [columns / now.columns, rows / now.rows];
  return now.cells.map(({ column, row, columnSpan, rowSpan }, n) => ({
    i: String(n),
    x: column * sx,
    y: row * sy,
    w: columnSpan * sx,
    h: rowSpan * sy,
  }));
}

const inOrder = (layout: Layout): Layout => layout.toSorted((a, b) => Number(a.i) - Number(b.i));

/** Which tile of the screen a drawn one will be, from 0. */
export const tileOf = (layout: Layout, i: string): number => inOrder(layout).findIndex((one) => one.i === i);

export const layoutIdOf = (layout: Layout, { columns, rows }: Grid): CustomLayoutId =>
  customLayoutId(
    columns,
    rows,
    inOrder(layout).map(({ x, y, w, h }) => ({ column: x, row: y, columnSpan: w, rowSpan: h })),
  );

const meet = (a: Layout[number], b: Layout[number]): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** The first free place of that size; null when there is none. */
export function freePlace(layout: Layout, { columns, rows }: Grid, w: number, h: number) {
  for (let y = 0; y + h <= rows; y++)
    for (let x = 0; x + w <= columns; x++)
      if (!layout.some((one) => meet(one, { i: '', x, y, w, h }))) return { x, y };
  return null;
}

/** One tile moved or resized by a key; the same layout where it has no room for that. */
export function stepped(
  layout: Layout,
  i: string,
  [dx, dy]: readonly [number, number],
  resizes: boolean,
  { columns, rows }: Grid,
): Layout {
  const before = layout.find((one) => one.i === i);
  if (!before) return layout;
  const after = resizes
    ? { ...before, w: Math.max(1, before.w + dx), h: Math.max(1, before.h + dy) }
    : { ...before, x: Math.max(0, before.x + dx), y: Math.max(0, before.y + dy) };
  const isFree =
    after.x + after.w <= columns &&
    after.y + after.h <= rows &&
    layout.every((one) => one.i === i || !meet(one, after));
  return isFree ? layout.map((one) => (one.i === i ? after : one)) : layout;
}
