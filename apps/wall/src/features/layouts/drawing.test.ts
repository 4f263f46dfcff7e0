import { describe, expect, test } from 'vitest';
import { CustomLayoutId, readCustomLayout } from '@clerestory/protocol';
import { layoutOf, layouts } from '@clerestory/layout';
import { drawn, gridFor, layoutIdOf, stepped, tileOf } from './drawing.ts';

const odd = CustomLayoutId.parse('c13x23:0.0.13.20_0.20.5.3');
const all = [...layouts.map(({ id }) => id), odd];

describe('the drawing of a layout', () => {
  test.each(all)('%s begins as it is on the screen', (id) => {
    const { columns, rows, cells } = layoutOf(id);
    for (const shape of ['landscape', 'portrait'] as const) {
      const grid = gridFor(id, shape);
      const read = readCustomLayout(layoutIdOf(drawn(id, grid), grid));
      expect(read?.cells).toHaveLength(cells.length);
      read?.cells.forEach((cell, n) => {
        expect(cell.column / grid.columns).toBeCloseTo((cells[n]?.column ?? NaN) / columns);
        expect(cell.rowSpan / grid.rows).toBeCloseTo((cells[n]?.rowSpan ?? NaN) / rows);
      });
    }
  });
  test('without its second tile the later ones are numbered anew', () => {
    const grid = gridFor('4', 'landscape');
    const left = drawn('4', grid).filter(({ i }) => i !== '1');
    expect(left.map(({ i }) => tileOf(left, i))).toEqual([0, 1, 2]);
  });
  test('a step into another tile changes nothing', () => {
    const grid = gridFor('4', 'landscape');
    const start = drawn('4', grid);
    expect(stepped(start, '0', [1, 0], true, grid)).toBe(start);
    const alone = start.filter(({ i }) => i === '0');
    expect(stepped(alone, '0', [1, 0], false, grid)[0]).toMatchObject({ x: 1, w: 6 });
  });
});
