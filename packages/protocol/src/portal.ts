/** What the pages for owners and the public need: nothing of the wall. */
import './words.ts';
import { ownerFootageRoutes, publicFootageRoutes } from './footage-routes.ts';
import { ownerNoticeRoutes } from './notice-routes.ts';
import { ownerDeskRoutes } from './owner-desk.ts';
import { ownerPageRoutes } from './owner-routes.ts';

export * from './errors.ts';
export * from './ids.ts';
export * from './owners.ts';
export * from './notices.ts';
export * from './consent.ts';
export * from './footage.ts';
export type { CameraAccess } from './grants.ts';
export type { BundleFile } from './log.ts';
export { OwnCamera, OwnCameraInput, OwnCameraPatch, OwnCameras, PastCamera } from './owner-desk.ts';
export type { Passkey, PasskeyProof } from './people.ts';
export type { RestRoute } from './rest.ts';

/** Where the routes are. */
export const apiBase = '/api/v1';

/** The routes that the portal calls. */
export const portalRoutes = {
  ...ownerPageRoutes,
  ...ownerNoticeRoutes,
  ...ownerDeskRoutes,
  ...ownerFootageRoutes,
  ...publicFootageRoutes,
} as const;
