import type { Transaction } from 'kysely';
import { problem, type Answer } from '@clerestory/protocol';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

/** Keys are remembered this long. */
const rememberMs = 24 * 60 * 60 * 1000;

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
        .deleteFrom('idempotency_keys')
        .where('at', '<', nowMs - rememberMs)
        .execute();
      await write
        .insertInto('idempotency_keys')
        .values({ key, fingerprint, status: 200, answer: JSON.stringify(answer.value), at: nowMs })
        .execute();
    }
    return { answer, repeated: false };
  });
}
