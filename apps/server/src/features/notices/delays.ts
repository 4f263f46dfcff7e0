import { problem, type Answer, type NoticeDelay } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { fingerprint, ok, refuse } from '../../platform/http.ts';
import { once, type Write } from '../../platform/idempotency.ts';
import type { NoticeRecord, Steady } from './ports.ts';
import { maxDelaysListed } from './rules.ts';

const hourMs = 60 * 60_000;
/** Its end on the wall clock, which people read, and by the steady time. The earlier one counts: no owner waits longer. */
interface Kept {
  delay: NoticeDelay;
  untilSteady: number | null;
}

const noDelay = problem('not-found', 'There is no such order.');

/** Orders of two people that notices of a camera wait for a while. In memory, written through. */
export class NoticeDelays {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #steady: Steady;
  readonly #record: NoticeRecord;
  readonly #byId = new Map<string, Kept>();

  constructor(db: Database, clock: Clock, steady: Steady, record: NoticeRecord) {
    this.#db = db;
    this.#clock = clock;
    this.#steady = steady;
    this.#record = record;
  }

  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('notice_delays').selectAll().orderBy('asked_at').execute())
      this.#byId.set(row.id, {
        delay: {
          id: row.id,
          camera: row.camera,
          reason: row.reason,
          hours: row.hours,
          askedBy: row.asked_by,
          askedAt: row.asked_at,
          approvedBy: row.approved_by,
          until: row.until_at,
          endedAt: row.ended_at,
        },
        untilSteady: row.until_steady,
      });
  }

  /** Newest first. */
  list(): NoticeDelay[] {
    return [...this.#byId.values()]
      .map(({ delay }) => delay)
      .toReversed()
      .slice(0, maxDelaysListed);
  }

  /** The order that holds for a camera now; of several the one that ends first: the owner waits no longer than that. */
  inForce(camera: string): { id: string; untilSteady: number } | undefined {
    const nowMs = this.#clock.nowMs();
    const steadyMs = this.#steady.steadyMs();
    return [...this.#byId.values()]
      .filter(({ delay }) => delay.camera === camera && delay.endedAt === null)
      .flatMap(({ delay: { id, until }, untilSteady }) =>
        until !== null && until > nowMs && untilSteady !== null && untilSteady > steadyMs
          ? [{ id, untilSteady }]
          : [],
      )
      .sort((a, b) => a.untilSteady - b.untilSteady)[0];
  }

  async ask(
    { camera, hours, reason }: { camera: string; hours: number; reason: string },
    by: string,
    key: string,
  ): Promise<Answer<NoticeDelay>> {
    const delay: NoticeDelay = {
      ...{ id: newId(), camera, reason, hours, askedBy: by, askedAt: this.#clock.nowMs() },
      ...{ approvedBy: null, until: null, endedAt: null },
    };
    const print = fingerprint('delay', camera, hours, reason, by);
    const { answer, repeated } = await this.#once<NoticeDelay>(key, print, async (write) => {
      await write
        .insertInto('notice_delays')
        .values({
          ...{ id: delay.id, camera, reason, hours, asked_by: by, asked_at: delay.askedAt },
          ...{ approved_by: null, until_at: null, until_steady: null, ended_at: null },
        })
        .execute();
      await this.#note(write, 'notice-delay-asked', by, delay);
      return ok(delay);
    });
    if (answer.ok && !repeated) this.#byId.set(delay.id, { delay, untilSteady: null });
    return answer;
  }

  async approve(id: string, by: string, key: string): Promise<Answer<NoticeDelay>> {
    let made: Kept | undefined;
    const { answer } = await this.#once<NoticeDelay>(key, fingerprint('delay-yes', id, by), async (write) => {
      const before = this.#byId.get(id)?.delay;
      if (!before) return refuse(noDelay);
      if (before.askedBy === by)
        return refuse(problem('forbidden', 'It takes two people: somebody else has to agree to your order.'));
      if (before.approvedBy !== null || before.endedAt !== null)
        return refuse(problem('unprocessable', 'This order is in force or over already.'));
      const delay = { ...before, approvedBy: by, until: this.#clock.nowMs() + before.hours * hourMs };
      const untilSteady = this.#steady.steadyMs() + before.hours * hourMs;
      await write
        .updateTable('notice_delays')
        .set({ approved_by: by, until_at: delay.until, until_steady: untilSteady })
        .where('id', '=', id)
        .execute();
      await this.#note(write, 'notice-delay-approved', by, delay);
      made = { delay, untilSteady };
      return ok(delay);
    });
    if (made) this.#byId.set(id, made);
    return answer;
  }

  /** What waits for it goes out now. */
  async end(id: string, by: string): Promise<Answer<void>> {
    const kept = this.#byId.get(id);
    if (!kept) return refuse(noDelay);
    if (kept.delay.endedAt !== null) return ok(undefined);
    const delay = { ...kept.delay, endedAt: this.#clock.nowMs() };
    await this.#db.transaction().execute(async (write) => {
      await write
        .updateTable('notice_delays')
        .set({ ended_at: delay.endedAt })
        .where('id', '=', id)
        .execute();
      await write
        .updateTable('notice_deliveries')
        .set({ next_at: this.#steady.steadyMs() })
        .where('delay', '=', id)
        .where('state', '=', 'pending')
        .where('attempts', '=', 0)
        .execute();
      await this.#note(write, 'notice-delay-ended', by, delay);
    });
    this.#byId.set(id, { ...kept, delay });
    return ok(undefined);
  }

  #once<T>(key: string, print: string, run: (write: Write) => Promise<Answer<T>>) {
    return once<T>(this.#db, { key, fingerprint: print, nowMs: this.#clock.nowMs() }, run);
  }

  #note(
    write: Parameters<NoticeRecord['append']>[0],
    kind: 'notice-delay-asked' | 'notice-delay-approved' | 'notice-delay-ended',
    actor: string,
    { id, camera, reason, hours, askedBy, until }: NoticeDelay,
  ) {
    const detail = { delay: id, reason, hours, askedBy, until };
    return this.#record.append(write, { kind, actor, subject: `camera:${camera}`, detail });
  }
}
