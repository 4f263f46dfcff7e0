import {
  problem,
  type Answer,
  type Camera,
  type CameraInput,
  type CameraPatch,
  type CameraSource,
  type ConsentState,
  type Masks,
  type MediaCamera,
  type PastCamera,
  type RegistrySource,
} from '@clerestory/protocol';
import { checkSource, type SourceRules as AddressesAllowed } from '../../platform/addresses/source.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { slugOf } from '../../platform/slug.ts';
import { AlikeOwners } from './alike.ts';
import { ownedAs, unfit, unfitEntry, unfitFor } from './entry-rules.ts';
import { PastCameras, type OwnersKnown } from './past.ts';
import type { RegistryWriter } from './registry-record.ts';
import { unfitSound, type SoundWriter } from './sound.ts';
import { cameraStore, type StoredCamera } from './store.ts';
import { StreamIndex, type Sees } from './stream-index.ts';

/** Cameras one site may register. */
const maxCameras = 20_000;
const maxNumber = 99_999;

/** Where cameras may be, and to which ports they may send. */
export interface SourceRules extends AddressesAllowed {
  pushPorts: { from: number; to: number };
}

export type CameraChange =
  { type: 'changed'; camera: Camera; media: MediaCamera | null } | { type: 'removed'; camera: string };

export interface Placed {
  place: string;
  latitude: number | null;
  longitude: number | null;
}

/** Areas of a camera were changed, or came with a new one. */
export interface MasksChange {
  camera: string;
  by: string;
  before: Masks;
  after: Masks;
}
const all: Sees = () => true;
/** States of a consent in which nobody may open the camera, and none that passes by itself. */
const closed: ReadonlySet<string> = new Set<ConsentState>(['pending', 'expired', 'revoked']);
/** Cameras with the same stream that one answer names at most. */
const maxSharing = 5;

export type LeavingWriter = (write: Write, camera: string, by: string) => Promise<void>;
/** `after` has come to an address that owners of `before` had, who have left. */
export type HandingOnWriter = (
  write: Write,
  handed: { before: string[]; after: StoredCamera; by: string },
) => Promise<void>;
/** Who lends a private camera, the owner in the registry first. */
export type LentBy = (camera: Pick<StoredCamera, 'id' | 'owner'>) => string[];
/** What an owner's word forbids the agency to change. */
export type Guard = (before: StoredCamera, after: StoredCamera, by: string) => Answer<never> | null;
export type MasksWriter = (write: Write, change: MasksChange) => Promise<void>;

