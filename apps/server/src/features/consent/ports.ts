import type { Camera, RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface Recorder {
  append(write: Write, note: RecordNote): Promise<unknown>;
}

export interface ConsentParts {
  db: Database;
  clock: Clock;
  log: Logger;
  record: Recorder;
  cameras: { get(camera: string): Pick<Camera, 'id' | 'visibility' | 'owner'> | undefined };
  owners: { get(owner: string): unknown };
  /** By how much the wall clock was set. */
  steps: { movedMs(): number };
}
