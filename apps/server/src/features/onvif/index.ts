export { OnvifService } from './service.ts';
export { DeviceWatch } from './watch.ts';
export { onvifRoutes } from './http.ts';
export { OnvifMover } from './mover.ts';
