import { memoryOf } from '@clerestory/wall-state';
import type { ScreenOrder } from '@clerestory/protocol';
import { sessionStore } from '../state/session.ts';
import { watches } from '../state/use-roles.ts';
import {
  assignmentAt,
  chosenScreen,
  chosenTile,
  isMine,
  mayKeepScenes,
  type ConsoleContext,
} from './context.ts';
import type { Command } from './registry.ts';
import { applyScene } from '../features/scenes/apply.ts';
import { revertScene } from '../features/scenes/revert.ts';

type ConsoleCommand = Command<ConsoleContext>;

const arranges = ({ roles, wall }: ConsoleContext) => watches(roles) && wall.wall !== null;
const onScreen = (context: ConsoleContext) => arranges(context) && chosenScreen(context) !== null;
const onTile = (context: ConsoleContext) => arranges(context) && chosenTile(context) !== null;

const remembers = (context: ConsoleContext, step: 'back' | 'forward'): boolean => {
  const [screen, at] = [chosenScreen(context), chosenTile(context)];
  return onTile(context) && screen !== null && at !== null && memoryOf(screen, at.tile)[step].length > 0;
};
const tourAt = (context: ConsoleContext) => {
  const at = chosenTile(context);
  return at && assignmentAt(context.wall, at)?.tour;
};
const allScreens = ({ wall }: ConsoleContext): string[] => wall.wall?.screens.map(({ id }) => id) ?? [];
const blankOnes = ({ wall }: ConsoleContext): string[] =>
  wall.wall?.screens.flatMap(({ id, blank }) => (blank ? [id] : [])) ?? [];
const orderChosen = (context: ConsoleContext, order: ScreenOrder): void => {
  const screen = chosenScreen(context);
  if (screen) void context.actions.order([screen.id], order);
};

/** Where a step was refused, since others have changed its places; asked once more, it leaves those as they are. */
let refused = '';
const stepOn = (type: 'step:undo' | 'step:redo', { wall, actions }: ConsoleContext): void => {
  const here = `${type} ${wall.wall?.id} ${wall.wall?.sequence}`;
  const again = refused === here;
  refused = '';
  void actions.send({ type, ...(again && { since: 'keep' }) }).then((done) => {
    if (!done) refused = here;
  });
};

