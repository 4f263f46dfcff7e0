import type { Role, Scene } from '@clerestory/protocol';
import type { Actions } from '../../commands/actions.ts';
import type { WallStore } from '../../state/store.ts';
import { watches } from '../../state/use-roles.ts';
import { targetsOfScene } from '../grants/words.ts';

/** Applies a scene, then asks once for all private cameras that it puts up. Resolves true when it is on. */
export async function applyScene(
  { send, show }: Pick<Actions, 'send' | 'show'>,
  scene: Scene,
  wall: WallStore,
  roles: readonly Role[],
): Promise<boolean> {
  const targets = watches(roles) ? targetsOfScene(wall, scene) : [];
  const done = await send({ type: 'scene:apply', scene: scene.id });
  if (done && targets.length > 0) show({ kind: 'ask', targets });
  return done;
}
