import type { Role, Screen, TileRef } from '@clerestory/protocol';
import type { ConsoleState } from '../state/console.ts';
import type { WallStore } from '../state/store.ts';
import { watches } from '../state/use-roles.ts';
import type { Actions } from './actions.ts';

/** What a command may look at and do. */
export interface ConsoleContext {
  console: ConsoleState;
  wall: WallStore;
  actions: Actions;
  /** Of who is signed in. The server decides again; this hides what it would refuse. */
  roles: readonly Role[];
}

/** Who registers cameras. */
export const mayRegister = ({ roles }: Pick<ConsoleContext, 'roles'>): boolean =>
  roles.includes('administrator');
/** Who masks areas of cameras. The server lets only administrators uncover what is masked. */
export const mayMask = ({ roles }: Pick<ConsoleContext, 'roles'>): boolean =>
  roles.includes('supervisor') || roles.includes('administrator');
/** Who moves cameras, where the right is given. */
export const mayMove = ({ roles }: Pick<ConsoleContext, 'roles'>): boolean => watches(roles);
/** Who makes, names and removes screens and walls. */
export const mayBuild = ({ roles }: Pick<ConsoleContext, 'roles'>): boolean =>
  roles.includes('supervisor') || roles.includes('administrator');

export const chosenScreen = ({ console, wall }: Pick<ConsoleContext, 'console' | 'wall'>): Screen | null =>
  wall.wall?.screens.find(({ id }) => id === console.screen) ?? null;

export function chosenTile(context: Pick<ConsoleContext, 'console' | 'wall'>): TileRef | null {
  const screen = chosenScreen(context);
  const { tile } = context.console;
  return screen && tile !== null ? { screen: screen.id, tile } : null;
}

/** The camera on a tile; null when it shows nothing. */
export const cameraAt = (wall: WallStore, at: TileRef): string | null =>
  wall.wall?.screens.find(({ id }) => id === at.screen)?.tiles[String(at.tile)]?.camera ?? null;

/** Said in place of sending while there is no link. */
export const awayText =
  'The wall cannot be changed while the server is away. What the screens show goes on; try again when it is back.';
