import type { RecordNote } from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Logger } from '../../platform/logging.ts';
import { placeOf } from '../../platform/rate-limit.ts';

/** Refusals of one kind within this time become one entry with their number. */
const windowMs = 60_000;
/** Different refusals of strangers in one window, and as many of people and screens; more are counted together, so that no attack can fill the disk by being refused. */
const maxKinds = 200;

const several: RecordNote = {
  ...{ kind: 'refused', actor: 'several', subject: 'server' },
  detail: { asked: 'several', code: 'several' },
};

/** As it stands in an entry: an IPv6 home is one, since whoever has one has all its addresses. */
const homeOf = (address: string) => placeOf(address).replace(/^address:/, '');

export interface Refusal {
  actor: string;
  /** What was asked for: a row of the policy table; `origin`: any of them, asked for by a page of elsewhere; `media:origin`: so at the media process. */
  asked: string;
  /** What it was asked of, such as `camera:gate`; '' for nothing in particular. */
  subject: string;
  code: string;
  /** Peer address, where nobody had signed in. */
  address?: string;
}

/** A way in, or a proof of who one is, that was refused. */
export interface RefusedEntrance {
  /** `person:<id>` where it is known who signed in already; nobody is, mostly. */
  actor?: string;
  subject: string;
  what: string;
  address: string;
  /** More of it, such as the provider. */
  of?: string;
}

interface Counted {
  note: RecordNote;
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
  #kinds = { strangers: 0, known: 0 };
  readonly #writing = new Set<Promise<unknown>>();
  #windowEndsMs = -Infinity;

  constructor(db: Database, record: Appends, clock: Clock, log: Logger) {
    this.#db = db;
    this.#record = record;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never waits and never throws: a refusal stands whether or not it could be written down. */
  note({ actor, asked, subject, code, address }: Refusal, times = 1): void {
    const detail = { asked, code, ...(address !== undefined && { address: homeOf(address) }) };
    this.#count({ kind: 'refused', actor, subject: subject || 'server', detail }, times);
  }

  /** For what a stranger can be refused as often as they like; what is counted as a wrong try has entries of its own. */
  entrance({ actor = 'anonymous', subject, what, address, of }: RefusedEntrance): void {
    const detail = { what, address: homeOf(address), ...(of !== undefined && { of }) };
    this.#count({ kind: 'sign-in-refused', actor, subject, detail });
  }

  #count(note: RecordNote, times = 1): void {
    if (this.#clock.monotonicMs() >= this.#windowEndsMs) this.flush();
    const key = JSON.stringify(note);
    const known = this.#repeated.get(key);
    if (known) {
      known.count += times;
      return;
    }
    // Counted apart, so that no crowd of strangers hides what somebody of the house was refused.
    const crowd = note.actor === 'anonymous' ? 'strangers' : 'known';
    const fromMs = this.#clock.nowMs();
    if (this.#kinds[crowd] < maxKinds) {
      this.#kinds[crowd] += 1;
      this.#repeated.set(key, { note, count: 0, fromMs });
      this.#write(note, times, null);
      return;
    }
    const rest = this.#repeated.get(crowd);
    if (rest) rest.count += times;
    else this.#repeated.set(crowd, { note: several, count: times, fromMs });
  }

  /** Writes down what was only counted, and begins a new window. */
  flush(): void {
    for (const { count, fromMs, note } of this.#repeated.values())
      if (count > 0) this.#write(note, count, fromMs);
    this.#repeated.clear();
    this.#kinds = { strangers: 0, known: 0 };
    this.#windowEndsMs = this.#clock.monotonicMs() + windowMs;
  }

  /** Flushes and resolves when everything is written. */
  async stop(): Promise<void> {
    this.flush();
    await Promise.all(this.#writing);
  }

  #write({ detail, ...of }: RecordNote, count: number, fromMs: number | null): void {
    const note: RecordNote = { ...of, detail: { ...detail, count, ...(fromMs !== null && { fromMs }) } };
    const done: Promise<unknown> = this.#db
      .transaction()
      .execute((write) => this.#record.append(write, note))
      .catch((error: unknown) => this.#log.error({ err: error }, 'a refusal could not be written down'))
      .finally(() => this.#writing.delete(done));
    this.#writing.add(done);
  }
}
