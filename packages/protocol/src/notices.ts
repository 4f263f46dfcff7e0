import { z } from 'zod';
import { OwnerId, type Purpose } from './consent.ts';
import { CameraId, Id, textLine, UnixMs } from './ids.ts';

/** What an owner is told of. */
export const NoticeKind = z.enum([
  /** Somebody was given the picture. */
  'access',
  /** Somebody asks for the picture, and the owner's yes is needed. */
  'access-asked',
  'footage-request',
  /** The control room changed what its registry says of the camera. */
  'camera-changed',
  /** The camera is out of the registry. */
  'camera-removed',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;
export const NoticeChannel = z.enum(['mail', 'push', 'webhook']);
export type NoticeChannel = z.infer<typeof NoticeChannel>;

export const WebAddress = z.string().trim().min(10).max(1_000);

/** A browser's push subscription, as the Push API gives it (W3C Push API, section 8). */
export const PushSubscription = z.strictObject({
  endpoint: WebAddress,
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{80,100}={0,2}$/),
    auth: z.string().regex(/^[\w-]{16,32}={0,2}$/),
  }),
});
export type PushSubscription = z.infer<typeof PushSubscription>;

/** How an owner is told. */
export const NoticeRoads = z.object({
  /** Letters go out at all from here. */
  mail: z.boolean(),
  webhook: z.object({ host: z.string(), createdAt: UnixMs }).nullable(),
  pushes: z.array(z.object({ id: Id, createdAt: UnixMs })),
  /** For the browser's `applicationServerKey`. */
  pushKey: z.string(),
});
export type NoticeRoads = z.infer<typeof NoticeRoads>;

/** What a webhook is sent, as JSON; signed as the header `Clerestory-Signature` says. */
export const WebhookNotice = z.object({
  id: z.string(),
  kind: NoticeKind,
  at: UnixMs,
  camera: z.string(),
  cameraName: z.string(),
  text: z.string(),
  delayed: z.boolean(),
});

/** A notice that could not be delivered after every try. */
export const DeadLetter = z.object({
  id: Id,
  owner: OwnerId,
  kind: NoticeKind,
  camera: CameraId,
  channel: NoticeChannel,
  attempts: z.int(),
  why: z.string(),
  at: UnixMs,
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** Longest delay of notices by one order, hours. */
export const maxDelayHours = 72;

/** An order of two people that notices of one camera wait. It ends by itself; what waits goes out then. */
export const NoticeDelay = z.object({
  id: Id,
  camera: CameraId,
  reason: z.string(),
  hours: z.int(),
  askedBy: z.string(),
  askedAt: UnixMs,
  /** Null: one person alone asked for it, and nothing waits yet. */
  approvedBy: z.string().nullable(),
  /** Null: not in force yet. */
  until: UnixMs.nullable(),
  endedAt: UnixMs.nullable(),
});
export type NoticeDelay = z.infer<typeof NoticeDelay>;
export const NoticeDelayInput = z.strictObject({
  camera: CameraId,
  hours: z.int().min(1).max(maxDelayHours),
  reason: textLine(500).refine((text) => text.length >= 20, 'write in a sentence why the owner must wait'),
});

/** `purposeWords` in Spanish. */
export const purposeWordsEs: Readonly<Record<Purpose, string>> = {
  violence: 'Pelea o agresión',
  weapon: 'Pistola u otra arma',
  robbery: 'Robo con violencia o entrada forzada',
  fire: 'Incendio o explosión',
  medical: 'Emergencia médica',
  danger: 'Persona en peligro',
  traffic: 'Choque o calle bloqueada',
  crowd: 'Seguridad de mucha gente',
  hazard: 'Inundación, tormenta u otro peligro',
  property: 'Robo o daños',
};
