import type { Command, TileRef, WallEvent, WallState, Assignment, Screen } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { screenConflict, tileConflict } from './conflicts.ts';
import { sameAssignment, sameShown, sceneTileOf, withoutCamera, withoutCameraIn } from './content.ts';
import * as room from './decide-room.ts';
import * as scenes from './decide-scenes.ts';
import * as tours from './decide-tours.ts';
import { accept, nothingToDo, type DecideContext, type Decision, type Of } from './decision.ts';
import {
  fromTheFuture,
  noCamera,
  noScreen,
  outsideLayout,
  screenExists,
  shapeChanged,
  tooManyScreens,
  touring,
} from './refusals.ts';
import { assignmentOf, defaultWhy, filledTiles, maxScreens, screenOf } from './state.ts';

/**
 * Decides one command against the wall as it is now. `base` is the sequence of the state that the person was looking
 * at. Never throws for a command that its schema lets through. The rules (W1…) are in SPEC.md.
 */
export function decide(
  state: WallState,
  envelope: { base: number; command: Command },
  context: DecideContext,
): Decision {
  const { base, command } = envelope;
  // W1, except for the registry's own command, which is never refused (W17).
  if (base > state.sequence && command.type !== 'camera:forget') return fromTheFuture(state, base);
  return room.heldByOther(state, command, context) ?? settle(state, command, base, context);
}

/** `decide` without the checks of the base and of who has control; an infinite base never conflicts. */
export function settle(state: WallState, command: Command, base: number, context: DecideContext): Decision {
  switch (command.type) {
    case 'tile:assign':
      return assignTile(state, command, base, context);
    case 'tile:clear':
      return clearTile(state, command, base);
    case 'tile:swap':
      return swapTiles(state, command, base);
    case 'screen:clear':
      return clearScreen(state, command, base);
    case 'screen:layout':
      return changeLayout(state, command, base);
    case 'screen:create':
      return createScreen(state, command);
    case 'screen:rename':
      return renameScreen(state, command, base);
    case 'screen:remove':
      return removeScreen(state, command, base);
    case 'wall:rename':
      return command.name === state.name
        ? nothingToDo()
        : accept({ type: 'wall:renamed', name: command.name });
    case 'camera:forget':
      return forgetCamera(state, command);
    default:
      return arrange(state, command, base, context);
  }
}

/** The rest: scenes, tours, control and the room. */
function arrange(
  state: WallState,
  command: Exclude<Command, Of<Basic>>,
  base: number,
  context: DecideContext,
): Decision {
  switch (command.type) {
    case 'tile:tour':
      return tours.tourTile(state, command, base, context);
    case 'tile:tour-pause':
      return tours.pauseTileTour(state, command, context);
    case 'tile:back':
    case 'tile:forward':
      return tours.stepThroughMemory(state, command, base, context);
    case 'screen:fill':
      return tours.fillScreen(state, command, base, context);
    case 'screen:tour':
      return tours.tourScreen(state, command, base, context);
    case 'screen:tour-pause':
      return tours.pauseScreenTour(state, command, context);
    case 'screen:tour-end':
      return tours.endScreenTour(state, command);
    case 'scene:save':
      return scenes.saveScene(state, command, base, context);
    case 'scene:rename':
      return scenes.renameScene(state, command, base);
    case 'scene:remove':
      return scenes.removeScene(state, command, base);
    case 'scene:apply':
      return scenes.applyScene(state, command, base, context);
    case 'scene:revert':
      return scenes.revertScene(state, command, context);
    case 'step:undo':
    case 'step:redo':
      return scenes.stepBackOrForth(state, command, context);
    case 'screen:blank':
      return room.blankScreens(state, command, context);
    case 'screen:place':
      return room.placeScreens(state, command);
    case 'control:take':
      return room.takeControl(state, context);
    case 'control:give':
      return room.giveControl(state, context);
    case 'control:expire':
      return room.expireControl(state, context);
    case 'hot-spot:set':
      return room.setHotSpot(state, command, context);
    case 'hot-spot:show':
      return room.showOnHotSpot(state, command, context);
    case 'visitors:hide':
      return room.hideForVisitors(state, context);
    case 'visitors:show':
      return room.showAfterVisitors(state);
    case 'schedule:set':
      return room.setSchedule(state, command, context);
    case 'schedule:remove':
      return room.removeSchedule(state, command);
    case 'schedule:note':
      return room.noteSchedule(state, command, context);
    case 'tours:hold':
      return room.holdTours(state, command);
    case 'tours:alert':
      return room.holdForAlert(state, command);
  }
}

type Basic =
  | 'tile:assign'
  | 'tile:clear'
  | 'tile:swap'
  | 'screen:clear'
  | 'screen:layout'
  | 'screen:create'
  | 'screen:rename'
  | 'screen:remove'
  | 'wall:rename'
  | 'camera:forget';

const isShown = (screen: Screen, tile: number): boolean => tile < tileCount(screen.layout);

