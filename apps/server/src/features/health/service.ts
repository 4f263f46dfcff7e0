import type {
  CameraHealth,
  HealthState,
  IngestReport,
  ScreenReport,
  StreamFacts,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import { judge, nodeAwayReason, restartWindowMs, screenPatienceMs, type Verdict } from './rules.ts';
import type { TransitionStore } from './store.ts';

interface Watched {
  health: CameraHealth;
  ingest: Map<string, IngestReport>;
  restartsAt: number[];
  /** What the camera says of itself, in words. */
  deviceFaults: readonly string[];
  /** A verdict that differs from what people were told, and since when (monotonic ms). */
  pending: { verdict: Verdict; sinceMs: number } | null;
}

/** A screen that is silent for this long is no witness, ms. */
const witnessSilenceMs = 15_000;
const tickMs = 500;
/** Streams that were in use before their node went away are asked for again within this time, ms. */
const comebackMs = 10_000;
/** Rates and sizes are pushed no more often than this, ms; changes of state go at once. */
const factsEveryMs = 4_000;

const failingTiles = new Set(['stale', 'offline']);
const withoutPictures = new Set<HealthState>(['offline', 'unauthorized', 'unsupported']);

/** Weighs both witnesses, waits out short gaps, stores each transition and tells whoever listens. */
export class HealthService {
  readonly #cameras = new Map<string, Watched>();
  /** Per screen window: its last report, and since when each camera's tile has failed (monotonic ms). */
  readonly #screens = new Map<
    string,
    { atMs: number; report: ScreenReport; failingSinceMs: Map<string, number> }
  >();
  readonly #listeners = new Set<(changed: CameraHealth[]) => void>();
  readonly #store: TransitionStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  #nodeThere = false;
  /** Cameras that were in use when the node went away. */
  readonly #awaiting = new Set<string>();
  #awaitUntilMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #changed = new Set<string>();
  #factsDueMs = 0;
  #dirtyFacts = new Set<string>();

  constructor(store: TransitionStore, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** The cameras that there are, with how each failed when it was last tried. */
  async load(cameras: readonly string[]): Promise<void> {
    for (const camera of cameras) this.addCamera(camera);
    for (const { camera, to, reason, at } of await this.#store.lastInUse()) {
      const watched = this.#cameras.get(camera);
      if (watched && withoutPictures.has(to)) watched.health.lastFailure = { state: to, reason, at };
    }
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), tickMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  onChange(listener: (changed: CameraHealth[]) => void): void {
    this.#listeners.add(listener);
  }

  /** The present word on a camera; one never heard of is idle. */
  of(camera: string): CameraHealth {
    return this.#watched(camera).health;
  }

  list(): CameraHealth[] {
    return [...this.#cameras.values()].map(({ health }) => health);
  }

  addCamera(camera: string): void {
    this.#watched(camera);
  }

  /** It is out of the registry: nothing is kept of it. */
  removeCamera(camera: string): void {
    this.#cameras.delete(camera);
    this.#store.remove(camera).catch((error: unknown) => {
      this.#log.error({ err: error, camera }, 'health transitions of a removed camera are still stored');
    });
  }

  nodeConnected(there: boolean): void {
    this.#nodeThere = there;
    // Back, it has a while to say again what it takes in: until then nothing is known that is new.
    this.#awaitUntilMs = this.#clock.monotonicMs() + comebackMs;
    if (!there) {
      // Its last words say nothing of now.
      for (const [camera, { ingest }] of this.#cameras) {
        if (ingest.size > 0) this.#awaiting.add(camera);
        ingest.clear();
      }
    }
    this.tick();
  }

  ingest(reports: readonly IngestReport[]): void {
    const nowMs = this.#clock.monotonicMs();
    for (const report of reports) {
      const watched = this.#cameras.get(report.camera);
      if (!watched) continue;
      const before = watched.ingest.get(report.facts.stream);
      if (before && report.facts.restarts > before.facts.restarts) watched.restartsAt.push(nowMs);
      // A tile must not go on saying live.
      if (before?.facts.picture !== report.facts.picture) this.#changed.add(report.camera);
      if (report.state === 'idle') watched.ingest.delete(report.facts.stream);
      else watched.ingest.set(report.facts.stream, report);
      this.#dirtyFacts.add(report.camera);
      if (report.state !== 'idle') this.#awaiting.delete(report.camera);
    }
    this.tick();
  }

  /** A third witness: all that the camera says is wrong with itself now. */
  deviceSays(camera: string, faults: readonly string[]): void {
    const watched = this.#cameras.get(camera);
    if (!watched) return;
    watched.deviceFaults = faults;
    this.tick();
  }

  /** The second witness: what a screen says of its own tiles. `window` is one browser window. */
  screenReport(window: string, report: ScreenReport): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#screens.get(window)?.failingSinceMs;
    const failingSinceMs = new Map<string, number>();
    if (report.visible)
      for (const { camera, state } of report.tiles)
        if (camera && failingTiles.has(state)) failingSinceMs.set(camera, before?.get(camera) ?? nowMs);
    this.#screens.set(window, { atMs: nowMs, report, failingSinceMs });
  }

  screenGone(window: string): void {
    this.#screens.delete(window);
  }

  /** Judges every camera; called on a timer and after each piece of news. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    const witnesses = this.#witnesses(nowMs);
    for (const [camera, watched] of this.#cameras)
      this.#judgeOne(camera, watched, witnesses.get(camera), nowMs);
    if (nowMs >= this.#factsDueMs) {
      this.#factsDueMs = nowMs + factsEveryMs;
      for (const camera of this.#dirtyFacts) this.#changed.add(camera);
      this.#dirtyFacts.clear();
    }
    if (this.#changed.size === 0) return;
    const changed = [...this.#changed].flatMap((camera) => this.#cameras.get(camera)?.health ?? []);
    this.#changed.clear();
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
  }

  #judgeOne(
    camera: string,
    watched: Watched,
    seen: { showing: number; failing: number } | undefined,
    nowMs: number,
  ): void {
    watched.restartsAt = watched.restartsAt.filter((at) => nowMs - at < restartWindowMs);
    if (this.#awaiting.has(camera)) {
      // That it failed, and why, is not undone by a fault of ours.
      if (!this.#nodeThere && withoutPictures.has(watched.health.state)) return;
      if (this.#nodeThere && nowMs < this.#awaitUntilMs) return;
      if (this.#nodeThere) this.#awaiting.delete(camera);
    }
    const verdict = judge({
      ingest: [...watched.ingest.values()],
      nodeThere: this.#nodeThere || !this.#awaiting.has(camera),
      screensShowing: seen?.showing ?? 0,
      screensFailing: seen?.failing ?? 0,
      recentRestarts: watched.restartsAt.length,
      deviceFaults: watched.deviceFaults,
    });
    watched.health = { ...watched.health, ...factsOf(watched.ingest) };
    const { health } = watched;
    if (verdict.state === health.state) {
      watched.pending = null;
      if (verdict.reason !== health.reason) {
        watched.health = { ...health, reason: verdict.reason };
        this.#changed.add(camera);
      }
      return;
    }
    if (watched.pending?.verdict.state !== verdict.state) watched.pending = { verdict, sinceMs: nowMs };
    else watched.pending = { verdict, sinceMs: watched.pending.sinceMs };
    if (nowMs - watched.pending.sinceMs >= verdict.settleMs) this.#move(camera, watched, verdict);
  }

  #move(camera: string, watched: Watched, verdict: Verdict): void {
    const from = watched.health.state;
    const at = this.#clock.nowMs();
    const { lastFailure: _, ...health } = watched.health;
    watched.health = { ...health, state: verdict.state, reason: verdict.reason, since: at };
    // Nobody watching is no repair: that it failed stays to be seen until there are pictures again.
    if (verdict.state === 'idle' && withoutPictures.has(from) && health.reason !== nodeAwayReason)
      watched.health.lastFailure = { state: from, reason: health.reason, at };
    watched.pending = null;
    this.#changed.add(camera);
    this.#log.info({ camera, from, to: verdict.state, reason: verdict.reason }, 'camera health changed');
    this.#store
      .add({ camera, from, to: verdict.state, reason: verdict.reason, at })
      .catch((error: unknown) => {
        this.#log.error({ err: error, camera }, 'a health transition could not be stored');
      });
  }

  #witnesses(nowMs: number): Map<string, { showing: number; failing: number }> {
    const seen = new Map<string, { showing: number; failing: number }>();
    for (const { atMs, report, failingSinceMs } of this.#screens.values()) {
      if (!report.visible || nowMs - atMs > witnessSilenceMs) continue;
      for (const camera of new Set(report.tiles.flatMap((tile) => tile.camera ?? []))) {
        const entry = seen.get(camera) ?? { showing: 0, failing: 0 };
        entry.showing += 1;
        const since = failingSinceMs.get(camera);
        if (since !== undefined && nowMs - since >= screenPatienceMs) entry.failing += 1;
        seen.set(camera, entry);
      }
    }
    return seen;
  }

  #watched(camera: string): Watched {
    let watched = this.#cameras.get(camera);
    if (!watched) {
      const health: CameraHealth = {
        camera,
        state: 'idle',
        reason: 'Nobody is watching',
        since: this.#clock.nowMs(),
        streams: [],
        viewers: 0,
      };
      watched = { health, ingest: new Map(), restartsAt: [], deviceFaults: [], pending: null };
      this.#cameras.set(camera, watched);
    }
    return watched;
  }
}

function factsOf(ingest: ReadonlyMap<string, IngestReport>): { streams: StreamFacts[]; viewers: number } {
  const streams = [...ingest.values()].map(({ facts }) => facts);
  return { streams, viewers: streams.reduce((sum, { viewers }) => sum + viewers, 0) };
}