/** The registry of cameras. Held in memory, written through: what is answered is durable. */
export class CameraService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #scenes: readonly string[];
  readonly #rules: SourceRules;
  readonly #cameras = new Map<string, StoredCamera>();
  readonly #alike = new AlikeOwners();
  readonly #numbers = new Map<number, string>();
  readonly #streams = new StreamIndex();
  readonly #listeners = new Set<(change: CameraChange) => void>();
  readonly #past: PastCameras;
  /** Mutations take turns, so that two that look for the same free number cannot both find it. */
  #tail: Promise<unknown> = Promise.resolve();

  #movable: (camera: string) => boolean = () => false;
  #writeDownMasks: MasksWriter = () => Promise.resolve();
  #writeDownSound: SoundWriter = () => Promise.resolve();
  #writeDownLeaving: LeavingWriter = () => Promise.resolve();
  #writeDown: RegistryWriter = () => Promise.resolve();
  #lentBy: LentBy = ({ owner }) => (owner === null ? [] : [owner]);
  #guard: Guard = () => null;
  #writeDownFreed: LeavingWriter = () => Promise.resolve();
  #consent: (camera: string) => NonNullable<Camera['consent']> | null = () => null;
  #writeDownHandedOn: HandingOnWriter = () => Promise.resolve();
  #isOwner: (owner: string) => boolean = () => true;

  /** `scenes`: names of the demo scenes that can be drawn. `rules`: where cameras may be. */
  constructor(db: Database, clock: Clock, scenes: readonly string[], rules: SourceRules) {
    this.#db = db;
    this.#clock = clock;
    this.#scenes = scenes;
    this.#rules = rules;
    this.#past = new PastCameras(db);
  }

  /** Who knows whether a camera can be turned or zoomed. */
  movableBy(movable: (camera: string) => boolean): void {
    this.#movable = movable;
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
    this.#guard = guard;
  }

  /** Who knows what the owner of a private camera allows now. */
  consentBy(consent: (camera: string) => NonNullable<Camera['consent']> | null): void {
    this.#consent = consent;
  }

  /** Who knows the owners of private cameras. */
  ownersKnownBy(owners: OwnersKnown): void {
    this.#isOwner = owners.isOwner;
    this.#past.ownersKnownBy(owners);
  }

  async load(): Promise<void> {
    await this.#past.load();
    for (const camera of await cameraStore.all(this.#db)) this.#remember(camera);
  }

  onChange(listener: (change: CameraChange) => void): void {
    this.#listeners.add(listener);
  }

  exists(id: string): boolean {
    return this.#cameras.has(id);
  }

  get(id: string): Camera | undefined {
    const camera = this.#cameras.get(id);
    return camera && this.#view(camera);
  }

  /** All, by number. */
  list(): Camera[] {
    return [...this.#cameras.values()]
      .sort((a, b) => a.number - b.number)
      .map((camera) => this.#view(camera));
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
    return [...this.#cameras.values()].flatMap((camera) => mediaOf(camera) ?? []);
  }

  /** `by`: whoever asks, for the record. Of other cameras only those that `sees` lets one see are named. */
  async create(input: CameraInput, key: string, by = 'server', sees: Sees = all): Promise<Answer<Camera>> {
    // Before its turn: to look a name up takes up to seconds, for which nobody else need wait.
    const refused = await this.#refusedSource(input.source);
    const created = await this.#write(key, fingerprint('camera', input), async (write) => {
      if (this.#cameras.size >= maxCameras)
        return refuse(
          problem('unprocessable', `A site has at most ${maxCameras} cameras. Remove one first.`),
        );
      const unfit =
        refused ??
        unfitEntry(input) ??
        this.#unknownOwner(input.owner) ??
        this.#unfitSource(input.source, null) ??
        this.#streams.unfit({ ...input, id: null }, sees) ??
        this.#past.unfit({ ...input, id: null });
      if (unfit) return unfit;
      const id = input.id ?? this.#freeId(input.name);
      const past = this.#past.unfitId(id);
      if (past) return past;
      if (this.#cameras.has(id))
        return refuse(problem('exists', `There is a camera "${id}" already. Choose another id.`));
      const number = input.number ?? this.#freeNumber();
      if (number === null) return refuse(problem('unprocessable', 'Every camera number is taken.'));
      const taken = this.#takenBy(number, id);
      if (taken) return taken;
      const { masks } = input;
      if (masks.length > 0) await this.#writeDownMasks(write, { camera: id, by, before: [], after: masks });
      const nowMs = this.#clock.nowMs();
      const stored = { ...input, id, number, sound: false, revision: 1, createdAt: nowMs, updatedAt: nowMs };
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
    const found = this.#streams.sharing(source, except).filter(sees);
    return found.slice(0, maxSharing).flatMap((id) => {
      const camera = this.#cameras.get(id);
      return camera ? [{ id, number: camera.number, name: camera.name }] : [];
    });
  }

  async update(
    id: string,
    patch: CameraPatch,
    base: number | null,
    key: string,
    by = 'server',
    sees: Sees = all,
  ): Promise<Answer<Camera>> {
    const refused = await this.#refusedSource(patch.source);
    return this.#write(key, fingerprint('camera', id, patch), async (write) => {
      const before = this.#cameras.get(id);
      if (!before) return refuse(noCamera(id));
      if (base !== null && base !== before.revision) return refuse(changedMeanwhile(before));
      const unfit = refused ?? this.#unfitSource(patch.source, id);
      if (unfit) return unfit;
      const taken = patch.number === undefined ? null : this.#takenBy(patch.number, id);
      if (taken) return taken;
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const stored = { ...before, ...given, revision: before.revision + 1, updatedAt: this.#clock.nowMs() };
      // Only who has it hands it on, by leaving it to another who has it too.
      const known = by === `owner:${before.owner}` ? { ...before, owner: stored.owner } : before;
      const odd =
        unfitEntry(stored, known) ??
        (stored.owner === before.owner ? null : this.#unknownOwner(stored.owner)) ??
        ((patch.source ?? patch.visibility ?? patch.owner)
          ? (this.#streams.unfit(stored, sees) ?? this.#past.unfit(stored, by))
          : null) ??
        this.#guard(before, stored, by);
      if (odd) return odd;
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
      const before = this.#cameras.get(id);
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
      const before = this.#cameras.get(id);
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
          const decision = this.#decideOne(change, { written, numbers, streams, sees, by });
          if (decision.ok) {
            const stored = decision.value;
            const before = written.get(stored.id) ?? this.#cameras.get(stored.id) ?? null;
            await (before ? cameraStore.update(write, stored) : cameraStore.insert(write, stored));
            if (before) await this.#past.keep(write, this.#leaving(before, stored));
            await this.#writeDownEntry(write, { before, after: stored, by });
            await also(write, stored.id, at);
            written.set(stored.id, stored);
            streams.put(stored);
            numbers.set(stored.number, stored.id);
          }
          given.push(decision.ok ? ok(this.#view(decision.value)) : decision);
        }
        return given;
      });
      for (const stored of written.values()) {
        this.#remember(stored);
        this.#tell({ type: 'changed', camera: this.#view(stored), media: mediaOf(stored) });
      }
      return answers;
    });
  }

  #decideOne(
    { camera, input }: { camera: string | null; input: CameraInput },
    {
      written,
      numbers,
      streams,
      sees,
      by,
    }: {
      written: ReadonlyMap<string, StoredCamera>;
      numbers: ReadonlyMap<number, string>;
      streams: StreamIndex;
      sees: Sees;
      by: string;
    },
  ): Answer<StoredCamera> {
    const before = camera === null ? undefined : (written.get(camera) ?? this.#cameras.get(camera));
    if (camera !== null && !before) return refuse(noCamera(camera));
    if (!before && this.#cameras.size + written.size >= maxCameras)
      return refuse(problem('unprocessable', `A site has at most ${maxCameras} cameras. Remove one first.`));
    const entry = { ...input, id: camera, ...(before && ownedAs(before)) };
    const unfit =
      unfitEntry(entry, before) ??
      this.#unfitSource(input.source, camera) ??
      this.#streams.unfit(entry, sees) ??
      streams.unfit(entry, all) ??
      this.#past.unfit(entry);
    if (unfit) return unfit;
    const id = before?.id ?? this.#freeId(input.name, written);
    const number = input.number ?? before?.number ?? this.#freeNumber(numbers);
    if (number === null) return refuse(problem('unprocessable', 'Every camera number is taken.'));
    const owner = numbers.get(number) ?? id;
    const taken =
      owner === id
        ? this.#takenBy(number, id)
        : refuse(problem('exists', `Number ${number} is in the list twice. Leave one of them out.`));
    if (taken) return taken;
    const nowMs = this.#clock.nowMs();
    // A list knows nothing of masks: what was masked stays masked.
    const kept = before && {
      ...{
        keep: before.keep,
        masks: before.masks,
        sound: before.sound,
        revision: before.revision + 1,
        createdAt: before.createdAt,
      },
      ...{ heading: before.heading, viewAngle: before.viewAngle, placeKind: before.placeKind },
      ...ownedAs(before),
    };
    const stored = {
      ...{ ...input, sound: false, revision: 1, createdAt: nowMs },
      ...kept,
      ...{ id, number, updatedAt: nowMs },
    };
    return (before && this.#guard(before, stored, by)) ?? ok(stored);
  }

  /** `by`: whoever asks, for the record. */
  async remove(id: string, by = 'server'): Promise<Answer<void>> {
    return this.#inTurn(async () => {
      const camera = this.#cameras.get(id);
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
      this.#cameras.delete(id);
      this.#alike.changed();
      this.#numbers.delete(camera.number);
      this.#streams.drop(camera);
      this.#tell({ type: 'removed', camera: id });
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

  /** Where cameras may not be. */
  async #refusedSource(source: RegistrySource | undefined): Promise<Answer<never> | null> {
    const checked = source && source.kind !== 'none' && (await checkSource(source, this.#rules));
    return !checked || checked.ok ? null : checked;
  }

  /** What the registry itself knows to be wrong with a source of camera `id`; null: of a new one. */
  #unfitSource(source: RegistrySource | undefined, id: string | null): Answer<never> | null {
    if (source?.kind === 'push') return this.#unfitPort(source, id);
    if (source?.kind !== 'demo' || this.#scenes.includes(source.scene)) return null;
    const message = `choose one of ${this.#scenes.join(', ')}`;
    return unfit('scene', `There is no demo scene "${source.scene}": ${message}.`, message);
  }

  #unfitPort({ port }: Extract<RegistrySource, { kind: 'push' }>, id: string | null): Answer<never> | null {
    const { from, to } = this.#rules.pushPorts;
    if (port < from || port > to) {
      const message = `choose a port from ${from} to ${to} (the setting CLERESTORY_PUSH_PORTS)`;
      return unfit('port', `Cameras cannot send to port ${port}: ${message}.`, message);
    }
    const owner = [...this.#cameras.values()].find(
      (camera) => camera.id !== id && camera.source.kind === 'push' && camera.source.port === port,
    );
    if (!owner) return null;
    const message = `"${owner.name}" sends to this port`;
    return unfit('port', `Port ${port} is taken: ${message}. Choose another.`, message);
  }

  #unknownOwner(owner: string | null): Answer<never> | null {
    if (owner === null || this.#isOwner(owner)) return null;
    return unfitFor('/owner', `there is no owner "${owner}"; enter the owner first, under Owners`);
  }

  #takenBy(number: number, id: string): Answer<never> | null {
    const owner = this.#numbers.get(number);
    if (owner === undefined || owner === id) return null;
    return refuse(
      problem(
        'exists',
        `Number ${number} belongs to "${this.#cameras.get(owner)?.name ?? owner}". Choose another, or leave it out.`,
        { errors: [{ pointer: '/number', message: 'this number is taken' }] },
      ),
    );
  }

  #freeId(name: string, written: ReadonlyMap<string, unknown> = new Map()): string {
    const slug = slugOf(name);
    return slug && !this.#cameras.has(slug) && !written.has(slug) && !this.#past.hasId(slug)
      ? slug
      : `${slug || 'camera'}-${newId().slice(0, 8)}`;
  }

  #freeNumber(also: ReadonlyMap<number, string> = new Map()): number | null {
    const free = (number: number) => !this.#numbers.has(number) && !also.has(number);
    for (let number = 101; number <= maxNumber; number++) if (free(number)) return number;
    for (let number = 1; number <= 100; number++) if (free(number)) return number;
    return null;
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
          return ok(this.#view(stored));
        },
      );
      // Told only once the transaction is durable.
      if (done) {
        this.#remember(done);
        this.#tell({ type: 'changed', camera: this.#view(done), media: mediaOf(done) });
      }
      return answer;
    });
  }

  /** What is known of it beside its row has changed: everybody hears of it anew. */
  retell(id: string): void {
    const camera = this.#cameras.get(id);
    if (camera) this.#tell({ type: 'changed', camera: this.#view(camera), media: mediaOf(camera) });
  }

  #view(camera: StoredCamera): Camera {
    const consent = camera.visibility === 'private' ? this.#consent(camera.id) : null;
    return {
      ...viewOf(camera),
      ...(this.#movable(camera.id) && { movable: true }),
      ...(camera.visibility === 'private' && { consent }),
      // Whoever takes back what they lent takes back where it is, too.
      ...(consent?.state === 'revoked' && nowhere),
    };
  }

  #remember(camera: StoredCamera): void {
    const before = this.#cameras.get(camera.id);
    if (before) {
      this.#past.kept(this.#leaving(before, camera));
      this.#numbers.delete(before.number);
      this.#streams.drop(before);
    }
    this.#cameras.set(camera.id, camera);
    this.#alike.changed();
    this.#streams.put(camera);
    this.#numbers.set(camera.number, camera.id);
  }

  #tell(change: CameraChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(work, work);
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}

/** Of a camera that is lent no more, for everybody but its owner. */
const nowhere = { place: '', latitude: null, longitude: null, heading: null, viewAngle: null };

const changedMeanwhile = ({ name, revision }: StoredCamera) =>
  problem('conflict', `"${name}" was changed meanwhile. Look at it again, then repeat your change.`, {
    sequence: revision,
  });

const noCamera = (id: string) => problem('not-found', `There is no camera "${id}".`);

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
