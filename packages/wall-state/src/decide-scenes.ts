import type { Command, Scene, Screen, WallEvent, WallState } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { accept, nothingToDo, type DecideContext, type Decision, type Of } from './decision.ts';
import {
  allowed,
  assignmentFrom,
  camerasOf,
  onlyWith,
  sameShown,
  sceneTileOf,
  type Allowance,
} from './content.ts';
import { joined, restore, reversed } from './restore.ts';
import * as no from './refusals.ts';
import { assignmentOf, screenOf } from './state.ts';

export const maxScenes = 60;
export const maxSchedules = 50;

export const sceneOf = (state: WallState, id: string): Scene | undefined =>
  state.scenes?.find((scene) => scene.id === id);

export const allowanceOf = (context: DecideContext): Allowance => ({
  cameraExists: (camera) => context.cameraExists(camera),
  mayArrange: (camera) => context.mayArrange?.(camera) ?? true,
  sees: (camera) => context.sees?.(camera) ?? true,
});

/** Whether somebody may let a scene come by itself: every camera in it, since it will be shown as it is. */
export function mayBringWhole(state: WallState, scenes: readonly string[], context: DecideContext): boolean {
  const { mayArrange, sees } = allowanceOf(context);
  return scenes
    .flatMap((id) => sceneOf(state, id)?.screens ?? [])
    .flatMap(({ tiles }) => Object.values(tiles).flatMap(camerasOf))
    .every((camera) => sees(camera) && mayArrange(camera));
}

/** What a screen shows now, as a scene keeps it; parked tiles are none of it. */
function screenNow({ id, layout, tiles }: Screen): Scene['screens'][number] {
  const shown = Object.entries(tiles).filter(([tile]) => Number(tile) < tileCount(layout));
  return {
    screen: id,
    layout,
    tiles: Object.fromEntries(shown.map(([tile, held]) => [tile, sceneTileOf(held)])),
  };
}

function keyTaken(state: WallState, { scene: id, key }: { scene: string; key: Scene['key'] }) {
  const other = key === null ? undefined : state.scenes?.find((one) => one.key === key && one.id !== id);
  return other ? no.keyTaken(other) : null;
}

const sameScreens = (a: Scene['screens'], b: Scene['screens']): boolean =>
  a.length === b.length &&
  a.every((one, n) => {
    const other = b[n];
    if (!other || one.screen !== other.screen || one.layout !== other.layout) return false;
    const tiles = new Set([...Object.keys(one.tiles), ...Object.keys(other.tiles)]);
    return [...tiles].every((tile) => sameShown(one.tiles[tile], other.tiles[tile]));
  });

/** W31 W32 */
export function saveScene(
  state: WallState,
  command: Of<'scene:save'>,
  base: number,
  context: DecideContext,
): Decision {
  const { scene: id, name, key } = command;
  const screens = [];
  for (const wanted of new Set(command.screens)) {
    const screen = screenOf(state, wanted);
    if (!screen) return no.noScreen(wanted);
    screens.push(screenNow(screen));
  }
  const before = sceneOf(state, id);
  if (before?.name === name && before.key === key && sameScreens(before.screens, screens))
    return nothingToDo();
  if (before && before.changedAt > base) return no.sceneChanged(state, before);
  const taken = keyTaken(state, command);
  if (taken) return taken;
  if (!before && (state.scenes?.length ?? 0) >= maxScenes) return no.tooManyScenes(maxScenes);
  return accept({
    type: 'scene:saved',
    scene: {
      ...{ id, name, key, screens, savedBy: context.who ?? context.by, savedAt: context.nowMs },
      changedAt: state.sequence + 1,
    },
  });
}

export function renameScene(state: WallState, command: Of<'scene:rename'>, base: number): Decision {
  const { scene: id, name, key } = command;
  const before = sceneOf(state, id);
  if (!before) return no.noScene(id);
  if (before.name === name && before.key === key) return nothingToDo();
  if (before.changedAt > base) return no.sceneChanged(state, before);
  const taken = keyTaken(state, command);
  if (taken) return taken;
  return accept({
    type: 'scene:saved',
    scene: { ...before, name, key, changedAt: state.sequence + 1 },
  });
}

/** W33 */
export function removeScene(state: WallState, { scene: id }: Of<'scene:remove'>, base: number): Decision {
  const scene = sceneOf(state, id);
  if (!scene) return no.noScene(id);
  if (scene.changedAt > base) return no.sceneChanged(state, scene);
  const touring = state.screens.find(({ tour }) => tour?.scenes.includes(id));
  if (touring) return no.sceneInTour(scene, touring);
  const schedule = state.schedules?.find((one) => one.scene === id);
  if (schedule) return no.sceneScheduled(scene, schedule.time);
  return accept({ type: 'scene:removed', scene: id });
}

