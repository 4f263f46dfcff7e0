export { ownerDeskRoutes } from './http.ts';
export { mountLive } from './live.ts';
export { AccessProofs } from './proof.ts';
export { OwnerDeskService } from './service.ts';
