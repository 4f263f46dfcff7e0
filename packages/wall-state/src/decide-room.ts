import type { Command, WallEvent, WallState } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { samePlace, sameShown, sceneTileOf } from './content.ts';
import { maxSchedules, mayBringWhole, sceneOf } from './decide-scenes.ts';
import { accept, nothingToDo, type DecideContext, type Decision, type Of } from './decision.ts';
import * as no from './refusals.ts';
import { assignmentOf, defaultWhy, screenOf } from './state.ts';

/** How long somebody has control without asking again, ms. */
export const controlMs = 10 * 60_000;

/** What goes on whoever has control: taking it, hiding from visitors, and what an alert or the server does. */
const alwaysFree: ReadonlySet<Command['type']> = new Set<Command['type']>([
  'control:take',
  'control:give',
  'control:expire',
  'visitors:hide',
  'visitors:show',
  'camera:forget',
  'tours:hold',
  'tours:alert',
  'schedule:note',
]);

/** W26: refused while somebody else has control. */
export function heldByOther(state: WallState, command: Command, { by, nowMs }: DecideContext) {
  const { control } = state;
  if (!control || control.until <= nowMs || control.by === by || alwaysFree.has(command.type)) return null;
  return no.held(control, nowMs);
}

const nameOf = ({ who, by }: DecideContext): string => who ?? by;

/** W27 */
export function takeControl(state: WallState, context: DecideContext): Decision {
  const { control } = state;
  const { by, nowMs, isSupervisor } = context;
  const holds = control && control.until > nowMs ? control : undefined;
  if (holds && holds.by !== by && !isSupervisor) return no.held(holds, nowMs);
  const until = nowMs + controlMs;
  if (holds?.by === by && holds.until === until) return nothingToDo();
  const since = holds?.by === by ? holds.since : nowMs;
  return accept({ type: 'control:taken', control: { by, name: nameOf(context), since, until } });
}

export function giveControl({ control }: WallState, { by, nowMs }: DecideContext): Decision {
  if (!control) return nothingToDo();
  if (control.by !== by && control.until > nowMs) return no.held(control, nowMs);
  return accept({ type: 'control:given', name: control.name, because: 'given' });
}

/** W28 */
export function expireControl({ control }: WallState, { nowMs }: DecideContext): Decision {
  if (!control || control.until > nowMs) return nothingToDo();
  return accept({ type: 'control:given', name: control.name, because: 'time-out' });
}

export function blankScreens(
  state: WallState,
  { screens, blank }: Of<'screen:blank'>,
  context: DecideContext,
): Decision {
  const events: WallEvent[] = [];
  for (const id of new Set(screens)) {
    const screen = screenOf(state, id);
    if (!screen) return no.noScreen(id);
    if ((screen.blank !== undefined) === blank) continue;
    const dark = blank ? { who: nameOf(context), since: context.nowMs } : null;
    events.push({ type: 'screen:blanked', screen: id, blank: dark });
  }
  return accept(...events);
}

export function placeScreens(state: WallState, { places }: Of<'screen:place'>): Decision {
  const events = new Map<string, WallEvent>();
  for (const { screen: id, place } of places) {
    const screen = screenOf(state, id);
    if (!screen) return no.noScreen(id);
    events.delete(id);
    if (!samePlace(screen.place, place ?? undefined))
      events.set(id, { type: 'screen:placed', screen: id, place });
  }
  return accept(...events.values());
}

export function setHotSpot(state: WallState, { at }: Of<'hot-spot:set'>, context: DecideContext): Decision {
  const { hotSpot } = state;
  if (at === null) return hotSpot ? accept({ type: 'hot-spot:set', at: null }) : nothingToDo();
  const screen = screenOf(state, at.screen);
  if (!screen) return no.noScreen(at.screen);
  if (hotSpot?.screen === at.screen && hotSpot.tile === at.tile && hotSpot.by === context.by)
    return nothingToDo();
  if (at.tile >= tileCount(screen.layout)) return no.outsideLayout(screen, at.tile);
  return accept({
    type: 'hot-spot:set',
    at: { screen: at.screen, tile: at.tile, by: context.by, name: nameOf(context) },
  });
}