/** What one screen of a scene changes. */
function applyTo(
  screen: Screen,
  scene: Scene['screens'][number],
  context: DecideContext,
  left: string[],
): WallEvent[] {
  const events: WallEvent[] = [];
  const allowance = allowanceOf(context);
  if (screen.tour) events.push({ type: 'screen:tour-set', screen: screen.id, tour: null });
  if (screen.layout !== scene.layout)
    events.push({ type: 'screen:layout-changed', screen: screen.id, layout: scene.layout });
  for (let tile = 0; tile < tileCount(scene.layout); tile++) {
    const [held, kept] = [assignmentOf(screen, tile), scene.tiles[String(tile)]];
    const place = `tile ${tile + 1} of "${screen.name}"`;
    // As whoever asks knows them: what is hidden from them is neither brought nor counts as a difference.
    const { wanted, why } = kept ? allowed(kept, allowance) : { wanted: null, why: null };
    const shown = held && onlyWith(held, allowance.sees);
    if (why === 'gone') left.push(`the camera for ${place} is no longer registered`);
    else if (why === 'no right') left.push(`you have no right to the camera for ${place}`);
    else if (!wanted) {
      if (held && (shown || !kept)) events.push({ type: 'tile:cleared', screen: screen.id, tile });
    } else if (!shown || shown.until !== null || !sameShown(sceneTileOf(shown), wanted))
      events.push({
        type: 'tile:assigned',
        screen: screen.id,
        tile,
        assignment: assignmentFrom(wanted, context),
      });
  }
  return events;
}

/** W34 W35 */
export function applyScene(
  state: WallState,
  { scene: id }: Of<'scene:apply'>,
  base: number,
  context: DecideContext,
): Decision {
  const scene = sceneOf(state, id);
  if (!scene) return no.noScene(id);
  if (scene.changedAt > base) return no.sceneChanged(state, scene);
  const left: string[] = [];
  const events: WallEvent[] = [];
  const screens: string[] = [];
  for (const named of scene.screens) {
    const screen = screenOf(state, named.screen);
    if (!screen) {
      left.push(`the screen "${named.screen}" is no longer on this wall`);
      continue;
    }
    const own = applyTo(screen, named, context, left);
    if (own.length > 0) screens.push(screen.id);
    events.push(...own);
  }
  if (events.length === 0) return { ...nothingToDo(), ...(left.length > 0 && { left }) };
  const applied = {
    ...{ sequence: state.sequence + 1, scene: id, name: scene.name, by: context.by },
    ...{ who: context.who ?? context.by, at: context.nowMs, screens },
  };
  return {
    ok: true,
    events: [...events, { type: 'scene:applied', applied }],
    ...(left.length > 0 && { left }),
  };
}

/** W36 W37 */
export function revertScene(
  state: WallState,
  { applied: sequence, since }: Of<'scene:revert'>,
  context: DecideContext,
): Decision {
  const from = state.applied?.findIndex((one) => one.sequence === sequence) ?? -1;
  const entries = from < 0 ? [] : (state.applied?.slice(from) ?? []);
  const first = entries[0];
  if (!first) return no.notApplied(state);
  const steps = entries.map(({ sequence: at }) => context.steps?.applied.find((one) => one.sequence === at));
  const known = steps.filter((step) => step !== undefined);
  if (known.length !== entries.length) return no.stepLost();
  const { events, changed, left } = restore(
    state,
    joined(known),
    since === 'overwrite',
    restoring(state, context),
  );
  if (since === 'refuse' && changed.length > 0) return no.changedSince(state, first.name, changed);
  return {
    ok: true,
    events: [
      ...events,
      {
        type: 'scene:reverted',
        sequences: entries.map((entry) => entry.sequence),
        name: first.name,
      },
    ],
    ...(left.length > 0 && { left }),
  };
}

const restoring = (state: WallState, context: DecideContext) => ({
  ...allowanceOf(context),
  mayTour: (scenes: readonly string[]) => mayBringWhole(state, scenes, context),
});

/** W38 W39 */
export function stepBackOrForth(
  state: WallState,
  { type, since }: Extract<Command, { type: 'step:undo' | 'step:redo' }>,
  context: DecideContext,
): Decision {
  const undo = type === 'step:undo';
  const step = undo ? context.steps?.undo : context.steps?.redo;
  if (!step) return undo ? no.nothingToUndo() : no.nothingToRedo();
  const changes = joined([undo ? step : reversed(step)]);
  const { events, changed, left } = restore(state, changes, false, restoring(state, context));
  if (changed.length > 0 && since !== 'keep') return no.changedSince(state, null, changed);
  const scene = undo ? state.applied?.find(({ sequence }) => sequence === step.sequence) : undefined;
  return {
    ok: true,
    events: [
      ...events,
      ...(scene ? [{ type: 'scene:reverted' as const, sequences: [step.sequence], name: scene.name }] : []),
      { type: undo ? 'step:undone' : 'step:redone', of: step.sequence },
    ],
    ...(left.length > 0 && { left }),
  };
}
