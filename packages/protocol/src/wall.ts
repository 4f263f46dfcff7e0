import { z } from 'zod';
import {
  CameraId,
  DisplayName,
  IdempotencyKey,
  ScreenId,
  textLine,
  TileIndex,
  UnixMs,
  WallId,
} from './ids.ts';

/** The named grids. `p…` are for screens hung upright. Geometry lives in `@clerestory/layout`. */
export const LayoutId = z.enum([
  '1',
  '4',
  '9',
  '16',
  '25',
  '36',
  '1+5',
  '1+7',
  '2+8',
  'p2',
  'p3',
  'p8',
  'p1+4',
  'p1+6',
]);
export type LayoutId = z.infer<typeof LayoutId>;

/** Why a camera is on a tile: a standing purpose in words. Incidents join later. */
export const Why = z.object({
  kind: z.literal('standing'),
  purpose: textLine(120).refine((text) => text !== '', 'say what for'),
});
export type Why = z.infer<typeof Why>;

/** camera → tile, with who put it there, why and until when. */
export const Assignment = z.object({
  camera: CameraId,
  by: z.string(),
  at: UnixMs,
  why: Why,
  until: UnixMs.nullable(),
});
export type Assignment = z.infer<typeof Assignment>;

/**
 * One screen. `tiles` maps a tile index (as a string, JSON's way) to what it shows; an index at or beyond the
 * layout's size is *parked*: kept, not shown, back when the layout has room again.
 */
export const Screen = z.object({
  id: ScreenId,
  name: z.string(),
  layout: LayoutId,
  tiles: z.record(z.string(), Assignment),
  /** Sequence at which name, layout or existence last changed. */
  changedAt: z.int(),
  /** Per tile index: the sequence at which it last changed (also for tiles that are now empty). */
  tileChangedAt: z.record(z.string(), z.int()),
});
export type Screen = z.infer<typeof Screen>;

/** A wall as every client holds it: a snapshot at `sequence`. */
export const WallState = z.object({
  id: WallId,
  name: z.string(),
  /** Number of the last commit; the first commit is 1, an empty wall is 0. */
  sequence: z.int().min(0),
  screens: z.array(Screen),
});
export type WallState = z.infer<typeof WallState>;

const At = { screen: ScreenId, tile: TileIndex };
export const TileRef = z.object(At);
export type TileRef = z.infer<typeof TileRef>;

/** What a person asks for. Imperative. */
export const ClientCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('tile:assign'), ...At, camera: CameraId, why: Why.optional() }),
  z.strictObject({ type: z.literal('tile:clear'), ...At }),
  z.strictObject({ type: z.literal('tile:swap'), a: TileRef, b: TileRef }),
  z.strictObject({ type: z.literal('screen:clear'), screen: ScreenId }),
  z.strictObject({ type: z.literal('screen:layout'), screen: ScreenId, layout: LayoutId }),
  z.strictObject({ type: z.literal('screen:create'), screen: ScreenId, name: DisplayName, layout: LayoutId }),
  z.strictObject({ type: z.literal('screen:rename'), screen: ScreenId, name: DisplayName }),
  z.strictObject({ type: z.literal('screen:remove'), screen: ScreenId }),
  z.strictObject({ type: z.literal('wall:rename'), name: DisplayName }),
]);
export type ClientCommand = z.infer<typeof ClientCommand>;

/** With those that the server alone gives: the camera is gone from the registry, so off every tile. */
export const Command = z.discriminatedUnion('type', [
  ...ClientCommand.options,
  z.strictObject({ type: z.literal('camera:forget'), camera: CameraId }),
]);
export type Command = z.infer<typeof Command>;

/** What happened. Past tense; applying it needs nothing but the state before. */
export const WallEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('wall:renamed'), name: z.string() }),
  z.object({ type: z.literal('screen:created'), screen: ScreenId, name: z.string(), layout: LayoutId }),
  z.object({ type: z.literal('screen:renamed'), screen: ScreenId, name: z.string() }),
  z.object({ type: z.literal('screen:removed'), screen: ScreenId }),
  z.object({ type: z.literal('screen:layout-changed'), screen: ScreenId, layout: LayoutId }),
  z.object({ type: z.literal('tile:assigned'), ...At, assignment: Assignment }),
  z.object({ type: z.literal('tile:cleared'), ...At }),
]);
export type WallEvent = z.infer<typeof WallEvent>;

/** A command with what makes it safe to repeat and to refuse. */
export const CommandEnvelope = z.strictObject({
  wall: WallId,
  key: IdempotencyKey,
  /** The sequence of the state the person was looking at. */
  base: z.int().min(0),
  command: ClientCommand,
});
export type CommandEnvelope = z.infer<typeof CommandEnvelope>;

/** One committed command: one sequence number, one or more events. */
export const Commit = z.object({
  wall: WallId,
  sequence: z.int().min(1),
  at: UnixMs,
  by: z.string(),
  key: IdempotencyKey,
  events: z.array(WallEvent),
});
export type Commit = z.infer<typeof Commit>;

/** Answer to a command. `repeated`: the key had been committed before; nothing happened twice. */
export const CommandResult = z.object({ sequence: z.int(), repeated: z.boolean() });
export type CommandResult = z.infer<typeof CommandResult>;
