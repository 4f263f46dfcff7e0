import { NamedLayoutId, readCustomLayout, type Cell, type LayoutId } from '@clerestory/protocol';

export type { Cell };

/** How a screen is divided. The position of a cell in `cells` is its tile index. */
export interface LayoutDefinition {
  readonly id: LayoutId;
  /** Words for people, such as "3 × 3". */
  readonly name: string;
  /** Made for a screen that hangs upright. */
  readonly portrait: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly cells: readonly Cell[];
}

interface Shape {
  readonly name: string;
  readonly portrait: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Cells larger than one unit; they are the first tiles. */
  readonly large: readonly Cell[];
}

const large = (column: number, row: number, span: number): Cell => ({
  column,
  row,
  columnSpan: span,
  rowSpan: span,
});
const across = (name: string, columns: number, rows: number, ...cells: Cell[]): Shape => ({
  name,
  portrait: false,
  columns,
  rows,
  large: cells,
});
const upright = (name: string, columns: number, rows: number, ...cells: Cell[]): Shape => ({
  ...across(name, columns, rows, ...cells),
  portrait: true,
});

/** A layout that is named there and missing here does not compile. */
const shapes: Readonly<Record<NamedLayoutId, Shape>> = {
  '1': across('Single picture', 1, 1),
  '4': across('2 × 2', 2, 2),
  '9': across('3 × 3', 3, 3),
  '16': across('4 × 4', 4, 4),
  '25': across('5 × 5', 5, 5),
  '36': across('6 × 6', 6, 6),
  '1+5': across('1 large + 5', 3, 3, large(0, 0, 2)),
  '1+7': across('1 large + 7', 4, 4, large(0, 0, 3)),
  '2+8': across('2 large + 8', 4, 4, large(0, 0, 2), large(2, 0, 2)),
  p2: upright('Upright, 2 stacked', 1, 2),
  p3: upright('Upright, 3 stacked', 1, 3),
  p8: upright('Upright, 2 × 4', 2, 4),
  'p1+4': upright('Upright, 1 large + 4', 2, 4, large(0, 0, 2)),
  'p1+6': upright('Upright, 1 large + 6', 2, 5, large(0, 0, 2)),
};

const covers = (cell: Cell, column: number, row: number): boolean =>
  column >= cell.column &&
  column < cell.column + cell.columnSpan &&
  row >= cell.row &&
  row < cell.row + cell.rowSpan;

/** The large cells first, then every unit cell that they leave free, in reading order. */
function cellsOf({ columns, rows, large: largeCells }: Shape): readonly Cell[] {
  const cells = [...largeCells];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (!largeCells.some((cell) => covers(cell, column, row))) cells.push(large(column, row, 1));
  return Object.freeze(cells.map((cell) => Object.freeze(cell)));
}

function define(id: NamedLayoutId): LayoutDefinition {
  const { name, portrait, columns, rows } = shapes[id];
  return Object.freeze({ id, name, portrait, columns, rows, cells: cellsOf(shapes[id]) });
}

const byId: ReadonlyMap<string, LayoutDefinition> = new Map(
  NamedLayoutId.options.map((id) => [id, define(id)] as const),
);

/** Every named layout, in the order in which people choose among them. */
export const layouts: readonly LayoutDefinition[] = Object.freeze([...byId.values()]);

/** Layouts of one's own that were read, the last used ones; a wall has a few. */
const maxRead = 200;
const read = new Map<string, LayoutDefinition>();

function custom(id: LayoutId): LayoutDefinition | undefined {
  const known = read.get(id);
  if (known) return known;
  const shape = readCustomLayout(id);
  if (!shape) return undefined;
  const { columns, rows } = shape;
  const cells = Object.freeze(shape.cells.map((cell) => Object.freeze(cell)));
  const name = cells.length === 1 ? 'Own, 1 tile' : `Own, ${cells.length} tiles`;
  const definition = Object.freeze({ id, name, portrait: rows > columns, columns, rows, cells });
  read.set(id, definition);
  if (read.size > maxRead) read.delete(read.keys().next().value ?? '');
  return definition;
}

/** The layout of that name. Throws RangeError for a name that no version of the protocol here knows. */
export function layoutOf(id: LayoutId): LayoutDefinition {
  const definition = byId.get(id) ?? custom(id);
  if (definition === undefined)
    throw new RangeError(`there is no layout "${id}"; the layouts are ${NamedLayoutId.options.join(', ')}`);
  return definition;
}

/** How many tiles a layout shows; an assignment at or beyond this index is parked. */
export const tileCount = (id: LayoutId): number => layoutOf(id).cells.length;

/** By growing tile count. The square grids serve upright screens too where no upright layout is large enough. */
const acrossBySize: readonly LayoutId[] = ['1', '4', '1+5', '1+7', '9', '2+8', '16', '25', '36'];
const uprightBySize: readonly LayoutId[] = ['1', 'p2', 'p3', 'p1+4', 'p1+6', 'p8', '9', '16', '25', '36'];

/**
 * The smallest layout that holds `tiles` tiles on a screen of that orientation. Beyond the largest grid (36) it is
 * the largest; what does not fit there has to be parked or put on another screen.
 */
export function fitLayout(tiles: number, portrait: boolean): LayoutId {
  const candidates = portrait ? uprightBySize : acrossBySize;
  return candidates.find((id) => tileCount(id) >= tiles) ?? '36';
}
