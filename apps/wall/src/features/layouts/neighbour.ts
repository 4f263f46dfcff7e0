import type { LayoutId } from '@clerestory/protocol';
import { layoutOf, type Cell } from '@clerestory/layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** How far `to` lies from `from` in a direction, and how far off that line; null when it does not lie there. */
function distance(from: Cell, to: Cell, direction: Direction): { ahead: number; aside: number } | null {
  const dx = to.column + to.columnSpan / 2 - (from.column + from.columnSpan / 2);
  const dy = to.row + to.rowSpan / 2 - (from.row + from.rowSpan / 2);
  const ahead = {
    left: from.column - (to.column + to.columnSpan),
    right: to.column - (from.column + from.columnSpan),
    up: from.row - (to.row + to.rowSpan),
    down: to.row - (from.row + from.rowSpan),
  }[direction];
  if (ahead < 0) return null;
  return { ahead, aside: Math.abs(direction === 'left' || direction === 'right' ? dy : dx) };
}

/** The tile next to one in a direction: the nearest row or column there, and in it what lies closest; else itself. */
export function neighbour(layout: LayoutId, tile: number, direction: Direction): number {
  const { cells } = layoutOf(layout);
  const from = cells[tile];
  if (!from) return 0;
  let best = tile;
  let least = Infinity;
  cells.forEach((cell, index) => {
    const away = index === tile ? null : distance(from, cell, direction);
    if (!away) return;
    const weight = away.ahead * 2 + away.aside;
    if (weight < least) [best, least] = [index, weight];
  });
  return best;
}
