import type { Camera, ConsentState, MediaCamera, RegistrySource } from '@clerestory/protocol';
import { AlikeOwners } from './alike.ts';
import type { StoredCamera } from './store.ts';
import { StreamIndex, type Sees } from './stream-index.ts';

export type CameraChange =
  { type: 'changed'; camera: Camera; media: MediaCamera | null } | { type: 'removed'; camera: string };

export interface Placed {
  place: string;
  latitude: number | null;
  longitude: number | null;
}

const maxNumber = 99_999;
/** States of a consent in which nobody may open the camera, and none that passes by itself. */
const closed: ReadonlySet<string> = new Set<ConsentState>(['pending', 'expired', 'revoked']);
/** Cameras with the same stream that one answer names at most. */
const maxSharing = 5;

/** The cameras there are, in memory: as everybody may see them, as media nodes need them, and who hears of a change. */
export class CameraDirectory {
  readonly #cameras = new Map<string, StoredCamera>();
  readonly #alike = new AlikeOwners();
  readonly #numbers = new Map<number, string>();
  readonly #streams = new StreamIndex();
  readonly #listeners = new Set<(change: CameraChange) => void>();
  #movable: (camera: string) => boolean = () => false;
  #consent: (camera: string) => NonNullable<Camera['consent']> | null = () => null;

  /** Who knows whether a camera can be turned or zoomed. */
  movableBy(movable: (camera: string) => boolean): void {
    this.#movable = movable;
  }

  /** Who knows what the owner of a private camera allows now. */
  consentBy(consent: (camera: string) => NonNullable<Camera['consent']> | null): void {
    this.#consent = consent;
  }

  onChange(listener: (change: CameraChange) => void): void {
    this.#listeners.add(listener);
  }

  get size(): number {
    return this.#cameras.size;
  }
  /** Addresses included: stays inside this feature. */
  stored(id: string): StoredCamera | undefined {
    return this.#cameras.get(id);
  }
  all(): Iterable<StoredCamera> {
    return this.#cameras.values();
  }
  get streams(): Pick<StreamIndex, 'unfit'> {
    return this.#streams;
  }

  get(id: string): Camera | undefined {
    const camera = this.#cameras.get(id);
    return camera && this.view(camera);
  }

  /** All, by number. */
  list(): Camera[] {
    return [...this.#cameras.values()].sort((a, b) => a.number - b.number).map((camera) => this.view(camera));
  }

  /** See `AlikeOwners`. */
  alikeOwners(camera: Camera, enough: number): number {
    const mayBeOpened = (id: string) => {
      const state = this.#consent(id)?.state;
      return state !== undefined && !closed.has(state);
    };
    return this.#alike.of(camera, this.#cameras.values(), mayBeOpened, enough);
  }

  /** Where a camera stands, for its owner: also when nobody else reads that any more. */
  placeOf(id: string): Placed | undefined {
    const camera = this.#cameras.get(id);
    return camera && { place: camera.place, latitude: camera.latitude, longitude: camera.longitude };
  }

  /** What media nodes must know, secrets included. */
  forMedia(): MediaCamera[] {
    return [...this.#cameras.values()].flatMap((camera) => mediaOf(camera) ?? []);
  }

  /** Cameras that show the same stream as a source, as far as whoever asks may see them; a few are enough. */
  sharing(
    source: RegistrySource,
    sees: Sees,
    except: string | null = null,
  ): { id: string; number: number; name: string }[] {
    const found = this.#streams.sharing(source, except).filter(sees);
    return found.slice(0, maxSharing).flatMap((id) => {
      const camera = this.#cameras.get(id);
      return camera ? [{ id, number: camera.number, name: camera.name }] : [];
    });
  }

  /** Whose number it is. */
  ownerOf(number: number): string | undefined {
    return this.#numbers.get(number);
  }

  freeNumber(also: ReadonlyMap<number, string> = new Map()): number | null {
    const free = (number: number) => !this.#numbers.has(number) && !also.has(number);
    for (let number = 101; number <= maxNumber; number++) if (free(number)) return number;
    for (let number = 1; number <= 100; number++) if (free(number)) return number;
    return null;
  }

  view(camera: StoredCamera): Camera {
    const consent = camera.visibility === 'private' ? this.#consent(camera.id) : null;
    return {
      ...viewOf(camera),
      ...(this.#movable(camera.id) && { movable: true }),
      ...(camera.visibility === 'private' && { consent }),
      // Whoever takes back what they lent takes back where it is, too.
      ...(consent?.state === 'revoked' && nowhere),
    };
  }

  /** A camera came or was changed; nobody is told. */
  put(camera: StoredCamera): void {
    const before = this.#cameras.get(camera.id);
    if (before) {
      this.#numbers.delete(before.number);
      this.#streams.drop(before);
    }
    this.#cameras.set(camera.id, camera);
    this.#alike.changed();
    this.#streams.put(camera);
    this.#numbers.set(camera.number, camera.id);
  }

  /** A camera went, and everybody is told. */
  drop(camera: StoredCamera): void {
    this.#cameras.delete(camera.id);
    this.#alike.changed();
    this.#numbers.delete(camera.number);
    this.#streams.drop(camera);
    this.#tell({ type: 'removed', camera: camera.id });
  }

  /** Everybody hears of it anew: it was changed, or what is known of it beside its row. */
  tell(id: string): void {
    const camera = this.#cameras.get(id);
    if (camera) this.#tell({ type: 'changed', camera: this.view(camera), media: mediaOf(camera) });
  }

  #tell(change: CameraChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Of a camera that is lent no more, for everybody but its owner. */
const nowhere = { place: '', latitude: null, longitude: null, heading: null, viewAngle: null };

/** What may be seen of a camera: no address, no login. */
function viewOf({ source, masks, sound, ...camera }: StoredCamera): Camera {
  const username = 'username' in source ? source.username : undefined;
  return {
    ...camera,
    ...(masks.length > 0 && { masks }),
    ...(sound && { sound }),
    source: {
      kind: source.kind,
      hasSub: source.kind === 'demo' || ('sub' in source && source.sub !== undefined),
      hasLogin: (username ?? '') !== '' || (source.kind === 'srt' && source.passphrase !== undefined),
      ...(source.kind === 'rtsp' && { transport: source.transport }),
      ...(source.kind === 'snapshot' && { everyMs: source.everyMs }),
      ...(source.kind === 'push' && { push: { protocol: source.protocol, port: source.port } }),
    },
  };
}

/** Null: it has no stream. */
const mediaOf = ({
  id,
  revision,
  keep,
  source,
  masks,
  visibility,
  sound,
}: StoredCamera): MediaCamera | null =>
  source.kind === 'none'
    ? null
    : {
        ...{ id, revision, keep, source },
        ...(masks.length > 0 && { masks }),
        ...(visibility === 'private' ? { private: true } : sound && { sound }),
      };
