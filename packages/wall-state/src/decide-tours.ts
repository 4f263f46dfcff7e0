import type { Assignment, Screen, WallEvent, WallState } from '@clerestory/protocol';
import { fitLayout, layoutOf, tileCount } from '@clerestory/layout';
import { screenConflict, tileConflict } from './conflicts.ts';
import { allowed, assignmentFrom, sameShown, sameSceneTour, sceneTileOf } from './content.ts';
import { allowanceOf, mayBringWhole, sceneOf } from './decide-scenes.ts';
import { accept, nothingToDo, type DecideContext, type Decision, type Of } from './decision.ts';
import { memoryOf } from './memory.ts';
import { resumed } from './rotation.ts';
import * as no from './refusals.ts';
import { assignmentOf, defaultWhy, screenOf } from './state.ts';

/** W40 */
export function tourTile(
  state: WallState,
  command: Of<'tile:tour'>,
  base: number,
  context: DecideContext,
): Decision {
  const { tile, dwellS } = command;
  const screen = screenOf(state, command.screen);
  if (!screen) return no.noScreen(command.screen);
  const cameras = [...new Set(command.cameras)];
  const missing = cameras.find((camera) => !context.cameraExists(camera));
  if (missing !== undefined) return no.noCamera(missing);
  const [camera] = cameras;
  if (camera === undefined || cameras.length < 2) return no.tourOfOne();
  const wanted = { camera, why: defaultWhy, tour: { cameras, dwellS } };
  const held = assignmentOf(screen, tile);
  if (held?.until === null && sameShown(sceneTileOf(held), wanted)) return nothingToDo();
  const conflict = tileConflict(state, screen, tile, base);
  if (conflict) return conflict;
  if (tile >= tileCount(screen.layout)) return no.outsideLayout(screen, tile);
  if (screen.tour) return no.touring(screen);
  return accept({
    type: 'tile:assigned',
    screen: screen.id,
    tile,
    assignment: assignmentFrom(wanted, context),
  });
}

export function pauseTileTour(
  state: WallState,
  { screen: id, tile, paused }: Of<'tile:tour-pause'>,
  { nowMs }: DecideContext,
): Decision {
  const screen = screenOf(state, id);
  if (!screen) return no.noScreen(id);
  const held = assignmentOf(screen, tile);
  if (!held?.tour) return no.noTour();
  if ((held.tour.pausedAt !== null) === paused) return nothingToDo();
  const tour = paused ? { ...held.tour, pausedAt: nowMs } : resumed(held.tour, nowMs, state.toursHeld?.since);
  return accept({
    type: 'tile:assigned',
    screen: id,
    tile,
    assignment: { ...held, tour },
    memory: 'keep',
  });
}

/** W45 */
export function stepThroughMemory(
  state: WallState,
  { type, screen: id, tile }: Of<'tile:back' | 'tile:forward'>,
  base: number,
  context: DecideContext,
): Decision {
  const screen = screenOf(state, id);
  if (!screen) return no.noScreen(id);
  const step = type === 'tile:back' ? 'back' : 'forward';
  const held = assignmentOf(screen, tile);
  const allowance = allowanceOf(context);
  const remembered = memoryOf(screen, tile)[step].map((one) => allowed(one, allowance).wanted);
  const entry = remembered.findLast((one) => one && (!held || !sameShown(one, sceneTileOf(held))));
  const conflict = tileConflict(state, screen, tile, base);
  if (conflict) return conflict;
  if (!entry) return no.nothingRemembered(step);
  if (tile >= tileCount(screen.layout)) return no.outsideLayout(screen, tile);
  if (screen.tour) return no.touring(screen);
  return accept({
    type: 'tile:assigned',
    screen: id,
    tile,
    assignment: assignmentFrom(entry, context),
    memory: step,
  });
}

const filling = (camera: string, { by, nowMs }: DecideContext): Assignment => ({
  camera,
  by,
  at: nowMs,
  why: { ...defaultWhy },
  until: null,
});

