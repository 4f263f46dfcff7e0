import {
  problem,
  type Answer,
  type Command,
  type Commit,
  type CommandResult,
  type WallState,
} from '@clerestory/protocol';
import { apply, changesBetween, decide, emptyWall, type Steps } from '@clerestory/wall-state';
import { newId, type Clock } from '../../platform/clock.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { slugOf } from '../../platform/slug.ts';
import { stepsOf } from './steps.ts';
import type { StepAction, WallStore } from './store.ts';

/** What walls need to know of cameras. */
export interface KnownCameras {
  exists(camera: string): boolean;
}

export interface WallRequest {
  wall: string;
  key: string;
  /** Null: whatever the wall is at when the command's turn comes. */
  base: number | null;
  command: Command;
  by: string;
  /** Who that is, where it is a person. */
  asker?: Asker;
}

/** Somebody who arranges a wall. */
export interface Asker {
  /** Their name, for people. */
  who: string;
  isSupervisor: boolean;
  mayArrange(camera: string): boolean;
  /** Whether the camera exists for them. */
  sees(camera: string): boolean;
}

/** Commands that may wait for one wall. */
const maxWaiting = 200;
const maxWalls = 100;
/** The turn that new screens of all walls take; no wall can have this id. */
const newScreens = '*screens';
/** The turn that new walls take. */
const newWalls = '*walls';
/** How often it is looked whether somebody's control has run out. */
const lookEveryMs = 1_000;

