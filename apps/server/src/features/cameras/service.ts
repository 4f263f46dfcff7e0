import {
  problem,
  type Answer,
  type Camera,
  type CameraInput,
  type CameraPatch,
  type CameraSource,
  type MediaCamera,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { slugOf } from '../../platform/slug.ts';
import { cameraStore, type StoredCamera } from './store.ts';

/** Cameras one site may register. */
const maxCameras = 20_000;
const maxNumber = 99_999;

export type CameraChange =
  { type: 'changed'; camera: Camera; media: MediaCamera } | { type: 'removed'; camera: string };

/** The registry of cameras. Held in memory, written through: what is answered is durable. */
export class CameraService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #scenes: readonly string[];
  readonly #cameras = new Map<string, StoredCamera>();
  readonly #numbers = new Map<number, string>();
  readonly #listeners = new Set<(change: CameraChange) => void>();
  /** Mutations take turns, so that two that look for the same free number cannot both find it. */
  #tail: Promise<unknown> = Promise.resolve();

  #movable: (camera: string) => boolean = () => false;

  /** `scenes`: names of the demo scenes that can be drawn. */
  constructor(db: Database, clock: Clock, scenes: readonly string[]) {
    this.#db = db;
    this.#clock = clock;
    this.#scenes = scenes;
  }

  /** Who knows whether a camera can be turned or zoomed. */
  movableBy(movable: (camera: string) => boolean): void {
    this.#movable = movable;
  }

  async load(): Promise<void> {
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

  /** What media nodes must know, secrets included. */
  forMedia(): MediaCamera[] {
    return [...this.#cameras.values()].map(mediaOf);
  }

  async create(input: CameraInput, key: string): Promise<Answer<Camera>> {
    return this.#write(key, fingerprint('camera', input), async () => {
      if (this.#cameras.size >= maxCameras)
        return refuse(
          problem('unprocessable', `A site has at most ${maxCameras} cameras. Remove one first.`),
        );
      const unknown = this.#unknownScene(input.source);
      if (unknown) return unknown;
      const id = input.id ?? this.#freeId(input.name);
      if (this.#cameras.has(id))
        return refuse(problem('exists', `There is a camera "${id}" already. Choose another id.`));
      const number = input.number ?? this.#freeNumber();
      if (number === null) return refuse(problem('unprocessable', 'Every camera number is taken.'));
      const taken = this.#takenBy(number, id);
      if (taken) return taken;
      const nowMs = this.#clock.nowMs();
      return ok({
        stored: { ...input, id, number, revision: 1, createdAt: nowMs, updatedAt: nowMs },
        isNew: true,
      });
    });
  }

  async update(id: string, patch: CameraPatch, base: number | null, key: string): Promise<Answer<Camera>> {
    return this.#write(key, fingerprint('camera', id, patch), async () => {
      const before = this.#cameras.get(id);
      if (!before) return refuse(noCamera(id));
      if (base !== null && base !== before.revision)
        return refuse(
          problem(
            'conflict',
            `"${before.name}" was changed meanwhile. Look at it again, then repeat your change.`,
            { sequence: before.revision },
          ),
        );
      const unknown = this.#unknownScene(patch.source);
      if (unknown) return unknown;
      const taken = patch.number === undefined ? null : this.#takenBy(patch.number, id);
      if (taken) return taken;
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      return ok({
        stored: { ...before, ...given, revision: before.revision + 1, updatedAt: this.#clock.nowMs() },
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
  ): Promise<Answer<Camera>[]> {
    return this.#inTurn(async () => {
      const written = new Map<string, StoredCamera>();
      const numbers = new Map<number, string>();
      const answers = await this.#db.transaction().execute(async (write) => {
        const given: Answer<Camera>[] = [];
        for (const [at, change] of changes.entries()) {
          const decision = this.#decideOne(change, written, numbers);
          if (decision.ok) {
            const stored = decision.value;
            const isNew = !this.#cameras.has(stored.id) && !written.has(stored.id);
            await (isNew ? cameraStore.insert(write, stored) : cameraStore.update(write, stored));
            await also(write, stored.id, at);
            written.set(stored.id, stored);
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
    written: ReadonlyMap<string, StoredCamera>,
    numbers: ReadonlyMap<number, string>,
  ): Answer<StoredCamera> {
    const before = camera === null ? undefined : (written.get(camera) ?? this.#cameras.get(camera));
    if (camera !== null && !before) return refuse(noCamera(camera));
    if (!before && this.#cameras.size + written.size >= maxCameras)
      return refuse(problem('unprocessable', `A site has at most ${maxCameras} cameras. Remove one first.`));
    const unknown = this.#unknownScene(input.source);
    if (unknown) return unknown;
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
    const kept = before && { keep: before.keep, revision: before.revision + 1, createdAt: before.createdAt };
    return ok({ ...input, revision: 1, createdAt: nowMs, ...kept, id, number, updatedAt: nowMs });
  }

  async remove(id: string): Promise<Answer<void>> {
    return this.#inTurn(async () => {
      const camera = this.#cameras.get(id);
      if (!camera) return refuse(noCamera(id));
      await cameraStore.remove(this.#db, id);
      this.#cameras.delete(id);
      this.#numbers.delete(camera.number);
      this.#tell({ type: 'removed', camera: id });
      return ok(undefined);
    });
  }

  #unknownScene(source: CameraSource | undefined): Answer<never> | null {
    if (source?.kind !== 'demo' || this.#scenes.includes(source.scene)) return null;
    const message = `choose one of ${this.#scenes.join(', ')}`;
    return refuse(
      problem('unprocessable', `There is no demo scene "${source.scene}": ${message}.`, {
        errors: [{ pointer: '/source/scene', message }],
      }),
    );
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
    return slug && !this.#cameras.has(slug) && !written.has(slug)
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
    decide: () => Promise<Answer<{ stored: StoredCamera; isNew: boolean }>>,
  ): Promise<Answer<Camera>> {
    return this.#inTurn(async () => {
      let done: StoredCamera | undefined;
      const { answer } = await once<Camera>(
        this.#db,
        { key, fingerprint: print, nowMs: this.#clock.nowMs() },
        async (write) => {
          const decision = await decide();
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
    return { ...viewOf(camera), ...(this.#movable(camera.id) && { movable: true }) };
  }

  #remember(camera: StoredCamera): void {
    const before = this.#cameras.get(camera.id);
    if (before) this.#numbers.delete(before.number);
    this.#cameras.set(camera.id, camera);
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

const noCamera = (id: string) => problem('not-found', `There is no camera "${id}".`);

/** What may be seen of a camera: no address, no login. */
function viewOf({ source, ...camera }: StoredCamera): Camera {
  const rtsp = source.kind === 'rtsp';
  return {
    ...camera,
    source: {
      kind: source.kind,
      hasSub: rtsp ? source.sub !== undefined : true,
      hasLogin: rtsp && (source.username ?? '') !== '',
      ...(rtsp && { transport: source.transport }),
    },
  };
}

const mediaOf = ({ id, revision, keep, source }: StoredCamera): MediaCamera => ({
  id,
  revision,
  keep,
  source,
});
