import type { Screen, WallState } from '@clerestory/protocol';
import { shapeChanged, tileChanged, type Refusal } from './refusals.ts';
import { filledTiles } from './state.ts';

/** W3 and W4: what one tile command touches, the tile itself and the shape of its screen. */
export function tileConflict(state: WallState, screen: Screen, tile: number, base: number): Refusal | null {
  if (screen.changedAt > base) return shapeChanged(state, screen);
  if ((screen.tileChangedAt[String(tile)] ?? 0) > base) return tileChanged(state, screen, tile);
  return null;
}

/** W5: emptying or removing a screen touches its shape and each tile that holds something. */
export function screenConflict(state: WallState, screen: Screen, base: number): Refusal | null {
  if (screen.changedAt > base) return shapeChanged(state, screen);
  for (const { tile } of filledTiles(screen)) {
    const conflict = tileConflict(state, screen, tile, base);
    if (conflict) return conflict;
  }
  return null;
}
