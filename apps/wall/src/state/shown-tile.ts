import type { Assignment, TileRef } from '@clerestory/protocol';
import { shownScreen } from '@clerestory/wall-state';
import { serverNowMs } from './server-now.ts';
import type { WallStore } from './store.ts';

/** What a tile has on show now: of a tour, the camera whose turn it is. */
export function shownTile({ wall }: Pick<WallStore, 'wall'>, at: TileRef): Assignment | undefined {
  const screen = wall?.screens.find(({ id }) => id === at.screen);
  if (!wall || !screen) return undefined;
  return shownScreen(wall, screen, serverNowMs()).screen.tiles[String(at.tile)];
}
