import { Grant, OwnerId, type CameraAccess } from '@clerestory/protocol';
import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';

/** A grant with what its end is counted from. */
export interface StoredGrant {
  grant: Grant;
  /** On the machine's own clock; null while it waits. */
  endsUptimeMs: number | null;
  boot: string;
  /** What was asked for; null: as long as may be. */
  minutes: number | null;
  /** Owners who have said yes to it. */
  owners: readonly string[];
}

/** What is kept of a grant and told to nobody. Those of before know nothing of it: nobody's yes. */
const Kept = z.object({
  minutes: z.int().nullable().default(null),
  owners: z.array(OwnerId).default([]),
});
const KeptGrant = z.object({ kept: Kept.default(Kept.parse({})) });

/** Grants ↔ rows. What was once asked for stays. */
export const grantStore = {
  /** Live and waiting ones. */
  async open(db: Database): Promise<StoredGrant[]> {
    const rows = await db
      .selectFrom('grants')
      .selectAll()
      .where('state', 'in', ['live', 'waiting-owner', 'waiting-approval'])
      .execute();
    return rows.map((row) => {
      const json: unknown = JSON.parse(row.grant_json);
      const { kept } = KeptGrant.parse(json);
      return { grant: Grant.parse(json), endsUptimeMs: row.ends_uptime_ms, boot: row.boot, ...kept };
    });
  },
  async put(write: Write, { grant, endsUptimeMs, boot, minutes, owners }: StoredGrant): Promise<void> {
    const changing = {
      state: grant.state,
      grant_json: JSON.stringify({ ...grant, kept: { minutes, owners } }),
      ends_uptime_ms: endsUptimeMs,
      boot,
    };
    await write
      .insertInto('grants')
      .values({
        ...changing,
        id: grant.id,
        request: grant.request,
        camera: grant.camera,
        viewer_kind: grant.viewer.kind,
        viewer: grant.viewer.id,
        asked_at: grant.askedAt,
        ...{ seconds: 0, bytes: 0 },
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
      .execute();
  },
  /** What was sent under a grant, by one view of it. */
  async used(write: Write, grant: string, seconds: number, bytes: number): Promise<void> {
    await write
      .updateTable('grants')
      .set((eb) => ({ seconds: eb('seconds', '+', seconds), bytes: eb('bytes', '+', bytes) }))
      .where('id', '=', grant)
      .execute();
  },
  /** Newest first; `cursor` is `next` of the page before. */
  async accesses(
    db: Database,
    camera: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ items: CameraAccess[]; next: string | null }> {
    let rows = db.selectFrom('grants').selectAll().where('camera', '=', camera);
    const [at, id] = cursor?.split(' ') ?? [];
    if (at !== undefined && id !== undefined)
      rows = rows.where((eb) =>
        eb.or([
          eb('asked_at', '<', Number(at)),
          eb.and([eb('asked_at', '=', Number(at)), eb('id', '<', id)]),
        ]),
      );
    const found = await rows.orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    const last = found.at(-1);
    return {
      items: found.map((row) => accessOf(Grant.parse(JSON.parse(row.grant_json)), row)),
      next: last && found.length === limit ? `${last.asked_at} ${last.id}` : null,
    };
  },
};

/** As its owner reads it: the role, not the name. */
export const accessOf = (grant: Grant, used: { seconds: number; bytes: number }): CameraAccess => {
  const {
    id,
    request,
    camera,
    viewer,
    role,
    purpose,
    purposeText,
    isOwnIncident,
    state,
    startsAt,
    endsAt,
    end,
  } = grant;
  return {
    ...{ grant: id, request, camera, viewer: viewer.kind, role, purpose, purposeText, isOwnIncident, state },
    ...{
      startsAt,
      endedAt: state === 'ended' ? endsAt : null,
      ...(state === 'live' && { endsAt }),
      seconds: used.seconds,
      bytes: used.bytes,
      end,
    },
  };
};
