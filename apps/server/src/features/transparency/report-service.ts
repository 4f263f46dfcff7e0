import { setTimeout as wait } from 'node:timers/promises';
import { problem, type Answer } from '@clerestory/protocol';
import { parseEntry, ReportBuilder, type Report } from '@clerestory/public-log';
import { parseCheckpoint, toBase64, type Checkpoint } from '@clerestory/tlog';
import { ok, refuse } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import { repeat } from '../../platform/repeat.ts';

/** Leaves read in one go, some milliseconds; others get their turn between. */
const step = 200;
/** Between two goes while nobody waits, ms. */
const pauseMs = 50;
/** What is new is read this often where nobody asks, ms. */
const everyMs = 60_000;
/** Somebody who asks waits so long at most, ms: after a start a long log takes longer. */
const patienceMs = 10_000;

export interface ReportSource {
  log: Logger;
  /** Leaves from `first` (from 0) on. */
  leaves(first: number, count: number): Promise<string[]>;
  published(): Answer<{ size: number; note: string }>;
  /** How long somebody waits; tests wait for less. */
  patienceMs?: number;
}

const notYet = () => refuse(problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'));

/**
 * The public report, from the public leaves alone, at the last checkpoint. What was read once is not read again; after a start
 * all of it is read bit by bit, so that whoever asks first does not wait for it.
 */
export class ReportService {
  readonly #source: ReportSource;
  readonly #builder = new ReportBuilder();
  #reading: Promise<void> = Promise.resolve();
  #end: (() => void) | undefined;
  #isOver = false;
  #isAtIt = false;

  constructor(source: ReportSource) {
    this.#source = source;
  }

  start(): void {
    this.#end = repeat(everyMs, () => this.#readOn());
  }

  stop(): void {
    this.#isOver = true;
    this.#end?.();
  }

  /** `month`: `2026-11`, or `all`. */
  async report(month: string): Promise<Answer<{ report: Report; months: string[] }>> {
    const published = this.#source.published();
    if (!published.ok) return published;
    const checkpoint = this.#checkpointOf(published.value);
    if (!checkpoint) return notYet();
    const { origin, size, root } = checkpoint;
    const mine = this.#inTurn(() => this.#readTo(size));
    const late = new AbortController();
    const { patienceMs: most = patienceMs } = this.#source;
    const isRead = await Promise.race([
      mine.then(() => true),
      wait(most, false, { signal: late.signal, ref: false }),
    ]).finally(() => late.abort());
    if (!isRead)
      return refuse(
        problem(
          'unavailable',
          `The numbers are being counted from the log: ${this.#builder.size} of ${size} entries so far. Ask again in a minute.`,
        ),
      );
    const months = this.#builder.months();
    if (month !== 'all' && !months.includes(month))
      return refuse(problem('not-found', `There is nothing in the log of ${month}.`));
    // Another question may have read on meanwhile; what is said is of the checkpoint that was published then.
    const at = Math.max(size, this.#builder.size);
    if (at !== size) return this.report(month);
    return ok({ months, report: this.#builder.report({ origin, size, root: toBase64(root) }, month) });
  }

  #checkpointOf({ note }: { note: string }): Checkpoint | null {
    return parseCheckpoint(`${note.split('\n\n')[0]}\n`);
  }

  /** What is not read yet, slowly. */
  async #readOn(): Promise<void> {
    if (this.#isAtIt) return;
    this.#isAtIt = true;
    try {
      for (let isMore = true; isMore && !this.#isOver; await wait(pauseMs, undefined, { ref: false })) {
        const published = this.#source.published();
        const size = published.ok ? (this.#checkpointOf(published.value)?.size ?? 0) : 0;
        await this.#inTurn(() => this.#readStep(size));
        isMore = this.#builder.size < size;
      }
    } catch (error) {
      if (!this.#isOver) this.#source.log.error({ err: error }, 'the public numbers could not be counted');
    } finally {
      this.#isAtIt = false;
    }
  }

  #inTurn(read: () => Promise<unknown>): Promise<void> {
    const mine = this.#reading.then(async () => void (await read()));
    this.#reading = mine.catch(() => undefined);
    return mine;
  }

  async #readTo(size: number): Promise<void> {
    while (await this.#readStep(size)) await new Promise(setImmediate);
  }

  /** @returns whether there was something. */
  async #readStep(size: number): Promise<boolean> {
    const first = this.#builder.size;
    if (first >= size) return false;
    const leaves = await this.#source.leaves(first, Math.min(step, size - first));
    for (const leaf of leaves) {
      const parsed = parseEntry(leaf);
      if (!parsed.ok) throw new TypeError(parsed.fault);
      this.#builder.take(parsed.entry);
    }
    return leaves.length > 0;
  }
}
