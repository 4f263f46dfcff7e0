import type { Role } from '@clerestory/protocol';
import { neighbour, type Direction } from '../features/layouts/neighbour.ts';
import { deskStore } from '../state/desk.ts';
import { typeCallUp } from '../features/call-up/buffer.ts';
import { arrangeCommands } from './arrange-commands.ts';
import {
  cameraAt,
  chosenScreen,
  chosenTile,
  mayBuild,
  mayMask,
  mayMove,
  mayRegister,
  type ConsoleContext,
} from './context.ts';
import { targetAt, targetsOn } from '../features/grants/words.ts';
import { watches } from '../state/use-roles.ts';
import { createRegistry, type Command } from './registry.ts';
import { tileCommands, tileModes } from './tile-commands.ts';

type ConsoleCommand = Command<ConsoleContext>;

const always = () => true;
const onTile = (context: ConsoleContext) => chosenTile(context) !== null;
const onScreen = (context: ConsoleContext) => chosenScreen(context) !== null;
const onFilledTile = (context: ConsoleContext) => {
  const at = chosenTile(context);
  return at !== null && cameraAt(context.wall, at) !== null;
};

const directions: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

function moveTile(context: ConsoleContext, key: string): void {
  const screen = chosenScreen(context);
  const direction = directions[key];
  if (!screen || !direction) return;
  const { tile } = context.console;
  context.actions.select(screen.id, tile === null ? 0 : neighbour(screen.layout, tile, direction));
}

function moveScreen(context: ConsoleContext, step: number): void {
  const screens = context.wall.wall?.screens ?? [];
  const at = screens.findIndex(({ id }) => id === context.console.screen);
  const next = screens[(at + step + screens.length) % screens.length];
  if (next) context.actions.select(next.id, context.console.mark ? 0 : null);
}

const callUp: ConsoleCommand[] = [
  {
    id: 'call-up.type',
    label: 'Type a camera number (3.104: tile 3; 2.3.104: screen 2)',
    group: 'Call-up',
    keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'],
    keysShown: ['0', '…', '9', '.'],
    when: always,
    run: ({ console, actions }, key) => actions.set({ callUp: typeCallUp(console.callUp, key) }),
  },
  {
    id: 'call-up.back',
    label: 'Take back the last digit',
    group: 'Call-up',
    keys: ['Backspace'],
    when: ({ console }) => console.callUp !== '',
    run: ({ console, actions }) => actions.set({ callUp: typeCallUp(console.callUp, 'Backspace') }),
  },
  {
    id: 'call-up.take',
    label: 'Put that camera on the tile',
    group: 'Call-up',
    keys: ['Enter'],
    when: ({ console }) => console.callUp !== '',
    acts: 'wall',
    run: ({ actions }) => actions.takeCallUp(),
  },
  {
    id: 'call-up.clear',
    label: 'Forget what was typed',
    group: 'Call-up',
    keys: ['Escape'],
    when: ({ console }) => console.callUp !== '',
    run: ({ actions }) => actions.set({ callUp: '' }),
  },
];

const tiles: ConsoleCommand[] = [
  {
    id: 'tile.move',
    label: 'Go to the next tile in that direction',
    group: 'Tiles',
    keys: Object.keys(directions),
    when: onScreen,
    run: moveTile,
  },
  {
    id: 'tile.clear',
    label: 'Clear the tile',
    group: 'Tiles',
    keys: ['Delete', 'Backspace'],
    keysShown: ['Delete'],
    when: onFilledTile,
    acts: 'wall',
    run: (context) => {
      const at = chosenTile(context);
      if (at) context.actions.clear(at);
    },
  },
  {
    id: 'tile.ask',
    label: 'Ask for its private camera',
    group: 'Tiles',
    keys: ['p'],
    when: (context) => {
      const at = chosenTile(context);
      return watches(context.roles) && at !== null && targetAt(context.wall, at).length > 0;
    },
    run: ({ console, wall, actions }) => {
      if (console.screen === null || console.tile === null) return;
      const at = { screen: console.screen, tile: console.tile };
      actions.show({ kind: 'ask', targets: targetAt(wall, at) });
    },
  },
  {
    id: 'tile.swap',
    label: 'Swap with another tile',
    group: 'Tiles',
    keys: ['x'],
    when: (context) => onTile(context) && context.console.mark === null,
    run: (context) => context.actions.mark(chosenTile(context)),
  },
  {
    id: 'tile.swap-here',
    label: 'Swap the marked tile with this one',
    group: 'Tiles',
    keys: ['Enter', 'x'],
    when: (context) => onTile(context) && context.console.mark !== null,
    acts: 'wall',
    run: (context) => {
      const at = chosenTile(context);
      if (at && context.console.mark) context.actions.swap(context.console.mark, at);
    },
  },
  {
    id: 'tile.leave',
    label: 'End the swap, or leave the tile',
    group: 'Tiles',
    keys: ['Escape'],
    when: ({ console }) => console.mark !== null || console.tile !== null,
    run: ({ console, actions }) => (console.mark ? actions.mark(null) : actions.deselect()),
  },
];

