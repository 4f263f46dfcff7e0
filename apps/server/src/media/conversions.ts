/** Streams that wait for their turn; more are refused in words. */
const maxWaiting = 200;

interface Waiting {
  give(release: () => void): void;
  place(position: number): void;
}

const ordinal = (n: number): string => {
  const tens = n % 100;
  const word = tens >= 11 && tens <= 13 ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] ?? 'th');
  return `${n}${word}`;
};

/** What a tile says while its stream waits. */
export const waitingReason = (position: number): string =>
  `Waiting to be converted (${ordinal(position)} in line)`;

/**
 * Turns at converting, of which each takes up to a core: so many at once, the others in the order in which they came.
 */
export class Conversions {
  readonly #most: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get running(): number {
    return this.#running;
  }
  get waiting(): number {
    return this.#waiting.length;
  }
  /** False: this node is set up to convert nothing. */
  get allowed(): boolean {
    return this.#most > 0;
  }

  /**
   * Resolves with how to give the turn back, or with null when `signal` aborts or too many wait. `onPlace` hears the
   * place in line, from 1, and each change of it.
   */
  take(signal: AbortSignal, onPlace: (position: number) => void): Promise<(() => void) | null> {
    if (signal.aborted || !this.allowed) return Promise.resolve(null);
    if (this.#running < this.#most) return Promise.resolve(this.#start());
    if (this.#waiting.length >= maxWaiting) return Promise.resolve(null);
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(mine), 1);
        this.#tellPlaces();
        resolve(null);
      };
      const mine: Waiting = {
        give: (release) => {
          signal.removeEventListener('abort', leave);
          resolve(release);
        },
        place: onPlace,
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(mine);
      onPlace(this.#waiting.length);
    });
  }

  #start(): () => void {
    this.#running += 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#running -= 1;
      const next = this.#waiting.shift();
      if (!next) return;
      next.give(this.#start());
      this.#tellPlaces();
    };
  }

  #tellPlaces(): void {
    this.#waiting.forEach((one, at) => one.place(at + 1));
  }
}
