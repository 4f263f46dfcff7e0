import { HealthState } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import type { Change, Run } from './rules.ts';
import type { Presence, Shown } from './screens.ts';

/** Kept this long, ms. */
export const keptMs = 32 * 24 * 60 * 60_000;
/** Of one screen; more than this in a month is a screen that flaps, of which the newest are kept. */
const keptPerScreen = 5_000;

/** Runs of the server, and which screens were shown ↔ rows. */
export const fleetStore = {
  async begin(db: Database, nowMs: number): Promise<number> {
    await db
      .deleteFrom('server_runs')
      .where('alive_at', '<', nowMs - keptMs)
      .execute();
    const { id } = await db
      .insertInto('server_runs')
      .values({ started_at: nowMs, alive_at: nowMs })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  },
  async alive(db: Database, run: number, nowMs: number): Promise<void> {
    await db.updateTable('server_runs').set({ alive_at: nowMs }).where('id', '=', run).execute();
  },
  /** Oldest first, without those that were over before. */
  async runs(db: Database, fromMs: number): Promise<Run[]> {
    const rows = await db
      .selectFrom('server_runs')
      .select(['started_at', 'alive_at'])
      .where('alive_at', '>=', fromMs)
      .orderBy('started_at')
      .execute();
    return rows.map((row) => ({ from: row.started_at, until: row.alive_at }));
  },
  /** Of all cameras since a time, each camera's oldest first. */
  async cameraChanges(db: Database, sinceMs: number): Promise<Map<string, Change<HealthState>[]>> {
    const rows = await db
      .selectFrom('health_transitions')
      .select(['camera', 'to_state', 'reason', 'at'])
      .where('at', '>=', sinceMs)
      .orderBy('id')
      .execute();
    const found = new Map<string, Change<HealthState>[]>();
    for (const { camera, to_state, reason, at } of rows) {
      const change = { to: HealthState.parse(to_state), reason, at };
      const list = found.get(camera);
      if (list) list.push(change);
      else found.set(camera, [change]);
    }
    return found;
  },
  async addScreen(db: Database, screen: string, { shown, why }: Presence, nowMs: number): Promise<void> {
    await db.transaction().execute(async (write) => {
      await write
        .insertInto('screen_transitions')
        .values({ screen, shown, why: why ?? '', at: nowMs })
        .execute();
      const oldest = await write
        .selectFrom('screen_transitions')
        .select('id')
        .where('screen', '=', screen)
        .orderBy('id', 'desc')
        .offset(keptPerScreen)
        .limit(1)
        .executeTakeFirst();
      if (oldest)
        await write
          .deleteFrom('screen_transitions')
          .where('screen', '=', screen)
          .where('id', '<=', oldest.id)
          .execute();
    });
  },
  async screenChanges(db: Database, sinceMs: number): Promise<Map<string, Change<Shown>[]>> {
    const rows = await db
      .selectFrom('screen_transitions')
      .select(['screen', 'shown', 'why', 'at'])
      .where('at', '>=', sinceMs)
      .orderBy('id')
      .execute();
    return new Map(
      [...Map.groupBy(rows, ({ screen }) => screen)].map(([screen, list]) => [
        screen,
        list.map(({ shown, why, at }): Change<Shown> => ({ to: shown as Shown, reason: why, at })),
      ]),
    );
  },
  async forgetScreen(db: Database, screen: string): Promise<void> {
    await db.deleteFrom('screen_transitions').where('screen', '=', screen).execute();
  },
  /** When each screen was last seen to go, by an earlier run of the server. */
  async lastSeen(db: Database): Promise<Map<string, number>> {
    const rows = await db
      .selectFrom('screen_transitions')
      .select(['screen', ({ fn }) => fn.max('at').as('at')])
      .groupBy('screen')
      .execute();
    return new Map(rows.map(({ screen, at }) => [screen, at]));
  },
};
