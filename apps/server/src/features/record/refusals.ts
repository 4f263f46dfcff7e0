import type { RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';

/** Refusals of one kind within this time become one entry with their number. */
const windowMs = 60_000;
/** Different refusals in one window; more are counted together, so that no attack can fill the disk by being refused. */
const maxKinds = 200;

export interface Refusal {
  actor: string;
  /** What was asked for: a row of the policy table. */
  asked: string;
  /** What it was asked of, such as `camera:gate`; '' for nothing in particular. */
  subject: string;
  code: string;
  /** Peer address, where nobody had signed in. */
  address?: string;
}

interface Counted extends Refusal {
  fromMs: number;
  count: number;
}

export interface Appends {
  append(write: Write, note: RecordNote): Promise<unknown>;
}

/** Writes refusals down without letting anybody flood the record: the first at once, its repetitions once a minute. */
export class Refusals {
  readonly #db: Database;
  readonly #record: Appends;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #repeated = new Map<string, Counted>();
  readonly #writing = new Set<Promise<unknown>>();
  #windowEndsMs = -Infinity;

  constructor(db: Database, record: Appends, clock: Clock, log: Logger) {
    this.#db = db;
    this.#record = record;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never waits and never throws: a refusal stands whether or not it could be written down. */
  note(refusal: Refusal): void {
    if (this.#clock.monotonicMs() >= this.#windowEndsMs) this.flush();
    const key = `${refusal.actor} ${refusal.asked} ${refusal.subject} ${refusal.code} ${refusal.address ?? ''}`;
    const known = this.#repeated.get(key);
    if (known) {
      known.count += 1;
      return;
    }
    if (this.#repeated.size < maxKinds) {
      this.#repeated.set(key, { ...refusal, count: 0, fromMs: this.#clock.nowMs() });
      this.#write(refusal, 1, null);
      return;
    }
    const rest = this.#repeated.get('rest');
    if (rest) rest.count += 1;
    else
      this.#repeated.set('rest', {
        actor: 'several',
        asked: 'several',
        subject: '',
        code: 'several',
        count: 1,
        fromMs: this.#clock.nowMs(),
      });
  }

  /** Writes down what was only counted, and begins a new window. */
  flush(): void {
    for (const { count, fromMs, ...refusal } of this.#repeated.values())
      if (count > 0) this.#write(refusal, count, fromMs);
    this.#repeated.clear();
    this.#windowEndsMs = this.#clock.monotonicMs() + windowMs;
  }

  /** Flushes and resolves when everything is written. */
  async stop(): Promise<void> {
    this.flush();
    await Promise.all(this.#writing);
  }

  #write({ actor, asked, subject, code, address }: Refusal, count: number, fromMs: number | null): void {
    const note: RecordNote = {
      kind: 'refused',
      actor,
      subject: subject || 'server',
      detail: {
        asked,
        code,
        count,
        ...(address !== undefined && { address }),
        ...(fromMs !== null && { fromMs }),
      },
    };
    const done: Promise<unknown> = this.#db
      .transaction()
      .execute((write) => this.#record.append(write, note))
      .catch((error: unknown) => this.#log.error({ err: error }, 'a refusal could not be written down'))
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }
}
