import {
  problem,
  screenOf,
  type Answer,
  type AwayWhy,
  type ScreenReport,
  type ScreenStatus,
  type WallState,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { ScreenOrders } from './orders.ts';
import { rooms, type Audience, type SocketHandlers, type WindowSocket } from '../../platform/sockets.ts';

/** Whoever listens to what screens say of themselves. */
export interface Witness {
  screenReport(window: string, report: ScreenReport): void;
  screenGone(window: string): void;
}

interface Seen {
  /** Per browser window that shows the screen: its last report. */
  windows: Map<string, ScreenReport | null>;
  lastSeenAt: number | null;
}

type Listener = (status: ScreenStatus, went: AwayWhy | null) => void;

/**
 * From why Socket.IO says that a window's line ended. Of a computer or a network that is gone nothing is heard; a line that
 * ends with a fault (`transport error`) was ended by a system that is there, as where a page closes while it is written to.
 */
function wentBy(reason: string): AwayWhy {
  if (reason === 'ping timeout') return 'lost';
  return reason === 'server namespace disconnect' ? 'ended' : 'closed';
}

/** Of several windows of one screen, one that people can see speaks for it. */
const spokesman = (windows: ReadonlyMap<string, ScreenReport | null>): ScreenReport | null => {
  const reports = [...windows.values()].filter((report) => report !== null);
  return reports.find(({ visible }) => visible) ?? reports[0] ?? null;
};

/** Which screens are there, and what each says of itself. Only a screen's own traffic moves "last seen". */
export class ScreenService {
  readonly #seen = new Map<string, Seen>();
  readonly #listeners = new Set<Listener>();
  readonly #followed = new WeakSet<WindowSocket>();
  readonly #audience: Audience;
  readonly #witness: Witness;
  readonly #clock: Clock;

  constructor(audience: Audience, witness: Witness, clock: Clock) {
    this.#audience = audience;
    this.#witness = witness;
    this.#clock = clock;
  }

  /** When each was last seen by an earlier run of the server, Unix ms. */
  recall(lastSeen: ReadonlyMap<string, number>): void {
    for (const [screen, lastSeenAt] of lastSeen)
      if (!this.#seen.has(screen)) this.#seen.set(screen, { windows: new Map(), lastSeenAt });
  }

  status(wall: string, screen: string): ScreenStatus {
    const seen = this.#seen.get(screen);
    return {
      wall,
      screen,
      connected: seen?.windows.size ?? 0,
      lastSeenAt: seen?.lastSeenAt ?? null,
      report: seen ? spokesman(seen.windows) : null,
    };
  }

  statuses(wall: WallState): ScreenStatus[] {
    return wall.screens.map(({ id }) => this.status(wall.id, id));
  }

  /** A screen came, said what it shows, or one of its windows went, and why. */
  onStatus(listener: Listener): void {
    this.#listeners.add(listener);
  }

  /** A screen is off its wall: nothing of it is kept. */
  forget(screen: string): void {
    this.#seen.delete(screen);
  }

  /** A window has joined a wall; a screen's window counts until it goes. */
  joined(socket: WindowSocket, wall: string): void {
    const screen = screenOf(socket.data.hello);
    if (screen === null) return;
    this.#heard(screen, socket, null);
    this.#tell(wall, screen);
  }

  /** Takes a report from the screen's own window. */
  report(report: ScreenReport, socket: WindowSocket): Answer<Record<string, never>> {
    const { hello, wall } = socket.data;
    if (screenOf(hello) !== report.screen)
      return refuse(problem('forbidden', 'A screen reports for itself alone.'));
    if (wall === undefined) return refuse(problem('unprocessable', 'Join the wall first.'));
    this.#heard(report.screen, socket, report);
    this.#witness.screenReport(socket.id, report);
    this.#tell(wall, report.screen);
    return ok({});
  }

  #heard(screen: string, socket: WindowSocket, report: ScreenReport | null): void {
    let seen = this.#seen.get(screen);
    if (!seen) this.#seen.set(screen, (seen = { windows: new Map(), lastSeenAt: null }));
    seen.windows.set(socket.id, report ?? seen.windows.get(socket.id) ?? null);
    seen.lastSeenAt = this.#clock.nowMs();
    if (this.#followed.has(socket)) return;
    this.#followed.add(socket);
    socket.once('disconnect', (reason) => this.#gone(screen, socket, wentBy(reason)));
  }

  #gone(screen: string, socket: WindowSocket, why: AwayWhy): void {
    this.#witness.screenGone(socket.id);
    const seen = this.#seen.get(screen);
    if (!seen?.windows.delete(socket.id)) return;
    seen.lastSeenAt = this.#clock.nowMs();
    if (socket.data.wall !== undefined) this.#tell(socket.data.wall, screen, why);
  }

  #tell(wall: string, screen: string, went: AwayWhy | null = null): void {
    const status = this.status(wall, screen);
    this.#audience.tell(rooms.consoles(wall), 'screen:status', status);
    for (const listener of this.#listeners) listener(status, went);
  }
}

export const screenSockets = (screens: ScreenService, orders: ScreenOrders): SocketHandlers => ({
  'screen:report': (report, socket) => screens.report(report, socket),
  'screen:order': (request, socket) => orders.order(request, socket),
  'screen:done': (done, socket) => orders.done(done, socket),
  'screen:screenshot': ({ wall, screen }, socket) => orders.screenshot(wall, screen, socket),
});
