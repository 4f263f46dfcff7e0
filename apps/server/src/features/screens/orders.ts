import {
  orderTtlMs,
  problem,
  screenOf,
  type Answer,
  type OrderDone,
  type OrderRequest,
  type OrderStatus,
  type RecordNote,
  type Screenshot,
} from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import { rooms, type Audience, type WindowSocket } from '../../platform/sockets.ts';

/** Orders under way at once on a site. */
const maxOpen = 500;
/** A picture of a screen is kept for so long, ms. */
const keptMs = 10 * 60_000;

const showsPrivate =
  'The picture would have shown a private camera, so it was thrown away. Load the page of the screen anew';
/** Orders of each wall whose outcome is told to windows that come, or come back. */
const maxKept = 100;

export interface OrderParts {
  db: Database;
  clock: Clock;
  audience: Audience;
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  walls: { get(wall: string): { screens: readonly { id: string; name: string }[] } | undefined };
  screens: { status(wall: string, screen: string): { connected: number } };
  /** Who is behind a window: for people, and for the record. */
  whoIs(socket: WindowSocket): { who: string; actor: string };
  /** May whoever is behind it watch this camera? */
  mayWatch(socket: WindowSocket, camera: string): boolean;
  /** Whether a camera is nobody's own: a private one is in no picture of a screen, whoever asks for it. */
  isPublic(camera: string): boolean;
}

interface Kept extends Screenshot {
  cameras: string[];
  timer: NodeJS.Timeout;
}

interface Open {
  status: OrderStatus;
  timer: NodeJS.Timeout;
}

/**
 * What screens are told to do once. Each order is answered by the screen or counted as lost when its time is over; consoles hear
 * of both, those that were away when they are back. Kept in memory: the last outcomes of each wall, and the last screenshot of
 * each screen, for some minutes. No private camera is in one: its owner lends it to whoever has asked for it, not to whoever
 * looks at a picture of a screen.
 */
