export { Checkpoints, type TreeSource } from './checkpoints.ts';
export { logRoutes, mountLog } from './http.ts';
export { newLogName } from './key.ts';
