import {
  problem,
  type Answer,
  type CameraInput,
  type CameraPatch,
  type RegistrySource,
} from '@clerestory/protocol';
import { checkSource, type SourceRules as AddressesAllowed } from '../../platform/addresses/source.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import { slugOf } from '../../platform/slug.ts';
import type { CameraDirectory } from './directory.ts';
import { ownedAs, unfit, unfitEntry, unfitFor } from './entry-rules.ts';
import type { PastCameras } from './past.ts';
import type { StoredCamera } from './store.ts';
import type { Sees, StreamIndex } from './stream-index.ts';

/** Cameras one site may register. */
const maxCameras = 20_000;

/** Where cameras may be, and to which ports they may send. */
export interface SourceRules extends AddressesAllowed {
  pushPorts: { from: number; to: number };
}

/** What an owner's word forbids the agency to change. */
export type Guard = (before: StoredCamera, after: StoredCamera, by: string) => Answer<never> | null;

export const all: Sees = () => true;

export interface ChangeRulesParts {
  clock: Clock;
  /** Names of the demo scenes that can be drawn. */
  scenes: readonly string[];
  rules: SourceRules;
  known: CameraDirectory;
  past: PastCameras;
}

/** What may become of the registry: each change is decided here, with the words of its refusal, and nothing is written. */
export class ChangeRules {
  readonly #clock: Clock;
  readonly #scenes: readonly string[];
  readonly #rules: SourceRules;
  readonly #known: CameraDirectory;
  readonly #past: PastCameras;
  #guard: Guard = () => null;
  #isOwner: (owner: string) => boolean = () => true;

  constructor({ clock, scenes, rules, known, past }: ChangeRulesParts) {
    this.#clock = clock;
    this.#scenes = scenes;
    this.#rules = rules;
    this.#known = known;
    this.#past = past;
  }

  guardedBy(guard: Guard): void {
    this.#guard = guard;
  }

  ownersKnownBy(isOwner: (owner: string) => boolean): void {
    this.#isOwner = isOwner;
  }

  /** A new one. `refused`: what `refusedSource` said. */
  decideNew(input: CameraInput, refused: Answer<never> | null, sees: Sees): Answer<StoredCamera> {
    if (this.#known.size >= maxCameras) return refuse(tooMany);
    const unfit =
      refused ??
      unfitEntry(input) ??
      this.#unknownOwner(input.owner) ??
      this.#unfitSource(input.source, null) ??
      this.#known.streams.unfit({ ...input, id: null }, sees) ??
      this.#past.unfit({ ...input, id: null });
    if (unfit) return unfit;
    const id = input.id ?? this.#freeId(input.name);
    const past = this.#past.unfitId(id);
    if (past) return past;
    if (this.#known.stored(id))
      return refuse(problem('exists', `There is a camera "${id}" already. Choose another id.`));
    const number = input.number ?? this.#known.freeNumber();
    if (number === null) return refuse(noNumber);
    const taken = this.#takenBy(number, id);
    if (taken) return taken;
    const nowMs = this.#clock.nowMs();
    return ok({ ...input, id, number, sound: false, revision: 1, createdAt: nowMs, updatedAt: nowMs });
  }

  /** A change of `before`, which is there in the revision that whoever asks has seen. */
  decideChange(
    before: StoredCamera,
    patch: CameraPatch,
    { refused, by, sees }: { refused: Answer<never> | null; by: string; sees: Sees },
  ): Answer<StoredCamera> {
    const unfit = refused ?? this.#unfitSource(patch.source, before.id);
    if (unfit) return unfit;
    const taken = patch.number === undefined ? null : this.#takenBy(patch.number, before.id);
    if (taken) return taken;
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const stored = { ...before, ...given, revision: before.revision + 1, updatedAt: this.#clock.nowMs() };
    // Only who has it hands it on, by leaving it to another who has it too.
    const known = by === `owner:${before.owner}` ? { ...before, owner: stored.owner } : before;
    const odd =
      unfitEntry(stored, known) ??
      (stored.owner === before.owner ? null : this.#unknownOwner(stored.owner)) ??
      ((patch.source ?? patch.visibility ?? patch.owner)
        ? (this.#known.streams.unfit(stored, sees) ?? this.#past.unfit(stored, by))
        : null) ??
      this.#guard(before, stored, by);
    return odd ?? ok(stored);
  }

  /** A row of a list, after those before it that are `written`: what becomes of it, or why nothing does. */
  decideRow(
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
    const before = camera === null ? undefined : (written.get(camera) ?? this.#known.stored(camera));
    if (camera !== null && !before) return refuse(noCamera(camera));
    if (!before && this.#known.size + written.size >= maxCameras) return refuse(tooMany);
    const entry = { ...input, id: camera, ...(before && ownedAs(before)) };
    const unfit =
      unfitEntry(entry, before) ??
      this.#unfitSource(input.source, camera) ??
      this.#known.streams.unfit(entry, sees) ??
      streams.unfit(entry, all) ??
      this.#past.unfit(entry);
    if (unfit) return unfit;
    const id = before?.id ?? this.#freeId(input.name, written);
    const number = input.number ?? before?.number ?? this.#known.freeNumber(numbers);
    if (number === null) return refuse(noNumber);
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

  #takenBy(number: number, id: string): Answer<never> | null {
    const owner = this.#known.ownerOf(number);
    if (owner === undefined || owner === id) return null;
    return refuse(
      problem(
        'exists',
        `Number ${number} belongs to "${this.#known.stored(owner)?.name ?? owner}". Choose another, or leave it out.`,
        { errors: [{ pointer: '/number', message: 'this number is taken' }] },
      ),
    );
  }

  #freeId(name: string, written: ReadonlyMap<string, unknown> = new Map()): string {
    const slug = slugOf(name);
    return slug && !this.#known.stored(slug) && !written.has(slug) && !this.#past.hasId(slug)
      ? slug
      : `${slug || 'camera'}-${newId().slice(0, 8)}`;
  }

  /** Where cameras may not be. */
  async refusedSource(source: RegistrySource | undefined): Promise<Answer<never> | null> {
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
    const owner = [...this.#known.all()].find(
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
}

const tooMany = problem('unprocessable', `A site has at most ${maxCameras} cameras. Remove one first.`);
const noNumber = problem('unprocessable', 'Every camera number is taken.');

export const changedMeanwhile = ({ name, revision }: StoredCamera) =>
  problem('conflict', `"${name}" was changed meanwhile. Look at it again, then repeat your change.`, {
    sequence: revision,
  });

export const noCamera = (id: string) => problem('not-found', `There is no camera "${id}".`);
