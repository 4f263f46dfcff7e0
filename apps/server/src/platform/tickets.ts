import { deadlineIn, isPast, type Deadline } from './deadline.ts';
import type { Clock } from './clock.ts';
import { newToken } from './tokens.ts';

/** How long somebody may take between two steps of one act. */
const ticketMs = 5 * 60_000;

/** Of one place or person: a whole room behind one address, or somebody who begins again and again. */
const mostEach = 100;

interface Open<T> {
  value: T;
  of: string;
  until: Deadline;
}

/**
 * What is remembered between two steps: a half-done sign-in, a passkey's challenge, a way through an identity
 * provider. In memory only; a restart means beginning anew. Whoever asks for more than `mostEach` loses their own
 * oldest, and nobody else's; of more than `most` altogether, the oldest goes of whoever holds the most.
 */
export class Tickets<T> {
  readonly #clock: Clock;
  readonly #most: number;
  /** Oldest first, as all live equally long. */
  readonly #open = new Map<string, Open<T>>();
  /** Of whom → their tickets, oldest first. */
  readonly #held = new Map<string, Set<string>>();

  constructor(clock: Clock, most = 10_000) {
    this.#clock = clock;
    this.#most = most;
  }

  /** @param of who is counted: a place (`placeOf`) where nobody is known yet, else a person */
  issue(value: T, of: string): string {
    this.#sweep();
    const held = this.#held.get(of) ?? new Set();
    if (held.size >= mostEach) this.#forgetOldest(held);
    else if (this.#open.size >= this.#most) this.#forgetOldest(this.#fullest());
    const ticket = newToken();
    this.#open.set(ticket, { value, of, until: deadlineIn(this.#clock, ticketMs) });
    // Looked up again: forgetting may have taken the holder's last one, and the holder with it.
    this.#held.set(of, (this.#held.get(of) ?? held).add(ticket));
    return ticket;
  }

  look(ticket: string): T | undefined {
    const found = this.#open.get(ticket);
    if (!found) return undefined;
    if (!isPast(this.#clock, found.until)) return found.value;
    this.#forget(ticket);
    return undefined;
  }

  /** Gives it once. */
  take(ticket: string): T | undefined {
    const value = this.look(ticket);
    this.#forget(ticket);
    return value;
  }

  #fullest(): ReadonlySet<string> {
    let fullest: ReadonlySet<string> = new Set();
    for (const held of this.#held.values()) if (held.size > fullest.size) fullest = held;
    return fullest;
  }

  #forgetOldest(held: ReadonlySet<string>): void {
    for (const ticket of held) return this.#forget(ticket);
  }

  #forget(ticket: string): void {
    const found = this.#open.get(ticket);
    if (!found) return;
    this.#open.delete(ticket);
    const held = this.#held.get(found.of);
    held?.delete(ticket);
    if (held?.size === 0) this.#held.delete(found.of);
  }

  #sweep(): void {
    for (const [ticket, { until }] of this.#open) {
      if (!isPast(this.#clock, until)) return;
      this.#forget(ticket);
    }
  }
}