/** One writer per wall: commands take turns, are committed to the store, and only then told to anybody. */
export class WallService {
  readonly #walls = new Map<string, WallState>();
  /** Personal wall → the person whose it is. */
  readonly #owners = new Map<string, string>();
  readonly #turns = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  readonly #listeners = new Set<(commit: Commit) => void>();
  readonly #store: WallStore;
  readonly #cameras: KnownCameras;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: WallStore, cameras: KnownCameras, clock: Clock) {
    this.#store = store;
    this.#cameras = cameras;
    this.#clock = clock;
  }

  /** Reads the walls, and takes cameras off them that are gone. The registry is loaded before. */
  async load(): Promise<void> {
    for (const wall of await this.#store.all()) this.#walls.set(wall.id, wall);
    await this.#forgetLostCameras();
    await this.#hideEverywhere();
  }

  start(onFault: (error: unknown) => void): void {
    this.#timer = setInterval(() => this.expireControls().catch(onFault), lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Takes control that has run out off the walls. */
  async expireControls(): Promise<void> {
    const nowMs = this.#clock.nowMs();
    for (const { id, control } of this.list())
      if (control && control.until <= nowMs) await this.#byServer(id, { type: 'control:expire' });
  }

  #byServer(wall: string, command: Command): Promise<Answer<CommandResult>> {
    return this.execute({ wall, key: newId(), base: null, command, by: 'server' });
  }

  /** The last commits, newest first; null when the wall does not exist. */
  async latestCommits(wall: string, limit: number): Promise<Commit[] | null> {
    return this.#walls.has(wall) ? this.#store.latest(wall, limit) : null;
  }

  list(): WallState[] {
    return [...this.#walls.values()];
  }

  /** Those that belong to nobody alone. */
  shared(): WallState[] {
    return this.list().filter(({ id }) => !this.#owners.has(id));
  }

  /** Whether a wall is there for somebody (`actorName`): a personal one is for its owner alone. */
  isFor(wall: string, by: string): boolean {
    const owner = this.#owners.get(wall);
    return owner === undefined || by === `person:${owner}`;
  }

  /** From here on, the wall is there for this person alone. */
  own(wall: string, owner: string): void {
    this.#owners.set(wall, owner);
  }

  /** A wall that is owned, with its screens; made when it is not there yet. */
  async personal(id: string, owner: string, screens: readonly { id: string; name: string }[]): Promise<void> {
    if (this.#walls.has(id)) return;
    await this.#inTurn(newWalls, async () => {
      if (this.#walls.has(id)) return ok(undefined);
      const wall = this.#newWall(id, 'My workstation');
      const nowMs = this.#clock.nowMs();
      const key = newId();
      await this.#store.once({ key, fingerprint: fingerprint('personal wall', id), nowMs }, async (write) => {
        await this.#store.create(write, wall, nowMs);
        return ok(null);
      });
      this.#walls.set(id, wall);
      return ok(undefined);
    });
    for (const { id: screen, name } of screens)
      await this.execute({
        ...{ wall: id, key: newId(), base: null, by: `person:${owner}` },
        command: { type: 'screen:create', screen, name, layout: '4' },
      });
  }

  get(wall: string): WallState | undefined {
    return this.#walls.get(wall);
  }

  /** The wall that a screen belongs to. */
  ofScreen(screen: string): WallState | undefined {
    return this.list().find((wall) => wall.screens.some(({ id }) => id === screen));
  }

  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.add(listener);
  }

  /** Without an id, one is made from the name. Repeating the key gives the same wall again. */
  async create(input: { id?: string | undefined; name: string }, key: string): Promise<Answer<WallState>> {
    return this.#inTurn(newWalls, async () => {
      const nowMs = this.#clock.nowMs();
      const made = await this.#store.once<WallState>(
        { key, fingerprint: fingerprint('wall', input), nowMs },
        async (write) => {
          const id = input.id ?? this.#freeId(input.name);
          if (this.#walls.has(id))
            return refuse(problem('exists', `There is a wall "${id}" already. Choose another id.`));
          if (this.shared().length >= maxWalls)
            return refuse(
              problem(
                'unprocessable',
                `A site has at most ${maxWalls} walls, and a wall stays once it is made. Rename one that is not used any more, and use that.`,
              ),
            );
          const wall = this.#newWall(id, input.name);
          await this.#store.create(write, wall, nowMs);
          return ok(wall);
        },
      );
      if (made.ok && !this.#walls.has(made.value.id)) this.#walls.set(made.value.id, made.value);
      return made;
    });
  }

  /** Where visitors are in the room, it begins with its restricted tiles hidden. */
  #newWall(id: string, name: string): WallState {
    const visitors = this.#visitors();
    return { ...emptyWall(id, name), ...(visitors && { visitors }) };
  }

  #visitors(): WallState['visitors'] {
    return this.list().find(({ visitors }) => visitors !== undefined)?.visitors;
  }

  #freeId(name: string): string {
    const slug = slugOf(name);
    return slug && !this.#walls.has(slug) ? slug : `${slug || 'wall'}-${newId().slice(0, 8)}`;
  }

  /** Decides and commits one command. Repeating a key that was committed changes nothing and gives its sequence. */
  async execute(request: WallRequest): Promise<Answer<CommandResult>> {
    const { type } = request.command;
    const answer = await this.#execute(request);
    if (!answer.ok || (type !== 'visitors:hide' && type !== 'visitors:show')) return answer;
    // Visitors are in the room, whichever wall somebody had in front of them: workstations stand in it too.
    for (const wall of this.#walls.keys()) {
      const same = await this.#execute({ ...request, wall, key: newId(), base: null });
      if (!same.ok) return same;
    }
    return answer;
  }

  #execute(request: WallRequest): Promise<Answer<CommandResult>> {
    const { command } = request;
    const run = () => this.#inTurn(request.wall, () => this.#decideAndCommit(request));
    if (command.type !== 'screen:create') return run();
    // A screen's address names the screen alone, so its id is unique over all walls: new screens take turns too.
    return this.#inTurn(newScreens, async () => {
      const owner = this.ofScreen(command.screen);
      if (!owner || owner.id === request.wall) return run();
      return refuse(
        problem('exists', `The wall "${owner.name}" has a screen "${command.screen}". Choose another id.`),
      );
    });
  }

  /** Takes a camera that is gone off every wall. */
  async forgetCamera(camera: string, key: string): Promise<void> {
    for (const wall of this.list()) {
      await this.execute({
        wall: wall.id,
        key: `forget-${key}`.slice(0, 64),
        base: null,
        command: { type: 'camera:forget', camera },
        by: 'registry',
      });
    }
  }

  /** A crash between removing a camera and clearing its tiles leaves tiles of no camera; mended at each start. */
  async #forgetLostCameras(): Promise<void> {
    const assigned = this.list().flatMap(({ screens }) =>
      screens.flatMap(({ tiles }) => Object.values(tiles)),
    );
    const lost = new Set(
      assigned.map(({ camera }) => camera).filter((camera) => !this.#cameras.exists(camera)),
    );
    for (const camera of lost) await this.forgetCamera(camera, newId());
  }

  /** A crash while the walls were hidden, or shown again, one after the other: hidden is the safe side. */
  async #hideEverywhere(): Promise<void> {
    const visitors = this.#visitors();
    if (!visitors) return;
    const { by, name } = visitors;
    const asker = { who: name, isSupervisor: false, mayArrange: () => false, sees: () => false };
    for (const wall of this.#walls.keys())
      await this.#execute({
        ...{ wall, key: newId(), base: null, command: { type: 'visitors:hide' } },
        ...{ by, asker },
      });
  }

  /** Commits after `since`, at most `limit`; null when the wall does not exist. */
  async commitsSince(wall: string, since: number, limit: number): Promise<Commit[] | null> {
    return this.#walls.has(wall) ? this.#store.since(wall, since, limit) : null;
  }

  async #decideAndCommit({
    wall,
    key,
    base,
    command,
    by,
    asker,
  }: WallRequest): Promise<Answer<CommandResult>> {
    const state = this.#walls.get(wall);
    if (!state) return refuse(problem('not-found', `There is no wall "${wall}".`));
    const print = fingerprint(command);
    const before = await this.#store.byKey(wall, key);
    if (before) {
      if (before.fingerprint === print) return ok({ sequence: before.sequence, repeated: true });
      return refuse(
        problem('key-reused', 'That idempotency key was used for another command. Take a fresh one.'),
      );
    }
    const nowMs = this.#clock.nowMs();
    const decision = decide(
      state,
      { base: base ?? state.sequence, command },
      {
        ...asker,
        by,
        nowMs,
        cameraExists: (id) => this.#cameras.exists(id),
        ...(await this.#stepsFor(state, command, by)),
      },
    );
    if (!decision.ok) return refuse(decision.problem);
    const left = decision.left && { left: decision.left };
    if (decision.events.length === 0) return ok({ sequence: state.sequence, repeated: false, ...left });
    const commit: Commit = {
      wall,
      sequence: state.sequence + 1,
      at: nowMs,
      by,
      ...(asker && { who: asker.who }),
      key,
      events: decision.events,
    };
    const next = apply(state, commit);
    await this.#store.append(commit, print, next, stepFor(command, state, next));
    this.#walls.set(wall, next);
    for (const listener of this.#listeners) listener(commit);
    return ok({ sequence: commit.sequence, repeated: false, ...left });
  }

  /** What a command that takes something back has to know of earlier commits. */
  async #stepsFor(state: WallState, { type }: Command, by: string): Promise<{ steps?: Steps }> {
    const isOwn = type === 'step:undo' || type === 'step:redo';
    if (!isOwn && type !== 'scene:revert') return {};
    const own = isOwn ? stepsOf(await this.#store.ownSteps(state.id, by)) : { undo: null, redo: null };
    const applied = isOwn ? [] : (state.applied ?? []).map(({ sequence }) => sequence);
    const wanted = [own.undo, own.redo, ...applied].filter((sequence) => sequence !== null);
    const steps = await this.#store.steps(state.id, wanted);
    const find = (sequence: number | null) => steps.find((step) => step.sequence === sequence) ?? null;
    return { steps: { undo: find(own.undo), redo: find(own.redo), applied: steps } };
  }

  async #inTurn<T>(wall: string, work: () => Promise<Answer<T>>): Promise<Answer<T>> {
    const turn = this.#turns.get(wall) ?? { tail: Promise.resolve(), waiting: 0 };
    this.#turns.set(wall, turn);
    if (turn.waiting >= maxWaiting)
      return refuse(problem('too-many', 'Too many changes at once on this wall. Try again in a moment.'));
    turn.waiting += 1;
    const mine = turn.tail.then(work, work);
    turn.tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      turn.waiting -= 1;
      if (turn.waiting === 0) this.#turns.delete(wall);
    }
  }
}

const actions: { [T in Command['type']]?: StepAction } = { 'step:undo': 'undo', 'step:redo': 'redo' };

/** What is kept of a commit for taking it back; null when it changed nothing that people arrange, or only followed them. */
function stepFor({ type }: Command, before: WallState, after: WallState) {
  if (type === 'hot-spot:show') return null;
  const action = actions[type] ?? 'do';
  const changes = changesBetween(before, after);
  return changes.length > 0 || action !== 'do' ? { action, changes } : null;
}
