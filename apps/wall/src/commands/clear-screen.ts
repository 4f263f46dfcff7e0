import { tileCount } from '@clerestory/layout';
import type { ClientCommand, Problem, Screen } from '@clerestory/protocol';
import { filledTiles } from '@clerestory/wall-state';
import type { StoreApi } from 'zustand/vanilla';
import type { WallStore } from '../state/store.ts';
import type { ToastMessage } from '../state/toasts.ts';
import { awayText, cameraAt } from './context.ts';

export interface ClearLinks {
  wall: StoreApi<WallStore>;
  ask(command: ClientCommand): Promise<Problem | null>;
  send(command: ClientCommand): Promise<boolean>;
  say(message: Omit<ToastMessage, 'id'>): void;
}

const tilesOf = (count: number): string => (count === 1 ? '1 tile' : `${count} tiles`);

/** Empties a screen, and offers to put back what it showed. Parked cameras cannot be put back, which is said. */
export async function clearScreen(screen: Screen, links: ClearLinks): Promise<void> {
  const held = filledTiles(screen);
  const onShow = held.filter(({ tile }) => tile < tileCount(screen.layout));
  const parked = held.length - onShow.length;
  if (!(await links.send({ type: 'screen:clear', screen: screen.id }))) return;
  links.say({
    tone: 'plain',
    title: `Cleared ${tilesOf(held.length)} of ${screen.name}`,
    text: parked === 0 ? '' : `${parked} of them parked: Undo brings back only what was on show.`,
    ...(onShow.length > 0 && { action: { label: 'Undo', run: () => void putBack(screen, onShow, links) } }),
  });
}

/** One tile after the other, each only while it is empty: what somebody put there meanwhile stays. */
async function putBack(
  screen: Screen,
  cleared: ReturnType<typeof filledTiles>,
  links: ClearLinks,
): Promise<void> {
  const { wall, ask, say } = links;
  if (wall.getState().link.state !== 'online') {
    const again = { label: 'Undo', run: () => void putBack(screen, cleared, links) };
    say({ tone: 'warn', title: 'Nothing was put back', text: awayText, action: again });
    return;
  }
  let back = 0;
  let refused: Problem | null = null;
  for (const { tile, assignment } of cleared) {
    const at = { screen: screen.id, tile };
    if (cameraAt(wall.getState(), at) !== null) continue;
    const { camera, why } = assignment;
    const problem = await ask({ type: 'tile:assign', ...at, camera, why });
    if (problem === null) back += 1;
    else if (problem.code !== 'conflict') refused ??= problem;
  }
  if (back === cleared.length) return;
  say({
    tone: refused ? 'warn' : 'plain',
    title: `${back} of ${tilesOf(cleared.length)} are as before`,
    text: refused?.detail ?? 'Somebody filled the others meanwhile; they keep what they have.',
  });
}
