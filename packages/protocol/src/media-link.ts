import { z } from 'zod';
import { CameraId } from './ids.ts';
import { CameraSource, Keep } from './camera.ts';
import { IngestReport } from './health.ts';

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
});
export type MediaCamera = z.infer<typeof MediaCamera>;

/** control → node */
export const controlEvents = {
  /** The whole list; what is not in it is stopped. Sent on connection and after each change of many. */
  'node:cameras': z.array(MediaCamera),
  'node:camera': MediaCamera,
  'node:camera-removed': z.object({ camera: CameraId }),
} as const;

/** node → control */
export const nodeEvents = {
  /** The node's doors are open on this port. */
  'node:ready': z.object({ port: z.int(), pid: z.int() }),
  /** Changes at once, facts about every 2 s. */
  'node:ingest': z.array(IngestReport),
} as const;

export type ControlToNode = {
  [N in keyof typeof controlEvents]: (payload: z.infer<(typeof controlEvents)[N]>) => void;
};
export type NodeToControl = {
  [N in keyof typeof nodeEvents]: (payload: z.infer<(typeof nodeEvents)[N]>) => void;
};
