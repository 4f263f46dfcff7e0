import {
  problem,
  type Answer,
  type ScreenReport,
  type ScreenStatus,
  type WallState,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import { rooms, type SocketHandlers, type Sockets, type WindowSocket } from '../../platform/sockets.ts';

/** Whoever listens to what screens say of themselves. */
export interface Witness {
  screenReport(window: string, report: ScreenReport): void;
  screenGone(window: string): void;
}

interface Seen {
  windows: Set<string>;
  lastSeenAt: number | null;
  report: ScreenReport | null;
}

/** Which screens are there, and what each says of itself. Only a screen's own traffic moves "last seen". */
export class ScreenService {
  readonly #seen = new Map<string, Seen>();
  readonly #io: Sockets;
  readonly #witness: Witness;
  readonly #clock: Clock;

  constructor(io: Sockets, witness: Witness, clock: Clock) {
    this.#io = io;
    this.#witness = witness;
    this.#clock = clock;
  }

  status(wall: string, screen: string): ScreenStatus {
    const seen = this.#seen.get(screen);
    return {
      wall,
      screen,
      connected: seen?.windows.size ?? 0,
      lastSeenAt: seen?.lastSeenAt ?? null,
      report: seen?.report ?? null,
    };
  }

  statuses(wall: WallState): ScreenStatus[] {
    return wall.screens.map(({ id }) => this.status(wall.id, id));
  }

  /** A screen is off its wall: nothing of it is kept. */
  forget(screen: string): void {
    this.#seen.delete(screen);
  }

  /** A window has joined a wall; a screen's window counts until it goes. */
  joined(socket: WindowSocket, wall: string): void {
    const { hello } = socket.data;
    if (hello.surface !== 'screen') return;
    const { screen } = hello;
    const seen = this.#of(screen);
    const isNew = !seen.windows.has(socket.id);
    seen.windows.add(socket.id);
    seen.lastSeenAt = this.#clock.nowMs();
    this.#tell(wall, screen);
    if (!isNew) return;
    socket.once('disconnect', () => {
      seen.windows.delete(socket.id);
      seen.lastSeenAt = this.#clock.nowMs();
      if (seen.windows.size === 0) seen.report = null;
      this.#witness.screenGone(socket.id);
      this.#tell(wall, screen);
    });
  }

  /** Takes a report from the screen's own window. */
  report(report: ScreenReport, socket: WindowSocket): Answer<Record<string, never>> {
    const { hello, wall } = socket.data;
    if (hello.surface !== 'screen' || hello.screen !== report.screen)
      return refuse(problem('forbidden', 'A screen reports for itself alone.'));
    if (wall === undefined) return refuse(problem('unprocessable', 'Join the wall first.'));
    const seen = this.#of(report.screen);
    seen.report = report;
    seen.lastSeenAt = this.#clock.nowMs();
    this.#witness.screenReport(socket.id, report);
    this.#tell(wall, report.screen);
    return ok({});
  }

  #of(screen: string): Seen {
    let seen = this.#seen.get(screen);
    if (!seen) this.#seen.set(screen, (seen = { windows: new Set(), lastSeenAt: null, report: null }));
    return seen;
  }

  #tell(wall: string, screen: string): void {
    this.#io.to(rooms.consoles(wall)).emit('screen:status', this.status(wall, screen));
  }
}

export const screenSockets = (screens: ScreenService): SocketHandlers => ({
  'screen:report': (report, socket) => screens.report(report, socket),
});
