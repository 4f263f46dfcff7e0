import type {
  Answer,
  Camera,
  CameraAccess,
  Consent,
  ConsentChange,
  ConsentTerms,
  Grant,
  OwnCameraInput,
  OwnCameraPatch,
  PastCamera,
} from '@clerestory/protocol';

/** What owners can do with their cameras. */
export interface Desk {
  camerasOf(owner: string): { camera: Camera; consent: Consent | null }[];
  register(owner: string, camera: OwnCameraInput, terms: ConsentTerms, key: string): Promise<Answer<Camera>>;
  /** Corrects what the registry says of an own camera. */
  correct(owner: string, camera: string, patch: OwnCameraPatch, key: string): Promise<Answer<void>>;
  remove(owner: string, camera: string): Promise<Answer<void>>;
  past(owner: string): Promise<PastCamera[]>;
  release(owner: string, camera: string): Promise<Answer<void>>;
  ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  /** Of the site's policy; 0: it knows no exigent override. */
  exigentHours(): number;
  history(owner: string, camera: string): Promise<Consent[]>;
  currentViewers(camera: string): CameraAccess[];
  accesses(
    camera: string,
    cursor?: string,
    limit?: number,
  ): Promise<{ items: CameraAccess[]; next: string | null }>;
  waiting(owner: string): Grant[];
  answer(owner: string, grant: string, approve: boolean): Promise<Answer<Grant>>;
  endAccess(owner: string, grant: string): Promise<Answer<void>>;
}
