import { AccessRule, type CameraGroup, type ScreenDevice } from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

const ruleOf = (row: Selectable<Tables['access_rules']>): AccessRule =>
  AccessRule.parse({
    id: row.id,
    effect: row.effect,
    party: { kind: row.party_kind, id: row.party },
    rights: JSON.parse(row.rights),
    group: row.camera_group,
    createdAt: row.created_at,
    createdBy: row.created_by,
  });

/** Rules and camera groups ↔ rows. */
export const accessStore = {
  async rules(db: Database): Promise<AccessRule[]> {
    return (await db.selectFrom('access_rules').selectAll().orderBy('created_at').execute()).map(ruleOf);
  },
  async addRule(
    write: Write,
    { id, effect, party, rights, group, createdAt, createdBy }: AccessRule,
  ): Promise<void> {
    await write
      .insertInto('access_rules')
      .values({
        id,
        effect,
        party_kind: party.kind,
        party: party.id,
        rights: JSON.stringify(rights),
        camera_group: group,
        created_at: createdAt,
        created_by: createdBy,
      })
      .execute();
  },
  async removeRule(write: Write, id: string): Promise<void> {
    await write.deleteFrom('access_rules').where('id', '=', id).execute();
  },
  async groups(db: Database): Promise<CameraGroup[]> {
    const rows = await db.selectFrom('camera_groups').selectAll().orderBy('id').execute();
    const members = await db.selectFrom('camera_group_members').selectAll().orderBy('camera').execute();
    const byGroup = Map.groupBy(members, (member) => member.camera_group);
    return rows.map(({ restricted, ...row }) => ({
      ...row,
      restricted: restricted === 1,
      cameras: (byGroup.get(row.id) ?? []).map(({ camera }) => camera),
    }));
  },
  /** Those of `cameras` that are in the registry, in their order. */
  async registered(write: Write, cameras: readonly string[]): Promise<string[]> {
    if (cameras.length === 0) return [];
    const known = new Set((await write.selectFrom('cameras').select('id').execute()).map(({ id }) => id));
    return cameras.filter((camera) => known.has(camera));
  },
  /** Writes a group and its whole membership. */
  async putGroup(write: Write, group: CameraGroup): Promise<void> {
    const { id, name, revision, cameras } = group;
    const restricted = group.restricted ? 1 : 0;
    await write
      .insertInto('camera_groups')
      .values({ id, name, revision, restricted })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ name, revision, restricted }))
      .execute();
    await write.deleteFrom('camera_group_members').where('camera_group', '=', id).execute();
    // SQLite takes a bounded number of values in one statement.
    for (let at = 0; at < cameras.length; at += 500)
      await write
        .insertInto('camera_group_members')
        .values(cameras.slice(at, at + 500).map((camera) => ({ camera_group: id, camera })))
        .execute();
  },
  async removeGroup(write: Write, id: string): Promise<void> {
    await write.deleteFrom('camera_groups').where('id', '=', id).execute();
  },
};

export interface StoredDevice extends ScreenDevice {
  tokenHash: string;
}

/** Paired screens ↔ rows. */
export const deviceStore = {
  async all(db: Database): Promise<StoredDevice[]> {
    return (await db.selectFrom('screen_devices').selectAll().orderBy('paired_at').execute()).map((row) => ({
      id: row.id,
      tokenHash: row.token_hash,
      wall: row.wall,
      screen: row.screen,
      name: row.name,
      pairedAt: row.paired_at,
      pairedBy: row.paired_by,
      lastSeenAt: row.last_seen_at,
    }));
  },
  async add(write: Write, device: StoredDevice): Promise<void> {
    await write
      .insertInto('screen_devices')
      .values({
        id: device.id,
        token_hash: device.tokenHash,
        wall: device.wall,
        screen: device.screen,
        name: device.name,
        paired_at: device.pairedAt,
        paired_by: device.pairedBy,
        last_seen_at: device.lastSeenAt,
      })
      .execute();
  },
  /** @returns whether it was there: two who revoke at once write one entry. */
  async remove(write: Write, id: string): Promise<boolean> {
    const { numDeletedRows } = await write
      .deleteFrom('screen_devices')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  },
  async seen(db: Database, id: string, at: number): Promise<void> {
    await db.updateTable('screen_devices').set({ last_seen_at: at }).where('id', '=', id).execute();
  },
};