/** W41 */
export function fillScreen(
  state: WallState,
  command: Of<'screen:fill'>,
  base: number,
  context: DecideContext,
): Decision {
  const screen = screenOf(state, command.screen);
  if (!screen) return no.noScreen(command.screen);
  const missing = command.cameras.find((camera) => !context.cameraExists(camera));
  if (missing !== undefined) return no.noCamera(missing);
  return command.mode === 'free'
    ? fillFree(state, screen, command.cameras, base, context)
    : fillWhole(state, screen, command.cameras, base, context);
}

function fillFree(
  state: WallState,
  screen: Screen,
  cameras: readonly string[],
  base: number,
  context: DecideContext,
): Decision {
  if (screen.changedAt > base) return no.shapeChanged(state, screen);
  if (screen.tour) return no.touring(screen);
  const tiles = Array.from({ length: tileCount(screen.layout) }, (_, tile) => tile);
  const free = tiles.filter((tile) => !assignmentOf(screen, tile));
  if (free.length < cameras.length) return no.tooFewFree(screen, free.length, cameras.length);
  return accept(
    ...cameras.map((camera, n): WallEvent => ({
      type: 'tile:assigned',
      screen: screen.id,
      tile: free[n] ?? 0,
      assignment: filling(camera, context),
    })),
  );
}

function fillWhole(
  state: WallState,
  screen: Screen,
  cameras: readonly string[],
  base: number,
  context: DecideContext,
): Decision {
  const fits = tileCount(screen.layout) >= cameras.length;
  const layout = fits ? screen.layout : fitLayout(cameras.length, layoutOf(screen.layout).portrait);
  const events: WallEvent[] = fits ? [] : [{ type: 'screen:layout-changed', screen: screen.id, layout }];
  for (let tile = 0; tile < tileCount(layout); tile++) {
    const [camera, held] = [cameras[tile], assignmentOf(screen, tile)];
    if (camera === undefined) {
      if (held) events.push({ type: 'tile:cleared', screen: screen.id, tile });
    } else if (held?.until !== null || !sameShown(sceneTileOf(held), { camera, why: defaultWhy }))
      events.push({
        type: 'tile:assigned',
        screen: screen.id,
        tile,
        assignment: filling(camera, context),
      });
  }
  if (events.length === 0) return nothingToDo();
  const conflict = screenConflict(state, screen, base);
  if (conflict) return conflict;
  return screen.tour ? no.touring(screen) : accept(...events);
}

/** W42 */
export function tourScreen(
  state: WallState,
  { screen: id, scenes, dwellS }: Of<'screen:tour'>,
  base: number,
  context: DecideContext,
): Decision {
  const { nowMs } = context;
  const screen = screenOf(state, id);
  if (!screen) return no.noScreen(id);
  for (const one of scenes) {
    const scene = sceneOf(state, one);
    if (!scene) return no.noScene(one);
    if (!scene.screens.some((named) => named.screen === id)) return no.sceneElsewhere(scene, screen);
    if (!mayBringWhole(state, [one], context)) return no.notAllYours(scene);
  }
  const tour = { scenes: [...scenes], dwellS, startedAt: nowMs, pausedAt: null };
  if (sameSceneTour(screen.tour, tour)) return nothingToDo();
  if (screen.changedAt > base) return no.shapeChanged(state, screen);
  return accept({ type: 'screen:tour-set', screen: id, tour });
}

export function pauseScreenTour(
  state: WallState,
  { screen: id, paused }: Of<'screen:tour-pause'>,
  { nowMs }: DecideContext,
): Decision {
  const screen = screenOf(state, id);
  if (!screen) return no.noScreen(id);
  const { tour } = screen;
  if (!tour) return no.noTour();
  if ((tour.pausedAt !== null) === paused) return nothingToDo();
  return accept({
    type: 'screen:tour-set',
    screen: id,
    tour: paused ? { ...tour, pausedAt: nowMs } : resumed(tour, nowMs, state.toursHeld?.since),
  });
}

export function endScreenTour(state: WallState, { screen: id }: Of<'screen:tour-end'>): Decision {
  const screen = screenOf(state, id);
  if (!screen) return no.noScreen(id);
  return screen.tour ? accept({ type: 'screen:tour-set', screen: id, tour: null }) : nothingToDo();
}
