import { z } from 'zod';
import { CameraId, ScreenId, StreamName, TileIndex, UnixMs, WallId } from './ids.ts';

/** What a tile shows, as people read it. See the designed states of the wall app. */
export const TileState = z.enum([
  'empty',
  'connecting',
  'live',
  'late',
  'stale',
  'offline',
  'unsupported',
  'refused',
]);
export type TileState = z.infer<typeof TileState>;

export const TileReport = z.object({
  tile: TileIndex,
  camera: CameraId.nullable(),
  state: TileState,
  /** Why it is not live, in words. */
  reason: z.string().max(200).default(''),
  stream: StreamName.nullable(),
  /** Server-corrected now minus the capture time of the frame on show, milliseconds. */
  latencyMs: z.number().nullable(),
  fps: z.number().nullable(),
});
export type TileReport = z.infer<typeof TileReport>;

/** A screen's own word on itself: the second witness, and what the console's miniatures show. */
export const ScreenReport = z.strictObject({
  screen: ScreenId,
  sequence: z.int(),
  /** True while the page is visible; a hidden page stops its players and is no witness. */
  visible: z.boolean(),
  width: z.int().min(0).max(32_768),
  height: z.int().min(0).max(32_768),
  /** Dark by command. */
  blank: z.boolean().optional(),
  tiles: z.array(TileReport).max(64),
});
export type ScreenReport = z.infer<typeof ScreenReport>;

/** A screen as the console sees it. `connected` counts browser windows that show it. */
export const ScreenStatus = z.object({
  wall: WallId,
  screen: ScreenId,
  connected: z.int(),
  lastSeenAt: UnixMs.nullable(),
  report: ScreenReport.nullable(),
});
export type ScreenStatus = z.infer<typeof ScreenStatus>;
