import type { StoreApi } from 'zustand/vanilla';
import type { ConsoleState } from '../state/console.ts';
import type { WallStore } from '../state/store.ts';
import type { Sync } from '../sync/index.ts';
import { hindrance, isMine } from './context.ts';

/** Somebody who goes through tiles quickly means the last one, ms. */
const restMs = 250;

/** Shows on the hot spot what its person selects; what is refused there is left, since the selection itself went well. */
export function followSelection({
  console,
  wall,
  sync,
}: {
  console: StoreApi<ConsoleState>;
  wall: StoreApi<WallStore>;
  sync: Pick<Sync, 'command'>;
}): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  console.subscribe(({ camera, screen, tile }, before) => {
    if (camera === null || camera === before.camera) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const hotSpot = wall.getState().wall?.hotSpot;
      const isThere = hotSpot?.screen === screen && hotSpot?.tile === tile;
      if (!hotSpot || !isMine(hotSpot.by) || isThere) return;
      const command = { type: 'hot-spot:show', camera } as const;
      if (!hindrance(command, console.getState(), wall.getState())) void sync.command(command);
    }, restMs);
  });
}
