import type { Answer, RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface OwnerRecord {
  append(write: Write, note: RecordNote): Promise<unknown>;
}

/** What an owner has elsewhere, and what becomes of it when they leave. */
export interface Belongings {
  /** Names of cameras: those that go out of the registry, and those that stay with another owner. */
  of(owner: string): { removed: string[]; shared: string[] };
  /**
   * Nothing that they lent is lent any more, and cameras of theirs alone are out of the registry. May be repeated.
   * @returns what erases what only they could read, and what they wrote
   */
  takeBack(owner: string): Promise<Answer<Erase>>;
}
/** Within the transaction; it counts once what it returns is called. */
export type Erase = (write: Write) => Promise<() => void>;

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
