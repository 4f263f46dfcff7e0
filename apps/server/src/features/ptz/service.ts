import {
  problem,
  ptzHoldMs,
  ptzIdleMs,
  whoTakesOver,
  type Answer,
  type PtzAbilities,
  type PtzHolder,
  type PtzPreset,
  type PtzTaken,
  type PtzView,
  type RecordNote,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { Drive, type Speed } from './drive.ts';
import { mayTake, type Mover } from './rules.ts';
import { movingStore } from './store.ts';

/** A clean end waits this long for cameras to take STOP, ms; whoever does not, is told at the next start. */
const lastStopMs = 2_000;
/** While a camera is moved, its time until it is free is told anew this often, ms. */
const tellAgainMs = 1_000;

/** What moves cameras. */
export interface Movers {
  abilities(camera: string): PtzAbilities | null;
  presets(camera: string): Promise<Answer<PtzPreset[]>>;
  move(camera: string, speed: Speed): Promise<Answer<void>>;
  stop(camera: string): Promise<Answer<void>>;
  goToPreset(camera: string, preset: string): Promise<Answer<void>>;
  goHome(camera: string): Promise<Answer<void>>;
}

export interface PtzParts {
  db: Database;
  clock: Clock;
  log: Logger;
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  movers: Movers;
  /** Everybody for whom the camera exists is told. */
  tell(holder: PtzHolder): void;
  /** The window that moved it until now, at once. */
  tellLoser(window: string, taken: PtzTaken): void;
}

/** Why somebody no longer moves a camera, as the record says it. */
export type LossReason =
  'released' | 'idle' | 'taken-over' | 'window-gone' | 'right-ended' | 'camera-removed' | 'server-stopped';

interface Held {
  by: Mover;
  since: number;
  until: number;
  /** Of `until`, what everybody was told last. */
  toldUntil: number;
  idle: NodeJS.Timeout | undefined;
}
interface Moved {
  drive: Drive;
  held: Held | null;
  fault: string;
  /** Counts every word that a move from before it must not outlive. */
  halts: number;
  deadMan: NodeJS.Timeout | undefined;
  /** The window it was taken over from last, until that says STOP: what its key said before is still on the way. */
  loser: string | null;
}

/**
 * Who moves which camera. One at a time; a higher rank takes over. A move ends when its key is up, its window gone, its right
 * ended or its session locked, and by itself when it is not asked for again within `ptzHoldMs`.
 */
export class PtzService {
  readonly #parts: PtzParts;
  readonly #cameras = new Map<string, Moved>();
  #marked: string[] = [];

  constructor(parts: PtzParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    this.#marked = await movingStore.all(this.#parts.db);
  }

  /** What was moving when the server went away is told to stop. */
  start(): void {
    for (const camera of this.#marked) void this.#moved(camera).drive.halt();
  }

  async stop(): Promise<void> {
    const halted = [...this.#cameras].map(([camera, moved]) => {
      this.#lose(camera, moved, 'server-stopped');
      clearTimeout(moved.deadMan);
      return moved.drive.moves ? moved.drive.halt() : undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, lastStopMs)));
    await Promise.race([Promise.all(halted), late]);
    clearTimeout(timer);
  }

  /** Cameras that somebody moves, for a window that has just come. */
  holders(): PtzHolder[] {
    return [...this.#cameras].flatMap(([camera, { held }]) => (held ? this.of(camera) : []));
  }

  of(camera: string): PtzHolder {
    const moved = this.#cameras.get(camera);
    const held = moved?.held;
    const fault = moved?.fault ?? '';
    if (!held) return { camera, holder: null, fault };
    const { by, since, until } = held;
    return { camera, holder: { name: by.name, rank: by.rankAt(camera), since, until }, fault };
  }

  async view(camera: string): Promise<Answer<PtzView>> {
    const abilities = this.#parts.movers.abilities(camera);
    if (!abilities) return refuse(cannotMove);
    const presets = abilities.presets ? await this.#parts.movers.presets(camera) : ok([]);
    const holder = this.of(camera);
    if (presets.ok) return ok({ abilities, presets: presets.value, holder });
    return ok({ abilities, presets: [], holder: { ...holder, fault: presets.problem.detail } });
  }

  async move(camera: string, speed: Speed, by: Mover): Promise<Answer<PtzHolder>> {
    const abilities = this.#parts.movers.abilities(camera);
    if (!abilities?.move && !abilities?.zoom) return refuse(cannotMove);
    if (speed.pan === 0 && speed.tilt === 0 && speed.zoom === 0) return this.halt(camera, by.window);
    const moved = this.#moved(camera);
    const taken = await this.#take(camera, moved, by);
    if (!taken.ok) return taken;
    // Its key was up before we came to it.
    if (moved.halts !== taken.value || moved.held?.by.window !== by.window) return ok(this.of(camera));
    const { move, zoom } = abilities;
    moved.drive.drive({
      pan: move ? speed.pan : 0,
      tilt: move ? speed.tilt : 0,
      zoom: zoom ? speed.zoom : 0,
    });
    clearTimeout(moved.deadMan);
    moved.deadMan = setTimeout(() => this.#halt(moved), ptzHoldMs);
    return ok(this.of(camera));
  }

  /** To stop is never refused to whoever moves; nobody else is told anything by it. */
  halt(camera: string, window: string): Answer<PtzHolder> {
    const moved = this.#cameras.get(camera);
    if (moved?.loser === window) moved.loser = null;
    if (moved?.held?.by.window !== window) return refuse(notYours);
    this.#halt(moved);
    return ok(this.of(camera));
  }

  release(camera: string, window: string): Answer<PtzHolder> {
    const moved = this.#cameras.get(camera);
    if (moved?.held?.by.window !== window) return refuse(notYours);
    this.#lose(camera, moved, 'released');
    return ok(this.of(camera));
  }

  goToPreset(camera: string, preset: string, by: Mover): Promise<Answer<PtzHolder>> {
    return this.#order(camera, by, 'presets', () => this.#parts.movers.goToPreset(camera, preset));
  }
  goHome(camera: string, by: Mover): Promise<Answer<PtzHolder>> {
    return this.#order(camera, by, 'home', () => this.#parts.movers.goHome(camera));
  }

  windowGone(window: string): void {
    for (const [camera, moved] of this.#cameras)
      if (moved.held?.by.window === window) this.#lose(camera, moved, 'window-gone');
  }

  /** Rights, roles or locks have changed. */
  recheck(): void {
    for (const [camera, moved] of this.#cameras)
      if (moved.held && !moved.held.by.may(camera)) this.#lose(camera, moved, 'right-ended');
  }

  forget(camera: string): void {
    const moved = this.#cameras.get(camera);
    if (!moved) return;
    this.#lose(camera, moved, 'camera-removed');
    clearTimeout(moved.deadMan);
    this.#cameras.delete(camera);
  }

  async #order(
    camera: string,
    by: Mover,
    ability: 'presets' | 'home',
    run: () => Promise<Answer<void>>,
  ): Promise<Answer<PtzHolder>> {
    if (!this.#parts.movers.abilities(camera)?.[ability]) return refuse(cannotMove);
    const moved = this.#moved(camera);
    const taken = await this.#take(camera, moved, by);
    if (!taken.ok) return taken;
    if (moved.drive.moves) await moved.drive.halt();
    if (moved.held?.by.window !== by.window) return refuse(notYours);
    const answer = await run();
    this.#setFault(camera, moved, answer.ok ? '' : answer.problem.detail);
    return answer.ok ? ok(this.of(camera)) : answer;
  }

  /**
   * Gives the camera to this one, and keeps it theirs for a while. Recorded before anything moves.
   * @returns the count of halts as this one had it: that of whoever it was taken from is in it
   */
  async #take(camera: string, moved: Moved, by: Mover): Promise<Answer<number>> {
    const before = moved.held;
    if (before && before.by.window !== by.window && !mayTake(before.by, by, camera)) {
      const who = whoTakesOver(before.by.rankAt(camera));
      return refuse(problem('conflict', `${before.by.name} moves this camera. ${who}`));
    }
    if (moved.loser === by.window) return refuse(justTaken);
    const nowMs = this.#parts.clock.nowMs();
    if (before?.by.window === by.window) {
      before.until = nowMs + ptzIdleMs;
      this.#rearm(camera, moved, before);
      if (before.until - before.toldUntil >= tellAgainMs) {
        before.toldUntil = before.until;
        this.#parts.tell(this.of(camera));
      }
      return ok(moved.halts);
    }
    if (before) this.#lose(camera, moved, 'taken-over', by);
    const { halts } = moved;
    const until = nowMs + ptzIdleMs;
    const held: Held = { by, since: nowMs, until, toldUntil: until, idle: undefined };
    moved.held = held;
    this.#rearm(camera, moved, held);
    try {
      await this.#note({ kind: 'ptz-taken', actor: by.actor, subject: `camera:${camera}`, detail: {} });
    } catch (error) {
      if (moved.held === held) this.#lose(camera, moved, 'released');
      throw error;
    }
    if (moved.held === held) this.#parts.tell(this.of(camera));
    return ok(halts);
  }

  #rearm(camera: string, moved: Moved, held: Held): void {
    clearTimeout(held.idle);
    held.idle = setTimeout(() => {
      if (moved.held === held) this.#lose(camera, moved, 'idle');
    }, ptzIdleMs);
    held.idle.unref();
  }

  #halt(moved: Moved): void {
    moved.halts += 1;
    clearTimeout(moved.deadMan);
    if (moved.drive.moves) void moved.drive.halt();
  }

  #lose(camera: string, moved: Moved, because: LossReason, to?: Mover): void {
    this.#halt(moved);
    const { held } = moved;
    if (!held) return;
    clearTimeout(held.idle);
    moved.held = null;
    const detail = { because, ...(to && { to: to.actor }) };
    this.#note({ kind: 'ptz-lost', actor: held.by.actor, subject: `camera:${camera}`, detail }).catch(
      (error: unknown) => this.#parts.log.error({ err: error, camera }, 'the end of a hold is not recorded'),
    );
    if (!to) return this.#parts.tell(this.of(camera));
    const { name, actor } = to;
    moved.loser = held.by.window;
    const isOwn = actor === held.by.actor;
    this.#parts.tellLoser(held.by.window, { camera, name, rank: to.rankAt(camera), isOwn });
  }

  #setFault(camera: string, moved: Moved, fault: string): void {
    if (moved.fault === fault) return;
    moved.fault = fault;
    this.#parts.tell(this.of(camera));
  }

  #note(note: RecordNote): Promise<unknown> {
    const { db, record } = this.#parts;
    return db.transaction().execute((write) => record.append(write, note));
  }

  #moved(camera: string): Moved {
    const known = this.#cameras.get(camera);
    if (known) return known;
    const { db, clock, movers, log } = this.#parts;
    const drive = new Drive({
      move: (speed) => movers.move(camera, speed),
      stop: () => movers.stop(camera),
      mark: () => movingStore.add(db, camera),
      unmark: () =>
        movingStore
          .remove(db, camera)
          .catch((error: unknown) => log.error({ err: error, camera }, 'a mark of a move is still stored')),
      onFault: (fault) => this.#setFault(camera, moved, fault),
      monotonicMs: () => clock.monotonicMs(),
    });
    const moved: Moved = { drive, held: null, fault: '', halts: 0, deadMan: undefined, loser: null };
    this.#cameras.set(camera, moved);
    return moved;
  }
}

const cannotMove = problem('unprocessable', 'This camera cannot be moved that way.');
const justTaken = problem('conflict', 'This camera was just taken over. Let the key go and press it again.');
const notYours = problem('conflict', 'You do not move this camera at the moment.');