const scenes: ConsoleCommand[] = [
  {
    id: 'scene.open',
    label: 'Scenes: apply, revert, save, by the clock',
    group: 'Scenes',
    keys: ['a'],
    when: ({ wall }) => wall.wall !== null,
    run: ({ actions }) => actions.show({ kind: 'scenes' }),
  },
  {
    id: 'scene.apply',
    label: 'Apply the scene of that key',
    group: 'Scenes',
    keys: ['F1', 'F2', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9'],
    keysShown: ['F1', '…', 'F9'],
    when: ({ wall }) => wall.wall?.scenes?.some(({ key }) => key !== null) ?? false,
    acts: 'wall',
    idle: ({ wall }, key) =>
      wall.wall?.scenes?.some((scene) => scene.key === key)
        ? null
        : `No scene has the key ${key}. Scenes (a) gives it one.`,
    run: ({ wall, actions, roles }, key) => {
      const scene = wall.wall?.scenes?.find((one) => one.key === key);
      if (!scene) return;
      void applyScene(actions, scene, wall, roles).then((done) => {
        if (done)
          actions.say({
            tone: 'plain',
            title: `Scene ${scene.name} is on`,
            text: 'j brings back what was before.',
          });
      });
    },
  },
  {
    id: 'scene.revert',
    label: 'Bring back what was before the last scene',
    group: 'Scenes',
    keys: ['j'],
    when: (context) => arranges(context) && (context.wall.wall?.applied?.length ?? 0) > 0,
    acts: 'wall',
    run: ({ wall, actions }) => {
      const last = wall.wall?.applied?.at(-1);
      if (last) revertScene(actions, last);
    },
  },
  {
    id: 'step.undo',
    label: 'Undo my last step on this wall',
    group: 'Scenes',
    keys: ['z'],
    when: arranges,
    acts: 'wall',
    run: (context) => stepOn('step:undo', context),
  },
  {
    id: 'step.redo',
    label: 'Redo it',
    group: 'Scenes',
    keys: ['y'],
    when: arranges,
    acts: 'wall',
    run: (context) => stepOn('step:redo', context),
  },
];

const control: ConsoleCommand[] = [
  {
    id: 'control.take',
    label: 'Take control of the wall, or ten minutes more',
    group: 'Control',
    keys: ['c'],
    when: (context) => {
      const held = context.wall.wall?.control;
      return arranges(context) && (!held || isMine(held.by) || mayKeepScenes(context));
    },
    acts: 'wall',
    run: ({ actions }) => void actions.send({ type: 'control:take' }),
  },
  {
    id: 'control.give',
    label: 'Give control back',
    group: 'Control',
    keys: [],
    when: ({ wall }) => wall.wall?.control !== undefined && isMine(wall.wall.control.by),
    acts: 'wall',
    run: ({ actions }) => void actions.send({ type: 'control:give' }),
  },
  {
    id: 'control.look',
    label: 'Look only, or arrange again',
    group: 'Control',
    keys: ['q'],
    when: arranges,
    run: ({ console, actions }) => actions.set({ look: !console.look }),
  },
  {
    id: 'room.show',
    label: 'The room as it hangs, or one screen large',
    group: 'Control',
    keys: ['g'],
    when: ({ wall }) => wall.wall !== null,
    run: ({ console, actions }) => actions.set({ view: console.view === 'room' ? 'stage' : 'room' }),
  },
  {
    id: 'tours.hold',
    label: 'An alert is on: every tour stands still',
    group: 'Control',
    keys: ['!'],
    when: (context) => arranges(context) && !context.wall.wall?.toursHeld,
    acts: 'wall',
    run: ({ actions }) =>
      void actions.send({
        type: 'tours:hold',
        why: `${sessionStore.getState().who?.me?.name ?? 'Somebody'} sees to an alert`,
      }),
  },
  {
    id: 'tours.go-on',
    label: 'The alert is over: tours go on where they stood',
    group: 'Control',
    keys: ['!'],
    when: (context) => arranges(context) && context.wall.wall?.toursHeld !== undefined,
    acts: 'wall',
    run: ({ actions }) => void actions.send({ type: 'tours:hold', why: null }),
  },
  {
    id: 'visitors.hide',
    label: 'Visitors: hide every restricted tile in the room',
    group: 'Control',
    // With a private camera chosen, p asks for it; the other key hides whatever is chosen.
    keys: ['p', '*'],
    when: ({ wall, roles }) =>
      wall.wall !== null && !wall.wall.visitors && (watches(roles) || roles.includes('administrator')),
    acts: 'wall',
    run: ({ wall, actions }) => {
      void actions.send({ type: 'visitors:hide' }).then((done) => {
        if (!done) return;
        const many = wall.restricted.length;
        actions.say({
          tone: many === 0 ? 'warn' : 'plain',
          title: many === 0 ? 'No camera is marked as restricted' : 'Restricted tiles are hidden in the room',
          text:
            many === 0
              ? 'An administrator marks a camera group as restricted under Rights.'
              : 'A supervisor brings them back with *.',
        });
      });
    },
  },
  {
    id: 'visitors.show',
    label: 'The visitors are gone: show restricted tiles again',
    group: 'Control',
    keys: ['p', '*'],
    when: (context) => context.wall.wall?.visitors !== undefined && mayKeepScenes(context),
    acts: 'wall',
    run: ({ actions }) => void actions.send({ type: 'visitors:show' }),
  },
];

const tiles: ConsoleCommand[] = [
  {
    id: 'tile.back',
    label: 'What the tile showed before',
    group: 'Tiles',
    keys: [','],
    when: (context) => remembers(context, 'back'),
    acts: 'wall',
    run: (context) => {
      const at = chosenTile(context);
      if (at) void context.actions.send({ type: 'tile:back', ...at });
    },
  },
  {
    id: 'tile.forward',
    label: 'What it showed after that',
    group: 'Tiles',
    keys: [';'],
    when: (context) => remembers(context, 'forward'),
    acts: 'wall',
    run: (context) => {
      const at = chosenTile(context);
      if (at) void context.actions.send({ type: 'tile:forward', ...at });
    },
  },
  {
    id: 'tile.tour',
    label: 'A tour of cameras on the tile',
    group: 'Tiles',
    keys: ['t'],
    when: onTile,
    run: (context) => {
      const at = chosenTile(context);
      if (at) context.actions.show({ kind: 'tour', screen: at.screen, tile: at.tile });
    },
  },
  {
    id: 'tile.tour-pause',
    label: 'Pause the tour, or let it go on',
    group: 'Tiles',
    keys: [],
    when: (context) => onTile(context) && Boolean(tourAt(context)),
    acts: 'wall',
    run: (context) => {
      const [at, tour] = [chosenTile(context), tourAt(context)];
      if (at && tour)
        void context.actions.send({ type: 'tile:tour-pause', ...at, paused: tour.pausedAt === null });
    },
  },
  {
    id: 'hot-spot.set',
    label: 'The tile follows what I select, or no longer',
    group: 'Tiles',
    keys: ['e'],
    when: onTile,
    acts: 'wall',
    run: (context) => {
      const at = chosenTile(context);
      const now = context.wall.wall?.hotSpot;
      if (!at) return;
      const same = now?.screen === at.screen && now.tile === at.tile && isMine(now.by);
      void context.actions.send({ type: 'hot-spot:set', at: same ? null : at });
    },
  },
];

const screens: ConsoleCommand[] = [
  {
    id: 'screen.fill',
    label: 'Fill the screen with the chosen cameras',
    group: 'Screens',
    keys: ['Insert'],
    when: (context) => onScreen(context) && context.console.picked.length > 0,
    acts: 'wall',
    run: (context) => {
      const screen = chosenScreen(context);
      const { picked } = context.console;
      if (!screen) return;
      void context.actions
        .send({ type: 'screen:fill', screen: screen.id, cameras: [...picked].slice(0, 36), mode: 'replace' })
        .then((done) => done && context.actions.set({ picked: [] }));
    },
  },
  {
    id: 'screen.edit-layout',
    label: 'Draw a layout of your own',
    group: 'Screens',
    keys: [],
    when: onScreen,
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.show({ kind: 'edit-layout', screen: screen.id });
    },
  },
  {
    id: 'screen.tour',
    label: 'A tour of scenes on the screen',
    group: 'Screens',
    keys: [],
    when: onScreen,
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.show({ kind: 'tour', screen: screen.id, tile: null });
    },
  },
  {
    id: 'screen.tour-pause',
    label: 'Pause its tour, or let it go on',
    group: 'Screens',
    keys: [],
    when: (context) => onScreen(context) && chosenScreen(context)?.tour !== undefined,
    acts: 'wall',
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen?.tour)
        void context.actions.send({
          ...{ type: 'screen:tour-pause', screen: screen.id, paused: screen.tour.pausedAt === null },
        });
    },
  },
  {
    id: 'screen.tour-end',
    label: 'End its tour of scenes',
    group: 'Screens',
    keys: [],
    when: (context) => onScreen(context) && chosenScreen(context)?.tour !== undefined,
    acts: 'wall',
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) void context.actions.send({ type: 'screen:tour-end', screen: screen.id });
    },
  },
  {
    id: 'screen.identify',
    label: 'Which one is it: show its number on the screen',
    group: 'Screens',
    keys: ['#'],
    when: onScreen,
    acts: 'wall',
    run: (context) => orderChosen(context, { kind: 'identify' }),
  },
  {
    id: 'screens.identify',
    label: 'Show every screen its number',
    group: 'Screens',
    keys: [],
    when: arranges,
    acts: 'wall',
    run: (context) => void context.actions.order(allScreens(context), { kind: 'identify' }),
  },
  {
    id: 'screen.reload',
    label: 'Load the page of the screen anew',
    group: 'Screens',
    keys: [],
    when: onScreen,
    acts: 'wall',
    run: (context) => orderChosen(context, { kind: 'reload' }),
  },
  {
    id: 'screens.message',
    label: 'A message on screens',
    group: 'Screens',
    keys: [],
    when: arranges,
    run: (context) =>
      context.actions.show({ kind: 'message-screens', screen: chosenScreen(context)?.id ?? null }),
  },
  {
    id: 'screen.screenshot',
    label: 'A picture of the screen as it is',
    group: 'Screens',
    keys: [],
    when: onScreen,
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen) context.actions.show({ kind: 'screenshot', screen: screen.id });
    },
  },
  {
    id: 'screen.blank',
    label: 'Blank the screen, or light it again',
    group: 'Screens',
    keys: [],
    when: onScreen,
    acts: 'wall',
    run: (context) => {
      const screen = chosenScreen(context);
      if (screen)
        void context.actions.send({ type: 'screen:blank', screens: [screen.id], blank: !screen.blank });
    },
  },
  {
    id: 'screens.blank',
    label: 'Blank every screen',
    group: 'Screens',
    keys: [],
    when: (context) => arranges(context) && blankOnes(context).length < allScreens(context).length,
    acts: 'wall',
    run: (context) =>
      void context.actions.send({ type: 'screen:blank', screens: allScreens(context), blank: true }),
  },
  {
    id: 'screens.light',
    label: 'Light every screen again',
    group: 'Screens',
    keys: [],
    when: (context) => arranges(context) && blankOnes(context).length > 0,
    acts: 'wall',
    run: (context) =>
      void context.actions.send({ type: 'screen:blank', screens: blankOnes(context), blank: false }),
  },
];

/** Scenes, control, the room and its screens. */
export const arrangeCommands: readonly ConsoleCommand[] = [...scenes, ...control, ...tiles, ...screens];
