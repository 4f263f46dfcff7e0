import { randomInt } from 'node:crypto';
import { pairingAlphabet, problem, type Answer, type Pairing, type ScreenDevice } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import { placeOf } from '../../platform/rate-limit.ts';
import type { Devices } from './devices.ts';
import { hashOf, newToken } from './tokens.ts';

export const pairingMs = 10 * 60 * 1000;
/** Screens that wait for their code to be entered; beyond it the place with the most loses its oldest. */
const maxWaiting = 2_000;
/** Of one place: a room with all its screens behind one address. */
const maxWaitingEach = 100;
/** Wrong codes of one person; then ten minutes of none. */
const maxWrong = 10;
const wrongMs = 10 * 60 * 1000;

interface Waiting {
  code: string;
  place: string;
  untilMs: number;
  expiresAt: number;
  /** Approved: handed to the browser that shows the code, once. */
  paired: { wall: string; screen: string; token: string } | null;
}

const newCode = (): string =>
  Array.from({ length: 8 }, () => pairingAlphabet[randomInt(pairingAlphabet.length)]).join('');

/** `K7M2 94XT`, as it is read out across a room. */
const shown = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`;

/** Screens that wait to be paired: in memory alone, since a code lives ten minutes. */
export class PairingDesk {
  readonly #clock: Clock;
  readonly #devices: Devices;
  /** By the hash of the secret that the waiting browser holds in a cookie. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #wrong = new Map<string, { count: number; untilMs: number }>();

  constructor(clock: Clock, devices: Devices) {
    this.#clock = clock;
    this.#devices = devices;
  }

  /** @returns what to show, and the secret for the browser's cookie. */
  begin(address: string): Answer<{ pairing: Pairing; secret: string }> {
    this.#sweep();
    const place = placeOf(address);
    const theirs = [...this.#waiting.values()].filter((one) => one.place === place).length;
    if (theirs >= maxWaitingEach)
      return refuse(
        problem('too-many', 'Too many screens wait to be paired. Pair some, or wait ten minutes.'),
      );
    if (this.#waiting.size >= maxWaiting) this.#forgetOneOfMost();
    const secret = newToken();
    const waiting: Waiting = {
      code: newCode(),
      place,
      untilMs: this.#clock.monotonicMs() + pairingMs,
      expiresAt: this.#clock.nowMs() + pairingMs,
      paired: null,
    };
    this.#waiting.set(hashOf(secret), waiting);
    return ok({
      pairing: { state: 'waiting', code: shown(waiting.code), expiresAt: waiting.expiresAt },
      secret,
    });
  }

  /** What became of the code; with the token when somebody has entered it, and never again after that. */
  look(secret: string): { pairing: Pairing; token: string | null } | null {
    this.#sweep();
    const waiting = this.#waiting.get(hashOf(secret));
    if (!waiting) return null;
    // Approved, but not durable yet: it still waits.
    if (!waiting.paired?.token)
      return {
        pairing: { state: 'waiting', code: shown(waiting.code), expiresAt: waiting.expiresAt },
        token: null,
      };
    this.#waiting.delete(hashOf(secret));
    const { wall, screen, token } = waiting.paired;
    return { pairing: { state: 'paired', wall, screen }, token };
  }

  async approve(
    code: string,
    screen: { wall: string; screen: string; name: string },
    by: string,
  ): Promise<Answer<ScreenDevice>> {
    this.#sweep();
    const wrong = this.#wrong.get(by);
    if (wrong && wrong.count >= maxWrong)
      return refuse(problem('too-many', 'Too many wrong codes. Wait ten minutes.'));
    const waiting = [...this.#waiting.values()].find((one) => one.code === code && !one.paired);
    if (!waiting) {
      this.#wrong.set(by, { count: (wrong?.count ?? 0) + 1, untilMs: this.#clock.monotonicMs() + wrongMs });
      return refuse(
        problem(
          'not-found',
          'No screen shows this code now. Look at the screen again; a code lives ten minutes.',
        ),
      );
    }
    // Taken at once: two who enter one code get one screen.
    waiting.paired = { wall: screen.wall, screen: screen.screen, token: '' };
    const added = await this.#devices.add(screen, by).catch((error: unknown) => {
      waiting.paired = null;
      throw error;
    });
    if (!added.ok) {
      waiting.paired = null;
      return added;
    }
    waiting.paired.token = added.value.token;
    return ok(added.value.device);
  }

  /** Whoever asks for codes without end, from wherever, takes them from themselves. */
  #forgetOneOfMost(): void {
    const byPlace = new Map<string, string[]>();
    let most: string[] = [];
    for (const [key, { place }] of this.#waiting) {
      const theirs = byPlace.get(place) ?? [];
      byPlace.set(place, theirs);
      theirs.push(key);
      if (theirs.length > most.length) most = theirs;
    }
    // The oldest; one that was approved is not taken from its screen.
    const oldest = most.find((key) => !this.#waiting.get(key)?.paired) ?? most[0];
    if (oldest !== undefined) this.#waiting.delete(oldest);
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, { untilMs }] of this.#waiting) if (untilMs <= nowMs) this.#waiting.delete(key);
    for (const [key, { untilMs }] of this.#wrong) if (untilMs <= nowMs) this.#wrong.delete(key);
  }
}
