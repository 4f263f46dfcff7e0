import { Purpose, type Incident } from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

const fromRow = (row: Selectable<Tables['incidents']>): Incident => ({
  id: row.id,
  number: row.number,
  type: Purpose.parse(row.type),
  place: row.place,
  latitude: row.latitude,
  longitude: row.longitude,
  openedBy: {
    kind: row.opened_by_kind === 'person' ? 'person' : 'feed',
    id: row.opened_by,
    name: row.opened_by_name,
  },
  ...(row.reference !== null && { reference: row.reference }),
  openedAt: row.opened_at,
  closedAt: row.closed_at,
  closedBy: row.closed_by,
});

/** Incidents ↔ rows. */
export const incidentStore = {
  async open(db: Database): Promise<{ incident: Incident; movedMs: number }[]> {
    const rows = await db.selectFrom('incidents').selectAll().where('closed_at', 'is', null).execute();
    return rows.map((row) => ({ incident: fromRow(row), movedMs: row.clock_moved_ms }));
  },
  async lastNumber(db: Database): Promise<number> {
    const row = await db
      .selectFrom('incidents')
      .select(({ fn }) => fn.max('number').as('last'))
      .executeTakeFirst();
    return Number(row?.last ?? 0);
  },
  async numbered(db: Database, number: number): Promise<Incident | undefined> {
    const row = await db.selectFrom('incidents').selectAll().where('number', '=', number).executeTakeFirst();
    return row && fromRow(row);
  },
  /** By its number at the feed that opened it. */
  async referenced(db: Database, feed: string, reference: string): Promise<Incident | undefined> {
    const row = await db
      .selectFrom('incidents')
      .selectAll()
      .where('opened_by', '=', feed)
      .where('reference', '=', reference)
      .executeTakeFirst();
    return row && fromRow(row);
  },
  /** Newest first. */
  async page(db: Database, before: number | null, limit: number, onlyOpen: boolean): Promise<Incident[]> {
    let rows = db.selectFrom('incidents').selectAll();
    if (before !== null) rows = rows.where('number', '<', before);
    if (onlyOpen) rows = rows.where('closed_at', 'is', null);
    return (await rows.orderBy('number', 'desc').limit(limit).execute()).map(fromRow);
  },
  /** With what the wall clock had been set by, ms, when it was opened. */
  async add(write: Write, one: Incident, movedMs: number): Promise<void> {
    const { id, number, type, place, latitude, longitude, openedBy, openedAt, reference } = one;
    await write
      .insertInto('incidents')
      .values({
        ...{ id, number, type, place, latitude, longitude },
        opened_by_kind: openedBy.kind,
        opened_by: openedBy.id,
        opened_by_name: openedBy.name,
        opened_at: openedAt,
        clock_moved_ms: movedMs,
        reference: reference ?? null,
        closed_at: null,
        closed_by: null,
      })
      .execute();
  },
  async close(write: Write, { id, closedAt, closedBy }: Incident): Promise<void> {
    await write
      .updateTable('incidents')
      .set({ closed_at: closedAt, closed_by: closedBy })
      .where('id', '=', id)
      .execute();
  },
};
