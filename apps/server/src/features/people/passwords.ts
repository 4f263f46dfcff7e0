import { hash, verify } from '@node-rs/argon2';
import { NotLooked } from '../../platform/tries.ts';
import { normalised } from './rules.ts';

/** argon2id, the library's default kind; OWASP Password Storage Cheat Sheet: m = 19 MiB, t = 2, p = 1. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes that may wait for the four threads of the pool; beyond it the request is refused, not queued without end. */
const maxWaiting = 64;

/** More is asked at once than can be computed in reasonable time. */
export class TooBusy extends NotLooked {
  override name = 'TooBusy';
}

/** Hashes and compares passwords and PINs. */
export class Passwords {
  #waiting = 0;
  /** Compared where there is nothing to compare with, so that an unknown name takes as long as a known one. */
  readonly #dummy: Promise<string> = hash('nobody has this password', cost);

  /** PHC string of argon2id with a fresh 16-byte salt. @throws TooBusy */
  hash(password: string): Promise<string> {
    return this.#bounded(() => hash(normalised(password), cost));
  }

  /** Whether `password` is right; `stored` null costs as much and is always wrong. @throws TooBusy */
  matches(stored: string | null, password: string): Promise<boolean> {
    return this.#bounded(async () => {
      const right = await verify(stored ?? (await this.#dummy), normalised(password));
      return right && stored !== null;
    });
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaiting) throw new TooBusy('too many passwords are being checked');
    this.#waiting += 1;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
    }
  }
}
