import type { Socket } from 'node:net';

/** How bytes travel; both lanes of a connection read the same one. */
export interface Way {
  open: boolean;
  delayMs: number;
  bytesPerS: number | null;
}

/** Bytes under way in one lane before its sender has to wait, as in a full TCP window. */
const maxHeldBytes = 256 * 1024;
/** A throttled lane sends this often, ms; a single byte waits longer where the rate asks for it. */
const stepMs = 20;

/** One direction of a connection: takes from one socket and gives to the other when the way lets it. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #way: Way;
  #held: { bytes: Buffer; dueMs: number }[] = [];
  #heldBytes = 0;
  #ended = false;
  #lost = false;
  #sentMs = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #whenEmpty: (() => void) | null = null;

  constructor(from: Socket, to: Socket, way: Way) {
    this.#from = from;
    this.#to = to;
    this.#way = way;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => {
      this.#ended = true;
      this.pump();
    });
    to.on('drain', () => this.pump());
    to.on('close', () => this.pump());
  }

  /** From now on what comes is taken and lost. */
  lose(): void {
    this.#lost = true;
    this.#held = [];
    this.#heldBytes = 0;
    clearTimeout(this.#timer);
    this.#from.resume();
  }

  /** Calls once, when nothing is under way any more. */
  whenEmpty(call: () => void): void {
    this.#whenEmpty = call;
    this.pump();
  }

  /** Moves what may move now. */
  pump(): void {
    clearTimeout(this.#timer);
    if (!this.#way.open) return;
    if (this.#to.destroyed) this.lose();
    for (let head = this.#held[0]; head && !this.#to.writableNeedDrain; head = this.#held[0]) {
      const nowMs = performance.now();
      if (head.dueMs > nowMs) return this.#later(head.dueMs - nowMs);
      const count = Math.min(head.bytes.length, this.#allowance(nowMs));
      if (count === 0) return this.#later(Math.max(stepMs, 1_000 / (this.#way.bytesPerS ?? 1_000)));
      this.#sentMs = nowMs;
      this.#to.write(head.bytes.subarray(0, count));
      this.#heldBytes -= count;
      if (count === head.bytes.length) this.#held.shift();
      else head.bytes = head.bytes.subarray(count);
    }
    if (this.#heldBytes < maxHeldBytes) this.#from.resume();
    if (this.#held.length > 0) return;
    if (this.#ended && !this.#lost && this.#to.writable) this.#to.end();
    this.#whenEmpty?.();
    this.#whenEmpty = null;
  }

  #take(bytes: Buffer): void {
    if (this.#lost) return;
    if (this.#held.length === 0) this.#sentMs = Math.max(this.#sentMs, performance.now() - stepMs);
    this.#held.push({ bytes, dueMs: performance.now() + this.#way.delayMs });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= maxHeldBytes) this.#from.pause();
    this.pump();
  }

  #allowance(nowMs: number): number {
    const { bytesPerS } = this.#way;
    return bytesPerS === null ? Infinity : Math.floor(((nowMs - this.#sentMs) * bytesPerS) / 1_000);
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => this.pump(), ms);
  }
}
