export { CameraService, type CameraChange } from './service.ts';
export { cameraRoutes } from './http.ts';
export { soundRecordedIn } from './sound.ts';
