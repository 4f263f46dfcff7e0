import { z } from 'zod';
import { CameraId, ScreenId, textLine, TileIndex, UnixMs } from './ids.ts';

/** Why a camera is on a tile: a standing purpose in words. Incidents join later. */
export const Why = z.object({
  kind: z.literal('standing'),
  purpose: textLine(120).refine((text) => text !== '', 'say what for'),
});
export type Why = z.infer<typeof Why>;

/** Cameras of one tour, and how long each stays. */
export const maxTourCameras = 32;
export const TourCameras = z.array(CameraId).min(2).max(maxTourCameras);
export const DwellS = z.int().min(3).max(3_600);

/** When a rotation began, and whether somebody has stopped it. What is on show follows from the time; see `wall-state`. */
const Rotation = {
  dwellS: DwellS,
  /** The first one came on show then. Moved forward by as long as it stood still. */
  startedAt: UnixMs,
  /** Stands still since then. */
  pausedAt: UnixMs.nullable(),
};

/** A timed rotation of cameras in a tile. */
export const Tour = z.object({ cameras: z.array(CameraId).min(1).max(maxTourCameras), ...Rotation });
export type Tour = z.infer<typeof Tour>;

/** A timed rotation of scenes on one screen. */
export const SceneTour = z.object({ scenes: z.array(z.string()).min(1).max(16), ...Rotation });
export type SceneTour = z.infer<typeof SceneTour>;

/** camera → tile, with who put it there, why and until when. */
export const Assignment = z.object({
  /** Of a tour its first camera. */
  camera: CameraId,
  by: z.string(),
  at: UnixMs,
  why: Why,
  until: UnixMs.nullable(),
  /** The tile rotates; `camera` is one of these. */
  tour: Tour.optional(),
});
export type Assignment = z.infer<typeof Assignment>;

const At = { screen: ScreenId, tile: TileIndex };
export const TileRef = z.object(At);
export type TileRef = z.infer<typeof TileRef>;
