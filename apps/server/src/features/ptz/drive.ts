import type { Answer } from '@clerestory/protocol';

export interface Speed {
  pan: number;
  tilt: number;
  zoom: number;
}

export interface DriveParts {
  move(speed: Speed): Promise<Answer<void>>;
  stop(): Promise<Answer<void>>;
  /** Durable before the first move leaves, … */
  mark(): Promise<void>;
  /** … and gone once the camera has taken STOP. */
  unmark(): Promise<void>;
  /** What went wrong last, in words; '' once it is well again. */
  onFault(fault: string): void;
  monotonicMs(): number;
}

/** The same move is sent again after this long: a camera goes on for two seconds by itself, ms. */
const sendAgainMs = 700;
/** A STOP that was not taken is sent again after these, ms; then the camera has long stopped by itself. */
const stopAgainMs = [150, 400, 1_000, 2_500] as const;

const same = (a: Speed, b: Speed) => a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;

/**
 * What one camera is told, in order. Of moves only the last counts; STOP never waits behind a move that gets no answer,
 * and is sent once more when that is over, since the camera may have taken it late.
 */
export class Drive {
  readonly #parts: DriveParts;
  #wanted: Speed | null = null;
  #sent: { speed: Speed; atMs: number } | null = null;
  #marked = false;
  #moving: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #stopDue = false;

  constructor(parts: DriveParts) {
    this.#parts = parts;
  }

  /** It was told to move and has not yet taken STOP. */
  get moves(): boolean {
    return this.#wanted !== null || this.#stopDue || this.#stopping !== null;
  }

  /** Goes on until told otherwise; to be called again at least every second. */
  drive(speed: Speed): void {
    this.#wanted = speed;
    this.#moving ??= this.#move().finally(() => {
      this.#moving = null;
      // STOP may have overtaken the move.
      if (this.#wanted === null) void this.halt();
    });
  }

  /** Resolves once the camera has taken STOP, or has had every try. */
  halt(): Promise<void> {
    this.#wanted = null;
    this.#stopDue = true;
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  async #move(): Promise<void> {
    for (;;) {
      await this.#stopping;
      const speed = this.#wanted;
      if (speed === null) return;
      const nowMs = this.#parts.monotonicMs();
      if (this.#sent && same(this.#sent.speed, speed) && nowMs - this.#sent.atMs < sendAgainMs) return;
      if (!this.#marked) await this.#parts.mark();
      this.#marked = true;
      if (this.#wanted === null) return;
      this.#sent = { speed, atMs: nowMs };
      const answer = await this.#parts.move(speed);
      this.#parts.onFault(answer.ok ? '' : answer.problem.detail);
      if (!answer.ok) {
        this.#wanted = null;
        return;
      }
    }
  }

  async #stop(): Promise<void> {
    for (let tries = 0; this.#stopDue; tries++) {
      this.#stopDue = false;
      const answer = await this.#parts.stop();
      if (answer.ok) {
        this.#sent = null;
        tries = -1;
        continue;
      }
      const delayMs = stopAgainMs[tries];
      if (delayMs === undefined) {
        this.#parts.onFault(`The camera did not take STOP; it stops by itself. ${answer.problem.detail}`);
        this.#sent = null;
        return;
      }
      this.#stopDue = true;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    if (this.#wanted === null && !this.#moving) {
      this.#marked = false;
      await this.#parts.unmark();
    }
  }
}
