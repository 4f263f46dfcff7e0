import { z } from 'zod';
import { CameraId, Id, StreamKind } from './ids.ts';
import { CameraSource, Keep } from './camera.ts';
import { IngestReport } from './health.ts';
import { Masks } from './masks.ts';
import { TrialOrder, TrialOutcome } from './trial.ts';

/**
 * The link between control and a media node: Socket.IO namespace `/media-node`, the node being the client,
 * authenticated by a token that control hands to its child (or the admin to a remote node) outside argv.
 */
export const mediaNamespace = '/media-node';

/** What a media node must know of a camera. */
export const MediaCamera = z.object({
  id: CameraId,
  revision: z.int(),
  keep: Keep,
  source: CameraSource,
  /** Painted over before any picture is kept or sent. */
  masks: Masks.optional(),
  /** Nothing of it is kept for a replay: its grants are for what is live. */
  private: z.literal(true).optional(),
  /** Its sound may be listened to; never of a private one. */
  sound: z.literal(true).optional(),
});
export type MediaCamera = z.infer<typeof MediaCamera>;

/** SHA-256 of the token in a viewer's cookie or link, base64url: what a node may know of it. */
export const ViewerKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a viewer key is a SHA-256 in base64url');

/** Permission for one viewer to see one camera, as the node holds it in memory. */
export const MediaGrant = z.object({
  id: Id,
  key: ViewerKey,
  camera: CameraId,
  /** What it is for: pictures of now, or of the last minute, or the sound of now. */
  scope: z.enum(['live', 'replay', 'sound']),
  /** From now, on the node's own monotonic clock; null: until revoked. */
  leftMs: z.number().nullable(),
  /** Of a private camera: it ends too when control has been away for a while. */
  private: z.boolean(),
});
export type MediaGrant = z.infer<typeof MediaGrant>;

/** A node that has lost control shows nothing private for longer than this, ms. */
export const privateWithoutControlMs = 15_000;

/** What a viewer is about to see, and by which door; the node asks once, and afterwards its own table. */
export const ViewQuestion = z.object({
  key: ViewerKey,
  camera: CameraId,
  stream: StreamKind,
  door: z.enum(['push', 'llhls', 'poster', 'replay', 'listen']),
});
export type ViewQuestion = z.infer<typeof ViewQuestion>;
export const ViewVerdict = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    code: z.enum(['unauthenticated', 'forbidden', 'not-found', 'unavailable']),
    reason: z.string(),
  }),
]);
export type ViewVerdict = z.infer<typeof ViewVerdict>;

/** Grants and viewers that a node hears of in one message. */
export const maxAccessChanges = 50_000;

/** What has changed; `sequence` goes up by one from the whole table on. A gap: ask for the table again. */
export const AccessChange = z.object({
  sequence: z.int(),
  grants: z.array(MediaGrant).max(maxAccessChanges),
  ended: z.array(z.object({ grant: Id, reason: z.string() })).max(maxAccessChanges),
  /** Viewers that are gone: their sockets are closed. */
  gone: z.array(z.object({ key: ViewerKey, reason: z.string() })).max(maxAccessChanges),
});
export type AccessChange = z.infer<typeof AccessChange>;
export const AccessTable = z.object({
  sequence: z.int(),
  keys: z.array(ViewerKey).max(maxAccessChanges),
  grants: z.array(MediaGrant).max(maxAccessChanges),
});
export type AccessTable = z.infer<typeof AccessTable>;

/** What was sent under a grant, counted from the start of this node process (`run`). */
export const GrantUsage = z.object({
  grant: Id,
  bytes: z.int().min(0),
  /** From the first byte to the last one, seconds. */
  seconds: z.number().min(0),
  streams: z.array(StreamKind),
  /** Nothing follows under this grant; the node has forgotten it. */
  done: z.boolean(),
});
export type GrantUsage = z.infer<typeof GrantUsage>;

/** What a media node counts since its start, and measures of its process. */
export const NodeFigures = z.object({
  /** Bytes that left by each door. */
  sentBytes: z.object({ push: z.int().min(0), llhls: z.int().min(0), poster: z.int().min(0) }),
  /** Times a slow page was skipped to a key frame. */
  skips: z.int().min(0),
  /** Times the gate said no. */
  refusals: z.int().min(0),
  ingestRestarts: z.int().min(0),
  /** Open now. */
  pushSockets: z.int().min(0),
  /** The longest that the event loop was held up since the figures before. */
  loopLagMs: z.number().min(0),
  memoryBytes: z.int().min(0),
});
export type NodeFigures = z.infer<typeof NodeFigures>;

/** Places that a node tells apart in one message; the rest are one more. */
export const maxForeignPlaces = 100;
/** Requests that a node refused for where they came from, by address, since the message before. */
export const ForeignPages = z
  .array(z.object({ address: z.string().max(64), count: z.int().min(1) }))
  .max(maxForeignPlaces + 1);
export type ForeignPages = z.infer<typeof ForeignPages>;

/** control → node */
export const controlEvents = {
  /** The whole list; what is not in it is stopped. Sent on connection. */
  'node:cameras': z.array(MediaCamera),
  'node:camera': MediaCamera,
  'node:camera-removed': z.object({ camera: CameraId }),
  /** The whole table: what is not in it is ended. Sent on connection, and when the node asks for it. */
  'node:access': AccessTable,
  'node:access-changed': AccessChange,
} as const;

/** control → node, answered */
export const controlQuestions = {
  'node:try': { payload: TrialOrder, answer: TrialOutcome },
} as const;

/** node → control */
export const nodeEvents = {
  /** The node's doors are open on this port. */
  'node:ready': z.object({ port: z.int(), pid: z.int() }),
  /** Changes at once, facts about every 2 s. */
  'node:ingest': z.array(IngestReport),
  /** About every 5 s. */
  'node:figures': NodeFigures,
  /** With the figures, if there were any. */
  'node:foreign': ForeignPages,
  /** Usage of grants, about every 5 s and at their end. */
  'node:usage': z.object({ run: z.string().max(64), usages: z.array(GrantUsage).max(1_000) }),
  /** A change was missed. */
  'node:access-wanted': z.object({}),
} as const;

/** node → control, answered */
export const nodeQuestions = {
  /** May this viewer see this camera? A yes comes after the grant itself, which is durable by then. */
  'node:ask': { payload: ViewQuestion, answer: ViewVerdict },
  /** Is there such a viewer? */
  'node:knows': { payload: z.object({ key: ViewerKey }), answer: z.boolean() },
} as const;

export type ControlToNode = {
  [N in keyof typeof controlEvents]: (payload: z.infer<(typeof controlEvents)[N]>) => void;
} & {
  [N in keyof typeof controlQuestions]: (
    payload: z.infer<(typeof controlQuestions)[N]['payload']>,
    ack: (answer: z.infer<(typeof controlQuestions)[N]['answer']>) => void,
  ) => void;
};
export type NodeToControl = {
  [N in keyof typeof nodeEvents]: (payload: z.infer<(typeof nodeEvents)[N]>) => void;
} & {
  [N in keyof typeof nodeQuestions]: (
    payload: z.infer<(typeof nodeQuestions)[N]['payload']>,
    ack: (answer: z.infer<(typeof nodeQuestions)[N]['answer']>) => void,
  ) => void;
};
