import type { Assignment, ClientCommand, Problem, Role, Screen, TileRef } from '@clerestory/protocol';
import { problem } from '@clerestory/protocol';
import type { ConsoleState } from '../state/console.ts';
import { serverNowMs } from '../state/server-now.ts';
import { sessionStore } from '../state/session.ts';
import { shownTile } from '../state/shown-tile.ts';
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

/** Who keeps scenes and takes control over from others. */
export const mayKeepScenes = ({ roles }: Pick<ConsoleContext, 'roles'>): boolean =>
  roles.includes('supervisor');

/** Whether an actor's name is that of who is signed in here. */
export const isMine = (by: string): boolean => by === `person:${sessionStore.getState().who?.me?.id ?? ''}`;

/** What never waits for somebody's control, nor for the end of looking. */
const alwaysFree: ReadonlySet<ClientCommand['type']> = new Set<ClientCommand['type']>([
  'control:take',
  'control:give',
  'tours:hold',
  'visitors:hide',
  'visitors:show',
]);

/** Why a command is not even sent: this console only looks, or somebody else has control. Null when it is. */
export function hindrance(
  { type }: ClientCommand,
  console: Pick<ConsoleState, 'look'>,
  { wall }: Pick<WallStore, 'wall'>,
): Problem | null {
  if (alwaysFree.has(type)) return null;
  if (console.look)
    return {
      ...problem('unprocessable', 'Press q, or "Look only" above, to arrange again.'),
      title: 'This console only looks',
    };
  const control = wall?.control;
  if (!control || isMine(control.by) || control.until <= serverNowMs()) return null;
  const minutes = Math.max(1, Math.ceil((control.until - serverNowMs()) / 60_000));
  return problem(
    'held',
    `${control.name} has control of this wall for ${minutes} min more. Ask ${control.name}, wait, or have a supervisor take over.`,
  );
}

export const chosenScreen = ({ console, wall }: Pick<ConsoleContext, 'console' | 'wall'>): Screen | null =>
  wall.wall?.screens.find(({ id }) => id === console.screen) ?? null;

export function chosenTile(context: Pick<ConsoleContext, 'console' | 'wall'>): TileRef | null {
  const screen = chosenScreen(context);
  const { tile } = context.console;
  return screen && tile !== null ? { screen: screen.id, tile } : null;
}

/** What a tile holds. */
export const assignmentAt = (wall: WallStore, at: TileRef): Assignment | undefined =>
  wall.wall?.screens.find(({ id }) => id === at.screen)?.tiles[String(at.tile)];

/** The camera on show in a tile; null when it shows nothing. */
export const cameraAt = (wall: WallStore, at: TileRef): string | null => shownTile(wall, at)?.camera ?? null;

/** Said in place of sending while there is no link. */
export const awayText =
  'The wall cannot be changed while the server is away. What the screens show goes on; try again when it is back.';
