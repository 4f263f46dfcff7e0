import { problem, type Answer } from '@clerestory/protocol';
import { parseEntry, ReportBuilder, type Report } from '@clerestory/public-log';
import { parseCheckpoint, toBase64 } from '@clerestory/tlog';
import { ok, refuse } from '../../platform/http.ts';

/** Leaves read at once; others get their turn between. */
const step = 1_000;

export interface ReportSource {
  /** Leaves from `first` (from 0) on. */
  leaves(first: number, count: number): Promise<string[]>;
  published(): Answer<{ size: number; note: string }>;
}

/** The public report, from the public leaves alone, at the last checkpoint. What was read once is not read again. */
export class ReportService {
  readonly #source: ReportSource;
  readonly #builder = new ReportBuilder();
  #reading: Promise<void> = Promise.resolve();

  constructor(source: ReportSource) {
    this.#source = source;
  }

  /** `month`: `2026-11`, or `all`. */
  async report(month: string): Promise<Answer<{ report: Report; months: string[] }>> {
    const published = this.#source.published();
    if (!published.ok) return published;
    const checkpoint = parseCheckpoint(`${published.value.note.split('\n\n')[0]}\n`);
    if (!checkpoint)
      return refuse(problem('unavailable', 'The log has no checkpoint yet. Ask again in a minute.'));
    const mine = this.#reading.then(() => this.#readTo(checkpoint.size));
    this.#reading = mine.catch(() => undefined);
    await mine;
    const months = this.#builder.months();
    if (month !== 'all' && !months.includes(month))
      return refuse(problem('not-found', `There is nothing in the log of ${month}.`));
    // Another question may have read on meanwhile; what is said is of the checkpoint that was published then.
    const { origin, size, root } = checkpoint;
    const at = Math.max(size, this.#builder.size);
    if (at !== size) return this.report(month);
    return ok({ months, report: this.#builder.report({ origin, size, root: toBase64(root) }, month) });
  }

  async #readTo(size: number): Promise<void> {
    while (this.#builder.size < size) {
      const first = this.#builder.size;
      const leaves = await this.#source.leaves(first, Math.min(step, size - first));
      if (leaves.length === 0) return;
      for (const leaf of leaves) {
        const parsed = parseEntry(leaf);
        if (!parsed.ok) throw new TypeError(parsed.fault);
        this.#builder.take(parsed.entry);
      }
      await new Promise(setImmediate);
    }
  }
}
