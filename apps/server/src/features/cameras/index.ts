export type { CameraChange } from './directory.ts';
export { CameraService } from './service.ts';
export { cameraRoutes } from './http.ts';
export { soundRecordedIn } from './sound.ts';
export {
  changedFields,
  registryRecordedIn,
  type RegistryChange,
  type RegistryWriter,
} from './registry-record.ts';
