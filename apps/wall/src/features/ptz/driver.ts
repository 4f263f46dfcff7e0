import { ptzRenewMs } from '@clerestory/protocol';

export interface Speed {
  pan: number;
  tilt: number;
  zoom: number;
}

/** One step in one direction, −1 to 1 each. */
export const directions = {
  left: { pan: -1, tilt: 0, zoom: 0 },
  right: { pan: 1, tilt: 0, zoom: 0 },
  up: { pan: 0, tilt: 1, zoom: 0 },
  down: { pan: 0, tilt: -1, zoom: 0 },
  closer: { pan: 0, tilt: 0, zoom: 1 },
  wider: { pan: 0, tilt: 0, zoom: -1 },
} as const satisfies Record<string, Speed>;
export type Direction = keyof typeof directions;

export interface DriverLinks {
  /** False: refused, and not to be said again. */
  move(speed: Speed): Promise<boolean>;
  stop(): void;
}

/**
 * What is held down becomes a speed, said again and again until nothing is held: then STOP. Held by cause (a key, a
 * button), so that two keys for one direction do not let go of each other.
 */
export class PtzDriver {
  readonly #links: DriverLinks;
  readonly #held = new Map<string, Direction>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #speed = 0.5;

  constructor(links: DriverLinks) {
    this.#links = links;
  }

  /** Share of the greatest speed, 0 to 1. */
  setSpeed(speed: number): void {
    this.#speed = speed;
    if (this.#held.size > 0) this.#say();
  }

  press(cause: string, direction: Direction): void {
    if (this.#held.get(cause) === direction) return;
    this.#held.set(cause, direction);
    this.#say();
    this.#timer ??= setInterval(() => this.#say(), ptzRenewMs);
  }

  release(cause: string): void {
    if (!this.#held.delete(cause)) return;
    if (this.#held.size > 0) return this.#say();
    this.#rest();
    this.#links.stop();
  }

  /** Everything is let go of, whatever the keyboard says. */
  releaseAll(): void {
    if (this.#held.size === 0) return;
    this.abandon();
    this.#links.stop();
  }

  /** Without a word: refused, what is held moves nothing any more. */
  abandon(): void {
    this.#held.clear();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #say(): void {
    const sum = { pan: 0, tilt: 0, zoom: 0 };
    for (const direction of new Set(this.#held.values()))
      for (const axis of ['pan', 'tilt', 'zoom'] as const) sum[axis] += directions[direction][axis];
    const { pan, tilt, zoom } = sum;
    const share = this.#speed;
    void this.#links.move({ pan: pan * share, tilt: tilt * share, zoom: zoom * share }).then((taken) => {
      if (!taken) this.abandon();
    });
  }
}
