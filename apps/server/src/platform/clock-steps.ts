import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { Logger } from './logging.ts';
import type { Machine } from './machine.ts';
import { readSetting, writeSetting } from './settings.ts';

/** What is not as long as this was no step, ms: the machine's own time comes in steps of 10 ms. */
const noStepMs = 500;
/** A clock that was set forward is believed, when it comes to deleting, once it has stood so for this long, ms. */
const settleMs = 7 * 24 * 60 * 60_000;
/** Steps are looked for, and the time that was last seen is kept, this often, ms. */
const lookMs = 60_000;

const Kept = z.object({
  boot: z.string(),
  /** Wall clock less the machine's own time, when this start of the machine was first seen. */
  offsetMs: z.number(),
  /** What the wall clock had been moved by until then. */
  movedMs: z.number(),
  seenMs: z.number(),
  seenMovedMs: z.number(),
  settledMs: z.number(),
  pending: z.object({ movedMs: z.number(), sinceMs: z.number() }).nullable(),
});
type Kept = z.infer<typeof Kept>;
const setting = 'clock-steps';

/**
 * By how much the wall clock was set, over restarts of the server as well. What must not come later because somebody set
 * the clock back, nor sooner because somebody set it forward, counts with this.
 *
 * Known exactly while the machine runs. While it was off, only a clock that is behind the time it last showed is seen.
 */
export class ClockSteps {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #machine: Machine;
  readonly #log: Logger;
  #kept: Kept | undefined;
  #movedMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(parts: { db: Database; clock: Clock; machine: Machine; log: Logger }) {
    this.#db = parts.db;
    this.#clock = parts.clock;
    this.#machine = parts.machine;
    this.#log = parts.log;
  }

  async load(): Promise<void> {
    const before = await this.#read();
    const { boot } = this.#machine;
    if (before && boot !== '' && before.boot === boot) this.#kept = before;
    else {
      const setBackMs = before ? Math.min(0, this.#clock.nowMs() - before.seenMs) : 0;
      const movedMs = (before?.seenMovedMs ?? 0) + setBackMs;
      const { settledMs, pending } = before ?? { settledMs: 0, pending: null };
      const seen = { seenMs: this.#clock.nowMs(), seenMovedMs: movedMs };
      this.#kept = { boot, offsetMs: this.#offsetMs(), movedMs, ...seen, settledMs, pending };
    }
    this.#movedMs = this.#kept.movedMs;
    await this.look();
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), lookMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.look();
  }

  /** Forward is more; 0 until it was set for the first time. */
  movedMs(): number {
    if (!this.#kept) return 0;
    const movedMs = this.#kept.movedMs + this.#offsetMs() - this.#kept.offsetMs;
    if (Math.abs(movedMs - this.#movedMs) > noStepMs) this.#movedMs = Math.round(movedMs);
    return this.#movedMs;
  }

  /** Unix ms as a clock would say it that nobody ever set: for what was to come after so and so long. */
  steadyMs(): number {
    return this.#clock.nowMs() - this.movedMs();
  }

  /**
   * Unix ms, for what is deleted when it is old: behind the wall clock where this was set forward of late, so that nothing
   * is deleted early by a clock that is wrong.
   */
  settledMs(): number {
    return this.steadyMs() + Math.min(this.movedMs(), this.#kept?.settledMs ?? 0);
  }

  /** Sees what was set, and keeps what is known. */
  look(): Promise<void> {
    const kept = this.#kept;
    if (!kept) return Promise.resolve();
    const movedMs = this.movedMs();
    const steadyMs = this.steadyMs();
    if (movedMs <= kept.settledMs) {
      kept.settledMs = movedMs;
      kept.pending = null;
    } else if (kept.pending?.movedMs !== movedMs) kept.pending = { movedMs, sinceMs: steadyMs };
    else if (steadyMs - kept.pending.sinceMs >= settleMs) {
      kept.settledMs = movedMs;
      kept.pending = null;
    }
    kept.seenMs = this.#clock.nowMs();
    kept.seenMovedMs = movedMs;
    const value = JSON.stringify(kept);
    this.#keeping = this.#keeping
      .then(() => writeSetting(this.#db, setting, value))
      .catch((error: unknown) => this.#log.error({ err: error }, 'the time that was last seen is not kept'));
    return this.#keeping;
  }

  #offsetMs(): number {
    return this.#clock.nowMs() - this.#machine.uptimeMs();
  }

  async #read(): Promise<Kept | undefined> {
    const value = await readSetting(this.#db, setting);
    const parsed = value === undefined ? undefined : Kept.safeParse(JSON.parse(value));
    return parsed?.success ? parsed.data : undefined;
  }
}
