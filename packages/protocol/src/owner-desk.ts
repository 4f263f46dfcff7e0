import { z } from 'zod';
import { Consent, ConsentChange, ConsentState, PlaceKind, Tier } from './consent.ts';
import { CameraAccess } from './grants.ts';
import { CameraId, DisplayName, Id, textLine, UnixMs } from './ids.ts';
import { BundleFile } from './log.ts';
import { NumberAndIdCursor, NumberCursor, wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

/** A camera as its owner sees it. */
export const OwnCamera = z.object({
  id: CameraId,
  name: z.string(),
  place: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  placeKind: PlaceKind.nullable(),
  tier: Tier,
  consent: Consent.nullable(),
  state: ConsentState.nullable(),
  /** Hours for which two people together may set terms and pause aside in danger, by the site's policy; 0: never. */
  exigentHours: z.int(),
  /** Who is given the picture in this moment. */
  now: z.array(CameraAccess),
  /** Who asks for it, and waits for the owner's yes until then. */
  waiting: z.array(CameraAccess.extend({ answerBy: UnixMs.nullable() })),
});
export type OwnCamera = z.infer<typeof OwnCamera>;
export const OwnCameras = z.object({ items: z.array(OwnCamera) });
export type OwnCameras = z.infer<typeof OwnCameras>;

/** A camera that was an owner's and is out of the registry: its history stays theirs to read. */
export const PastCamera = z.object({
  id: CameraId,
  name: z.string(),
  place: z.string(),
  removedAt: UnixMs,
  /** Nobody else can register where its picture came from, until this owner gives that free. */
  isHeld: z.boolean(),
});
export type PastCamera = z.infer<typeof PastCamera>;

/** What an owner says of a camera of their own: where it is, and nothing else of it. */
export const OwnCameraInput = z.strictObject({
  name: DisplayName,
  place: textLine(120).refine((text) => text !== '', 'say where it is'),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  placeKind: PlaceKind,
  heading: z.number().min(0).max(360).nullable().default(null),
});
export type OwnCameraInput = z.infer<typeof OwnCameraInput>;

/** What of it an owner corrects. */
export const OwnCameraPatch = OwnCameraInput.extend({
  heading: z.number().min(0).max(360).nullable(),
}).partial();
export type OwnCameraPatch = z.infer<typeof OwnCameraPatch>;

const route = <const R extends RestRoute>(row: R): R => row;
const OnCamera = z.object({ camera: CameraId });
const OnGrant = z.object({ grant: Id });
const tag = 'owner';

export const ownerDeskRoutes = {
  ownerListCameras: route({
    ...{ method: 'get', path: '/owner/cameras', tag, status: 200 },
    summary: 'One’s own cameras: what is allowed, who watches now, who asks',
    answer: OwnCameras,
  }),
  ownerRegisterCamera: route({
    ...{ method: 'post', path: '/owner/cameras', tag, status: 201, idempotent: true },
    summary: 'Register a camera: where it is, and whom to ask; no picture',
    body: OwnCameraInput,
    answer: z.object({ id: CameraId }),
  }),
  ownerCorrectCamera: route({
    ...{ method: 'patch', path: '/owner/cameras/{camera}', tag, status: 204, idempotent: true },
    summary: 'Correct where a camera of one’s own stands, what kind of place that is, and its name',
    params: OnCamera,
    body: OwnCameraPatch,
  }),
  ownerRemoveCamera: route({
    ...{ method: 'delete', path: '/owner/cameras/{camera}', tag, status: 204 },
    summary: 'Take a camera of one’s own out of the registry. What happened with it stays to be read',
    params: OnCamera,
  }),
  ownerListPast: route({
    ...{ method: 'get', path: '/owner/past-cameras', tag, status: 200 },
    summary: 'Cameras that were one’s own and are out of the registry',
    answer: z.object({ items: z.array(PastCamera) }),
  }),
  ownerReleaseAddress: route({
    ...{ method: 'delete', path: '/owner/past-cameras/{camera}/address', tag, status: 204 },
    summary: 'Let the address of a camera that was one’s own be registered by others',
    params: OnCamera,
  }),
  ownerChangeConsent: route({
    ...{ method: 'post', path: '/owner/cameras/{camera}/consent', tag, status: 200, idempotent: true },
    summary: 'Confirm, change, pause, resume or revoke what is allowed',
    params: OnCamera,
    body: ConsentChange,
    answer: Consent,
  }),
  ownerListAccesses: route({
    ...{ method: 'get', path: '/owner/cameras/{camera}/accesses', tag, status: 200 },
    summary: 'Every access to a camera, newest first',
    params: OnCamera,
    query: z.strictObject({ cursor: NumberAndIdCursor.optional(), limit: wholeNumber(1, 100).default(30) }),
    answer: z.object({ items: z.array(CameraAccess), next: z.string().nullable() }),
  }),
  ownerGetProof: route({
    ...{ method: 'get', path: '/owner/cameras/{camera}/proof', tag, status: 200 },
    summary: 'The entries of the public log about accesses to a camera, with proofs, for clerestory-verify',
    params: OnCamera,
    query: z.strictObject({ cursor: NumberCursor.optional() }),
    answer: BundleFile,
  }),
  ownerListConsents: route({
    ...{ method: 'get', path: '/owner/cameras/{camera}/consents', tag, status: 200 },
    summary: 'Every version of what was allowed, newest first',
    params: OnCamera,
    answer: z.object({ items: z.array(Consent) }),
  }),
  ownerAnswerAccess: route({
    ...{ method: 'post', path: '/owner/accesses/{grant}/answer', tag, status: 204, idempotent: true },
    summary: 'Say yes or no to somebody who asks to watch',
    params: OnGrant,
    body: z.strictObject({ approve: z.boolean() }),
  }),
  ownerEndAccess: route({
    ...{ method: 'post', path: '/owner/accesses/{grant}/end', tag, status: 204, idempotent: true },
    summary: 'End one access that goes on now',
    params: OnGrant,
  }),
} as const;
