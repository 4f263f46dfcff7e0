import { rectangles } from '@clerestory/layout';
import type { Screen } from '@clerestory/protocol';
import { useLayoutEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { Tile, type TileReporters } from './Tile.tsx';

const gapPx = 2;

export interface TileGridProps {
  screen: Screen;
  reporters?: TileReporters;
  onChange?: () => void;
  /** Drawn above a tile, for a surface where one can do something with it. */
  overlay?: (tile: number) => ReactNode;
}

/** A screen's tiles, each where the layout puts it. Keyed by tile: a change beside it never touches a player. */
export function TileGrid({ screen, reporters, onChange, overlay }: TileGridProps) {
  const root = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const box = root.current;
    if (!box) return;
    const measure = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  const cells = size.width > 0 ? rectangles(screen.layout, { ...size, gap: gapPx }) : [];
  return (
    <div ref={root} className="tile-grid">
      {cells.map((cell, tile) => {
        const style: CSSProperties = {
          transform: `translate(${cell.x}px, ${cell.y}px)`,
          width: cell.width,
          height: cell.height,
        };
        return (
          <div key={tile} className="tile-grid__cell" style={style}>
            <Tile
              tile={tile}
              screen={screen.id}
              camera={screen.tiles[String(tile)]?.camera ?? null}
              {...(reporters && { reporters })}
              {...(onChange && { onChange })}
            />
            {overlay?.(tile)}
          </div>
        );
      })}
    </div>
  );
}
