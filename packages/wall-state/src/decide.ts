import type { Assignment, Command, Screen, TileRef, WallEvent, WallState, Why } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import {
  fromTheFuture,
  noCamera,
  noScreen,
  outsideLayout,
  screenExists,
  shapeChanged,
  tileChanged,
  tooManyScreens,
  type Refusal,
} from './refusals.ts';
import { assignmentOf, defaultWhy, filledTiles, maxScreens, screenOf } from './state.ts';

/** Everything that a decision needs and the wall does not hold. */
export interface DecideContext {
  /** Who asks; kept in each assignment that the command makes. */
  readonly by: string;
  /** Unix time in milliseconds, UTC. */
  readonly nowMs: number;
  cameraExists(id: string): boolean;
}

/** Events to commit together under one sequence number (none: there is nothing to commit), or a refusal. */
export type Decision = { readonly ok: true; readonly events: WallEvent[] } | Refusal;

type Of<T extends Command['type']> = Extract<Command, { type: T }>;

const accept = (...events: WallEvent[]): Decision => ({ ok: true, events });
const nothingToDo = (): Decision => accept();

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
  return settle(state, command, base, context);
}

/** `decide` without the check of the base against the wall's sequence; an infinite base never conflicts. */
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
  }
}

/** W3 and W4: what one tile command touches, the tile itself and the shape of its screen. */
function tileConflict(state: WallState, screen: Screen, tile: number, base: number): Refusal | null {
  if (screen.changedAt > base) return shapeChanged(state, screen);
  if ((screen.tileChangedAt[String(tile)] ?? 0) > base) return tileChanged(state, screen, tile);
  return null;
}

/** W5: emptying or removing a screen touches its shape and each tile that holds something. */
function screenConflict(state: WallState, screen: Screen, base: number): Refusal | null {
  if (screen.changedAt > base) return shapeChanged(state, screen);
  for (const { tile } of filledTiles(screen)) {
    const conflict = tileConflict(state, screen, tile, base);
    if (conflict) return conflict;
  }
  return null;
}

const isShown = (screen: Screen, tile: number): boolean => tile < tileCount(screen.layout);
const sameWhy = (a: Why, b: Why): boolean => a.kind === b.kind && a.purpose === b.purpose;
const sameAssignment = (a: Assignment | undefined, b: Assignment | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.camera === b.camera &&
    a.by === b.by &&
    a.at === b.at &&
    a.until === b.until &&
    sameWhy(a.why, b.why));

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
  const asked = there?.camera === camera && there.until === null && sameWhy(there.why, why);
  if (asked && isShown(screen, tile)) return nothingToDo();
  const conflict = tileConflict(state, screen, tile, base);
  if (conflict) return conflict;
  if (!isShown(screen, tile)) return outsideLayout(screen, tile);
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
  return tileConflict(state, screen, tile, base) ?? accept({ type: 'tile:cleared', screen: screen.id, tile });
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
  const [atA, atB] = [assignmentOf(screenA, a.tile), assignmentOf(screenB, b.tile)];
  if (sameAssignment(atA, atB)) return nothingToDo();
  return accept(hand(a, atB), hand(b, atA));
}

function clearScreen(state: WallState, { screen: id }: Of<'screen:clear'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  const filled = filledTiles(screen);
  if (filled.length === 0) return nothingToDo();
  return (
    screenConflict(state, screen, base) ??
    accept(...filled.map(({ tile }): WallEvent => ({ type: 'tile:cleared', screen: screen.id, tile })))
  );
}

function changeLayout(state: WallState, { screen: id, layout }: Of<'screen:layout'>, base: number): Decision {
  const screen = screenOf(state, id);
  if (!screen) return noScreen(id);
  if (screen.layout === layout) return nothingToDo();
  if (screen.changedAt > base) return shapeChanged(state, screen);
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
    for (const { tile, assignment } of filledTiles(screen))
      if (assignment.camera === camera) events.push({ type: 'tile:cleared', screen: screen.id, tile });
  return accept(...events);
}