/** W44 */
export function showOnHotSpot(
  state: WallState,
  { camera }: Of<'hot-spot:show'>,
  context: DecideContext,
): Decision {
  const { hotSpot } = state;
  const screen = hotSpot && screenOf(state, hotSpot.screen);
  if (!hotSpot || !screen || hotSpot.by !== context.by) return no.noHotSpot();
  if (!context.cameraExists(camera)) return no.noCamera(camera);
  const held = assignmentOf(screen, hotSpot.tile);
  if (held?.until === null && sameShown(sceneTileOf(held), { camera, why: defaultWhy })) return nothingToDo();
  if (hotSpot.tile >= tileCount(screen.layout)) return no.outsideLayout(screen, hotSpot.tile);
  if (screen.tour) return no.touring(screen);
  return accept({
    type: 'tile:assigned',
    screen: screen.id,
    tile: hotSpot.tile,
    assignment: { camera, by: context.by, at: context.nowMs, why: { ...defaultWhy }, until: null },
    memory: 'keep',
  });
}

export function hideForVisitors(state: WallState, context: DecideContext): Decision {
  if (state.visitors) return nothingToDo();
  return accept({
    type: 'visitors:hidden',
    visitors: { by: context.by, name: nameOf(context), since: context.nowMs },
  });
}

export const showAfterVisitors = (state: WallState): Decision =>
  state.visitors ? accept({ type: 'visitors:shown' }) : nothingToDo();

export function setSchedule(state: WallState, command: Of<'schedule:set'>, context: DecideContext): Decision {
  const { type: _, ...asked } = command;
  if (!sceneOf(state, asked.scene)) return no.noScene(asked.scene);
  const input = { ...asked, days: [...new Set(asked.days)].sort((a, b) => a - b) };
  const before = state.schedules?.find(({ schedule }) => schedule === input.schedule);
  if (!before && (state.schedules?.length ?? 0) >= maxSchedules) return no.tooManySchedules(maxSchedules);
  const same =
    before?.scene === input.scene &&
    before.time === input.time &&
    before.zone === input.zone &&
    before.revertAfterMin === input.revertAfterMin &&
    before.days.join() === input.days.join();
  if (same) return nothingToDo();
  const scene = sceneOf(state, asked.scene);
  if (scene && !mayBringWhole(state, [scene.id], context)) return no.notAllYours(scene);
  return accept({
    type: 'schedule:set',
    schedule: {
      ...input,
      setBy: nameOf(context),
      doneUntil: context.nowMs,
      last: before?.last ?? null,
    },
  });
}

export function removeSchedule(state: WallState, { schedule }: Of<'schedule:remove'>): Decision {
  const is = state.schedules?.some((one) => one.schedule === schedule);
  return is ? accept({ type: 'schedule:removed', schedule }) : no.noSchedule(schedule);
}

export function noteSchedule(
  state: WallState,
  { schedule: id, dueAt, outcome }: Of<'schedule:note'>,
  { nowMs }: DecideContext,
): Decision {
  const schedule = state.schedules?.find((one) => one.schedule === id);
  if (!schedule || schedule.doneUntil >= dueAt) return nothingToDo();
  return accept({
    type: 'schedule:set',
    schedule: { ...schedule, doneUntil: dueAt, last: { at: nowMs, outcome } },
  });
}

/** W43 */
export function holdTours(state: WallState, { why }: Of<'tours:hold'>): Decision {
  const { toursHeld: held } = state;
  if (why === null) return held ? accept({ type: 'tours:released' }) : nothingToDo();
  return held?.why === why && held.alert === undefined ? nothingToDo() : accept({ type: 'tours:held', why });
}

/** W47 */
export function holdForAlert(state: WallState, { alert, why }: Of<'tours:alert'>): Decision {
  const { toursHeld: held } = state;
  if (why !== null) return held ? nothingToDo() : accept({ type: 'tours:held', why, alert });
  return held?.alert === alert ? accept({ type: 'tours:released' }) : nothingToDo();
}
