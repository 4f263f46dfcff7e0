import { z } from 'zod';
import { Assignment, DwellS, SceneTour, TileRef, TourCameras, Why } from './assignment.ts';
import { CameraId, DisplayName, Id, ScreenId, textLine, TileIndex, UnixMs } from './ids.ts';
import { LayoutId } from './layout-id.ts';

/** Where a screen hangs in the room, centimetres from the plan's upper left. */
export const Place = z.object({
  x: z.int().min(0).max(10_000),
  y: z.int().min(0).max(10_000),
  width: z.int().min(10).max(2_000),
  height: z.int().min(10).max(2_000),
});
export type Place = z.infer<typeof Place>;

/** The keys that apply a scene. F5 loads a page anew, F10 to F12 are the browser's. */
export const SceneKey = z.enum(['F1', 'F2', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9']);
export type SceneKey = z.infer<typeof SceneKey>;

/** What a scene puts on one tile: an assignment without who and when, which are those of its applying. */
export const SceneTile = z.object({
  camera: CameraId,
  why: Why,
  tour: z.object({ cameras: z.array(CameraId).min(1), dwellS: DwellS }).optional(),
});
export type SceneTile = z.infer<typeof SceneTile>;

/** One screen as a scene has it. A shown tile that is not named there is empty in the scene. */
export const SceneScreen = z.object({
  screen: ScreenId,
  layout: LayoutId,
  tiles: z.record(z.string(), SceneTile),
});
export type SceneScreen = z.infer<typeof SceneScreen>;

/** A saved arrangement of all or some screens of a wall. */
export const Scene = z.object({
  id: Id,
  name: z.string(),
  key: SceneKey.nullable(),
  screens: z.array(SceneScreen),
  /** Who saved it last, as people read it, and when. */
  savedBy: z.string(),
  savedAt: UnixMs,
  /** Sequence of that. */
  changedAt: z.int(),
});
export type Scene = z.infer<typeof Scene>;

/** A scene that was applied and can be taken back, by the sequence of that commit. */
export const Applied = z.object({
  sequence: z.int(),
  scene: Id,
  name: z.string(),
  by: z.string(),
  who: z.string(),
  at: UnixMs,
  screens: z.array(ScreenId),
});
export type Applied = z.infer<typeof Applied>;

/** One person alone arranges the wall, until a time. */
export const Control = z.object({ by: z.string(), name: z.string(), since: UnixMs, until: UnixMs });
export type Control = z.infer<typeof Control>;

/** The tile that shows what one person selects at the console. */
export const HotSpot = z.object({ ...TileRef.shape, by: z.string(), name: z.string() });
export type HotSpot = z.infer<typeof HotSpot>;

/** Visitors are in the room: restricted cameras are hidden on its screens. */
export const Visitors = z.object({ by: z.string(), name: z.string(), since: UnixMs });
export type Visitors = z.infer<typeof Visitors>;

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const ScheduleInput = {
  schedule: Id,
  scene: Id,
  /** Days of the week, 1 Monday to 7 Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  /** Time of day on the clocks of `zone`. */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:30'),
  /** IANA name, such as America/Chicago. */
  zone: textLine(64).refine(isZone, 'no such time zone: give a name such as America/Chicago'),
  /** Minutes after which what it changed is taken back; null: it stays. */
  revertAfterMin: z.int().min(1).max(1_439).nullable(),
};
/** A scene by the clock. */
export const Schedule = z.object({
  ...ScheduleInput,
  setBy: z.string(),
  /** Times up to this one are over, whether or not it was applied. */
  doneUntil: UnixMs,
  last: z.object({ at: UnixMs, outcome: z.string() }).nullable(),
});
export type Schedule = z.infer<typeof Schedule>;

/** What a tile showed before, and after what it shows now. The nearest is last. */
export const TileMemory = z.object({ back: z.array(SceneTile), forward: z.array(SceneTile) });
export type TileMemory = z.infer<typeof TileMemory>;

/** Of a screen, beside its tiles. Left out where there is none. */
export const screenExtras = {
  place: Place.optional(),
  tour: SceneTour.optional(),
  /** Dark by command. */
  blank: z.object({ who: z.string(), since: UnixMs }).optional(),
  memory: z.record(z.string(), TileMemory).optional(),
};
/** Of a wall, beside its screens. Left out where there is none. */
export const wallExtras = {
  scenes: z.array(Scene).optional(),
  /** Newest last. */
  applied: z.array(Applied).optional(),
  control: Control.optional(),
  hotSpot: HotSpot.optional(),
  visitors: Visitors.optional(),
  schedules: z.array(Schedule).optional(),
  /** An alert is on: tours stand still. */
  toursHeld: z
    .object({
      since: UnixMs,
      why: z.string(),
      /** Number of the incident that held them by itself; left out where a person did. */
      alert: z.int().optional(),
    })
    .optional(),
};

const At = { screen: ScreenId, tile: TileIndex };
/** What to do with tiles that somebody changed since a scene was applied, when it is taken back. */
export const SinceThen = z.enum(['refuse', 'keep', 'overwrite']);

export const arrangementCommands = [
  z.strictObject({ type: z.literal('tile:tour'), ...At, cameras: TourCameras, dwellS: DwellS }),
  z.strictObject({ type: z.literal('tile:tour-pause'), ...At, paused: z.boolean() }),
  z.strictObject({ type: z.literal('tile:back'), ...At }),
  z.strictObject({ type: z.literal('tile:forward'), ...At }),
  /** `replace`: these and nothing else; `free`: onto empty tiles only, all of them or none. */
  z.strictObject({
    type: z.literal('screen:fill'),
    screen: ScreenId,
    cameras: z.array(CameraId).min(1).max(36),
    mode: z.enum(['replace', 'free']),
  }),
  z.strictObject({
    type: z.literal('screen:tour'),
    screen: ScreenId,
    scenes: z.array(Id).min(2).max(16),
    dwellS: DwellS,
  }),
  z.strictObject({ type: z.literal('screen:tour-pause'), screen: ScreenId, paused: z.boolean() }),
  z.strictObject({ type: z.literal('screen:tour-end'), screen: ScreenId }),
  z.strictObject({
    type: z.literal('screen:blank'),
    screens: z.array(ScreenId).min(1).max(64),
    blank: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('screen:place'),
    places: z
      .array(z.object({ screen: ScreenId, place: Place.nullable() }))
      .min(1)
      .max(64),
  }),
  z.strictObject({
    type: z.literal('scene:save'),
    scene: Id,
    name: DisplayName,
    key: SceneKey.nullable(),
    screens: z.array(ScreenId).min(1).max(64),
  }),
  z.strictObject({
    type: z.literal('scene:rename'),
    scene: Id,
    name: DisplayName,
    key: SceneKey.nullable(),
  }),
  z.strictObject({ type: z.literal('scene:remove'), scene: Id }),
  z.strictObject({ type: z.literal('scene:apply'), scene: Id }),
  /** Takes back that applying and all after it. */
  z.strictObject({ type: z.literal('scene:revert'), applied: z.int().min(1), since: SinceThen }),
  /** `keep`: what others have changed since stays as it is, and the rest is taken back. */
  z.strictObject({ type: z.literal('step:undo'), since: z.enum(['refuse', 'keep']).optional() }),
  z.strictObject({ type: z.literal('step:redo'), since: z.enum(['refuse', 'keep']).optional() }),
  z.strictObject({ type: z.literal('control:take') }),
  z.strictObject({ type: z.literal('control:give') }),
  z.strictObject({ type: z.literal('hot-spot:set'), at: TileRef.nullable() }),
  z.strictObject({ type: z.literal('hot-spot:show'), camera: CameraId }),
  /** An alert is on, in words, or over (`why` null): every tour of the wall stands meanwhile. */
  z.strictObject({
    type: z.literal('tours:hold'),
    why: textLine(120)
      .refine((text) => text !== '', 'say why')
      .nullable(),
  }),
  z.strictObject({ type: z.literal('visitors:hide') }),
  z.strictObject({ type: z.literal('visitors:show') }),
  z.strictObject({ type: z.literal('schedule:set'), ...ScheduleInput }),
  z.strictObject({ type: z.literal('schedule:remove'), schedule: Id }),
] as const;

/** Those that the server alone gives. */
export const serverCommands = [
  z.strictObject({ type: z.literal('camera:forget'), camera: CameraId }),
  z.strictObject({ type: z.literal('control:expire') }),
  /** An incident began, in words, or the last one since it is over (`why` null). */
  z.strictObject({ type: z.literal('tours:alert'), alert: z.int(), why: z.string().max(120).nullable() }),
  z.strictObject({
    type: z.literal('schedule:note'),
    schedule: Id,
    dueAt: UnixMs,
    outcome: z.string().max(300),
  }),
] as const;

export const arrangementEvents = [
  z.object({ type: z.literal('screen:tour-set'), screen: ScreenId, tour: SceneTour.nullable() }),
  z.object({
    type: z.literal('screen:blanked'),
    screen: ScreenId,
    blank: z.object({ who: z.string(), since: UnixMs }).nullable(),
  }),
  z.object({ type: z.literal('screen:placed'), screen: ScreenId, place: Place.nullable() }),
  z.object({ type: z.literal('scene:saved'), scene: Scene }),
  z.object({ type: z.literal('scene:removed'), scene: Id }),
  z.object({ type: z.literal('scene:applied'), applied: Applied }),
  /** By the sequences at which they were applied. */
  z.object({ type: z.literal('scene:reverted'), sequences: z.array(z.int()), name: z.string() }),
  z.object({ type: z.literal('step:undone'), of: z.int() }),
  z.object({ type: z.literal('step:redone'), of: z.int() }),
  z.object({ type: z.literal('control:taken'), control: Control }),
  z.object({ type: z.literal('control:given'), name: z.string(), because: z.enum(['given', 'time-out']) }),
  z.object({ type: z.literal('hot-spot:set'), at: HotSpot.nullable() }),
  z.object({ type: z.literal('visitors:hidden'), visitors: Visitors }),
  z.object({ type: z.literal('visitors:shown') }),
  z.object({ type: z.literal('schedule:set'), schedule: Schedule }),
  z.object({ type: z.literal('schedule:removed'), schedule: Id }),
  z.object({ type: z.literal('tours:held'), why: z.string(), alert: z.int().optional() }),
  z.object({ type: z.literal('tours:released') }),
] as const;

const nullable = <T extends z.ZodType>(value: T) => ({ before: value.nullable(), after: value.nullable() });
/** What one commit changed of what people arrange, before and after: kept by the server for taking back. */
export const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tile'), ...At, ...nullable(Assignment) }),
  z.object({ kind: z.literal('layout'), screen: ScreenId, before: LayoutId, after: LayoutId }),
  z.object({ kind: z.literal('tour'), screen: ScreenId, ...nullable(SceneTour) }),
  z.object({ kind: z.literal('place'), screen: ScreenId, ...nullable(Place) }),
]);
export type Change = z.infer<typeof Change>;
