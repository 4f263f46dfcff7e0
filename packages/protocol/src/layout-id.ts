import { z } from 'zod';

/** The named grids. `p…` are for screens hung upright. Geometry lives in `@clerestory/layout`. */
export const NamedLayoutId = z.enum([
  '1',
  '4',
  '9',
  '16',
  '25',
  '36',
  '1+5',
  '1+7',
  '2+8',
  'p2',
  'p3',
  'p8',
  'p1+4',
  'p1+6',
]);
export type NamedLayoutId = z.infer<typeof NamedLayoutId>;

/** Units that a layout of one's own has across and down, and tiles it has, at most. */
export const maxLayoutUnits = 24;
export const maxLayoutTiles = 36;

/** One cell of a layout, in grid units from the upper left. */
export interface Cell {
  readonly column: number;
  readonly row: number;
  readonly columnSpan: number;
  readonly rowSpan: number;
}

const shapePattern = /^c(\d{1,2})x(\d{1,2}):(\d{1,2}(?:\.\d{1,2}){3}(?:_\d{1,2}(?:\.\d{1,2}){3})*)$/;

const overlap = (a: Cell, b: Cell): boolean =>
  a.column < b.column + b.columnSpan &&
  b.column < a.column + a.columnSpan &&
  a.row < b.row + b.rowSpan &&
  b.row < a.row + a.rowSpan;

/**
 * Reads a layout of one's own, `c<columns>x<rows>:<column>.<row>.<width>.<height>_…` in grid units: the name is the layout, so
 * that it needs no registry. Null for one that is not well formed, leaves its grid, or has cells that overlap.
 */
export function readCustomLayout(text: string): { columns: number; rows: number; cells: Cell[] } | null {
  const match = shapePattern.exec(text);
  if (!match) return null;
  const [columns, rows] = [Number(match[1]), Number(match[2])];
  if (columns < 1 || rows < 1 || columns > maxLayoutUnits || rows > maxLayoutUnits) return null;
  const cells = (match[3] ?? '').split('_').map((part): Cell => {
    const [column = 0, row = 0, columnSpan = 0, rowSpan = 0] = part.split('.').map(Number);
    return { column, row, columnSpan, rowSpan };
  });
  if (cells.length > maxLayoutTiles) return null;
  const inside = cells.every(
    ({ column, row, columnSpan, rowSpan }) =>
      columnSpan > 0 && rowSpan > 0 && column + columnSpan <= columns && row + rowSpan <= rows,
  );
  const apart = cells.every((cell, n) => cells.slice(n + 1).every((other) => !overlap(cell, other)));
  return inside && apart ? { columns, rows, cells } : null;
}

/** The name of a layout of one's own. */
export const customLayoutId = (columns: number, rows: number, cells: readonly Cell[]): CustomLayoutId =>
  `c${columns}x${rows}:${cells
    .map(({ column, row, columnSpan, rowSpan }) => [column, row, columnSpan, rowSpan].join('.'))
    .join('_')}`;

export const CustomLayoutId = z
  .templateLiteral(['c', z.string().max(500)])
  .refine((text) => readCustomLayout(text) !== null, 'cells must lie in the grid and not overlap');
export type CustomLayoutId = z.infer<typeof CustomLayoutId>;

/** How a screen is divided: a named grid, or cells of one's own. */
export const LayoutId = z.union([NamedLayoutId, CustomLayoutId]);
export type LayoutId = z.infer<typeof LayoutId>;
