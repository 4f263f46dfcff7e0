export { OnvifService } from './service.ts';
export { onvifRoutes } from './http.ts';
export { OnvifMover } from './mover.ts';