export class ScreenOrders {
  readonly #parts: OrderParts;
  readonly #open = new Map<string, Open>();
  readonly #last = new Map<string, OrderStatus[]>();
  readonly #screenshots = new Map<string, Kept>();

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  async order(
    { wall, screens, order }: OrderRequest,
    socket: WindowSocket,
  ): Promise<Answer<{ orders: OrderStatus[] }>> {
    const { walls, clock, audience } = this.#parts;
    const known = walls.get(wall)?.screens.map(({ id }) => id) ?? [];
    const missing = screens.find((screen) => !known.includes(screen));
    if (missing !== undefined || socket.data.wall !== wall)
      return refuse(problem('not-found', `There is no screen "${missing ?? ''}" on this wall.`));
    if (this.#open.size + screens.length > maxOpen)
      return refuse(
        problem('too-many', 'Too many orders are on their way to screens. Try again in a moment.'),
      );
    const { who, actor } = this.#parts.whoIs(socket);
    const wanted = [...new Set(screens)];
    if (order.kind !== 'identify') await this.#note(wanted, actor, order);
    const orders = wanted.map((screen) => {
      const id = newId();
      const at = clock.nowMs();
      const away = this.#parts.screens.status(wall, screen).connected === 0;
      const status: OrderStatus = {
        ...{ wall, id, screen, kind: order.kind, who, by: actor, at },
        state: away ? 'lost' : 'sent',
        note: away ? 'No window shows this screen' : '',
      };
      if (away) return status;
      const timer = setTimeout(() => this.#lost(id), orderTtlMs);
      timer.unref();
      this.#open.set(id, { status, timer });
      audience.tell(rooms.screen(screen), 'screen:order', { id, screen, order, who, at, ttlMs: orderTtlMs });
      return status;
    });
    for (const status of orders) this.#tell(status);
    return ok({ orders });
  }

  /** The screen's own word. */
  done(done: OrderDone, socket: WindowSocket): Answer<Record<string, never>> {
    const { hello } = socket.data;
    if (screenOf(hello) !== done.screen)
      return refuse(problem('forbidden', 'A screen answers for itself alone.'));
    const open = this.#open.get(done.id);
    if (open?.status.screen !== done.screen)
      return refuse(problem('gone', 'That order is over, or was never given to this screen.'));
    clearTimeout(open.timer);
    this.#open.delete(done.id);
    const { screenshot } = done;
    const isFit = screenshot?.cameras.every((camera) => this.#parts.isPublic(camera)) ?? true;
    if (screenshot && isFit && open.status.kind === 'screenshot') this.#keep(done.screen, screenshot);
    const [isDone, note] = isFit ? [done.done, done.note] : [false, showsPrivate];
    this.#tell({ ...open.status, state: isDone ? 'done' : 'failed', note });
    return ok({});
  }

  /** What became of the last orders to screens of a wall, oldest first. */
  last(wall: string): OrderStatus[] {
    return this.#last.get(wall) ?? [];
  }

  /** The last screenshot, to who may watch all that is in it; null when there is none. Who gets it is in the record first. */
  async screenshot(wall: string, screen: string, socket: WindowSocket): Promise<Answer<Screenshot | null>> {
    if (socket.data.wall !== wall || !this.#parts.walls.get(wall)?.screens.some(({ id }) => id === screen))
      return refuse(problem('not-found', `There is no screen "${screen}" on this wall.`));
    const kept = this.#screenshots.get(screen);
    if (!kept) return ok(null);
    const { at, jpeg, width, height, cameras } = kept;
    if (!cameras.every((camera) => this.#parts.mayWatch(socket, camera)))
      return refuse(problem('forbidden', 'It shows cameras that you have no right to watch.'));
    const { db, record } = this.#parts;
    await db.transaction().execute((write) =>
      record.append(write, {
        kind: 'screen-ordered',
        actor: this.#parts.whoIs(socket).actor,
        subject: `screen:${screen}`,
        detail: { order: 'screenshot-shown', at, cameras },
      }),
    );
    // Something in it was lent, masked or removed meanwhile.
    return ok(this.#screenshots.get(screen) === kept ? { screen, at, jpeg, width, height } : null);
  }

  /** A screen is off its wall. */
  forget(screen: string): void {
    this.#drop(screen);
    for (const [wall, list] of this.#last)
      this.#last.set(
        wall,
        list.filter((status) => status.screen !== screen),
      );
  }

  /** A camera is another one now, or gone: lent, masked, removed. No picture of what it was is kept. */
  forgetCamera(camera: string): void {
    for (const [screen, { cameras }] of this.#screenshots) if (cameras.includes(camera)) this.#drop(screen);
  }

  #drop(screen: string): void {
    clearTimeout(this.#screenshots.get(screen)?.timer);
    this.#screenshots.delete(screen);
  }

  #keep(screen: string, screenshot: Omit<Screenshot, 'screen' | 'at'> & { cameras: string[] }): void {
    this.#drop(screen);
    const timer = setTimeout(() => this.#drop(screen), keptMs);
    timer.unref();
    this.#screenshots.set(screen, { ...screenshot, screen, at: this.#parts.clock.nowMs(), timer });
  }

  stop(): void {
    for (const screen of [...this.#screenshots.keys()]) this.#drop(screen);
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
  }

  #lost(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    this.#tell({
      ...open.status,
      state: 'lost',
      note: `The screen did not answer within ${orderTtlMs / 1_000} s`,
    });
  }

  #tell(status: OrderStatus): void {
    const others = this.last(status.wall).filter(({ id }) => id !== status.id);
    this.#last.set(status.wall, [...others, status].slice(-maxKept));
    this.#parts.audience.tell(rooms.consoles(status.wall), 'screen:order-status', status);
  }

  async #note(screens: readonly string[], actor: string, order: OrderRequest['order']): Promise<void> {
    const { db, record } = this.#parts;
    const text = order.kind === 'message' ? { text: order.text } : {};
    await db.transaction().execute(async (write) => {
      for (const screen of screens)
        await record.append(write, {
          kind: 'screen-ordered',
          actor,
          subject: `screen:${screen}`,
          detail: { order: order.kind, ...text },
        });
    });
  }
}
