import type { RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface Recorder {
  append(write: Write, note: RecordNote): Promise<unknown>;
}

export interface IncidentParts {
  db: Database;
  clock: Clock;
  /** By how much the wall clock was set, ms. */
  steps: { movedMs(): number };
  record: Recorder;
}
