import type {
  AwayWhy,
  Camera,
  CameraHealth,
  FleetCamera,
  FleetReport,
  HealthState,
  Outage,
  ScreenStatus,
  Uptime,
  WallState,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/logging.ts';
import { groupOutages, noticeAfterMs, type CameraOutage, type Whereabouts } from './causes.ts';
import {
  addTo,
  addToTrend,
  flapsFrom,
  flapWindowMs,
  flipsOf,
  lapsesOf,
  noTime,
  sideOf,
  spansOf,
  trendOver,
  type Change,
  type Run,
  type Side,
  type Span,
} from './rules.ts';
import { presenceOf, screenSeen, screensReport, withGrace, type Presence } from './screens.ts';
import { fleetStore } from './store.ts';

/** That the server runs is written down this often; so much of a run that was killed is not known, ms. */
const aliveEveryMs = 15_000;
const mostOutages = 200;
const mostSites = 30;
const hourMs = 60 * 60_000;

export interface FleetParts {
  db: Database;
  clock: Clock;
  log: Logger;
  cameras: { list(): Camera[] };
  /** Host of each camera's source; it is told to nobody. */
  hosts(): ReadonlyMap<string, string>;
  health: { of(camera: string): CameraHealth };
  walls: { shared(): WallState[] };
  screens: { status(wall: string, screen: string): ScreenStatus };
  /** A reason that is no word on the camera, but on us. */
  isOurs(reason: string): boolean;
}

interface Sided extends Span<HealthState> {
  side: Side;
}

/** How cameras and screens did, from what was stored when it happened. */
export class FleetService {
  readonly #parts: FleetParts;
  readonly #shown = new Map<string, Presence>();
  readonly #skews = new Map<string, number>();
  #run: { id: number; startedAt: number } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: FleetParts) {
    this.#parts = parts;
  }

  /** @returns when each screen was last seen to come or go, Unix ms, by an earlier run of the server */
  async load(): Promise<Map<string, number>> {
    const { db, clock } = this.#parts;
    const lastSeen = await fleetStore.lastSeen(db);
    const startedAt = clock.nowMs();
    this.#run = { id: await fleetStore.begin(db, startedAt), startedAt };
    return lastSeen;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#beat(), aliveEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat();
  }

  /** A camera said what time it has. */
  clockSeen(camera: string, aheadMs: number): void {
    this.#skews.set(camera, aheadMs);
  }

  cameraGone(camera: string): void {
    this.#skews.delete(camera);
  }

  /** What a screen says of itself, or that it went, and why. Only a change is written. */
  screenSeen(status: ScreenStatus, went: AwayWhy | null): void {
    const { screen } = status;
    const { shown, why } = presenceOf(status, went);
    const before = this.#shown.get(screen);
    if (before?.shown === shown && (before.why === why || why === null)) return;
    this.#shown.set(screen, { shown, why });
    const { db, clock, log } = this.#parts;
    fleetStore.addScreen(db, screen, { shown, why }, clock.nowMs()).catch((error: unknown) => {
      log.error({ err: error, screen }, 'that a screen came or went could not be stored');
    });
  }

  screenGone(screen: string): void {
    this.#shown.delete(screen);
    fleetStore.forgetScreen(this.#parts.db, screen).catch((error: unknown) => {
      this.#parts.log.error({ err: error, screen }, 'a removed screen is still stored');
    });
  }

  /** Over the last `hours`, of the cameras that `sees` lets through. */
  async report(hours: number, sees: (camera: string) => boolean): Promise<FleetReport> {
    const { db, clock, cameras } = this.#parts;
    const until = clock.nowMs();
    const from = until - hours * hourMs;
    const runs = await this.#runs(from, until);
    const since = Math.min(from, until - flapWindowMs, runs[0]?.from ?? from);
    const changes = await fleetStore.cameraChanges(db, since);
    const window = { from, until };
    const mine = cameras.list().filter(({ id }) => sees(id));
    const siteOf = sites(mine);
    const total = noTime();
    const trend = trendOver(window);
    const bySite = new Map<string, Uptime & { cameras: number; down: number }>();
    const outages: CameraOutage[] = [];
    const rows: FleetCamera[] = [];
    for (const camera of mine) {
      const spans = this.#spans(changes.get(camera.id) ?? [], runs, { from: Math.min(from, since), until });
      const { row, own } = this.#row(camera.id, spans, window);
      rows.push(row);
      outages.push(...own);
      const site = siteOf(camera);
      const there = bySite.get(site) ?? { ...noTime(), cameras: 0, down: 0 };
      bySite.set(site, there);
      there.cameras += 1;
      if (row.downSince !== null) there.down += 1;
      for (const sum of [total, there]) addTo(sum, spans, window);
      addToTrend(trend, spans, window);
    }
    const grouped = this.#group(outages, mine, siteOf);
    return {
      ...{ from, until, total, trend, cameras: rows },
      sites: [...bySite]
        .map(([site, sum]) => ({ site, ...sum }))
        .sort((a, b) => share(a) - share(b) || b.down - a.down)
        .slice(0, mostSites),
      outages: grouped.slice(0, mostOutages),
      notices: grouped.filter((one) => one.until === null && until - one.from >= noticeAfterMs),
      ...(await this.#screens(runs, window, sees)),
    };
  }

  /** A media node that was away is no word on the camera: nothing is known then, and it is told apart. */
  #spans(changes: readonly Change<HealthState>[], runs: readonly Run[], window: Run): Sided[] {
    const { isOurs } = this.#parts;
    return spansOf(changes, runs, window).map((span) => {
      const side = sideOf(span.state);
      return { ...span, side: side === 'down' && isOurs(span.reason) ? 'unknown' : side };
    });
  }

  #row(camera: string, spans: readonly Sided[], window: Run): { row: FleetCamera; own: CameraOutage[] } {
    const isOutage = ({ side, state, reason }: Sided) =>
      side === 'down' || (state === 'offline' && this.#parts.isOurs(reason));
    const own = lapsesOf<HealthState, Sided>(spans, isOutage, window.until).map((lapse): CameraOutage => ({
      camera,
      ...lapse,
    }));
    const inside = own.filter(({ until }) => until === null || until > window.from);
    const flips = flipsOf(spans, window.until - flapWindowMs);
    const last = spans.at(-1);
    const row: FleetCamera = {
      ...{ camera, ...addTo(noTime(), spans, window) },
      outages: inside.length,
      flips,
      isFlapping: flips >= flapsFrom,
      clockAheadMs: this.#skews.get(camera) ?? null,
      downSince: last?.side === 'down' ? (own.at(-1)?.from ?? last.from) : null,
    };
    return { row, own: inside };
  }

  #group(
    outages: readonly CameraOutage[],
    cameras: readonly Camera[],
    siteOf: (camera: Camera) => string,
  ): Outage[] {
    const hosts = this.#parts.hosts();
    const byId = new Map(cameras.map((camera) => [camera.id, camera]));
    const where = (id: string): Whereabouts => {
      const camera = byId.get(id);
      return { host: hosts.get(id) ?? null, site: camera ? siteOf(camera) : '' };
    };
    return groupOutages(outages, where, (reason) => this.#parts.isOurs(reason));
  }

  async #screens(runs: readonly Run[], window: Run, sees: (camera: string) => boolean) {
    const { db, walls, screens } = this.#parts;
    const since = Math.min(window.from, runs[0]?.from ?? window.from);
    const changes = await fleetStore.screenChanges(db, since);
    const seen = walls.shared().flatMap((wall) =>
      wall.screens.map(({ id, name }) => {
        const own = withGrace(changes.get(id) ?? [], runs);
        const status = screens.status(wall.id, id);
        return screenSeen({ name, status, sees }, spansOf(own, runs, { ...window, from: since }), window);
      }),
    );
    return screensReport(seen, window);
  }

  /** The present run goes on until now, whatever was last written of it. */
  async #runs(fromMs: number, nowMs: number): Promise<Run[]> {
    const runs = await fleetStore.runs(this.#parts.db, fromMs);
    const startedAt = this.#run?.startedAt;
    return runs.map((run) => (run.from === startedAt ? { ...run, until: nowMs } : run));
  }

  async #beat(): Promise<void> {
    if (!this.#run) return;
    try {
      await fleetStore.alive(this.#parts.db, this.#run.id, this.#parts.clock.nowMs());
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'that the server runs could not be written down');
    }
  }
}

const share = ({ upMs, downMs }: Uptime): number => (upMs + downMs === 0 ? 1 : upMs / (upMs + downMs));

/** Its place where several cameras share it, else its neighbourhood. */
function sites(cameras: readonly Camera[]): (camera: Camera) => string {
  const count = new Map<string, number>();
  for (const { place } of cameras) count.set(place, (count.get(place) ?? 0) + 1);
  return ({ place, neighbourhood }) =>
    place !== '' && (count.get(place) ?? 0) > 1 ? place : neighbourhood || place || 'No place given';
}
