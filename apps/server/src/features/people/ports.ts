import type { Write } from '../../platform/idempotency.ts';

/** One entry of the record, as this feature writes it. Never a password, code, PIN, token or secret. */
export interface PeopleEntry {
  kind: PeopleEntryKind;
  /** Who did it: `person:<id>`, `anonymous`, or `server` for what the start and the clock do. */
  actor: string;
  /** What it was done to: `person:<id>`, `session:<id>`, `provider:<id>`, `login:<name>`, `site`. */
  subject: string;
  detail: Record<string, string | number | boolean | null | string[]>;
}

export type PeopleEntryKind =
  | 'sign-in'
  | 'sign-in-refused'
  | 'session-ended'
  | 'session-locked'
  | 'session-unlocked'
  | 'person-created'
  | 'person-changed'
  | 'password-changed'
  | 'link-made'
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'people-policy-changed'
  | 'provider-changed';

/** Where refusals are written down that a stranger can bring about without end: counted by the minute. It never waits. */
export interface EntranceRefusals {
  entrance(refusal: { actor?: string; subject: string; what: string; address: string; of?: string }): void;
}

/** What this feature needs of the record: an entry is written in the transaction of what it records. */
export interface PeopleRecord {
  append(write: Write, entry: PeopleEntry): Promise<void>;
}
