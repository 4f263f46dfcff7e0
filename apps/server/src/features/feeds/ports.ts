import type { Answer, FeedIncidentInput, Incident, RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

export interface FeedParts {
  db: Database;
  clock: Clock;
  record: { append(write: Write, note: RecordNote): Promise<unknown> };
  /** What a feed was refused is written down. */
  refusals: { note(refusal: { actor: string; asked: string; subject: string; code: string }): void };
  incidents: {
    report(input: FeedIncidentInput, feed: { id: string; name: string }): Promise<Answer<Incident>>;
    closeReported(reference: string, feed: { id: string }): Promise<Answer<Incident>>;
  };
}
