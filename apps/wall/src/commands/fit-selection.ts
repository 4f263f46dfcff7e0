import { tileCount } from '@clerestory/layout';
import type { TileRef } from '@clerestory/protocol';
import type { ConsoleState } from '../state/console.ts';
import type { WallStore } from '../state/store.ts';

/**
 * What must change in a person's choice because somebody changed the wall: a screen, a tile or a camera that is no more
 * cannot stay chosen, and some screen is always on the stage. Null when all of it still holds.
 */
export function fitSelection(
  { screen, tile, camera, mark }: ConsoleState,
  { wall, cameras }: WallStore,
): Partial<ConsoleState> | null {
  if (!wall) return null;
  const exists = (at: TileRef) =>
    wall.screens.some(({ id, layout }) => id === at.screen && at.tile < tileCount(layout));
  const onStage = wall.screens.some(({ id }) => id === screen) ? screen : (wall.screens[0]?.id ?? null);
  const fitting = {
    screen: onStage,
    tile:
      onStage !== null && tile !== null && onStage === screen && exists({ screen: onStage, tile })
        ? tile
        : null,
    camera: camera !== null && cameras[camera] ? camera : null,
    mark: mark && exists(mark) ? mark : null,
  };
  const same =
    fitting.screen === screen && fitting.tile === tile && fitting.camera === camera && fitting.mark === mark;
  return same ? null : fitting;
}
