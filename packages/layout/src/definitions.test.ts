import { describe, expect, it } from 'vitest';
import { NamedLayoutId, TileIndex, type LayoutId } from '@clerestory/protocol';
import { fitLayout, layoutOf, layouts, tileCount } from './index.ts';

describe('layouts', () => {
  it('refuses a name that is not in the protocol', () => {
    expect(() => layoutOf('49' as LayoutId)).toThrow(/no layout "49".*1\+5/);
    expect(() => layoutOf('toString' as LayoutId)).toThrow(RangeError);
  });

  it('defines every layout of the protocol once, in its order, under its own name', () => {
    expect(layouts.map((layout) => layout.id)).toEqual(NamedLayoutId.options);
    expect(new Set(layouts.map((layout) => layout.name)).size).toBe(layouts.length);
    for (const layout of layouts) expect(layoutOf(layout.id)).toBe(layout);
  });

  it.each(layouts.map((layout) => [layout.id, layout] as const))(
    '%s covers each unit of its grid exactly once',
    (_, { columns, rows, cells }) => {
      const covered = Array.from({ length: columns * rows }, () => 0);
      for (const cell of cells) {
        expect(cell.column + cell.columnSpan).toBeLessThanOrEqual(columns);
        expect(cell.row + cell.rowSpan).toBeLessThanOrEqual(rows);
        for (let row = cell.row; row < cell.row + cell.rowSpan; row++)
          for (let column = cell.column; column < cell.column + cell.columnSpan; column++)
            covered[row * columns + column] = (covered[row * columns + column] ?? 0) + 1;
      }
      expect(covered).toEqual(covered.map(() => 1));
    },
  );

  it('has as many tiles as its id says, and every tile has an index that the protocol takes', () => {
    const sum = (id: string): number =>
      id
        .replace(/^p/, '')
        .split('+')
        .reduce((total, part) => total + Number(part), 0);
    for (const { id } of layouts) {
      expect(tileCount(id), id).toBe(sum(id));
      expect(TileIndex.safeParse(tileCount(id) - 1).success, id).toBe(true);
    }
  });

  it('puts the large tiles first and the others in reading order', () => {
    expect(layoutOf('1+5').cells.map((cell) => [cell.column, cell.row, cell.columnSpan])).toEqual([
      [0, 0, 2],
      [2, 0, 1],
      [2, 1, 1],
      [0, 2, 1],
      [1, 2, 1],
      [2, 2, 1],
    ]);
    expect(layoutOf('1+7').cells[0]).toEqual({ column: 0, row: 0, columnSpan: 3, rowSpan: 3 });
    expect(layoutOf('2+8').cells.slice(0, 3)).toEqual([
      { column: 0, row: 0, columnSpan: 2, rowSpan: 2 },
      { column: 2, row: 0, columnSpan: 2, rowSpan: 2 },
      { column: 0, row: 2, columnSpan: 1, rowSpan: 1 },
    ]);
    expect(layoutOf('p1+6')).toMatchObject({ portrait: true, columns: 2, rows: 5 });
  });

  it('marks exactly the p… layouts as upright; all of them are higher than wide in units', () => {
    for (const layout of layouts) expect(layout.portrait).toBe(layout.id.startsWith('p'));
    for (const layout of layouts.filter(({ portrait }) => portrait))
      expect(layout.rows).toBeGreaterThan(layout.columns);
  });
});

describe('fitLayout', () => {
  it('gives the largest grid when nothing holds that many', () => {
    expect(fitLayout(37, false)).toBe('36');
    expect(fitLayout(64, true)).toBe('36');
  });

  it.each([
    [0, '1'],
    [1, '1'],
    [2, '4'],
    [5, '1+5'],
    [7, '1+7'],
    [9, '9'],
    [10, '2+8'],
    [11, '16'],
    [17, '25'],
    [36, '36'],
  ] as const)('%i tiles across: %s', (tiles, id) => expect(fitLayout(tiles, false)).toBe(id));

  it.each([
    [1, '1'],
    [2, 'p2'],
    [3, 'p3'],
    [4, 'p1+4'],
    [6, 'p1+6'],
    [8, 'p8'],
    [9, '9'],
  ] as const)('%i tiles upright: %s', (tiles, id) => expect(fitLayout(tiles, true)).toBe(id));

  it('never leaves out a smaller layout of the same orientation', () => {
    for (const portrait of [false, true])
      for (let tiles = 1; tiles <= 36; tiles++) {
        const chosen = tileCount(fitLayout(tiles, portrait));
        const smaller = layouts.filter(
          (layout) =>
            layout.portrait === portrait && layout.cells.length >= tiles && layout.cells.length < chosen,
        );
        expect(smaller, `${tiles} tiles, portrait ${portrait}`).toEqual([]);
        expect(chosen).toBeGreaterThanOrEqual(tiles);
      }
  });
});
