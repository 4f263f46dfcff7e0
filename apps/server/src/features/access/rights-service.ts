import {
  problem,
  type AccessRule,
  type AccessRuleInput,
  type Answer,
  type CameraGroup,
  type Right,
  type TileRef,
} from '@clerestory/protocol';
import { anonymous, type Actor, type ScreenActor } from '../../platform/actor.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import { slugOf } from '../../platform/slug.ts';
import type { Recorder } from './ports.ts';
import {
  decide,
  defaultRules,
  rightsOf,
  rightsSomewhere,
  type Decision,
  type Policy,
  type Subject,
} from './rules.ts';
import { accessStore } from './store.ts';

const maxRules = 1_000;
const maxGroups = 200;

/** What rights need of walls and cameras. */
export interface World {
  cameraExists(camera: string): boolean;
  /** The camera on a tile now, or null. */
  onTile(wall: string, tile: TileRef): readonly string[];
  /** Cameras on a screen's own tiles now. */
  showing(wall: string, screen: string): ReadonlySet<string>;
}

const noGroups: ReadonlySet<string> = new Set();

/** Rules and camera groups, held in memory and written through; every question about rights ends here. */
export class RightsService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: Recorder;
  readonly #world: World;
  readonly #groups = new Map<string, CameraGroup>();
  readonly #groupsOf = new Map<string, Set<string>>();
  readonly #listeners = new Set<() => void>();
  #rules: readonly AccessRule[] = [];
  /** Changes take turns: two that look at one revision cannot both win. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(db: Database, clock: Clock, record: Recorder, world: World) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
    this.#world = world;
  }

  async load(): Promise<void> {
    this.#rules = await accessStore.rules(this.#db);
    for (const group of await accessStore.groups(this.#db)) this.#groups.set(group.id, group);
    this.#index();
  }

  /** Gives a new store its first rules. */
  async seed(): Promise<void> {
    if (this.#rules.length > 0) return;
    for (const [n, input] of defaultRules.entries())
      await this.addRule(input, 'server', `default-right-${n}`);
  }

  /** Rules or groups have changed: what rests on them has to be asked again. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  subjectOf(actor: Actor): Subject {
    if (actor.kind === 'screen')
      return {
        kind: 'screen',
        id: actor.id,
        wall: actor.wall,
        showing: this.#world.showing(actor.wall, actor.id),
      };
    // Owners and feeds have no rights at the wall; the table keeps them out before this is asked.
    return actor.kind === 'owner' || actor.kind === 'feed' ? anonymous : actor;
  }

  /** Cameras that a screen shows, or comes to show by itself. */
  showing(actor: ScreenActor): ReadonlySet<string> {
    return this.#world.showing(actor.wall, actor.id);
  }

  /** May this one do this with this camera? A camera that is not registered is hidden from everybody. */
  may(actor: Actor, right: Right, camera: string): Decision {
    if (!this.#world.cameraExists(camera)) return { ok: false, because: 'hidden' };
    return decide(this.subjectOf(actor), right, camera, this.#policy());
  }

  /** R11: moves a camera only who may put it there. */
  maySwap(actor: Actor, wall: string, tiles: readonly TileRef[]): boolean {
    const cameras = tiles.flatMap((tile) => this.#world.onTile(wall, tile));
    return cameras.every((camera) => this.may(actor, 'arrange', camera).ok);
  }

  /** Which cameras exist for this one, now. */
  sees(actor: Actor): (camera: string) => boolean {
    const may = rightsOf(this.subjectOf(actor), this.#policy());
    return (camera) => may('see', camera).ok;
  }

  /** Rights that this one has on some camera. */
  somewhere(actor: Actor): Right[] {
    return rightsSomewhere(this.subjectOf(actor), this.#policy());
  }

  /** Hidden from visitors of the room: in a group that is marked so. */
  isRestricted(camera: string): boolean {
    const groups = this.#groupsOf.get(camera) ?? noGroups;
    return [...groups].some((id) => this.#groups.get(id)?.restricted);
  }

  /** Every camera that is. */
  restricted(): string[] {
    const groups = [...this.#groups.values()].filter(({ restricted }) => restricted);
    return [...new Set(groups.flatMap(({ cameras }) => cameras))];
  }

  rules(): readonly AccessRule[] {
    return this.#rules;
  }

  groups(): CameraGroup[] {
    return [...this.#groups.values()];
  }

  async addRule(input: AccessRuleInput, by: string, key: string): Promise<Answer<AccessRule>> {
    return this.#change(async () => {
      if (this.#rules.length >= maxRules)
        return refuse(problem('unprocessable', `A site has at most ${maxRules} rules. Remove one first.`));
      if (input.group !== null && !this.#groups.has(input.group))
        return refuse(problem('unprocessable', `There is no camera group "${input.group}".`));
      const rule: AccessRule = { ...input, id: newId(), createdAt: this.#clock.nowMs(), createdBy: by };
      const request = { key, fingerprint: fingerprint('right', input), nowMs: this.#clock.nowMs() };
      const { answer, repeated } = await once<AccessRule>(this.#db, request, async (write) => {
        await accessStore.addRule(write, rule);
        await this.#note(write, 'right-added', by, `rule:${rule.id}`, ruleDetail(rule));
        return ok(rule);
      });
      if (answer.ok && !repeated) this.#rules = [...this.#rules, rule];
      return answer;
    });
  }

  async removeRule(id: string, by: string): Promise<Answer<void>> {
    return this.#change(async () => {
      const rule = this.#rules.find((one) => one.id === id);
      if (!rule) return refuse(problem('not-found', `There is no rule "${id}".`));
      await this.#db.transaction().execute(async (write) => {
        await accessStore.removeRule(write, id);
        await this.#note(write, 'right-removed', by, `rule:${id}`, ruleDetail(rule));
      });
      this.#rules = this.#rules.filter((one) => one !== rule);
      return ok(undefined);
    });
  }

  async createGroup(
    input: { id?: string | undefined; name: string; cameras: string[]; restricted: boolean },
    by: string,
    key: string,
  ): Promise<Answer<CameraGroup>> {
    return this.#change(async () => {
      if (this.#groups.size >= maxGroups)
        return refuse(problem('unprocessable', `A site has at most ${maxGroups} camera groups.`));
      const request = { key, fingerprint: fingerprint('camera-group', input), nowMs: this.#clock.nowMs() };
      const { answer, repeated } = await once<CameraGroup>(this.#db, request, async (write) => {
        const id = input.id ?? (slugOf(input.name) || newId());
        if (this.#groups.has(id))
          return refuse(problem('exists', `There is a camera group "${id}" already. Choose another id.`));
        const { name, restricted } = input;
        const group = { id, name, restricted, cameras: [...new Set(input.cameras)], revision: 1 };
        const unknown = await this.#unknown(write, group.cameras);
        return unknown ?? this.#putGroup(write, group, by);
      });
      return answer.ok && !repeated ? this.#keep(answer.value) : answer;
    });
  }

  async updateGroup(
    id: string,
    patch: {
      name?: string | undefined;
      cameras?: string[] | undefined;
      restricted?: boolean | undefined;
    },
    base: number | null,
    by: string,
  ): Promise<Answer<CameraGroup>> {
    return this.#change(async () => {
      const before = this.#groups.get(id);
      if (!before) return refuse(noGroup(id));
      if (base !== null && base !== before.revision)
        return refuse(
          problem(
            'conflict',
            `"${before.name}" was changed meanwhile. Look at it again, then repeat your change.`,
            {
              sequence: before.revision,
            },
          ),
        );
      const answer = await this.#db.transaction().execute(async (write) => {
        const chosen = patch.cameras === undefined ? null : [...new Set(patch.cameras)];
        const unknown = chosen && (await this.#unknown(write, chosen));
        if (unknown) return unknown;
        const group = {
          ...{ id, name: patch.name ?? before.name, revision: before.revision + 1 },
          restricted: patch.restricted ?? before.restricted,
          // Nobody chose these now: one that has just been removed is left out.
          cameras: chosen ?? (await accessStore.registered(write, before.cameras)),
        };
        return this.#putGroup(write, group, by);
      });
      return answer.ok ? this.#keep(answer.value) : answer;
    });
  }

  async removeGroup(id: string, by: string): Promise<Answer<void>> {
    return this.#change(async () => {
      if (!this.#groups.has(id)) return refuse(noGroup(id));
      const named = this.#rules.filter(({ group }) => group === id).length;
      if (named > 0)
        return refuse(
          problem(
            'conflict',
            `${named} rules name this group. Remove them first, so that no right widens by itself.`,
          ),
        );
      await this.#db.transaction().execute(async (write) => {
        await accessStore.removeGroup(write, id);
        await this.#note(write, 'camera-group-changed', by, `camera-group:${id}`, { removed: true });
      });
      this.#groups.delete(id);
      return ok(undefined);
    });
  }

  /** A camera goes from the registry, in this transaction: the groups that lose it. */
  async noteLeaving(write: Write, camera: string, by: string): Promise<void> {
    for (const { id, name, revision, restricted, cameras } of await accessStore.groups(write))
      if (cameras.includes(camera))
        await this.#note(write, 'camera-group-changed', by, `camera-group:${id}`, {
          ...{ name, revision, restricted, count: cameras.length - 1, added: [], removed: [camera] },
        });
  }

  /** A camera is out of the registry, and with it out of every group; the store has done so already. */
  forgetCamera(camera: string): void {
    for (const group of this.#groups.values())
      if (group.cameras.includes(camera))
        this.#groups.set(group.id, { ...group, cameras: group.cameras.filter((one) => one !== camera) });
    this.#index();
  }

  #policy(): Policy {
    return { rules: this.#rules, groupsOf: (camera) => this.#groupsOf.get(camera) ?? noGroups };
  }

  /** Asked of the store: there a camera may be removed already that the registry still has in memory. */
  async #unknown(write: Write, cameras: readonly string[]): Promise<Answer<never> | null> {
    const known = new Set(await accessStore.registered(write, cameras));
    const unknown = cameras.filter((camera) => !known.has(camera)).slice(0, 5);
    return unknown.length === 0
      ? null
      : refuse(problem('unprocessable', `There is no camera ${unknown.join(', ')}.`));
  }

  /** What is durable, without cameras that were removed since: their leaving was told while this was written. */
  #keep(group: CameraGroup): Answer<CameraGroup> {
    const cameras = group.cameras.filter((camera) => this.#world.cameraExists(camera));
    const kept = { ...group, cameras };
    this.#groups.set(group.id, kept);
    return ok(kept);
  }

  async #putGroup(write: Write, group: CameraGroup, by: string): Promise<Answer<CameraGroup>> {
    await accessStore.putGroup(write, group);
    // Of one that was removed meanwhile, its removal has said so.
    const before = await accessStore.registered(write, this.#groups.get(group.id)?.cameras ?? []);
    const parts = changedMembers(before, group.cameras);
    const { name, revision, restricted } = group;
    for (const part of parts)
      await this.#note(write, 'camera-group-changed', by, `camera-group:${group.id}`, {
        ...{ name, revision, restricted, count: group.cameras.length, ...part },
      });
    return ok(group);
  }

  async #note(
    write: Write,
    kind: 'right-added' | 'right-removed' | 'camera-group-changed',
    actor: string,
    subject: string,
    detail: Record<string, string | number | boolean | null | string[]>,
  ): Promise<void> {
    await this.#record.append(write, { kind, actor, subject, detail });
  }

  #index(): void {
    this.#groupsOf.clear();
    for (const { id, cameras } of this.#groups.values())
      for (const camera of cameras) {
        const of = this.#groupsOf.get(camera) ?? new Set();
        this.#groupsOf.set(camera, of.add(id));
      }
  }

  #change<T>(work: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const mine = this.#tail.then(work, work).then((answer) => {
      if (!answer.ok) return answer;
      this.#index();
      for (const listener of this.#listeners) listener();
      return answer;
    });
    this.#tail = mine.catch(() => undefined);
    return mine;
  }
}

const noGroup = (id: string) => problem('not-found', `There is no camera group "${id}".`);

const ruleDetail = ({ effect, party, rights, group }: AccessRule) => ({
  effect,
  party: `${party.kind}:${party.id}`,
  rights,
  group,
});

/** Cameras that one entry names at most, of those that came and of those that went. */
const maxNamed = 100;
/** Which cameras came into a group and which went, in as many entries as it takes: none is left out. */
function changedMembers(before: readonly string[], after: readonly string[]) {
  const [was, is] = [new Set(before), new Set(after)];
  const added = after.filter((one) => !was.has(one));
  const removed = before.filter((one) => !is.has(one));
  const most = Math.max(added.length, removed.length);
  const parts = Math.max(1, Math.ceil(most / maxNamed));
  return Array.from({ length: parts }, (_, at) => ({
    added: added.slice(at * maxNamed, (at + 1) * maxNamed),
    removed: removed.slice(at * maxNamed, (at + 1) * maxNamed),
    // A full list without them is of a time when the rest was left out.
    ...(most >= maxNamed && { part: at + 1, parts }),
  }));
}
