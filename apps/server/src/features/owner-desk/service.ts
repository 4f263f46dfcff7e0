import { consentStateOf } from '@clerestory/consent';
import type { Grant, OwnCamera, OwnCameras } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Desk } from './ports.ts';

/** Changes within this time are told together, ms. */
const gatherMs = 50;

/** What an owner's page shows, and who has to hear that it changed. */
export class OwnerDeskService {
  readonly desk: Desk;
  readonly #clock: Clock;
  readonly #watchers = new Map<string, Set<(now: OwnCameras) => void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(desk: Desk, clock: Clock) {
    this.desk = desk;
    this.#clock = clock;
  }

  camerasOf(owner: string): OwnCameras {
    const waiting = this.desk.waiting(owner);
    return {
      items: this.desk.camerasOf(owner).map(({ camera, consent }): OwnCamera => ({
        id: camera.id,
        name: camera.name,
        place: camera.place,
        latitude: camera.latitude ?? null,
        longitude: camera.longitude ?? null,
        placeKind: camera.placeKind ?? null,
        tier: camera.tier ?? 'registered',
        consent,
        state: consent && consentStateOf(consent, this.#clock.nowMs()),
        exigentHours: this.desk.exigentHours(),
        now: consent?.status === 'pending' ? [] : this.desk.currentViewers(camera.id),
        waiting: waiting.filter((grant) => grant.camera === camera.id).map(askingOf),
      })),
    };
  }

  /** Whether this camera is one of this owner's. */
  owns(owner: string, camera: string): boolean {
    return this.desk.camerasOf(owner).some((one) => one.camera.id === camera);
  }

  /** Whether this owner was asked to lend it, and has not answered yet. */
  isPending(owner: string, camera: string): boolean {
    return this.desk
      .camerasOf(owner)
      .some((one) => one.camera.id === camera && one.consent?.status === 'pending');
  }

  /** Hears of each change of what this owner's page shows. @returns how to stop that */
  watch(owner: string, listener: (now: OwnCameras) => void): () => void {
    const all = this.#watchers.get(owner) ?? new Set();
    this.#watchers.set(owner, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.#watchers.delete(owner);
    };
  }

  /** Something that owners see has changed. */
  changed(): void {
    if (this.#timer || this.#watchers.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const [owner, all] of this.#watchers) {
        const now = this.camerasOf(owner);
        for (const listener of all) listener(now);
      }
    }, gatherMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

const askingOf = (grant: Grant): OwnCamera['waiting'][number] => ({
  grant: grant.id,
  request: grant.request,
  camera: grant.camera,
  viewer: grant.viewer.kind,
  role: grant.role,
  purpose: grant.purpose,
  purposeText: grant.purposeText,
  isOwnIncident: grant.isOwnIncident,
  state: grant.state,
  startsAt: grant.startsAt,
  endedAt: null,
  seconds: 0,
  bytes: 0,
  end: grant.end,
  answerBy: grant.endsAt,
});
