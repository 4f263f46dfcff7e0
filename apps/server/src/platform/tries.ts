import { problem, type Problem } from '@clerestory/protocol';

/** Five wrong tries, then ten minutes. */
export const maxTries = 5;
export const blockMs = 10 * 60_000;
/** Names and addresses remembered; beyond it the one not tried for longest is forgotten. */
const maxSubjects = 20_000;

interface Counter {
  wrong: number;
  pending: number;
  /** Monotonic, so that a turned clock ends no block. */
  lastMs: number;
}

export type Attempt =
  | {
      ok: true;
      right(): void;
      wrong(): void;
      /** Nothing was looked at, so there is nothing to count. */
      dropped(): void;
    }
  | { ok: false; problem: Problem };

/** Thrown before anything was compared: no guess was spent, and none counts. */
export class NotLooked extends Error {
  override name = 'NotLooked';
}

/** Looks, and settles the counted try whatever happens; a fault counts as wrong, unless nothing was looked at. */
export async function settled(
  attempt: Extract<Attempt, { ok: true }>,
  look: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const right = await look();
    if (right) attempt.right();
    else attempt.wrong();
    return right;
  } catch (error) {
    if (error instanceof NotLooked) attempt.dropped();
    else attempt.wrong();
    throw error;
  }
}

/**
 * Counts wrong tries per subject. A try is counted before it is evaluated, so that of many at once no more than
 * five are looked at. A restart forgets the counters, which gives at most five more tries.
 */
export class Tries {
  readonly #monotonicMs: () => number;
  /** In the order of the last try. */
  readonly #counters = new Map<string, Counter>();

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Counts one try for every subject. When it is allowed, one of `right`, `wrong` and `dropped` must be called.
   * A right try clears `subjects[0]`, the account; an address keeps its wrong ones, or one's own account would
   * buy tries at those of others.
   */
  begin(...subjects: [account: string, ...places: string[]]): Attempt {
    const counters = subjects.map((subject) => this.#counter(subject));
    const full = counters.find(({ wrong, pending }) => wrong + pending >= maxTries);
    if (full) return { ok: false, problem: this.#refusal(full) };
    for (const counter of counters) counter.pending += 1;
    let open = true;
    const settle = (by: (counter: Counter, index: number) => void) => {
      if (!open) return;
      open = false;
      counters.forEach((counter, index) => {
        counter.pending -= 1;
        by(counter, index);
      });
    };
    return {
      ok: true,
      right: () => settle((counter, index) => index === 0 && (counter.wrong = 0)),
      wrong: () =>
        settle((counter) => {
          counter.wrong += 1;
          counter.lastMs = this.#monotonicMs();
        }),
      dropped: () => settle(() => undefined),
    };
  }

  /** Whether the subject has used up its tries. */
  isBlocked(subject: string): boolean {
    return this.#counter(subject).wrong >= maxTries;
  }

  #counter(subject: string): Counter {
    const nowMs = this.#monotonicMs();
    let counter = this.#counters.get(subject);
    this.#counters.delete(subject);
    if (!counter) counter = { wrong: 0, pending: 0, lastMs: nowMs };
    else if (counter.wrong > 0 && nowMs - counter.lastMs >= blockMs) counter.wrong = 0;
    this.#counters.set(subject, counter);
    if (this.#counters.size > maxSubjects) {
      const oldest = this.#counters.keys().next().value;
      if (oldest !== undefined) this.#counters.delete(oldest);
    }
    return counter;
  }

  #refusal({ wrong, lastMs }: Counter): Problem {
    const leftMs = wrong >= maxTries ? blockMs - (this.#monotonicMs() - lastMs) : 0;
    return leftMs > 0
      ? problem(
          'too-many',
          `Too many wrong tries. Try again in ${Math.max(1, Math.ceil(leftMs / 60_000))} minutes.`,
          { retryAfterS: Math.ceil(leftMs / 1000) },
        )
      : problem('too-many', 'Too many tries at once. Try again in a moment.', { retryAfterS: 1 });
  }
}
