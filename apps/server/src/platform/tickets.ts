import { deadlineIn, isPast, type Deadline } from './deadline.ts';
import type { Clock } from './clock.ts';
import { newToken } from './tokens.ts';

/** How long somebody may take between two steps of one act. */
const ticketMs = 5 * 60_000;

/**
 * What is remembered between two steps: a half-done sign-in, a passkey's challenge, a way through an identity
 * provider. In memory only; a restart means beginning anew. Of more than `most` the oldest is forgotten.
 */
export class Tickets<T> {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #open = new Map<string, { value: T; until: Deadline }>();

  constructor(clock: Clock, most = 1_000) {
    this.#clock = clock;
    this.#most = most;
  }

  issue(value: T, ticket: string = newToken()): string {
    this.#open.set(ticket, { value, until: deadlineIn(this.#clock, ticketMs) });
    const oldest = this.#open.keys().next().value;
    if (this.#open.size > this.#most && oldest !== undefined) this.#open.delete(oldest);
    return ticket;
  }

  look(ticket: string): T | undefined {
    const found = this.#open.get(ticket);
    if (!found) return undefined;
    if (!isPast(this.#clock, found.until)) return found.value;
    this.#open.delete(ticket);
    return undefined;
  }

  /** Gives it once. */
  take(ticket: string): T | undefined {
    const value = this.look(ticket);
    this.#open.delete(ticket);
    return value;
  }
}
