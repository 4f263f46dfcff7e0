import type { RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface Recorder {
  append(write: Write, note: RecordNote): Promise<unknown>;
}
