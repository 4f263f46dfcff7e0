import { z } from 'zod';
import { answerOf } from './errors.ts';
import { CameraId, UnixMs } from './ids.ts';
import { PtzAbilities } from './onvif.ts';

/** A move ends by itself when it is not asked for again within this long, ms. */
export const ptzHoldMs = 1_000;
/** While a key is held, a page asks again this often, ms. */
export const ptzRenewMs = 400;
/** A camera that was not moved for this long is free for anybody, ms. */
export const ptzIdleMs = 30_000;

/** Share of the camera's greatest speed, from −1 to 1: right, up and closer are positive. */
const speed = z.number().min(-1, 'from −1 to 1').max(1, 'from −1 to 1');
export const PtzMove = z.strictObject({ camera: CameraId, pan: speed, tilt: speed, zoom: speed });
export type PtzMove = z.infer<typeof PtzMove>;

export const PtzPreset = z.object({ token: z.string(), name: z.string() });
export type PtzPreset = z.infer<typeof PtzPreset>;

/** Who comes before whom at one camera, from the lowest: why, says `features/ptz/rules.ts` of the server. */
export const PtzRank = z.enum(['operator', 'incident', 'supervisor']);
export type PtzRank = z.infer<typeof PtzRank>;

/** For whoever waits: what is free by itself, and who need not wait. */
const wait = `It is free when it has not been moved for ${ptzIdleMs / 1_000} s.`;
const takesOver: Record<PtzRank, string> = {
  operator: `${wait} A supervisor, or whoever has it open for an incident, may take it over by moving it.`,
  incident: `${wait} It is moved for an incident: a supervisor alone may take it over, by moving it.`,
  supervisor: `${wait} Nobody takes it over from a supervisor.`,
};
export const whoTakesOver = (holder: PtzRank): string => takesOver[holder];

/** Who moves a camera now; null: nobody. `until`: when it is free again unless it is moved before. */
export const PtzHolder = z.object({
  camera: CameraId,
  holder: z.object({ name: z.string(), rank: PtzRank, since: UnixMs, until: UnixMs }).nullable(),
  /** What went wrong last, in words; '' when nothing did. */
  fault: z.string(),
});
export type PtzHolder = z.infer<typeof PtzHolder>;

/** To the window that moved it until now. `isOwn`: the same person took it, in another window. */
export const PtzTaken = z.object({ camera: CameraId, name: z.string(), rank: PtzRank, isOwn: z.boolean() });
export type PtzTaken = z.infer<typeof PtzTaken>;

export const PtzView = z.object({ abilities: PtzAbilities, presets: z.array(PtzPreset), holder: PtzHolder });
export type PtzView = z.infer<typeof PtzView>;

const OnCamera = z.strictObject({ camera: CameraId });

/** client → server. To stop is never refused to whoever moves. */
export const ptzClientEvents = {
  /** What the camera can do, its presets, and who moves it. */
  'ptz:presets': { payload: OnCamera, answer: answerOf(PtzView) },
  /** Begins or goes on; all three at 0 stop. Repeat it every `ptzRenewMs` while the key is held. */
  'ptz:move': { payload: PtzMove, answer: answerOf(PtzHolder) },
  'ptz:stop': { payload: OnCamera, answer: answerOf(PtzHolder) },
  'ptz:preset': {
    payload: z.strictObject({ camera: CameraId, preset: z.string().min(1).max(128) }),
    answer: answerOf(PtzHolder),
  },
  'ptz:home': { payload: OnCamera, answer: answerOf(PtzHolder) },
  /** Lets go before the time is over. */
  'ptz:release': { payload: OnCamera, answer: answerOf(PtzHolder) },
} as const;

/** server → client */
export const ptzServerEvents = { 'ptz:holder': PtzHolder, 'ptz:taken': PtzTaken } as const;
