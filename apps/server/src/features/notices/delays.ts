import { problem, type Answer, type NoticeDelay } from '@clerestory/protocol';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { ok, refuse } from '../../platform/http.ts';
import type { NoticeRecord } from './ports.ts';
import { maxDelaysListed } from './rules.ts';

const hourMs = 60 * 60_000;
const noDelay = problem('not-found', 'There is no such order.');

/** Orders of two people that notices of a camera wait for a while. In memory, written through. */
export class NoticeDelays {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #record: NoticeRecord;
  readonly #byId = new Map<string, NoticeDelay>();

  constructor(db: Database, clock: Clock, record: NoticeRecord) {
    this.#db = db;
    this.#clock = clock;
    this.#record = record;
  }

  async load(): Promise<void> {
    for (const row of await this.#db.selectFrom('notice_delays').selectAll().orderBy('asked_at').execute())
      this.#byId.set(row.id, {
        id: row.id,
        camera: row.camera,
        reason: row.reason,
        hours: row.hours,
        askedBy: row.asked_by,
        askedAt: row.asked_at,
        approvedBy: row.approved_by,
        until: row.until_at,
        endedAt: row.ended_at,
      });
  }

  /** Newest first. */
  list(): NoticeDelay[] {
    return [...this.#byId.values()].toReversed().slice(0, maxDelaysListed);
  }

  /** The order that holds for a camera now; of several the one that ends first: the owner waits no longer than that. */
  inForce(camera: string): NoticeDelay | undefined {
    const nowMs = this.#clock.nowMs();
    return [...this.#byId.values()]
      .filter(
        (one) => one.camera === camera && one.endedAt === null && one.until !== null && one.until > nowMs,
      )
      .sort((a, b) => (a.until ?? 0) - (b.until ?? 0))[0];
  }

  async ask(
    { camera, hours, reason }: { camera: string; hours: number; reason: string },
    by: string,
  ): Promise<Answer<NoticeDelay>> {
    const delay: NoticeDelay = {
      ...{ id: newId(), camera, reason, hours, askedBy: by, askedAt: this.#clock.nowMs() },
      ...{ approvedBy: null, until: null, endedAt: null },
    };
    await this.#db.transaction().execute(async (write) => {
      await write
        .insertInto('notice_delays')
        .values({
          ...{ id: delay.id, camera, reason, hours, asked_by: by, asked_at: delay.askedAt },
          ...{ approved_by: null, until_at: null, ended_at: null },
        })
        .execute();
      await this.#note(write, 'notice-delay-asked', by, delay);
    });
    this.#byId.set(delay.id, delay);
    return ok(delay);
  }

  async approve(id: string, by: string): Promise<Answer<NoticeDelay>> {
    const before = this.#byId.get(id);
    if (!before) return refuse(noDelay);
    if (before.askedBy === by)
      return refuse(problem('forbidden', 'It takes two people: somebody else has to agree to your order.'));
    if (before.approvedBy !== null || before.endedAt !== null)
      return refuse(problem('unprocessable', 'This order is in force or over already.'));
    const delay = { ...before, approvedBy: by, until: this.#clock.nowMs() + before.hours * hourMs };
    await this.#db.transaction().execute(async (write) => {
      await write
        .updateTable('notice_delays')
        .set({ approved_by: by, until_at: delay.until })
        .where('id', '=', id)
        .execute();
      await this.#note(write, 'notice-delay-approved', by, delay);
    });
    this.#byId.set(id, delay);
    return ok(delay);
  }

  /** What waits for it goes out now. */
  async end(id: string, by: string): Promise<Answer<void>> {
    const before = this.#byId.get(id);
    if (!before) return refuse(noDelay);
    if (before.endedAt !== null) return ok(undefined);
    const delay = { ...before, endedAt: this.#clock.nowMs() };
    await this.#db.transaction().execute(async (write) => {
      await write
        .updateTable('notice_delays')
        .set({ ended_at: delay.endedAt })
        .where('id', '=', id)
        .execute();
      await write
        .updateTable('notice_deliveries')
        .set({ next_at: delay.endedAt })
        .where('delay', '=', id)
        .where('state', '=', 'pending')
        .where('attempts', '=', 0)
        .execute();
      await this.#note(write, 'notice-delay-ended', by, delay);
    });
    this.#byId.set(id, delay);
    return ok(undefined);
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
