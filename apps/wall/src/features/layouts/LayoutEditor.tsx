import {
  customLayoutId,
  maxLayoutTiles,
  type CustomLayoutId,
  type LayoutId,
  type Problem,
} from '@clerestory/protocol';
import { layoutOf } from '@clerestory/layout';
import { useState, type KeyboardEvent } from 'react';
import { getCompactor, GridLayout, type Layout } from 'react-grid-layout';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/Dialog.tsx';
import './layout-editor.css';

/** Grid that a layout of one's own is drawn on, units. */
const units = { landscape: { columns: 12, rows: 12 }, portrait: { columns: 9, rows: 16 } };
/** The drawing's size, pixels. */
const size = { landscape: { width: 768, height: 432 }, portrait: { width: 306, height: 544 } };

/** The present layout, as far as it fits on the grid of the editor. */
function startOf(layout: LayoutId, columns: number, rows: number): Layout {
  const now = layoutOf(layout);
  const fits = columns % now.columns === 0 && rows % now.rows === 0;
  const [sx, sy] = fits ? [columns / now.columns, rows / now.rows] : [1, 1];
  return now.cells
    .map(({ column, row, columnSpan, rowSpan }, n) => ({
      i: String(n),
      x: column * sx,
      y: row * sy,
      w: columnSpan * sx,
      h: rowSpan * sy,
    }))
    .filter(({ x, y, w, h }) => x + w <= columns && y + h <= rows);
}

const idOf = (layout: Layout, columns: number, rows: number): CustomLayoutId =>
  customLayoutId(
    columns,
    rows,
    layout
      .toSorted((a, b) => Number(a.i) - Number(b.i))
      .map(({ x, y, w, h }) => ({ column: x, row: y, columnSpan: w, rowSpan: h })),
  );

/** Tiles stay where they are put, and never push others away. */
const stays = getCompactor(null, false, true);

/** The first free place of that size; null when there is none. */
function freePlace(layout: Layout, columns: number, rows: number, w: number, h: number) {
  for (let y = 0; y + h <= rows; y++)
    for (let x = 0; x + w <= columns; x++)
      if (!layout.some((one) => x < one.x + one.w && one.x < x + w && y < one.y + one.h && one.y < y + h))
        return { x, y };
  return null;
}

const steps: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const meet = (a: Layout[number], b: Layout[number]): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** One tile moved or resized by a key; the same layout where it has no room for that. */
function stepped(
  layout: Layout,
  i: string,
  [dx, dy]: readonly [number, number],
  resizes: boolean,
  { columns, rows }: { columns: number; rows: number },
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

/** Draws a layout of one's own: tiles are dragged and resized; nothing changes on the wall until it is saved. */
export function LayoutEditor({
  name,
  layout: present,
  portrait,
  save,
  onClose,
}: {
  /** Of the screen. */
  name: string;
  layout: LayoutId;
  portrait: boolean;
  save: (layout: LayoutId) => Promise<Problem | null>;
  onClose: () => void;
}) {
  const shape = portrait ? 'portrait' : 'landscape';
  const { columns, rows } = units[shape];
  const { width, height } = size[shape];
  const [start] = useState(() => startOf(present, columns, rows));
  const [layout, setLayout] = useState<Layout>(start);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const inside = layout.every(({ x, y, w, h }) => x + w <= columns && y + h <= rows);
  const changed = idOf(layout, columns, rows) !== idOf(start, columns, rows);
  const add = () => {
    const place = freePlace(layout, columns, rows, 3, 3) ?? freePlace(layout, columns, rows, 1, 1);
    if (!place) return;
    const fits = freePlace(layout, columns, rows, 3, 3) !== null;
    const next = Math.max(-1, ...layout.map(({ i }) => Number(i))) + 1;
    setLayout([...layout, { i: String(next), ...place, w: fits ? 3 : 1, h: fits ? 3 : 1 }]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const i = event.target instanceof HTMLElement ? event.target.dataset['editTile'] : undefined;
    const step = steps[event.key];
    if (i === undefined || (!step && event.key !== 'Delete')) return;
    event.preventDefault();
    const resizes = event.shiftKey;
    // A key that is held comes again before what it did is drawn.
    setLayout((now) =>
      step ? stepped(now, i, step, resizes, { columns, rows }) : now.filter((one) => one.i !== i),
    );
  };
  const submit = async () => {
    setBusy(true);
    const refused = await save(idOf(layout, columns, rows));
    setBusy(false);
    if (refused) setProblem(refused);
    else onClose();
  };
  const wanting = layout.length === 0 ? 'Add a tile.' : inside ? null : 'A tile lies outside of the screen.';
  return (
    <FormDialog
      title={`Layout of ${name}`}
      text="Drag a tile to move it, its lower right corner to resize it. By keys: Tab to a tile, arrows move it, with Shift they resize it, Delete removes it."
      size="xl"
      action="Use this layout"
      busy={busy}
      fault={problem?.detail ?? wanting}
      onSubmit={() => void (wanting === null && submit())}
      onClose={onClose}
    >
      <div className="layout-editor-head">
        <Button
          disabled={layout.length >= maxLayoutTiles || !freePlace(layout, columns, rows, 1, 1)}
          onClick={add}
        >
          Add a tile
        </Button>
        <Button disabled={!changed} onClick={() => setLayout(start)}>
          Start again
        </Button>
        <span className="room-unsaved" role="status" hidden={!changed}>
          Not saved yet
        </span>
      </div>
      {/* While a tile is dragged, the library styles selections by an inline style sheet, which the page's policy forbids,
          unless there is an element of this name; ours is in layout-editor.css. */}
      <span id="react-draggable-style-el" hidden />
      <div className="layout-editor" onKeyDown={onKeyDown} style={{ width, height }}>
        <GridLayout
          width={width}
          layout={layout}
          gridConfig={{
            cols: columns,
            rowHeight: height / rows,
            margin: [0, 0],
            containerPadding: [0, 0],
            maxRows: rows,
          }}
          dragConfig={{ enabled: true, bounded: true }}
          resizeConfig={{ enabled: true, handles: ['se'] }}
          compactor={stays}
          autoSize={false}
          // Not at every change: it tells of those by keys as well, and late.
          onDragStop={(next) => setLayout(next)}
          onResizeStop={(next) => setLayout(next)}
        >
          {layout.map(({ i }) => (
            <div
              key={i}
              className="layout-editor-tile"
              data-edit-tile={i}
              tabIndex={0}
              aria-label={`Tile ${Number(i) + 1}`}
            >
              <span>
                {layout.toSorted((a, b) => Number(a.i) - Number(b.i)).findIndex((one) => one.i === i) + 1}
              </span>
            </div>
          ))}
        </GridLayout>
      </div>
    </FormDialog>
  );
}
