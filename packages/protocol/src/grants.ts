import { z } from 'zod';
import { Purpose } from './consent.ts';
import { CameraId, Id, ScreenId, textLine, UnixMs } from './ids.ts';
import { Role } from './people.ts';

/** What a private camera is opened for. `exigent`: without regard to the owner's terms, by two people, as the policy allows. */
export const GrantPurpose = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('incident'), incident: Id }),
  z.strictObject({ kind: z.literal('standing'), purpose: Purpose }),
  z.strictObject({
    kind: z.literal('exigent'),
    purpose: Purpose,
    reason: textLine(500).refine((text) => text.length >= 20, 'write in a sentence why it cannot wait'),
  }),
]);
export type GrantPurpose = z.infer<typeof GrantPurpose>;

export const GrantViewer = z.object({ kind: z.enum(['person', 'screen']), id: Id, name: z.string() });
export type GrantViewer = z.infer<typeof GrantViewer>;

export const GrantState = z.enum(['waiting-owner', 'waiting-approval', 'live', 'refused', 'ended']);
export type GrantState = z.infer<typeof GrantState>;

/** Why a grant was refused or has ended: `why` for people, `code` for machines. */
export const GrantEnd = z.object({ code: z.string().max(40), why: z.string() });
export type GrantEnd = z.infer<typeof GrantEnd>;

/** Permission for one viewer to see one private camera for one purpose until a time. */
export const Grant = z.object({
  id: Id,
  /** One asking; the asker and the screen get a grant each. */
  request: Id,
  camera: CameraId,
  viewer: GrantViewer,
  purpose: GrantPurpose,
  /** The purpose in words, such as `Robbery or break-in · incident 12`. */
  purposeText: z.string(),
  /** The standing purpose, or the incident's type; null where there is no such incident. */
  type: Purpose.nullable(),
  askedBy: z.object({ id: Id, name: z.string() }),
  /** In which role it was asked for. */
  role: Role,
  approvedBy: z.object({ id: Id, name: z.string() }).nullable(),
  /** The asker opened the incident that opens the camera. */
  isOwnIncident: z.boolean(),
  /** The camera's consent when it was given. */
  consentVersion: z.int().min(0),
  state: GrantState,
  /** While it waits for a second person: the roles that could say yes when it was asked for. */
  approvers: z.array(Role).optional(),
  askedAt: UnixMs,
  startsAt: UnixMs.nullable(),
  /** While waiting: when no answer becomes "no". While live: its end at the latest. */
  endsAt: UnixMs.nullable(),
  end: GrantEnd.nullable(),
});
export type Grant = z.infer<typeof Grant>;

/** Why a camera does not open, which rule says so, and what would change it. */
export const GrantRefusal = z.object({
  rule: z.string(),
  code: z.string(),
  why: z.string(),
  change: z.string(),
});
export type GrantRefusal = z.infer<typeof GrantRefusal>;

/** Cameras of one asking: a scene's at most. */
export const maxAsked = 64;
export const GrantAsk = z.strictObject({
  cameras: z
    .array(z.strictObject({ camera: CameraId, screen: ScreenId.nullable().default(null) }))
    .min(1)
    .max(maxAsked),
  purpose: GrantPurpose,
  /** Shorter than the site allows. */
  minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .optional(),
});
export type GrantAsk = z.infer<typeof GrantAsk>;

/** For each camera that was asked for: its grants, or why not. */
export const GrantAnswers = z.object({
  items: z.array(
    z.object({
      camera: CameraId,
      screen: ScreenId.nullable(),
      grants: z.array(Grant),
      refusal: GrantRefusal.nullable(),
    }),
  ),
});
export type GrantAnswers = z.infer<typeof GrantAnswers>;

/** One way to open a camera, as the rules see it now. */
export const GrantWay = z.object({
  purpose: GrantPurpose,
  text: z.string(),
  /** From the camera to the incident. */
  distanceM: z.number().nullable(),
  /** `now`; or who has to say yes first; or `no`, and then why. */
  verdict: z.enum(['now', 'owner', 'second-person', 'no']),
  refusal: GrantRefusal.nullable(),
});
export type GrantWay = z.infer<typeof GrantWay>;
/** Ways to open a camera: those that open it first, then the nearest. */
export const GrantWays = z.object({
  camera: CameraId,
  items: z.array(GrantWay),
  /** How long at most, minutes. */
  minutes: z.int(),
  /** Hours of an exigent override; 0: the site has none. */
  exigentHours: z.int(),
});
export type GrantWays = z.infer<typeof GrantWays>;

export const GrantDecision = z.strictObject({ approve: z.boolean() });

/** A past or present access, as its owner reads it. */
export const CameraAccess = z.object({
  grant: Id,
  request: Id,
  camera: CameraId,
  viewer: z.enum(['person', 'screen']),
  role: Role,
  purpose: GrantPurpose,
  purposeText: z.string(),
  isOwnIncident: z.boolean(),
  state: GrantState,
  startsAt: UnixMs.nullable(),
  endedAt: UnixMs.nullable(),
  /** When one that is going on ends at the latest. */
  endsAt: UnixMs.nullable().optional(),
  /** Time during which pictures were sent. */
  seconds: z.number(),
  bytes: z.int(),
  end: GrantEnd.nullable(),
});
export type CameraAccess = z.infer<typeof CameraAccess>;
