import { z } from 'zod';
import { HealthState } from './health.ts';
import { CameraId, ScreenId, UnixMs, WallId } from './ids.ts';
import { wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

/** How a time was spent, ms. `unknownMs`: nobody watched, or the server did not run; that is neither up nor down. */
export const Uptime = z.object({ upMs: z.number(), downMs: z.number(), unknownMs: z.number() });
export type Uptime = z.infer<typeof Uptime>;

/** What several outages most likely have in common. Never an address: `words` say as much as helps. */
export const OutageCause = z.object({
  kind: z.enum(['server', 'host', 'network', 'site', 'camera']),
  words: z.string(),
});
export type OutageCause = z.infer<typeof OutageCause>;

export const Outage = z.object({
  /** The same for as long as it lasts. */
  id: z.string(),
  cause: OutageCause,
  cameras: z.array(CameraId),
  state: HealthState,
  reason: z.string(),
  from: UnixMs,
  /** Null while it lasts. */
  until: UnixMs.nullable(),
});
export type Outage = z.infer<typeof Outage>;

export const FleetCamera = Uptime.extend({
  camera: CameraId,
  outages: z.int(),
  /** Changes between up and down in the last hour. */
  flips: z.int(),
  isFlapping: z.boolean(),
  /** How far the camera's own clock is ahead of ours; null where it tells no time. */
  clockAheadMs: z.number().nullable(),
  downSince: UnixMs.nullable(),
});
export type FleetCamera = z.infer<typeof FleetCamera>;

/**
 * Why no window shows a screen: its page was closed, or went with its browser; nothing more came from it, so that its
 * computer or network is gone; its window is hidden; the server ended its session; it has not come since the server started.
 */
export const AwayWhy = z.enum(['closed', 'lost', 'hidden', 'ended', 'absent']);
export type AwayWhy = z.infer<typeof AwayWhy>;

export const FleetScreen = Uptime.extend({
  wall: WallId,
  screen: ScreenId,
  name: z.string(),
  /** `degraded`: it is shown, and some of its tiles have no picture. */
  state: z.enum(['shown', 'degraded', 'away']),
  /** Null while it is shown, and where nobody knows. */
  why: AwayWhy.nullable(),
  /** Tiles with a camera, and those of them without a moving picture, as the screen says. */
  tiles: z.int(),
  darkTiles: z.int(),
  /** Dark by order. */
  isBlank: z.boolean(),
  outages: z.int(),
  /** Times it came or went in the last hour. */
  flips: z.int(),
  isFlapping: z.boolean(),
  awaySince: UnixMs.nullable(),
  lastSeenAt: UnixMs.nullable(),
});
export type FleetScreen = z.infer<typeof FleetScreen>;

/** Screens of one wall that went at about the same time. */
export const ScreenOutage = z.object({
  /** The same for as long as it lasts. */
  id: z.string(),
  wall: WallId,
  screens: z.array(ScreenId),
  why: AwayWhy.nullable(),
  from: UnixMs,
  until: UnixMs.nullable(),
});
export type ScreenOutage = z.infer<typeof ScreenOutage>;

/** Uptimes in equal steps, each from `at` on. */
export const Trend = z.array(Uptime.extend({ at: UnixMs }));
export type Trend = z.infer<typeof Trend>;

/** How cameras and screens did over a time, for those that exist for whoever asks. */
export const FleetReport = z.object({
  from: UnixMs,
  until: UnixMs,
  total: Uptime,
  /** In equal steps from `from` to `until`. */
  trend: Trend,
  cameras: z.array(FleetCamera),
  sites: z.array(Uptime.extend({ site: z.string(), cameras: z.int(), down: z.int() })),
  /** Newest first. */
  outages: z.array(Outage),
  /** Outages that last, and have lasted long enough to be told. */
  notices: z.array(Outage),
  screens: z.array(FleetScreen),
  screenTotal: Uptime,
  screenTrend: Trend,
  /** Newest first; of screens that were shown at some time. */
  screenOutages: z.array(ScreenOutage),
  screenNotices: z.array(ScreenOutage),
});
export type FleetReport = z.infer<typeof FleetReport>;

const route = <const R extends RestRoute>(row: R): R => row;
export const fleetRoutes = {
  getFleet: route({
    method: 'get',
    path: '/fleet',
    tag: 'health',
    status: 200,
    summary: 'Availability, outages and notices of cameras and screens over the last hours',
    query: z.strictObject({ hours: wholeNumber(1, 24 * 31).default(24) }),
    answer: FleetReport,
  }),
} as const;
