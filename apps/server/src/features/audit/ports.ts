import type { BundleLine } from '@clerestory/public-log';
import type { Answer, RecordEntry, RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { RightsNow, RightsThen } from './could-see.ts';

/** A checkpoint that the log leads to. `halted`: why nothing newer is signed; null while all is well. */
export interface Readable {
  size: number;
  note: string;
  halted: string | null;
}

/** What this feature needs of others; the composition root gives it. */
export interface AuditParts {
  db: Database;
  clock: Clock;
  record: {
    append(write: Write, note: RecordNote): Promise<void>;
    log: {
      lines(
        sequences: readonly number[],
        size: number,
        show: (entry: RecordEntry) => readonly string[] | 'all',
      ): Promise<BundleLine[]>;
      rootAt(size: number): Promise<Uint8Array | null>;
    };
  };
  /** The last signed checkpoint. */
  published(): Answer<{ size: number; note: string }>;
  /**
   * The one that files are proved against, also while the log is halted: then why it is. `size`: of an earlier one, if it is
   * still there, so that several files end at the same.
   */
  readable(size?: number): Promise<Answer<Readable>>;
  /** Ids of the views that are open now. */
  runningViews(): readonly string[];
  rightsNow(): RightsNow;
  /** May somebody with these roles and groups open the camera, by the rules of that time? */
  mayLive(
    person: { id: string; roles: string[]; groups: string[] },
    camera: string,
    then: RightsThen,
  ): boolean;
  /** What an id is called now, such as `person:…`, `camera:…` or `screen:…`; undefined when it is out of use. */
  nameOf(id: string): string | undefined;
}
