import { z } from 'zod';
import { sql } from 'kysely';
import { NoticeKind, type NoticeChannel } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Notice } from './ports.ts';

/** One notice on one road. */
export interface Delivery {
  id: string;
  notice: Notice & { at: number };
  channel: NoticeChannel;
  /** The webhook or push address; null for mail. */
  road: string | null;
  attempts: number;
  /** An order made it wait. */
  delayed: boolean;
}

const Detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

/** Notices and their deliveries ↔ rows. */
export const noticeStore = {
  /** @returns false when this owner was told already */
  async insert(write: Write, notice: Notice, at: number): Promise<boolean> {
    const done = await write
      .insertInto('notices')
      .values({
        id: notice.id,
        owner: notice.owner,
        kind: notice.kind,
        camera: notice.camera,
        camera_name: notice.cameraName,
        detail: JSON.stringify(notice.detail),
        at,
      })
      .onConflict((conflict) => conflict.columns(['id', 'owner']).doNothing())
      .executeTakeFirst();
    return done.numInsertedOrUpdatedRows === 1n;
  },

  async insertDelivery(
    write: Write,
    id: string,
    notice: Notice,
    given: { channel: NoticeChannel; road: string | null; nextAt: number; delay: string | null },
  ): Promise<void> {
    await write
      .insertInto('notice_deliveries')
      .values({
        id,
        notice: notice.id,
        owner: notice.owner,
        channel: given.channel,
        road: given.road,
        state: 'pending',
        attempts: 0,
        next_at: given.nextAt,
        delay: given.delay,
        fault: null,
        done_at: null,
      })
      .execute();
  },

  /** By the steady time. */
  async due(
    db: Database,
    channel: NoticeChannel,
    steadyMs: number,
    { limit, without, full }: { limit: number; without: readonly string[]; full: readonly string[] },
  ): Promise<Delivery[]> {
    let rows = db
      .selectFrom('notice_deliveries as d')
      .innerJoin('notices as n', (join) =>
        join.onRef('n.id', '=', 'd.notice').onRef('n.owner', '=', 'd.owner'),
      )
      .select(['d.id as delivery', 'd.channel', 'd.road', 'd.attempts', 'd.delay'])
      .select(['n.id', 'n.owner', 'n.kind', 'n.camera', 'n.camera_name', 'n.detail', 'n.at'])
      .where('d.state', '=', 'pending')
      .where('d.channel', '=', channel)
      .where('d.next_at', '<=', steadyMs);
    if (without.length > 0) rows = rows.where('d.id', 'not in', [...without]);
    // As one value: there may be more of them than a statement takes.
    if (full.length > 0)
      rows = rows.where(
        sql<boolean>`(d.road is null or d.road not in (select value from json_each(${JSON.stringify(full)})))`,
      );
    const found = await rows.orderBy('d.next_at').limit(limit).execute();
    return found.map((row) => ({
      id: row.delivery,
      channel: row.channel as NoticeChannel,
      road: row.road,
      attempts: row.attempts,
      delayed: row.delay !== null,
      notice: {
        id: row.id,
        owner: row.owner,
        kind: NoticeKind.parse(row.kind),
        camera: row.camera,
        cameraName: row.camera_name,
        detail: Detail.parse(JSON.parse(row.detail)),
        at: row.at,
      },
    }));
  },

  async sent(write: Write, id: string, atMs: number): Promise<void> {
    await write
      .updateTable('notice_deliveries')
      .set({ state: 'sent', done_at: atMs, fault: null })
      .where('id', '=', id)
      .execute();
  },

  /** `nextAt` null: it is a dead letter. */
  async failed(
    write: Write,
    id: string,
    given: { attempts: number; nextAt: number | null; fault: string; atMs: number },
  ): Promise<void> {
    await write
      .updateTable('notice_deliveries')
      .set({
        attempts: given.attempts,
        fault: given.fault,
        ...(given.nextAt === null ? { state: 'dead', done_at: given.atMs } : { next_at: given.nextAt }),
      })
      .where('id', '=', id)
      .execute();
  },

  /** Everything that one owner was told, or was to be. */
  async forgetOwner(write: Write, owner: string): Promise<void> {
    for (const table of ['notice_deliveries', 'notices', 'notice_roads'] as const)
      await write.deleteFrom(table).where('owner', '=', owner).execute();
  },

  /** What nobody needs any more. */
  async forget(write: Write, beforeMs: number): Promise<void> {
    await write
      .deleteFrom('notice_deliveries')
      .where('state', '!=', 'pending')
      .where('done_at', '<', beforeMs)
      .execute();
    await write
      .deleteFrom('notices')
      .where('at', '<', beforeMs)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('notice_deliveries as d')
              .select('d.id')
              .whereRef('d.notice', '=', 'notices.id')
              .whereRef('d.owner', '=', 'notices.owner'),
          ),
        ),
      )
      .execute();
  },
};
