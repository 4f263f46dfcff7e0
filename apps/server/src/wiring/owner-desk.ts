import {
  CameraInput,
  type Answer,
  type Camera,
  type CameraAccess,
  type Consent,
  type ConsentChange,
  type ConsentTerms,
  type Grant,
} from '@clerestory/protocol';
import { ok } from '../platform/http.ts';

/** What an owner says of a camera when registering it. */
export interface OwnCamera {
  name: string;
  place: string;
  latitude: number;
  longitude: number;
  placeKind: Camera['placeKind'];
  heading?: number | null;
  viewAngle?: number | null;
}

/** What owners can do with the own cameras. Whoever calls has asked who the owner is. */
export interface OwnerDesk {
  camerasOf(owner: string): { camera: Camera; consent: Consent | null }[];
  /** Registers a private camera, location and contact only, with the owner's terms. */
  register(owner: string, camera: OwnCamera, terms: ConsentTerms, key: string): Promise<Answer<Camera>>;
  ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  exigentHours(): number;
  /** Newest first. */
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

export interface OwnerDeskParties {
  cameras: {
    get(camera: string): Camera | undefined;
    list(): Camera[];
    create(input: CameraInput, key: string): Promise<Answer<Camera>>;
  };
  policy: { get(): { exigentHours: number } };
  consents: {
    of(camera: string): readonly Consent[];
    ofOwner(owner: string): Consent[];
    history(camera: string): Promise<Consent[]>;
    ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  };
  grants: {
    currentViewers(camera: string): CameraAccess[];
    accesses(camera: string, cursor: string | undefined, limit: number): ReturnType<OwnerDesk['accesses']>;
    waitingFor(owner: string): Grant[];
    ownerAnswers(owner: string, grant: string, approve: boolean): Promise<Answer<Grant>>;
    ownerEnds(owner: string, grant: string): Promise<Answer<void>>;
  };
}

export function ownerDesk({ cameras, consents, grants, policy }: OwnerDeskParties): OwnerDesk {
  return {
    camerasOf(owner) {
      const byCamera = new Map(consents.ofOwner(owner).map((consent) => [consent.camera, consent]));
      return cameras
        .list()
        .filter((camera) => camera.owner === owner || byCamera.has(camera.id))
        .map((camera) => ({ camera, consent: byCamera.get(camera.id) ?? null }));
    },
    async register(owner, camera, terms, key) {
      const input = CameraInput.parse({
        ...camera,
        ...{ owner, visibility: 'private', tier: 'registered', source: { kind: 'none' } },
      });
      const made = await cameras.create(input, `own-${key}`.slice(0, 64));
      if (!made.ok) return made;
      const given = await consents.ownerChanges(
        owner,
        made.value.id,
        { type: 'give', terms },
        `terms-${key}`.slice(0, 64),
      );
      return given.ok ? ok(cameras.get(made.value.id) ?? made.value) : given;
    },
    exigentHours: () => policy.get().exigentHours,
    ownerChanges: (owner, camera, change, key) => consents.ownerChanges(owner, camera, change, key),
    history: async (owner, camera) => (await consents.history(camera)).filter((one) => one.owner === owner),
    currentViewers: (camera) => grants.currentViewers(camera),
    accesses: (camera, cursor, limit = 50) => grants.accesses(camera, cursor, limit),
    waiting: (owner) => grants.waitingFor(owner),
    answer: (owner, grant, approve) => grants.ownerAnswers(owner, grant, approve),
    endAccess: (owner, grant) => grants.ownerEnds(owner, grant),
  };
}
