import { z } from 'zod';
import { CameraId, StreamName, UnixMs } from './ids.ts';

/**
 * State of a camera as people see it.
 * - `online`: frames arrive and screens show them
 * - `degraded`: pictures, but something is wrong (restarts, low rate, screens that do not get them)
 * - `offline`: no frames
 * - `unauthorized`: the camera refuses our login
 * - `unsupported`: it sends what we cannot show yet
 * - `idle`: nobody watches, so nothing is known
 */
export const HealthState = z.enum(['online', 'degraded', 'offline', 'unauthorized', 'unsupported', 'idle']);
export type HealthState = z.infer<typeof HealthState>;

/**
 * What was seen to be wrong with the pictures themselves: `frozen`: the very same picture for seconds, which no sensor
 * gives; `black`; `blank`: one colour all over; `blurred`: out of focus, or something on the lens.
 */
export const PictureFault = z.enum(['frozen', 'black', 'blank', 'blurred']);
export type PictureFault = z.infer<typeof PictureFault>;

/** What is measured of one running stream. Rates are over the last 5 s or so. */
export const StreamFacts = z.object({
  stream: StreamName,
  /** Frames per second that arrive. */
  fps: z.number().nullable(),
  bitrateKbps: z.number().nullable(),
  /** Milliseconds between the last two key frames. */
  gopMs: z.number().nullable(),
  /** RFC 6381 string, such as `avc1.64001f`. */
  codec: z.string().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  viewers: z.int(),
  restarts: z.int(),
  /** How its conversion stands, in words; only where some of the viewers need one. */
  conversion: z.string().optional(),
  /** Only while something is wrong with its pictures. */
  picture: PictureFault.optional(),
  /** What converting it takes now, in cores of the server; only where it is converted. */
  cores: z.number().min(0).optional(),
});
export type StreamFacts = z.infer<typeof StreamFacts>;

export const CameraHealth = z.object({
  camera: CameraId,
  state: HealthState,
  /** In words, for a person; says what to do where something can be done. Never an address or a login. */
  reason: z.string(),
  since: UnixMs,
  streams: z.array(StreamFacts),
  viewers: z.int(),
  /** Only while `idle`: how it failed when it was last tried. Nobody has seen pictures since. */
  lastFailure: z.object({ state: HealthState, reason: z.string(), at: UnixMs }).optional(),
});
export type CameraHealth = z.infer<typeof CameraHealth>;

export const HealthTransition = z.object({
  id: z.int(),
  camera: CameraId,
  from: HealthState,
  to: HealthState,
  reason: z.string(),
  at: UnixMs,
});
export type HealthTransition = z.infer<typeof HealthTransition>;

/** What a media node says of one stream. `reason` is in words and free of addresses. */
export const IngestState = z.enum([
  'idle',
  'starting',
  'running',
  'stalled',
  'backoff',
  'unauthorized',
  'unsupported',
]);
export type IngestState = z.infer<typeof IngestState>;
export const IngestReport = z.object({
  camera: CameraId,
  state: IngestState,
  reason: z.string(),
  facts: StreamFacts,
});
export type IngestReport = z.infer<typeof IngestReport>;

/** Whether a stream that is `starting` only waits for something of ours, such as a turn to be converted: no fault of the camera. */
/** The camera answers, and knows nothing of the stream that it is asked for. */
export const noSuchStream = 'The camera has no stream at that path';
export const isOurWait = (reason: string): boolean => reason.startsWith('Waiting ');
