import { maxLayoutTiles, type LayoutId, type Problem } from '@clerestory/protocol';
import { useState, type KeyboardEvent } from 'react';
import { getCompactor, GridLayout, type Layout } from 'react-grid-layout';
import { Button } from '../../ui/Button.tsx';
import { FormDialog } from '../../ui/Dialog.tsx';
import { drawn, freePlace, gridFor, layoutIdOf, stepped, tileOf } from './drawing.ts';
import './layout-editor.css';

/** The drawing's size, pixels. */
const size = { landscape: { width: 768, height: 432 }, portrait: { width: 306, height: 544 } };

/** Tiles stay where they are put, and never push others away. */
const stays = getCompactor(null, false, true);

const steps: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Draws a layout of one's own: tiles are dragged and resized; nothing changes on the wall until it is saved. */
export function LayoutEditor({
  name,
  layout: present,
  portrait,
  held,
  save,
  onClose,
}: {
  /** Of the screen. */
  name: string;
  layout: LayoutId;
  portrait: boolean;
  /** What the screen's tiles hold, in a word each, by tile. */
  held: ReadonlyMap<number, string>;
  save: (layout: LayoutId) => Promise<Problem | null>;
  onClose: () => void;
}) {
  const shape = portrait ? 'portrait' : 'landscape';
  const { width, height } = size[shape];
  // A layout that somebody else gives it meanwhile is not what is drawn on here.
  const [grid] = useState(() => gridFor(present, shape));
  const { columns, rows } = grid;
  const [start] = useState(() => drawn(present, grid));
  const [layout, setLayout] = useState<Layout>(start);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const inside = layout.every(({ x, y, w, h }) => x + w <= columns && y + h <= rows);
  const changed = layoutIdOf(layout, grid) !== layoutIdOf(start, grid);
  const parked = changed ? [...held].filter(([tile]) => tile >= layout.length).map(([, word]) => word) : [];
  const add = () => {
    const place = freePlace(layout, grid, 3, 3) ?? freePlace(layout, grid, 1, 1);
    if (!place) return;
    const fits = freePlace(layout, grid, 3, 3) !== null;
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
    setLayout((now) => (step ? stepped(now, i, step, resizes, grid) : now.filter((one) => one.i !== i)));
  };
  const submit = async () => {
    // As it was: it keeps its name.
    if (!changed) return onClose();
    setBusy(true);
    const refused = await save(layoutIdOf(layout, grid));
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
        <Button disabled={layout.length >= maxLayoutTiles || !freePlace(layout, grid, 1, 1)} onClick={add}>
          Add a tile
        </Button>
        <Button disabled={!changed} onClick={() => setLayout(start)}>
          Start again
        </Button>
        <span className="room-unsaved" role="status" hidden={!changed}>
          Not saved yet
        </span>
        {parked.length > 0 && (
          <span className="room-unsaved" role="status">
            {parked.join(', ')} will be parked: what is on a tile goes with its number
          </span>
        )}
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
              role="group"
              tabIndex={0}
              aria-label={`Tile ${tileOf(layout, i) + 1} ${held.get(tileOf(layout, i)) ?? ''}`.trim()}
            >
              <span>{tileOf(layout, i) + 1}</span>
              <span className="layout-editor-held">{held.get(tileOf(layout, i)) ?? ''}</span>
            </div>
          ))}
        </GridLayout>
      </div>
    </FormDialog>
  );
}
