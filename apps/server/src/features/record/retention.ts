import type { RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { repeat } from '../../platform/repeat.ts';
import type { PublicLog } from './public-log.ts';

const dayMs = 86_400_000;
/** It is looked for what has expired this often, ms. */
const lookMs = 6 * 3_600_000;

export interface RetentionParts {
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
  #end: (() => void) | undefined;
  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.days === 0) return;
    this.#end = repeat(lookMs, () => this.look());
  }

  stop(): void {
    this.#end?.();
  }

  async look(): Promise<void> {
    const { steps, log, record, days } = this.#parts;
    try {
      await record.log.erase(steps.settledMs() - days * dayMs, (write, erased) =>
        record.append(write, {
          ...{ kind: 'record-erased', actor: 'server', subject: 'record' },
          detail: { ...erased, why: `older than ${days} days` },
        }),
      );
    } catch (error) {
      log.error({ err: error }, 'expired personal data of the record could not be erased; it is tried again');
    }
  }
}
