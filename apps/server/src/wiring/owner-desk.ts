import {
  CameraInput,
  problem,
  type Answer,
  type Camera,
  type CameraAccess,
  type CameraPatch,
  type Consent,
  type ConsentChange,
  type ConsentTerms,
  type Grant,
  type OwnCameraPatch,
  type PastCamera,
} from '@clerestory/protocol';
import { ok, refuse } from '../platform/http.ts';

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
  /** Corrects what the registry says of an own camera; where others have a word in it too, nobody does alone. */
  correct(owner: string, camera: string, patch: OwnCameraPatch, key: string): Promise<Answer<void>>;
  remove(owner: string, camera: string): Promise<Answer<void>>;
  /** Out of the registry. Newest first. */
  past(owner: string): Promise<PastCamera[]>;
  release(owner: string, camera: string): Promise<Answer<void>>;
  ownerChanges(owner: string, camera: string, change: ConsentChange, key: string): Promise<Answer<Consent>>;
  /** For so long an override of the site's policy opens a camera; 0: it has none. */
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
    create(input: CameraInput, key: string, by: string): Promise<Answer<Camera>>;
    update(id: string, patch: CameraPatch, base: null, key: string, by: string): Promise<Answer<Camera>>;
    remove(id: string, by: string): Promise<Answer<void>>;
    placeOf(id: string): { place: string; latitude: number | null; longitude: number | null } | undefined;
    past(owner: string, ids: readonly string[]): Promise<PastCamera[]>;
    release(owner: string, camera: string): Promise<Answer<void>>;
  };
  policy: { get(): { exigentHours: number } };
  consents: {
    of(camera: string): readonly Consent[];
    ofOwner(owner: string): Consent[];
    history(camera: string): Promise<Consent[]>;
    owners(camera: string): string[];
    everOf(owner: string): Promise<string[]>;
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
  /** Whose word alone counts for a camera. */
  const alone = (owner: string, id: string): Answer<void> => {
    const all = new Set([cameras.get(id)?.owner ?? owner, ...consents.owners(id)]);
    const isAsked = consents.of(id).some((one) => one.owner === owner && one.status === 'pending');
    if (all.size === 1 && all.has(owner) && !(isAsked && cameras.get(id)?.owner !== owner))
      return ok(undefined);
    return refuse(
      problem(
        'unprocessable',
        'Others have a word in this camera too. Revoke your yes, and ask the control room.',
      ),
    );
  };
  return {
    exigentHours: () => policy.get().exigentHours,
    camerasOf(owner) {
      const byCamera = new Map(consents.ofOwner(owner).map((consent) => [consent.camera, consent]));
      return cameras
        .list()
        .filter((camera) => camera.owner === owner || byCamera.has(camera.id))
        .map((camera) => ({
          camera: { ...camera, ...cameras.placeOf(camera.id) },
          consent: byCamera.get(camera.id) ?? null,
        }));
    },
    async register(owner, camera, terms, key) {
      const input = CameraInput.parse({
        ...camera,
        ...{ owner, visibility: 'private', tier: 'registered', source: { kind: 'none' } },
      });
      const made = await cameras.create(input, `own-${key}`.slice(0, 64), `owner:${owner}`);
      if (!made.ok) return made;
      const given = await consents.ownerChanges(
        owner,
        made.value.id,
        { type: 'give', terms },
        `terms-${key}`.slice(0, 64),
      );
      return given.ok ? ok(cameras.get(made.value.id) ?? made.value) : given;
    },
    async correct(owner, camera, patch, key) {
      const may = alone(owner, camera);
      if (!may.ok) return may;
      const done = await cameras.update(camera, patch as CameraPatch, null, key, `owner:${owner}`);
      return done.ok ? ok(undefined) : done;
    },
    async remove(owner, camera) {
      const may = alone(owner, camera);
      return may.ok ? cameras.remove(camera, `owner:${owner}`) : may;
    },
    past: async (owner) => cameras.past(owner, await consents.everOf(owner)),
    release: (owner, camera) => cameras.release(owner, camera),
    ownerChanges: (owner, camera, change, key) => consents.ownerChanges(owner, camera, change, key),
    history: async (owner, camera) => (await consents.history(camera)).filter((one) => one.owner === owner),
    currentViewers: (camera) => grants.currentViewers(camera),
    accesses: (camera, cursor, limit = 50) => grants.accesses(camera, cursor, limit),
    waiting: (owner) => grants.waitingFor(owner),
    answer: (owner, grant, approve) => grants.ownerAnswers(owner, grant, approve),
    endAccess: (owner, grant) => grants.ownerEnds(owner, grant),
  };
}
