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
    ...{ method: 'post', path: '/owner/accesses/{grant}/answer', tag, status: 204 },
    summary: 'Say yes or no to somebody who asks to watch',
    params: OnGrant,
    body: z.strictObject({ approve: z.boolean() }),
  }),
  ownerEndAccess: route({
    ...{ method: 'post', path: '/owner/accesses/{grant}/end', tag, status: 204 },
    summary: 'End one access that goes on now',
    params: OnGrant,
  }),
} as const;
