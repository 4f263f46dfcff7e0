import { z } from 'zod';
import {
  arrangementCommands,
  arrangementEvents,
  screenExtras,
  serverCommands,
  wallExtras,
} from './arrangement.ts';
import { Assignment, TileRef, Why } from './assignment.ts';
import { CameraId, DisplayName, IdempotencyKey, ScreenId, TileIndex, UnixMs, WallId } from './ids.ts';
import { LayoutId } from './layout-id.ts';

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
  ...screenExtras,
});
export type Screen = z.infer<typeof Screen>;

/** A wall as every client holds it: a snapshot at `sequence`. */
export const WallState = z.object({
  id: WallId,
  name: z.string(),
  /** Number of the last commit; the first commit is 1, an empty wall is 0. */
  sequence: z.int().min(0),
  screens: z.array(Screen),
  ...wallExtras,
});
export type WallState = z.infer<typeof WallState>;

const At = { screen: ScreenId, tile: TileIndex };

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
  ...arrangementCommands,
]);
export type ClientCommand = z.infer<typeof ClientCommand>;

/** With those that the server alone gives, such as that a camera is gone from the registry, so off every tile. */
export const Command = z.discriminatedUnion('type', [...ClientCommand.options, ...serverCommands]);
export type Command = z.infer<typeof Command>;

/** What happened. Past tense; applying it needs nothing but the state before. */
export const WallEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('wall:renamed'), name: z.string() }),
  z.object({ type: z.literal('screen:created'), screen: ScreenId, name: z.string(), layout: LayoutId }),
  z.object({ type: z.literal('screen:renamed'), screen: ScreenId, name: z.string() }),
  z.object({ type: z.literal('screen:removed'), screen: ScreenId }),
  z.object({ type: z.literal('screen:layout-changed'), screen: ScreenId, layout: LayoutId }),
  /** `memory`: a step back or forward in what the tile showed; else what it showed is remembered. */
  z.object({
    type: z.literal('tile:assigned'),
    ...At,
    assignment: Assignment,
    memory: z.enum(['back', 'forward', 'keep']).optional(),
  }),
  z.object({ type: z.literal('tile:cleared'), ...At }),
  ...arrangementEvents,
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
  /** Their name then, for people; left out where nobody did it. */
  who: z.string().optional(),
  key: IdempotencyKey,
  events: z.array(WallEvent),
});
export type Commit = z.infer<typeof Commit>;

/** Answer to a command. `repeated`: the key had been committed before; nothing happened twice. */
export const CommandResult = z.object({
  sequence: z.int(),
  repeated: z.boolean(),
  /** What could not be done although the rest was, in words. */
  left: z.array(z.string()).optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;
