import { maxCorners, type Corner, type Mask } from '@clerestory/protocol';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { arrowStep, grown, moved, placeWords, rectangleBetween, withCorner } from './edit.ts';
import type { Drawing } from './use-drawing.ts';

/** What the pointer holds. */
type Hold =
  | { kind: 'rectangle'; from: Corner; to: Corner }
  | { kind: 'area'; area: number; from: Corner; start: Mask }
  | { kind: 'corner'; area: number; corner: number };

const points = (corners: readonly Corner[]) => corners.map(([x, y]) => `${x * 100},${y * 100}`).join(' ');
const percent = (share: number) => `${share * 100}%`;
/** A click this near to the first corner closes the polygon, shares of the picture. */
const closeShare = 0.02;

/** The picture and the areas over it, drawn and moved by pointer and keys. */
export function MaskStage({
  drawing,
  aspect,
  picture,
}: {
  drawing: Drawing;
  aspect: number;
  picture: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [hold, setHold] = useState<Hold | null>(null);
  const { areas, kept, chosen, tool, draft } = drawing;

  const at = (event: PointerEvent): Corner => {
    const { left, top, width, height } = box.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const share = (value: number) => Math.min(1, Math.max(0, Math.round(value * 1e5) / 1e5));
    return [share((event.clientX - left) / width), share((event.clientY - top) / height)];
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const here = at(event);
    const part = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-area]') : null;
    const area = part ? Number(part.dataset['area']) : null;
    box.current?.setPointerCapture(event.pointerId);
    if (part?.tagName !== 'BUTTON') box.current?.focus();
    if (tool === 'polygon' && (draft.length > 0 || area === null)) {
      const [first] = draft;
      if (first && Math.hypot(first[0] - here[0], first[1] - here[1]) < closeShare) return drawing.close();
      if (draft.length >= maxCorners - 1) return drawing.close();
      return drawing.addCorner(here);
    }
    drawing.choose(area);
    if (area !== null && area >= kept) {
      const corner = part?.dataset['corner'];
      if (corner !== undefined) return setHold({ kind: 'corner', area, corner: Number(corner) });
      return setHold({ kind: 'area', area, from: here, start: areas[area] ?? [] });
    }
    if (!drawing.full) setHold({ kind: 'rectangle', from: here, to: here });
  };
  const move = (event: PointerEvent) => {
    if (!hold) return;
    const here = at(event);
    if (hold.kind === 'rectangle') return setHold({ ...hold, to: here });
    if (hold.kind === 'corner')
      return drawing.change(hold.area, withCorner(areas[hold.area] ?? [], hold.corner, here));
    drawing.change(hold.area, moved(hold.start, here[0] - hold.from[0], here[1] - hold.from[1]));
  };
  const up = () => {
    if (hold?.kind === 'rectangle') {
      const mask = rectangleBetween(hold.from, hold.to);
      if (mask) drawing.add(mask);
    }
    setHold(null);
  };
  const press = (event: KeyboardEvent, area: number, corner?: number) => {
    const mask = areas[area];
    const step = arrowStep(event.key);
    if (!mask || area < kept) return;
    if (event.key === 'Delete' || event.key === 'Backspace') drawing.remove(area);
    else if (step && corner !== undefined) {
      const [x, y] = mask[corner] ?? [0, 0];
      drawing.change(area, withCorner(mask, corner, [x + step[0], y + step[1]]));
    } else if (step) drawing.change(area, event.shiftKey ? grown(mask, ...step) : moved(mask, ...step));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const dragged = hold?.kind === 'rectangle' ? rectangleBetween(hold.from, hold.to) : null;
  const shown = chosen === null ? undefined : areas[chosen];
  return (
    <div
      className="mask-stage"
      style={{ aspectRatio: aspect, maxWidth: `calc((100vh - 15rem) * ${aspect})` }}
    >
      {picture}
      <div
        ref={box}
        className="mask-canvas"
        data-tool={tool}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || draft.length === 0) return;
          event.preventDefault();
          drawing.close();
        }}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setHold(null)}
        onDoubleClick={drawing.close}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {areas.map((mask, area) => (
            <polygon
              key={area}
              data-area={area}
              data-chosen={area === chosen || undefined}
              data-kept={area < kept || undefined}
              points={points(mask)}
            />
          ))}
          {dragged && <polygon data-draft points={points(dragged)} />}
          {draft.length > 0 && <polyline data-draft points={points(draft)} />}
        </svg>
        {areas.map((mask, area) => (
          <button
            key={area}
            type="button"
            className="mask-name"
            data-area={area}
            aria-pressed={area === chosen}
            aria-label={`Area ${area + 1}: ${placeWords(mask)}`}
            disabled={area < kept}
            style={{ left: percent(middle(mask, 0)), top: percent(middle(mask, 1)) }}
            onFocus={() => drawing.choose(area)}
            onKeyDown={(event) => press(event, area)}
          >
            {area + 1}
          </button>
        ))}
        {shown?.map(([x, y], corner) => (
          <button
            key={corner}
            type="button"
            className="mask-corner"
            data-area={chosen ?? 0}
            data-corner={corner}
            aria-label={`Corner ${corner + 1} of area ${(chosen ?? 0) + 1}`}
            style={{ left: percent(x), top: percent(y) }}
            onKeyDown={(event) => press(event, chosen ?? 0, corner)}
          />
        ))}
        {draft.map(([x, y], corner) => (
          <span key={corner} className="mask-dot" style={{ left: percent(x), top: percent(y) }} />
        ))}
      </div>
    </div>
  );
}

const middle = (mask: Mask, axis: 0 | 1): number => {
  const along = mask.map((one) => one[axis]);
  return (Math.min(...along) + Math.max(...along)) / 2;
};
