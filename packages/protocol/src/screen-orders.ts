import { z } from 'zod';
import { CameraId, Id, ScreenId, textLine, UnixMs, WallId } from './ids.ts';

/** What a screen is told to do once. It says when it has; an order that comes too late is not carried out. */
export const ScreenOrder = z.discriminatedUnion('kind', [
  /** Shows its number and name large for some seconds. */
  z.strictObject({ kind: z.literal('identify') }),
  /** Loads its page anew. */
  z.strictObject({ kind: z.literal('reload') }),
  /** Shows a text over its tiles for some seconds; an empty one takes it away. */
  z.strictObject({ kind: z.literal('message'), text: textLine(200), seconds: z.int().min(3).max(3_600) }),
  /** Draws what its tiles show just now, and says so on the screen. */
  z.strictObject({ kind: z.literal('screenshot') }),
]);
export type ScreenOrder = z.infer<typeof ScreenOrder>;

/** How long an order may take to be carried out, milliseconds. */
export const orderTtlMs = 10_000;

/** An order on its way to one screen. */
export const OrderForScreen = z.object({
  id: Id,
  screen: ScreenId,
  order: ScreenOrder,
  /** Who gives it, for people. */
  who: z.string(),
  /** Server's time; after `at + ttlMs` it is not carried out any more. */
  at: UnixMs,
  ttlMs: z.int(),
});
export type OrderForScreen = z.infer<typeof OrderForScreen>;

/** Largest screenshot, characters of base64: a message of a window has 64 KiB. */
export const maxScreenshotChars = 56_000;

/** The screen's word on an order. */
export const OrderDone = z.strictObject({
  id: Id,
  screen: ScreenId,
  done: z.boolean(),
  /** Why not, in words. */
  note: z.string().max(200),
  screenshot: z
    .strictObject({
      /** JPEG, base64. */
      jpeg: z
        .string()
        .max(maxScreenshotChars)
        .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'base64'),
      width: z.int().min(1).max(4_096),
      height: z.int().min(1).max(4_096),
      /** Whose pictures are in it. */
      cameras: z.array(CameraId).max(64),
    })
    .optional(),
});
export type OrderDone = z.infer<typeof OrderDone>;

/** What has become of an order: on its way, carried out, not arrived in time, refused by the screen. */
export const OrderStatus = z.object({
  wall: WallId,
  id: Id,
  screen: ScreenId,
  kind: z.enum(['identify', 'reload', 'message', 'screenshot']),
  who: z.string(),
  /** Who gives it, as the record knows them. */
  by: z.string().optional(),
  at: UnixMs,
  state: z.enum(['sent', 'done', 'lost', 'failed']),
  note: z.string(),
});
export type OrderStatus = z.infer<typeof OrderStatus>;

/** What a screen showed at one moment. */
export const Screenshot = z.object({
  screen: ScreenId,
  /** Server's time at which it arrived. */
  at: UnixMs,
  jpeg: z.string(),
  width: z.int(),
  height: z.int(),
});
export type Screenshot = z.infer<typeof Screenshot>;

export const OrderRequest = z.strictObject({
  wall: WallId,
  screens: z.array(ScreenId).min(1).max(64),
  order: ScreenOrder,
});
export type OrderRequest = z.infer<typeof OrderRequest>;
