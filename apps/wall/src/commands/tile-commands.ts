import { deskStore, deskTiles, type DeskTile } from '../state/desk.ts';
import { besideByPlace } from '../features/camera-tree/beside.ts';
import { cameraAt, chosenTile, mayMove, type ConsoleContext } from './context.ts';
import { copyMoment, markMoment, takeStill } from './moments.ts';
import type { Command } from './registry.ts';

type ConsoleCommand = Command<ConsoleContext>;

const isDesk = () => deskStore.getState().screen !== null;

/** The chosen tile of a workstation's window. */
const tileHere = ({ console }: ConsoleContext): DeskTile | undefined =>
  isDesk() && console.tile !== null && console.screen === deskStore.getState().screen
    ? deskTiles.get(console.tile)
    : undefined;
/** Of the camera that is chosen, whether on a tile or in the tree. */
export const chosenCamera = (context: ConsoleContext): string | null => {
  const at = chosenTile(context);
  return (at && cameraAt(context.wall, at)) ?? context.console.camera;
};
const hasPicture = (context: ConsoleContext): boolean => {
  const at = chosenTile(context);
  return tileHere(context) !== undefined && at !== null && cameraAt(context.wall, at) !== null;
};
const zoomed = (context: ConsoleContext) => tileHere(context)?.isZoomed() === true;
const replaying = (context: ConsoleContext) => tileHere(context)?.isReplaying() === true;
const sounding = (context: ConsoleContext) => tileHere(context)?.isSounding() === true;
/** An administrator allows it, camera by camera. */
const mayBeHeard = (context: ConsoleContext) =>
  context.wall.cameras[chosenCamera(context) ?? '']?.sound === true;

/** A quarter of what is seen, each press. */
const panStep = 0.25;
const pans: Record<string, [number, number]> = {
  ArrowLeft: [-panStep, 0],
  ArrowRight: [panStep, 0],
  ArrowUp: [0, -panStep],
  ArrowDown: [0, panStep],
};

function besideCamera(context: ConsoleContext, step: 1 | -1): void {
  const at = chosenTile(context);
  const camera = at && cameraAt(context.wall, at);
  const next = camera && besideByPlace(Object.values(context.wall.cameras), camera, step);
  if (at && next) void context.actions.assign(next, at, false);
}

/** Before all others with the same keys: they hold only while a tile is looked at in a way of its own. */
export const tileModes: ConsoleCommand[] = [
  {
    id: 'picture.pan',
    label: 'Look to that side of the enlarged picture',
    group: 'Picture',
    keys: Object.keys(pans),
    when: (context) => zoomed(context),
    run: (context, key) => {
      const [dx, dy] = pans[key] ?? [0, 0];
      tileHere(context)?.pan(dx, dy);
    },
  },
  {
    id: 'replay.step',
    label: 'Five seconds back or on',
    group: 'Replay',
    keys: ['ArrowLeft', 'ArrowRight'],
    when: replaying,
    run: (context, key) => tileHere(context)?.step(key === 'ArrowLeft' ? -5 : 5),
  },
  {
    id: 'replay.pause',
    label: 'Pause, or play on',
    group: 'Replay',
    keys: [' '],
    when: replaying,
    run: (context) => tileHere(context)?.togglePause(),
  },
  {
    id: 'replay.end',
    label: 'Back to live',
    group: 'Replay',
    keys: ['r', 'Escape'],
    when: (context) => replaying(context) && context.console.callUp === '',
    run: (context) => tileHere(context)?.toggleReplay(),
  },
  {
    id: 'picture.whole',
    label: 'The whole picture again',
    group: 'Picture',
    keys: ['Home', 'Escape'],
    when: (context) => zoomed(context) && context.console.callUp === '',
    run: (context) => tileHere(context)?.whole(),
  },
  {
    id: 'tile.restore',
    label: 'All tiles again',
    group: 'Picture',
    keys: ['f', 'Escape'],
    when: (context) => deskStore.getState().maximised !== null && context.console.callUp === '',
    run: () => deskStore.setState({ maximised: null }),
  },
];

