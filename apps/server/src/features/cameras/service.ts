import type {
  Answer,
  Camera,
  CameraInput,
  CameraPatch,
  CameraSource,
  Masks,
  MediaCamera,
  PastCamera,
  RegistrySource,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import {
  all,
  changedMeanwhile,
  ChangeRules,
  noCamera,
  type Guard,
  type SourceRules,
} from './change-rules.ts';
import { CameraDirectory, type CameraChange, type Placed } from './directory.ts';
import { PastCameras, type OwnersKnown } from './past.ts';
import type { RegistryWriter } from './registry-record.ts';
import { unfitSound, type SoundWriter } from './sound.ts';
import { cameraStore, type StoredCamera } from './store.ts';
import { StreamIndex, type Sees } from './stream-index.ts';

/** Areas of a camera were changed, or came with a new one. */
export interface MasksChange {
  camera: string;
  by: string;
  before: Masks;
  after: Masks;
}
export type LeavingWriter = (write: Write, camera: string, by: string) => Promise<void>;
/** `after` has come to an address that owners of `before` had, who have left. */
export type HandingOnWriter = (
  write: Write,
  handed: { before: string[]; after: StoredCamera; by: string },
) => Promise<void>;
/** Who lends a private camera, the owner in the registry first. */
export type LentBy = (camera: Pick<StoredCamera, 'id' | 'owner'>) => string[];
export type MasksWriter = (write: Write, change: MasksChange) => Promise<void>;

/** The registry of cameras. Held in memory, written through: what is answered is durable. What may become of it, `ChangeRules` says. */
export class CameraService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #known = new CameraDirectory();
  readonly #past: PastCameras;
  readonly #rules: ChangeRules;
  /** Mutations take turns, so that two that look for the same free number cannot both find it. */
  #tail: Promise<unknown> = Promise.resolve();

  #writeDownMasks: MasksWriter = () => Promise.resolve();
  #writeDownSound: SoundWriter = () => Promise.resolve();
  #writeDownLeaving: LeavingWriter = () => Promise.resolve();
  #writeDown: RegistryWriter = () => Promise.resolve();
  #lentBy: LentBy = ({ owner }) => (owner === null ? [] : [owner]);
  #writeDownFreed: LeavingWriter = () => Promise.resolve();
  #writeDownHandedOn: HandingOnWriter = () => Promise.resolve();

  /** `scenes`: names of the demo scenes that can be drawn. `rules`: where cameras may be. */
  constructor(db: Database, clock: Clock, scenes: readonly string[], rules: SourceRules) {
    this.#db = db;
    this.#clock = clock;
    this.#past = new PastCameras(db);
    this.#rules = new ChangeRules({ clock, scenes, rules, known: this.#known, past: this.#past });
  }

  /** Who knows whether a camera can be turned or zoomed. */
  movableBy(movable: (camera: string) => boolean): void {
    this.#known.movableBy(movable);
  }

  /** Who writes changes of masks down, in the transaction of the change. */
  masksWrittenBy(writer: MasksWriter): void {
    this.#writeDownMasks = writer;
  }

  /** Who writes down whether a camera may be listened to, in the transaction of the change. */
  soundWrittenBy(writer: SoundWriter): void {
    this.#writeDownSound = writer;
  }

  /** Who writes down what a camera leaves that is removed, in the transaction of the removal. */
  leavingWrittenBy(writer: LeavingWriter): void {
    this.#writeDownLeaving = writer;
  }

  /** Who writes down what came into the registry, was changed or left it, in the transaction of the change. */
  writtenBy(writer: RegistryWriter): void {
    this.#writeDown = writer;
  }

  /** Who writes down that an address was given free, in the transaction of it. */
  freeingWrittenBy(writer: LeavingWriter): void {
    this.#writeDownFreed = writer;
  }

  /** Who writes down that the address of somebody who has left went on to another owner, in the transaction of it. */
  handingOnWrittenBy(writer: HandingOnWriter): void {
    this.#writeDownHandedOn = writer;
  }

  /** Who knows the owners that have a word in a camera, and what they keep the agency from changing. */
  guardedBy(lentBy: LentBy, guard: Guard): void {
    this.#lentBy = lentBy;
    this.#rules.guardedBy(guard);
  }

  /** Who knows what the owner of a private camera allows now. */
  consentBy(consent: (camera: string) => NonNullable<Camera['consent']> | null): void {
    this.#known.consentBy(consent);
  }

  /** Who knows the owners of private cameras. */
  ownersKnownBy(owners: OwnersKnown): void {
    this.#rules.ownersKnownBy(owners.isOwner);
    this.#past.ownersKnownBy(owners);
  }

  async load(): Promise<void> {
    await this.#past.load();
    for (const camera of await cameraStore.all(this.#db)) this.#remember(camera);
  }

  onChange(listener: (change: CameraChange) => void): void {
    this.#known.onChange(listener);
  }

  exists(id: string): boolean {
    return this.#known.stored(id) !== undefined;
  }

  get(id: string): Camera | undefined {
    return this.#known.get(id);
  }

  /** All, by number. */
  list(): Camera[] {
    return this.#known.list();
  }

  /** See `AlikeOwners`. */
  alikeOwners(camera: Camera, enough: number): number {
    return this.#known.alikeOwners(camera, enough);
  }

  /** Where a camera stands, for its owner: also when nobody else reads that any more. */
  placeOf(id: string): Placed | undefined {
    return this.#known.placeOf(id);
  }

  /** Private cameras that are out of the registry: `owner`'s, and of `ids` those too. Newest first. */
  past(owner: string, ids: readonly string[]): Promise<PastCamera[]> {
    return this.#past.of(owner, ids);
  }

  /** Whether a private camera that is out of the registry, or elsewhere now, was lent from where this source is. */
  wasLent(source: CameraSource, devices: readonly string[]): boolean {
    return this.#past.wasLent(source, devices);
  }

  /** An owner gives the address of a camera free that was theirs, for anybody to register. */
  async release(owner: string, id: string): Promise<Answer<void>> {
    return this.#inTurn(async () => {
      if (!this.#past.isHeldBy(owner, id)) return refuse(noCamera(id));
      await this.#db.transaction().execute(async (write) => {
        await this.#past.release(write, id);
        await this.#writeDownFreed(write, id, `owner:${owner}`);
      });
      this.#past.released(id);
      return ok(undefined);
    });
  }

  /** Of cameras that are out of the registry and nobody's any more: what they were called, and where they stood. */
  forgetPast(write: Write, ids: readonly string[]): Promise<void> {
    return this.#past.forgetWords(write, ids);
  }

  /** What media nodes must know, secrets included. */
  forMedia(): MediaCamera[] {
    return this.#known.forMedia();
  }

  /** `by`: whoever asks, for the record. Of other cameras only those that `sees` lets one see are named. */
  async create(input: CameraInput, key: string, by = 'server', sees: Sees = all): Promise<Answer<Camera>> {
    // Before its turn: to look a name up takes up to seconds, for which nobody else need wait.
    const refused = await this.#rules.refusedSource(input.source);
    const created = await this.#write(key, fingerprint('camera', input), async (write) => {
      const decision = this.#rules.decideNew(input, refused, sees);
      if (!decision.ok) return decision;
      const stored = decision.value;
      const { id, masks } = stored;
      if (masks.length > 0) await this.#writeDownMasks(write, { camera: id, by, before: [], after: masks });
      await this.#writeDownEntry(write, { before: null, after: stored, by });
      return ok({ stored, isNew: true });
    });
    if (!created.ok) return created;
    const sameStream = this.sharing(input.source, sees, created.value.id);
    return sameStream.length === 0 ? created : ok({ ...created.value, sameStream });
  }

  /** Cameras that show the same stream as a source, as far as whoever asks may see them; a few are enough. */
  sharing(
    source: RegistrySource,
    sees: Sees,
    except: string | null = null,
  ): { id: string; number: number; name: string }[] {
    return this.#known.sharing(source, sees, except);
  }

  async update(
    id: string,
    patch: CameraPatch,
    base: number | null,
    key: string,
    by = 'server',
    sees: Sees = all,
  ): Promise<Answer<Camera>> {
    const refused = await this.#rules.refusedSource(patch.source);
    return this.#write(key, fingerprint('camera', id, patch), async (write) => {
      const before = this.#known.stored(id);
      if (!before) return refuse(noCamera(id));
      if (base !== null && base !== before.revision) return refuse(changedMeanwhile(before));
      const decision = this.#rules.decideChange(before, patch, { refused, by, sees });
      if (!decision.ok) return decision;
      const stored = decision.value;
      if (stored.sound && stored.visibility === 'private') {
        stored.sound = false;
        await this.#writeDownSound(write, { camera: id, by, allowed: false, because: 'now-private' });
      }
      await this.#past.keep(write, this.#leaving(before, stored));
      await this.#writeDownEntry(write, { before, after: stored, by });
      return ok({ stored, isNew: false });
    });
  }

  /**
   * Changes the areas of a camera that nobody is to see. `decide` says whether that may be, from what they are.
   */
  async setMasks(
    id: string,
    masks: Masks,
    { base, key, by }: { base: number | null; key: string; by: string },
    decide: (before: Masks) => Answer<void>,
  ): Promise<Answer<Camera>> {
    return this.#write(key, fingerprint('camera-masks', id, masks), async (write) => {
      const before = this.#known.stored(id);
      if (!before) return refuse(noCamera(id));
      if (base !== null && base !== before.revision) return refuse(changedMeanwhile(before));
      const decision = decide(before.masks);
      if (!decision.ok) return decision;
      await this.#writeDownMasks(write, { camera: id, by, before: before.masks, after: masks });
      return ok({
        stored: { ...before, masks, revision: before.revision + 1, updatedAt: this.#clock.nowMs() },
        isNew: false,
      });
    });
  }

  /** Whether operators may listen to a camera. Changing nothing is no change, and not in the record. */
  async setSound(
    id: string,
    allowed: boolean,
    { base, key, by }: { base: number | null; key: string; by: string },
  ): Promise<Answer<Camera>> {
    return this.#write(key, fingerprint('camera-sound', id, allowed), async (write) => {
      const before = this.#known.stored(id);
      if (!before) return refuse(noCamera(id));
      if (base !== null && base !== before.revision) return refuse(changedMeanwhile(before));
      const unheard = allowed ? unfitSound(before) : null;
      if (unheard) return unheard;
      if (before.sound === allowed) return ok({ stored: before, isNew: false });
      await this.#writeDownSound(write, { camera: id, by, allowed });
      return ok({
        stored: { ...before, sound: allowed, revision: before.revision + 1, updatedAt: this.#clock.nowMs() },
        isNew: false,
      });
    });
  }

  /**
   * Several in one transaction, for imports: each is written or refused by itself, `also` with every one that is written.
   * `camera` null makes a new one; what an input leaves out stays as it is.
   */
  async writeMany(
    changes: readonly { camera: string | null; input: CameraInput }[],
    also: (write: Write, camera: string, at: number) => Promise<void>,
    { sees = all, by = 'server' }: { sees?: Sees; by?: string } = {},
  ): Promise<Answer<Camera>[]> {
    return this.#inTurn(async () => {
      const written = new Map<string, StoredCamera>();
      const numbers = new Map<number, string>();
      const streams = new StreamIndex();
      const answers = await this.#db.transaction().execute(async (write) => {
        const given: Answer<Camera>[] = [];
        for (const [at, change] of changes.entries()) {
          const decision = this.#rules.decideRow(change, { written, numbers, streams, sees, by });
          if (decision.ok) {
            const stored = decision.value;
            const before = written.get(stored.id) ?? this.#known.stored(stored.id) ?? null;
            await (before ? cameraStore.update(write, stored) : cameraStore.insert(write, stored));
            if (before) await this.#past.keep(write, this.#leaving(before, stored));
            await this.#writeDownEntry(write, { before, after: stored, by });
            await also(write, stored.id, at);
            written.set(stored.id, stored);
            streams.put(stored);
            numbers.set(stored.number, stored.id);
          }
          given.push(decision.ok ? ok(this.#known.view(decision.value)) : decision);
        }
        return given;
      });
      for (const stored of written.values()) {
        this.#remember(stored);
        this.#known.tell(stored.id);
      }
      return answers;
    });
  }

  /** `by`: whoever asks, for the record. */
  async remove(id: string, by = 'server'): Promise<Answer<void>> {
    return this.#inTurn(async () => {
      const camera = this.#known.stored(id);
      if (!camera) return refuse(noCamera(id));
      const owners = camera.visibility === 'private' ? this.#lentBy(camera) : [];
      const kept = this.#leaving(camera, null);
      await this.#db.transaction().execute(async (write) => {
        await this.#writeDownLeaving(write, id, by);
        await this.#writeDown(write, { before: camera, after: null, by });
        if (owners.length > 0) await this.#past.keepRemoved(write, camera, this.#clock.nowMs());
        await this.#past.keep(write, kept);
        await cameraStore.remove(write, id);
      });
      if (owners.length > 0) this.#past.removed(id);
      this.#past.kept(kept);
      this.#known.drop(camera);
      return ok(undefined);
    });
  }

  /** It came into the registry or was changed; with it, that it has the address of somebody who has left. */
  async #writeDownEntry(
    write: Write,
    { before, after, by }: { before: StoredCamera | null; after: StoredCamera; by: string },
  ): Promise<void> {
    await this.#writeDown(write, { before, after, by });
    const handed = this.#past.inherited(before, after);
    if (handed.length > 0) await this.#writeDownHandedOn(write, { before: handed, after, by });
  }

  /** Addresses that stop being those of a private camera. */
  #leaving(before: StoredCamera, after: StoredCamera | null) {
    return before.visibility === 'private'
      ? this.#past.leaving(before, after, this.#lentBy(before)[0] ?? null)
      : [];
  }

  async #write(
    key: string,
    print: string,
    decide: (write: Write) => Promise<Answer<{ stored: StoredCamera; isNew: boolean }>>,
  ): Promise<Answer<Camera>> {
    return this.#inTurn(async () => {
      let done: StoredCamera | undefined;
      const { answer } = await once<Camera>(
        this.#db,
        { key, fingerprint: print, nowMs: this.#clock.nowMs() },
        async (write) => {
          const decision = await decide(write);
          if (!decision.ok) return decision;
          const { stored, isNew } = decision.value;
          await (isNew ? cameraStore.insert(write, stored) : cameraStore.update(write, stored));
          done = stored;
          return ok(this.#known.view(stored));
        },
      );
      // Told only once the transaction is durable.
      if (done) {
        this.#remember(done);
        this.#known.tell(done.id);
      }
      return answer;
    });
  }

  /** What is known of it beside its row has changed: everybody hears of it anew. */
  retell(id: string): void {
    this.#known.tell(id);
  }

  #remember(camera: StoredCamera): void {
    const before = this.#known.stored(camera.id);
    if (before) this.#past.kept(this.#leaving(before, camera));
    this.#known.put(camera);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}
