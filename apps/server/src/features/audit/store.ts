import {
  RecordEntry,
  type AuditList,
  type AuditQuery,
  type CouldSee,
  type HashedEntry,
} from '@clerestory/protocol';
import { parseEntry } from '@clerestory/public-log';
import { sql } from 'kysely';
import type { Database } from '../../platform/database.ts';

interface Row {
  entry: string;
  hash: string;
}

/** An entry from its row; of one that was erased, what everybody may still read of it. */
function entryOf({ entry, hash }: Row): HashedEntry {
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

/** Kinds that say what somebody asked of the record. */
const asking = ['audit-asked', 'record-read', 'record-exported'];

type Filter = Pick<AuditQuery, 'purpose' | 'kind' | 'from' | 'to' | 'cursor'>;

/** What everybody may read of an entry, so that those that were erased are found by it too. */
function matching(db: Database, { purpose, kind, from, to, cursor }: Filter) {
  let rows = db.selectFrom('record_entries');
  // Whoever asked for a purpose has not had it.
  if (purpose !== undefined)
    rows = rows.where(detail('purpose'), '=', purpose).where('kind', 'not in', asking);
  if (kind !== undefined) rows = rows.where('kind', '=', kind);
  if (from !== undefined) rows = rows.where('at', '>=', from);
  if (to !== undefined) rows = rows.where('at', '<=', to);
  if (cursor !== undefined) rows = rows.where('sequence', '<', Number(cursor));
  return rows;
}

/** The auditor's questions, as queries. Nothing here writes. */
export const auditStore = {
  async find(db: Database, query: Omit<AuditQuery, 'limit'> & { limit: number }): Promise<HashedEntry[]> {
    const { camera, person, purpose, kind, from, to, cursor, limit } = query;
    let rows = matching(db, { purpose, kind, from, to, cursor }).select(['entry', 'hash', 'sequence']);
    if (camera !== undefined) rows = rows.where('subject', '=', `camera:${camera}`);
    if (person !== undefined)
      rows = rows.where((where) =>
        where.or([where('actor', '=', `person:${person}`), where('subject', '=', `person:${person}`)]),
      );
    return (await rows.orderBy('sequence', 'desc').limit(limit).execute()).map(entryOf);
  },

  /** Erased entries that a search by camera or person cannot find any more: all else of it holds for them. */
  async erased(db: Database, query: Filter & Pick<AuditQuery, 'camera' | 'person'>): Promise<number> {
    const { camera, person, from } = query;
    if (camera === undefined && person === undefined) return 0;
    // They have kept their hour alone.
    const hour = from === undefined ? undefined : from - (from % 3_600_000);
    let rows = matching(db, { ...query, from: hour }).where('actor', 'is', null);
    if (camera !== undefined) rows = rows.where(sql<unknown>`entry ->> '$.of'`, '=', 'camera');
    const { count } = await rows
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  },

  async list(
    db: Database,
    list: AuditList,
    { from, to }: { from?: number | undefined; to?: number | undefined },
    limit: number,
  ): Promise<HashedEntry[]> {
    let rows = db.selectFrom('record_entries').select(['entry', 'hash', 'sequence']).limit(limit);
    if (from !== undefined) rows = rows.where('at', '>=', from);
    if (to !== undefined) rows = rows.where('at', '<=', to);
    switch (list) {
      case 'self-opened':
        rows = rows.where('kind', '=', 'grant-given').where(detail('selfOpened'), '=', 1);
        break;
      case 'overrides':
        rows = rows
          .where('kind', 'in', ['grant-asked', 'grant-given', 'grant-refused'])
          .where(detail('kind'), '=', 'exigent');
        break;
      case 'refused':
        rows = rows.where('kind', 'in', ['refused', 'grant-refused', 'sign-in-refused']);
        break;
      case 'longest-views':
        rows = rows.where('kind', '=', 'view-ended').orderBy(sql`cast(${detail('seconds')} as real)`, 'desc');
    }
    return (await rows.orderBy('sequence', 'desc').execute()).map(entryOf);
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
    let rows = db.selectFrom('record_entries').select('sequence').where('kind', 'in', kinds);
    if (from !== undefined) rows = rows.where('at', '>=', from);
    if (to !== undefined) rows = rows.where('at', '<=', to);
    if (first !== undefined) rows = rows.where('sequence', '>=', first);
    if (last !== undefined) rows = rows.where('sequence', '<=', last);
    return (await rows.orderBy('sequence').execute()).map(({ sequence }) => sequence);
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

  /** Views of a camera that had begun by then and had not ended. */
  async viewsAt(db: Database, camera: string, at: number): Promise<CouldSee['views']> {
    const rows = await db
      .selectFrom('record_entries')
      .select(['entry', 'hash'])
      .where('subject', '=', `camera:${camera}`)
      .where('kind', 'in', ['view-started', 'view-ended'])
      .where('at', '>=', at - longestViewMs)
      .orderBy('sequence')
      .execute();
    const entries = rows.map(entryOf);
    const ends = new Map(
      entries.filter(({ kind }) => kind === 'view-ended').map((entry) => [entry.detail['view'], entry.at]),
    );
    return entries.flatMap(({ kind, at: since, actor, sequence, detail: { view } }) => {
      const until = ends.get(view) ?? null;
      const isOpen = kind === 'view-started' && since <= at && (until === null || until >= at);
      return isOpen ? [{ actor, since, until, sequence }] : [];
    });
  },
};
