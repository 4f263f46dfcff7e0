import {
  RecordEntry,
  type AuditList,
  type AuditQuery,
  type ListQuery,
  type CouldSee,
  type HashedEntry,
} from '@clerestory/protocol';
import { parseEntry } from '@clerestory/public-log';
import { sql } from 'kysely';
import type { Database } from '../../platform/database.ts';
import { newestFirst } from '../../platform/newest-first.ts';

interface Row {
  sequence: number;
  entry: string;
  hash: string;
}

/** An entry from its row; of one that was erased, what everybody may still read of it. */
function entryOf({ entry, hash }: Pick<Row, 'entry' | 'hash'>): HashedEntry {
  const leaf = entry.includes(',"committed":{') ? parseEntry(entry) : null;
  if (!leaf?.ok) return { ...RecordEntry.parse(JSON.parse(entry)), hash };
  const { sequence, at, kind, public: detail } = leaf.entry;
  return { ...RecordEntry.parse({ sequence, at, kind, actor: 'erased', subject: 'erased', detail }), hash };
}

/** A detail; of an entry that was erased, what its public leaf says of it. */
const detail = (name: string) =>
  sql<unknown>`coalesce(entry ->> ${`$.detail.${name}`}, entry ->> ${`$.public.${name}`})`;
/** Longest span of a view that is looked for around a time, ms: sessions end after twelve hours, screens run on. */
const longestViewMs = 400 * 86_400_000;

/** Views that are looked at in one go, before others get their turn. */
const viewsAtOnce = 2_000;
const otherTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Kinds that say what somebody asked of the record. */
const asking = ['audit-asked', 'record-read', 'record-exported'];

type Filter = Pick<AuditQuery, 'purpose' | 'kind' | 'from' | 'to' | 'cursor'>;
type Stretch = Parameters<Parameters<typeof newestFirst>[2]>[0];

const startOf = (cursor: string | undefined) => ({
  below: cursor === undefined ? undefined : Number(cursor),
});

/** What everybody may read of an entry, so that those that were erased are found by it too. */
function matching(db: Database, stretch: Stretch, { purpose, kind, from, to }: Filter) {
  let rows = db
    .selectFrom('record_entries')
    .where('sequence', '>=', stretch.from)
    .where('sequence', '<', stretch.below);
  // Whoever asked for a purpose has not had it.
  if (purpose !== undefined) rows = rows.where('purpose', '=', purpose).where('kind', 'not in', asking);
  if (kind !== undefined) rows = rows.where('kind', '=', kind);
  if (from !== undefined) rows = rows.where('at', '>=', from);
  if (to !== undefined) rows = rows.where('at', '<=', to);
  return rows;
}

