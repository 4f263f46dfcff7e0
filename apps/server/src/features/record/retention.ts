import type { RecordNote } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import type { PublicLog } from './public-log.ts';

const dayMs = 86_400_000;
/** It is looked for what has expired this often, ms. */
const lookMs = 6 * 3_600_000;
/** Kinds without anything personal in them, which stay as they were written. */
const impersonal = ['log-begun', 'log-key-changed', 'log-begun-anew', 'record-erased', 'cameras-counted'];

export interface RetentionParts {
  db: Database;
  /** Time to delete by: a clock that was set forward deletes nothing early. */
  steps: { settledMs(): number };
  log: Logger;
  record: { append(write: Write, note: RecordNote): Promise<void>; log: PublicLog };
  /** Personal data of entries are kept so long, days; 0: for good. */
  days: number;
}

/** Destroys what is personal in entries that are old enough, and records that it did. */
export class Retention {
  readonly #parts: RetentionParts;
  #timer: NodeJS.Timeout | undefined;
  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.days === 0) return;
    this.#timer = setInterval(() => void this.look(), lookMs);
    this.#timer.unref();
    void this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const { db, steps, log, record, days } = this.#parts;
    try {
      const { entries, upTo } = await record.log.erase(steps.settledMs() - days * dayMs, impersonal);
      if (entries === 0) return;
      await db.transaction().execute((write) =>
        record.append(write, {
          ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
          detail: { entries, upTo, why: `older than ${days} days` },
        }),
      );
    } catch (error) {
      log.error({ err: error }, 'expired personal data of the record could not be erased; it is tried again');
    }
  }
}
