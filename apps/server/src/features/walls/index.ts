export { WallStore } from './store.ts';
export { WallService } from './service.ts';
export { wallRoutes } from './http.ts';
export { wallSockets } from './socket.ts';
