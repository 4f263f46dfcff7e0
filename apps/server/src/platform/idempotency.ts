import type { Transaction } from 'kysely';
import { problem, type Answer } from '@clerestory/protocol';
import type { Database } from './database.ts';
import type { Logger } from './logging.ts';
import { repeat } from './repeat.ts';
import type { Tables } from './tables.ts';

/** Keys are remembered this long, ms. */
const rememberMs = 24 * 60 * 60_000;
/** It is looked for older ones this often, ms. */
const lookMs = 60 * 60_000;

export type Write = Transaction<Tables>;

/**
 * Runs a mutation once per key: the answer is stored in the same transaction as what it did, so that a client that
 * never got its acknowledgement may simply ask again. Refusals are not remembered.
 */
export async function once<T>(
  db: Database,
  request: { key: string; fingerprint: string; nowMs: number },
  run: (write: Write) => Promise<Answer<T>>,
): Promise<{ answer: Answer<T>; repeated: boolean }> {
  const { key, fingerprint, nowMs } = request;
  return db.transaction().execute(async (write) => {
    const before = await write
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('key', '=', key)
      .executeTakeFirst();
    if (before) {
      const answer: Answer<T> =
        before.fingerprint === fingerprint
          ? { ok: true, value: JSON.parse(before.answer) as T }
          : {
              ok: false,
              problem: problem(
                'key-reused',
                'That idempotency key was used for another request. Take a fresh one.',
              ),
            };
      return { answer, repeated: true };
    }
    const answer = await run(write);
    if (answer.ok) {
      await write
        .insertInto('idempotency_keys')
        .values({ key, fingerprint, status: 200, answer: JSON.stringify(answer.value), at: nowMs })
        .execute();
    }
    return { answer, repeated: false };
  });
}

/**
 * Forgets keys that are old. Not by the wall clock alone: one that is set forward would forget what was asked a moment ago,
 * and who never got the answer and asks again would do it twice.
 */
export class OldKeys {
  readonly #db: Database;
  readonly #steps: { settledMs(): number };
  readonly #log: Logger;
  #end: (() => void) | undefined;

  constructor(parts: { db: Database; steps: { settledMs(): number }; log: Logger }) {
    this.#db = parts.db;
    this.#steps = parts.steps;
    this.#log = parts.log;
  }

  start(): void {
    this.#end = repeat(lookMs, () => this.look());
  }

  stop(): void {
    this.#end?.();
  }

  async look(): Promise<void> {
    try {
      await this.#db
        .deleteFrom('idempotency_keys')
        .where('at', '<', this.#steps.settledMs() - rememberMs)
        .execute();
    } catch (error) {
      this.#log.error({ err: error }, 'old idempotency keys could not be forgotten; it is tried again');
    }
  }
}
