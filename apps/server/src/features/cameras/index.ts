export { CameraService, type CameraChange } from './service.ts';
export { cameraRoutes } from './http.ts';
export { soundRecordedIn } from './sound.ts';
export {
  changedFields,
  registryRecordedIn,
  type RegistryChange,
  type RegistryWriter,
} from './registry-record.ts';
