import { z } from 'zod';
import { FootageReach, FootageRequest } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { KeyRing } from '../../platform/key-ring.ts';
import type { KeptRequest } from './rules.ts';

const Kept = FootageRequest.omit({ answers: true });
const fromRow = ({ request }: { request: string }): KeptRequest => Kept.parse(JSON.parse(request));
const Cameras = z.array(z.string());

/** What an owner answered to one request. */
export interface KeptAnswer {
  id: string;
  request: string;
  owner: string;
  cameras: string[];
  reach: FootageReach;
  words: string;
  at: number;
}
const sealPlace = ({ request, owner }: { request: string; owner: string }) => `footage:${request}:${owner}`;

/** Requests ↔ rows. */
export const requestStore = {
  async get(db: Database, id: string): Promise<KeptRequest | undefined> {
    const row = await db
      .selectFrom('footage_requests')
      .select('request')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && fromRow(row);
  },
  async lastNumber(db: Database): Promise<number> {
    const row = await db
      .selectFrom('footage_requests')
      .select(({ fn }) => fn.max('number').as('last'))
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  },
  /** Newest first. */
  async page(db: Database, before: number | null, limit: number): Promise<KeptRequest[]> {
    let rows = db.selectFrom('footage_requests').select('request');
    if (before !== null) rows = rows.where('number', '<', before);
    return (await rows.orderBy('number', 'desc').limit(limit).execute()).map(fromRow);
  },
  /** Those that wait or are published as far as the store knows; there is a bound on them. */
  async open(db: Database): Promise<KeptRequest[]> {
    const rows = await db
      .selectFrom('footage_requests')
      .select('request')
      .where('state', 'in', ['waiting', 'published'])
      .orderBy('number', 'desc')
      .execute();
    return rows.map(fromRow);
  },
  /** Published ones that the owners were not told of yet. */
  async untold(db: Database): Promise<KeptRequest[]> {
    const rows = await db
      .selectFrom('footage_requests')
      .select('request')
      .where('state', '=', 'published')
      .where('told', '=', 0)
      .orderBy('number')
      .execute();
    return rows.map(fromRow);
  },
  async answeredBy(db: Database, owner: string): Promise<KeptRequest[]> {
    const rows = await db
      .selectFrom('footage_requests as r')
      .innerJoin('footage_answers as a', 'a.request', 'r.id')
      .select('r.request')
      .where('a.owner', '=', owner)
      .execute();
    return rows.map(fromRow);
  },
  /** Closed since a time. */
  async closedSince(db: Database, sinceMs: number): Promise<KeptRequest[]> {
    const rows = await db
      .selectFrom('footage_requests')
      .select('request')
      .where('state', '=', 'closed')
      .where('closed_at', '>=', sinceMs)
      .execute();
    return rows.map(fromRow);
  },
  async add(write: Write, request: KeptRequest): Promise<void> {
    const { id, number, state } = request;
    await write
      .insertInto('footage_requests')
      .values({ id, number, state, request: JSON.stringify(request), told: 0, closed_at: null })
      .execute();
  },
  async put(write: Write, request: KeptRequest): Promise<void> {
    await write
      .updateTable('footage_requests')
      .set({ state: request.state, request: JSON.stringify(request), closed_at: request.closedAt })
      .where('id', '=', request.id)
      .execute();
  },
  async told(write: Write, id: string): Promise<void> {
    await write.updateTable('footage_requests').set({ told: 1 }).where('id', '=', id).execute();
  },
};

