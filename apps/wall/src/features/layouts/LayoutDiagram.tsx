import type { LayoutId } from '@clerestory/protocol';
import { layoutOf, rectangles } from '@clerestory/layout';

/** A layout as a little drawing. */
export function LayoutDiagram({ layout, height = 40 }: { layout: LayoutId; height?: number }) {
  const { portrait } = layoutOf(layout);
  const area = portrait ? { width: 54, height: 96 } : { width: 96, height: 54 };
  return (
    <svg
      className="layout-diagram"
      viewBox={`0 0 ${area.width} ${area.height}`}
      height={height}
      width={(height * area.width) / area.height}
      aria-hidden="true"
    >
      {rectangles(layout, { ...area, gap: 3 }).map(({ x, y, width, height: tall }) => (
        <rect key={`${x}/${y}`} x={x} y={y} width={width} height={tall} rx={2} fill="currentColor" />
      ))}
    </svg>
  );
}
