import type { RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface OwnerRecord {
  append(write: Write, note: RecordNote): Promise<unknown>;
}

/** How a one-time link reaches an owner. */
export interface Letters {
  /** Whether letters go out at all. */
  readonly isSetUp: boolean;
  readonly domain: string;
  send(letter: {
    to: string;
    subject: string;
    text: string;
    messageId: string;
  }): Promise<{ ok: true } | { ok: false; why: string }>;
}