/** Answers ↔ rows; what owners write is sealed. */
export const answerStore = {
  async of(db: Database, ring: KeyRing, request: string): Promise<KeptAnswer[]> {
    const rows = await db
      .selectFrom('footage_answers')
      .selectAll()
      .where('request', '=', request)
      .orderBy('at')
      .orderBy('id')
      .execute();
    return rows.map((row) => answerFrom(ring, row));
  },
  async ofOwner(db: Database, ring: KeyRing, owner: string): Promise<KeptAnswer[]> {
    const rows = await db.selectFrom('footage_answers').selectAll().where('owner', '=', owner).execute();
    return rows.map((row) => answerFrom(ring, row));
  },
  /** How many owners answered, by request. */
  async counts(db: Database, requests: readonly string[]): Promise<Map<string, number>> {
    if (requests.length === 0) return new Map();
    const rows = await db
      .selectFrom('footage_answers')
      .select(({ fn }) => ['request', fn.countAll().as('count')])
      .where('request', 'in', [...requests])
      .groupBy('request')
      .execute();
    return new Map(rows.map(({ request, count }) => [request, Number(count)]));
  },
  /** Instead of what the owner answered before. */
  async put(write: Write, ring: KeyRing, answer: KeptAnswer): Promise<void> {
    const { id, request, owner, cameras, reach, words, at } = answer;
    await answerStore.remove(write, request, owner);
    await write
      .insertInto('footage_answers')
      .values({
        ...{ id, request, owner, reach, at, cameras: JSON.stringify(cameras) },
        words: ring.seal(words, sealPlace(answer)),
      })
      .execute();
  },
  /** @returns whether there was one */
  async remove(write: Write, request: string, owner: string): Promise<boolean> {
    const done = await write
      .deleteFrom('footage_answers')
      .where('request', '=', request)
      .where('owner', '=', owner)
      .executeTakeFirst();
    return done.numDeletedRows > 0n;
  },
  /** Of requests that were closed before a time: answers, and what owners hid. */
  async forget(write: Write, beforeMs: number): Promise<void> {
    for (const table of ['footage_answers', 'footage_hidden'] as const)
      await write
        .deleteFrom(table)
        .where('request', 'in', (old) =>
          old.selectFrom('footage_requests').select('id').where('closed_at', '<', beforeMs),
        )
        .execute();
  },
  /** Answers of one owner, and what they hid. */
  async forgetOwner(write: Write, owner: string): Promise<void> {
    for (const table of ['footage_answers', 'footage_hidden'] as const)
      await write.deleteFrom(table).where('owner', '=', owner).execute();
  },
  async sealAnew(write: Write, ring: KeyRing): Promise<void> {
    const rows = await write.selectFrom('footage_answers').select(['request', 'owner', 'words']).execute();
    for (const row of rows.filter(({ words }) => !ring.isCurrent(words)))
      await write
        .updateTable('footage_answers')
        .set({ words: ring.seal(ring.open(row.words, sealPlace(row)), sealPlace(row)) })
        .where('request', '=', row.request)
        .where('owner', '=', row.owner)
        .execute();
  },
};

function answerFrom(
  ring: KeyRing,
  row: Omit<KeptAnswer, 'cameras' | 'reach' | 'words'> & {
    cameras: string;
    reach: string;
    words: Uint8Array;
  },
): KeptAnswer {
  const { id, request, owner, at } = row;
  return {
    ...{ id, request, owner, at },
    cameras: Cameras.parse(JSON.parse(row.cameras)),
    reach: FootageReach.parse(row.reach),
    words: ring.open(row.words, sealPlace(row)),
  };
}

/** What owners put away on their own pages. No door of the agency reads this table. */
export const hiddenStore = {
  async ofOwner(db: Database, owner: string): Promise<Set<string>> {
    const rows = await db.selectFrom('footage_hidden').select('request').where('owner', '=', owner).execute();
    return new Set(rows.map(({ request }) => request));
  },
  async set(write: Write, request: string, owner: string, hidden: boolean): Promise<void> {
    if (hidden)
      await write
        .insertInto('footage_hidden')
        .values({ request, owner })
        .onConflict((conflict) => conflict.columns(['request', 'owner']).doNothing())
        .execute();
    else
      await write
        .deleteFrom('footage_hidden')
        .where('request', '=', request)
        .where('owner', '=', owner)
        .execute();
  },
};
