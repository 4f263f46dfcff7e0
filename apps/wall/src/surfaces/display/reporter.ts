import type { ScreenReport } from '@clerestory/protocol';
import type { TileReporters } from '../../features/tiles/index.ts';

/** Changes that come closer together than this share one report. */
const minGapMs = 1_000;
/** Without a change there is a report this often. */
const everyMs = 5_000;

/** Tells the control server what this screen shows: the second witness of a camera's health. */
export class ScreenReporter {
  readonly #send: { report(report: ScreenReport): void };
  readonly #screen: string;
  readonly #tiles: TileReporters;
  readonly #sequence: () => number;
  readonly #blank: () => boolean;
  #lastMs = -Infinity;
  #timer: ReturnType<typeof setTimeout>;
  readonly #onVisibility = () => this.changed();

  constructor(
    send: { report(report: ScreenReport): void },
    screen: string,
    tiles: TileReporters,
    sequence: () => number,
    blank: () => boolean = () => false,
  ) {
    this.#send = send;
    this.#screen = screen;
    this.#tiles = tiles;
    this.#sequence = sequence;
    this.#blank = blank;
    this.#timer = setTimeout(() => this.#report(), minGapMs);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  /** Something is different: report soon. */
  changed(): void {
    const dueMs = Math.max(0, this.#lastMs + minGapMs - performance.now());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#report(), dueMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  #report(): void {
    this.#lastMs = performance.now();
    this.#timer = setTimeout(() => this.#report(), everyMs);
    const order = [...this.#tiles].sort(([a], [b]) => a - b);
    this.#send.report({
      screen: this.#screen,
      sequence: this.#sequence(),
      visible: document.visibilityState === 'visible',
      width: Math.round(window.innerWidth * window.devicePixelRatio),
      height: Math.round(window.innerHeight * window.devicePixelRatio),
      ...(this.#blank() && { blank: true }),
      tiles: order.map(([tile, report]) => report(tile)),
    });
  }
}