/** What one does with the picture on the chosen tile. */
export const tileCommands: ConsoleCommand[] = [
  {
    id: 'tile.maximise',
    label: 'Fill the window with the tile',
    group: 'Picture',
    keys: ['f'],
    when: (context) => tileHere(context) !== undefined && deskStore.getState().maximised === null,
    run: ({ console }) => deskStore.setState({ maximised: console.tile }),
  },
  {
    id: 'picture.closer',
    label: 'Enlarge the picture',
    group: 'Picture',
    keys: ['+', '='],
    keysShown: ['+'],
    when: hasPicture,
    run: (context) => tileHere(context)?.zoom('closer'),
  },
  {
    id: 'picture.wider',
    label: 'Make it smaller',
    group: 'Picture',
    keys: ['-'],
    when: zoomed,
    run: (context) => tileHere(context)?.zoom('wider'),
  },
  {
    id: 'replay.begin',
    label: 'Replay the last minute',
    group: 'Replay',
    keys: ['r'],
    when: (context) => hasPicture(context) && !replaying(context),
    acts: 'camera',
    run: (context) => tileHere(context)?.toggleReplay(),
  },
  {
    id: 'sound.begin',
    label: 'Listen to the camera',
    group: 'Picture',
    keys: ['"'],
    when: (context) =>
      hasPicture(context) && !replaying(context) && !sounding(context) && mayBeHeard(context),
    acts: 'camera',
    run: (context) => tileHere(context)?.toggleSound(),
  },
  {
    id: 'sound.end',
    label: 'End the sound',
    group: 'Picture',
    keys: ['"'],
    when: sounding,
    run: (context) => tileHere(context)?.toggleSound(),
  },
  {
    id: 'picture.snapshot',
    label: 'Take a picture out, with caption and hash',
    group: 'Picture',
    keys: ['s'],
    when: hasPicture,
    acts: 'camera',
    run: (context) => {
      const tile = tileHere(context);
      const camera = chosenCamera(context);
      if (tile && camera) void takeStill(context, camera, tile);
    },
  },
  {
    id: 'camera.mark',
    label: 'Mark this moment with a note',
    group: 'Picture',
    keys: ['k'],
    when: (context) => mayMove(context) && chosenCamera(context) !== null,
    run: (context) => {
      const camera = chosenCamera(context);
      if (camera) markMoment(context, camera, tileHere(context));
    },
  },
  {
    id: 'camera.next',
    label: 'The next camera by place, on this tile',
    group: 'Picture',
    keys: ['n'],
    when: (context) => chosenTile(context) !== null && chosenCamera(context) !== null,
    acts: 'wall',
    run: (context) => besideCamera(context, 1),
  },
  {
    id: 'camera.previous',
    label: 'The camera before it, on this tile',
    group: 'Picture',
    keys: ['b'],
    when: (context) => chosenTile(context) !== null && chosenCamera(context) !== null,
    acts: 'wall',
    run: (context) => besideCamera(context, -1),
  },
  {
    id: 'tile.push',
    label: 'Put this camera on the room’s wall',
    group: 'Workstation',
    keys: ['u'],
    when: (context) => isDesk() && chosenCamera(context) !== null,
    run: (context) => {
      const camera = chosenCamera(context);
      if (camera) context.actions.show({ kind: 'push-tile', camera });
    },
  },
  {
    id: 'tile.pull',
    label: 'Bring a camera from the room’s wall here',
    group: 'Workstation',
    keys: ['d'],
    when: (context) => isDesk() && chosenTile(context) !== null,
    run: (context) => {
      const at = chosenTile(context);
      if (at) context.actions.show({ kind: 'pull-tile', at });
    },
  },
  {
    id: 'workstation.open',
    label: 'Open your workstation’s windows',
    group: 'Workstation',
    keys: ['w'],
    when: mayMove,
    run: ({ actions }) => actions.show({ kind: 'workstation' }),
  },
  {
    id: 'camera.favourite',
    label: 'Favourite, or no longer',
    group: 'Everything else',
    keys: ['v'],
    when: (context) => chosenCamera(context) !== null,
    run: (context) => {
      const camera = chosenCamera(context);
      if (camera) context.actions.favourite(camera);
    },
  },
  {
    id: 'moment.copy',
    label: 'Copy camera, place and time as text',
    group: 'Everything else',
    keys: [],
    when: (context) => chosenCamera(context) !== null,
    run: (context) => {
      const camera = chosenCamera(context);
      if (camera) void copyMoment(context, camera, tileHere(context));
    },
  },
  {
    id: 'palette.show',
    label: 'Find a command, a camera or a screen',
    group: 'Everything else',
    keys: ['Ctrl+k'],
    when: () => true,
    run: ({ actions }) => actions.show({ kind: 'palette' }),
  },
  {
    id: 'fleet.open',
    label: 'Open the health of cameras and screens',
    group: 'Everything else',
    keys: ['h'],
    when: () => true,
    run: ({ actions }) => actions.openPage('/fleet'),
  },
];
