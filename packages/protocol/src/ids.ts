import { z } from 'zod';

/** Ids are lower-case words: safe in a path, a header byte string and a log line. 1 to 64 characters. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

export const Id = z.string().regex(idPattern, 'an id is 1 to 64 of a-z, 0-9 and -, not starting with -');
export const CameraId = Id;
export const WallId = Id;
export const ScreenId = Id;
export type CameraId = z.infer<typeof CameraId>;
export type WallId = z.infer<typeof WallId>;
export type ScreenId = z.infer<typeof ScreenId>;

/** Which encoding of a camera: `main` (large) or `sub` (small, for the grid). */
export const StreamName = z.enum(['main', 'sub']);
export type StreamName = z.infer<typeof StreamName>;

/** Zero-based cell of a layout; people see `tile + 1`. The largest layout has 36 cells, parked ones included 64. */
export const TileIndex = z.int().min(0).max(63);
export type TileIndex = z.infer<typeof TileIndex>;

/** Unix time in milliseconds, UTC. */
export const UnixMs = z.number().min(0);

/** Key that makes a repeated command harmless: 8 to 64 printable characters, chosen by the client. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,64}$/, '8 to 64 printable characters, no spaces');

/** Name shown to people: one line, no control characters. */
export const DisplayName = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(80, 'at most 80 characters')
  .regex(/^[^\p{Cc}]*$/u, 'no control characters');
