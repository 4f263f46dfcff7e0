export { ownerDeskRoutes } from './http.ts';
export { mountLive } from './live.ts';
export { OwnerDeskService } from './service.ts';