const screens: ConsoleCommand[] = [
  {
    id: 'screen.previous',
    label: 'Previous screen',
    group: 'Screens',
    keys: ['['],
    when: onScreen,
    run: (context) => moveScreen(context, -1),
  },
  {
    id: 'screen.next',
    label: 'Next screen',
    group: 'Screens',
    keys: [']'],
    when: onScreen,
    run: (context) => moveScreen(context, 1),
  },
  {
    id: 'screen.layout',
    label: 'Choose a layout',
    group: 'Screens',
    keys: ['l'],
    when: onScreen,
    run: ({ actions }) => actions.set({ layoutOpen: true }),
  },
  {
    id: 'screen.open',
    label: 'Open the screen in a new window',
    group: 'Screens',
    keys: ['o'],
    when: onScreen,
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.openScreen(screen.id);
    },
  },
  {
    id: 'screen.rename',
    label: 'Rename the screen',
    group: 'Screens',
    keys: [],
    when: (context) => mayBuild(context) && onScreen(context),
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.show({ kind: 'rename-screen', screen: screen.id });
    },
  },
  {
    id: 'screen.clear',
    label: 'Clear all its tiles',
    group: 'Screens',
    keys: [],
    when: (context) => Object.keys(chosenScreen(context)?.tiles ?? {}).length > 0,
    acts: 'wall',
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.clearScreen(screen.id);
    },
  },
  {
    id: 'screen.ask',
    label: 'Ask for all its private cameras',
    group: 'Screens',
    keys: [],
    when: (context) =>
      watches(context.roles) && targetsOn(context.wall, [context.console.screen ?? '']).length > 0,
    run: ({ console, wall, actions }) =>
      actions.show({ kind: 'ask', targets: targetsOn(wall, [console.screen ?? '']) }),
  },
  {
    id: 'screen.remove',
    label: 'Remove the screen',
    group: 'Screens',
    keys: [],
    when: (context) => mayBuild(context) && onScreen(context),
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.show({ kind: 'remove-screen', screen: screen.id });
    },
  },
  {
    id: 'screen.add',
    label: 'Add a screen',
    group: 'Screens',
    keys: [],
    when: (context) => mayBuild(context) && context.wall.wall !== null,
    run: ({ actions }) => actions.show({ kind: 'add-screen' }),
  },
];

/** Who asks owners for footage, and who reads it first. */
const askingRoles: ReadonlySet<Role> = new Set<Role>(['investigator', 'supervisor']);

const general: ConsoleCommand[] = [
  {
    id: 'camera.search',
    label: 'Search for a camera',
    group: 'Everything else',
    keys: ['/'],
    when: always,
    run: ({ actions }) => actions.focusSearch(),
  },
  {
    id: 'camera.move',
    label: 'Move the camera',
    group: 'Everything else',
    keys: ['m'],
    when: (context) =>
      mayMove(context) && context.wall.cameras[context.console.camera ?? '']?.movable === true,
    run: ({ actions, console }) => {
      if (deskStore.getState().screen === console.screen && console.tile !== null)
        deskStore.setState({ moving: console.tile });
      else actions.show({ kind: 'move-camera', camera: console.camera ?? '' });
    },
  },
  {
    id: 'camera.mask',
    label: 'Mask areas of the camera',
    group: 'Everything else',
    keys: [],
    when: (context) => mayMask(context) && context.wall.cameras[context.console.camera ?? ''] !== undefined,
    run: ({ actions, console }) => actions.show({ kind: 'mask-camera', camera: console.camera ?? '' }),
  },
  {
    id: 'camera.sound',
    label: 'Whether operators may listen to the camera',
    group: 'Everything else',
    keys: [],
    when: (context) =>
      mayRegister(context) && context.wall.cameras[context.console.camera ?? ''] !== undefined,
    run: ({ actions, console }) => actions.show({ kind: 'sound-camera', camera: console.camera ?? '' }),
  },
  {
    id: 'incidents.show',
    label: 'Show the incidents',
    group: 'Everything else',
    keys: ['i'],
    when: always,
    run: ({ actions }) => actions.show({ kind: 'incidents' }),
  },
  {
    id: 'footage.open',
    label: 'Open the requests for footage',
    group: 'Everything else',
    keys: [],
    when: ({ roles }) => roles.some((role) => askingRoles.has(role)),
    run: ({ actions }) => actions.openPage('/admin#footage'),
  },
  {
    id: 'private.off',
    label: 'Switch every private camera off',
    group: 'Everything else',
    keys: [],
    when: mayBuild,
    run: ({ actions }) => actions.show({ kind: 'private', off: true }),
  },
  {
    id: 'private.on',
    label: 'Allow private cameras again',
    group: 'Everything else',
    keys: [],
    when: mayRegister,
    run: ({ actions }) => actions.show({ kind: 'private', off: false }),
  },
  {
    id: 'camera.add',
    label: 'Add a camera',
    group: 'Everything else',
    keys: [],
    when: mayRegister,
    run: ({ actions }) => actions.show({ kind: 'add-camera' }),
  },
  {
    id: 'wall.rename',
    label: 'Rename the wall',
    group: 'Everything else',
    keys: [],
    when: (context) => mayBuild(context) && context.wall.wall !== null,
    run: ({ actions }) => actions.show({ kind: 'rename-wall' }),
  },
  {
    id: 'keys.show',
    label: 'Show the keys',
    group: 'Everything else',
    keys: ['?'],
    when: always,
    run: ({ actions }) => actions.show({ kind: 'keys' }),
  },
];

/** All commands of the console. Where two have the same key, the first that may run takes it. */
export const consoleCommands = createRegistry<ConsoleContext>([
  ...tileModes,
  ...callUp,
  ...tiles,
  ...screens,
  ...tileCommands,
  ...arrangeCommands,
  ...general,
]);
