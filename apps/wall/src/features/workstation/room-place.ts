import { tileCount } from '@clerestory/layout';
import type { Screen, TileRef } from '@clerestory/protocol';
import { neighbour, type Direction } from '../layouts/neighbour.ts';

/** The typed place of a tile after a key: `3`, or `2.3` with its screen. Unfit keys leave it as it is. */
export function typePlace(text: string, key: string): string {
  if (key === 'Backspace') return text.slice(0, -1);
  return /^([0-9]{1,2}\.?|[0-9]{1,2}\.[0-9]{1,2})$/.test(text + key) ? text + key : text;
}

/** What it means: tile 3 of the screen one is on, or of the second one. People count from 1. */
export function readPlace(
  text: string,
  screens: readonly Screen[],
  on: string,
): { at: TileRef } | { wanting: string } {
  const [one = '', two] = text.split('.');
  const screen = two === undefined ? screens.find(({ id }) => id === on) : screens[Number(one) - 1];
  if (!screen) return { wanting: `there is no screen ${one}` };
  const number = two ?? one;
  if (number === '') return { wanting: `type a tile of ${screen.name}` };
  const tile = Number(number) - 1;
  return tile >= 0 && tile < tileCount(screen.layout)
    ? { at: { screen: screen.id, tile } }
    : { wanting: `${screen.name} has no tile ${number}` };
}

/** The tile an arrow key leads to; from the edge of a screen to the next one, or the one before. */
export function stepPlace(screens: readonly Screen[], at: TileRef, direction: Direction): TileRef {
  const index = screens.findIndex(({ id }) => id === at.screen);
  const screen = screens[index];
  if (!screen) return at;
  const tile = neighbour(screen.layout, at.tile, direction);
  if (tile !== at.tile) return { screen: screen.id, tile };
  const isOn = direction === 'right' || direction === 'down';
  const next = screens[index + (isOn ? 1 : -1)];
  return next ? { screen: next.id, tile: isOn ? 0 : tileCount(next.layout) - 1 } : at;
}