/** The auditor's questions, as queries. Nothing here writes, and none holds others up for long. */
export const auditStore = {
  async find(db: Database, query: Omit<AuditQuery, 'limit'> & { limit: number }): Promise<HashedEntry[]> {
    const { camera, person, cursor, limit } = query;
    const found = await newestFirst(db, { ...startOf(cursor), limit }, (stretch) => {
      let rows = matching(db, stretch, query).select(['entry', 'hash', 'sequence']);
      if (camera !== undefined) rows = rows.where('subject', '=', `camera:${camera}`);
      if (person !== undefined)
        rows = rows.where((where) =>
          where.or([where('actor', '=', `person:${person}`), where('subject', '=', `person:${person}`)]),
        );
      return rows.orderBy('sequence', 'desc').limit(stretch.limit).execute();
    });
    return found.map(entryOf);
  },

  /** Erased entries that a search by camera or person cannot find any more: all else of it holds for them. */
  async erased(db: Database, query: Filter & Pick<AuditQuery, 'camera' | 'person'>): Promise<number> {
    const { camera, person, from, cursor } = query;
    if (camera === undefined && person === undefined) return 0;
    // They have kept their hour alone.
    const hour = from === undefined ? undefined : from - (from % 3_600_000);
    const found = await newestFirst(db, { ...startOf(cursor), limit: Infinity }, (stretch) => {
      let rows = matching(db, stretch, { ...query, from: hour }).where('actor', 'is', null);
      if (camera !== undefined) rows = rows.where(sql<unknown>`entry ->> '$.of'`, '=', 'camera');
      return rows.select('sequence').execute();
    });
    return found.length;
  },

  /** One part of a list. The longest views are read by their length, the others newest first. */
  async list(
    db: Database,
    list: AuditList,
    { from, to, cursor }: ListQuery,
    limit: number,
  ): Promise<HashedEntry[]> {
    if (list === 'longest-views') return this.longest(db, { from, to, cursor }, limit);
    const found = await newestFirst(db, { ...startOf(cursor), limit }, (stretch) => {
      let rows = matching(db, stretch, { from, to }).select(['entry', 'hash', 'sequence']);
      if (list === 'self-opened')
        rows = rows.where('kind', '=', 'grant-given').where(detail('selfOpened'), '=', 1);
      if (list === 'overrides')
        rows = rows
          .where('kind', 'in', ['grant-asked', 'grant-given', 'grant-refused'])
          .where(detail('kind'), '=', 'exigent');
      if (list === 'refused')
        rows = rows.where('kind', 'in', ['refused', 'grant-refused', 'sign-in-refused']);
      return rows.orderBy('sequence', 'desc').limit(stretch.limit).execute();
    });
    return found.map(entryOf);
  },

  /** Views that have ended, the longest first. `cursor`: tenths of a second and number of the last one before. */
  async longest(db: Database, { from, to, cursor }: ListQuery, limit: number): Promise<HashedEntry[]> {
    const [tenths, before] = (cursor ?? '').split(' ').map(Number);
    let last = cursor === undefined ? null : { lasted: tenths ?? 0, sequence: before ?? 0 };
    const found: Row[] = [];
    for (;;) {
      let rows = db
        .selectFrom('record_entries')
        .select(['entry', 'hash', 'sequence', 'at', 'lasted_tenths'])
        .where('lasted_tenths', 'is not', null);
      if (last)
        rows = rows.where(sql<boolean>`(lasted_tenths, sequence) < (${last.lasted}, ${last.sequence})`);
      const part = await rows
        .orderBy('lasted_tenths', 'desc')
        .orderBy('sequence', 'desc')
        .limit(viewsAtOnce)
        .execute();
      found.push(...part.filter(({ at }) => at >= (from ?? -Infinity) && at <= (to ?? Infinity)));
      const end = part.at(-1);
      if (!end || part.length < viewsAtOnce || found.length >= limit) break;
      last = { lasted: end.lasted_tenths ?? 0, sequence: end.sequence };
      await otherTurn();
    }
    return found.slice(0, limit).map(entryOf);
  },

  /** The beginnings of these views, the oldest first. */
  async begunViews(db: Database, views: readonly string[]): Promise<HashedEntry[]> {
    const found: Row[] = [];
    for (let at = 0; at < views.length; at += 100)
      found.push(
        ...(await db
          .selectFrom('record_entries')
          .select(['entry', 'hash', 'sequence'])
          .where('view', 'in', views.slice(at, at + 100))
          .execute()),
      );
    const begun = found.map(entryOf).filter(({ kind }) => kind === 'view-started');
    return begun.sort((a, b) => a.sequence - b.sequence);
  },

  /** Oldest first. */
  async ofKinds(db: Database, kinds: readonly string[]): Promise<RecordEntry[]> {
    const rows = await db
      .selectFrom('record_entries')
      .select(['entry', 'hash'])
      .where('kind', 'in', kinds)
      .orderBy('sequence')
      .execute();
    return rows.map(entryOf);
  },

  /**
   * Sequences of entries of some kinds, oldest first, in a time and between two sequences, as far as these are given. What
   * is between two sequences is the same for good, whatever is erased.
   */
  async sequences(
    db: Database,
    kinds: readonly string[],
    { from, to, first, last }: { from?: number; to?: number; first?: number; last?: number },
  ): Promise<number[]> {
    const below = last === undefined ? undefined : last + 1;
    const found = await newestFirst(db, { below, limit: Infinity }, (stretch) => {
      let rows = matching(db, stretch, { from, to }).select('sequence').where('kind', 'in', kinds);
      if (first !== undefined) rows = rows.where('sequence', '>=', first);
      return rows.orderBy('sequence', 'desc').execute();
    });
    return found.map(({ sequence }) => sequence).reverse();
  },

  async bySequence(db: Database, sequences: readonly number[]): Promise<HashedEntry[]> {
    if (sequences.length === 0) return [];
    const rows = await db
      .selectFrom('record_entries')
      .select(['entry', 'hash'])
      .where('sequence', 'in', sequences)
      .orderBy('sequence')
      .execute();
    return rows.map(entryOf);
  },

  /** Views of a camera that were open at some time between two times, both included. */
  async viewsBetween(
    db: Database,
    camera: string,
    { from, until }: { from: number; until: number },
  ): Promise<CouldSee['views']> {
    const ends = new Map<unknown, number>();
    const begun: HashedEntry[] = [];
    for (let after = 0; ;) {
      const rows = await db
        .selectFrom('record_entries')
        .select(['entry', 'hash', 'sequence'])
        .where('subject', '=', `camera:${camera}`)
        .where('kind', 'in', ['view-started', 'view-ended'])
        .where('at', '>=', from - longestViewMs)
        .where('sequence', '>', after)
        .orderBy('sequence')
        .limit(viewsAtOnce)
        .execute();
      for (const entry of rows.map(entryOf)) {
        if (entry.kind === 'view-ended') ends.set(entry.detail['view'], entry.at);
        else if (entry.at <= until) begun.push(entry);
      }
      const end = rows.at(-1);
      if (!end || rows.length < viewsAtOnce) break;
      after = end.sequence;
      await otherTurn();
    }
    return begun.flatMap(({ at: since, actor, sequence, detail: { view } }) => {
      const ended = ends.get(view) ?? null;
      return ended === null || ended >= from ? [{ actor, since, until: ended, sequence }] : [];
    });
  },
};
