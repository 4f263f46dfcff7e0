import type { RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import type { Logger } from '../../platform/logging.ts';

/** A private camera that its owner lends now: neither revoked, nor expired, nor never agreed to. */
export interface LentCamera {
  camera: string;
  name: string;
  place: string;
  latitude: number;
  longitude: number;
  owner: string;
}

/** What an owner is told by the outbox; the same id is told once. */
export interface FootageNotice {
  id: string;
  owner: string;
  kind: 'footage-request';
  camera: string;
  cameraName: string;
  detail: Record<string, string | number | boolean | null>;
}

export interface FootageParts {
  db: Database;
  clock: Clock;
  /** Time to delete by: a clock that was set forward deletes nothing early. */
  steps: { settledMs(): number };
  log: Logger;
  /** An entry is written in the transaction of what it records. */
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  owners: {
    get(owner: string): { name: string; email: string; phone: string | null } | undefined;
    /** What owners write lies sealed, as how to reach them does. */
    readonly ring: KeyRing;
  };
  incidents: { numbered(number: number): Promise<unknown> };
  notices: { enqueue(write: Write, notice: FootageNotice): Promise<void> };
  /** Whether somebody is an investigator still: who is not has no request open. */
  mayAsk(person: string): boolean;
  lent(): LentCamera[];
  nameOf(camera: string): { name: string; place: string } | undefined;
  /** The part of town, from what is public; '' where nothing is known. */
  districtAt(place: { latitude: number; longitude: number }): string;
}

/** A person of the agency who does something. */
export interface By {
  id: string;
  name: string;
}