function assignTile(
  state: WallState,
  command: Of<'tile:assign'>,
  base: number,
  context: DecideContext,
): Decision {
  const { tile, camera, why = defaultWhy } = command;
  const screen = screenOf(state, command.screen);
  if (!screen) return noScreen(command.screen);
  if (!context.cameraExists(camera)) return noCamera(camera);
  const there = assignmentOf(screen, tile);
  const asked = there?.until === null && sameShown(sceneTileOf(there), { camera, why });
  if (asked && isShown(screen, tile)) return nothingToDo();
  const conflict = tileConflict(state, screen, tile, base);
  if (conflict) return conflict;
  if (!isShown(screen, tile)) return outsideLayout(screen, tile);
  if (screen.tour) return touring(screen);
  return accept({
    type: 'tile:assigned',
    screen: screen.id,
    tile,
    assignment: { camera, by: context.by, at: context.nowMs, why: { ...why }, until: null },
  });
}

function clearTile(state: WallState, { screen: id, tile }: Of<'tile:clear'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  if (!assignmentOf(screen, tile)) return nothingToDo();
  const conflict = tileConflict(state, screen, tile, base);
  if (conflict) return conflict;
  return screen.tour ? touring(screen) : accept({ type: 'tile:cleared', screen: screen.id, tile });
}

/** The event that makes a tile hold what another one held. */
const hand = ({ screen, tile }: TileRef, assignment: Assignment | undefined): WallEvent =>
  assignment ? { type: 'tile:assigned', screen, tile, assignment } : { type: 'tile:cleared', screen, tile };

function swapTiles(state: WallState, { a, b }: Of<'tile:swap'>, base: number): Decision {
  const [screenA, screenB] = [screenOf(state, a.screen), screenOf(state, b.screen)];
  if (!screenA) return noScreen(a.screen);
  if (!screenB) return noScreen(b.screen);
  if (a.screen === b.screen && a.tile === b.tile) return nothingToDo();
  const conflict = tileConflict(state, screenA, a.tile, base) ?? tileConflict(state, screenB, b.tile, base);
  if (conflict) return conflict;
  if (!isShown(screenA, a.tile)) return outsideLayout(screenA, a.tile);
  if (!isShown(screenB, b.tile)) return outsideLayout(screenB, b.tile);
  for (const screen of [screenA, screenB]) if (screen.tour) return touring(screen);
  const [atA, atB] = [assignmentOf(screenA, a.tile), assignmentOf(screenB, b.tile)];
  if (sameAssignment(atA, atB)) return nothingToDo();
  return accept(hand(a, atB), hand(b, atA));
}

function clearScreen(state: WallState, { screen: id }: Of<'screen:clear'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  const filled = filledTiles(screen);
  if (filled.length === 0) return nothingToDo();
  const conflict = screenConflict(state, screen, base);
  if (conflict) return conflict;
  if (screen.tour) return touring(screen);
  return accept(...filled.map(({ tile }): WallEvent => ({ type: 'tile:cleared', screen: screen.id, tile })));
}

function changeLayout(state: WallState, { screen: id, layout }: Of<'screen:layout'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  if (screen.layout === layout) return nothingToDo();
  if (screen.changedAt > base) return shapeChanged(state, screen);
  if (screen.tour) return touring(screen);
  return accept({ type: 'screen:layout-changed', screen: screen.id, layout });
}

function createScreen(state: WallState, { screen, name, layout }: Of<'screen:create'>): Decision {
  if (screenOf(state, screen)) return screenExists(screen);
  if (state.screens.length >= maxScreens) return tooManyScreens();
  return accept({ type: 'screen:created', screen, name, layout });
}

function renameScreen(state: WallState, { screen: id, name }: Of<'screen:rename'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  if (screen.name === name) return nothingToDo();
  if (screen.changedAt > base) return shapeChanged(state, screen);
  return accept({ type: 'screen:renamed', screen: screen.id, name });
}

function removeScreen(state: WallState, { screen: id }: Of<'screen:remove'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  return screenConflict(state, screen, base) ?? accept({ type: 'screen:removed', screen: screen.id });
}

function forgetCamera(state: WallState, { camera }: Of<'camera:forget'>): Decision {
  const events: WallEvent[] = [];
  for (const screen of state.screens)
    for (const { tile, assignment } of filledTiles(screen)) {
      const left = withoutCamera(assignment, camera);
      if (left === null) events.push({ type: 'tile:cleared', screen: screen.id, tile });
      else if (left !== assignment)
        events.push({
          type: 'tile:assigned',
          screen: screen.id,
          tile,
          assignment: left,
          memory: 'keep',
        });
    }
  for (const scene of state.scenes ?? []) {
    const screens = scene.screens.map((one) => ({ ...one, tiles: withoutCameraIn(one.tiles, camera) }));
    if (screens.some((one, n) => one.tiles !== scene.screens[n]?.tiles))
      events.push({ type: 'scene:saved', scene: { ...scene, screens, changedAt: state.sequence + 1 } });
  }
  return accept(...events);
}
