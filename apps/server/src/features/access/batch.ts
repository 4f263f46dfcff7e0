import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

type Job = { work: (write: Write) => Promise<void>; done: () => void; failed: (error: unknown) => void };

/** Jobs that share one transaction at most; more wait for the next. */
const maxJobs = 500;

/**
 * Group commit: what comes while a transaction is being made durable goes together into the next one, so that a wall of
 * sixteen tiles waits for one sync of the disk and not for sixteen.
 */
export class Batch {
  readonly #db: Database;
  readonly #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Resolves when `work` is durable. A job that throws takes its whole group with it: nothing of it is written. */
  write(work: (write: Write) => Promise<void>): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ work, done, failed });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async settle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // What is asked in the same turn of the event loop comes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting.splice(0, maxJobs);
      try {
        await this.#db.transaction().execute(async (write) => {
          for (const { work } of jobs) await work(write);
        });
        for (const { done } of jobs) done();
      } catch (error) {
        for (const { failed } of jobs) failed(error);
      }
    }
    // In the same turn as the look above: whoever comes after it starts another run, and never waits for this one.
    this.#running = null;
  }
}
