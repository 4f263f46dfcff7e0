import {
  Keep,
  Masks,
  PlaceKind,
  RegistrySource,
  Tier,
  Visibility,
  type CameraInput,
} from '@clerestory/protocol';
import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/database.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { Tables } from '../../platform/tables.ts';

/** A camera with its secrets: stays inside the server and goes to media nodes, never into an answer. */
export interface StoredCamera extends Omit<CameraInput, 'id' | 'number'> {
  id: string;
  number: number;
  /** Its sound may be listened to. */
  sound: boolean;
  revision: number;
  createdAt: number;
  updatedAt: number;
}

const Tags = z.array(z.string());

const fromRow = (row: Selectable<Tables['cameras']>): StoredCamera => ({
  id: row.id,
  number: row.number,
  name: row.name,
  place: row.place,
  neighbourhood: row.neighbourhood,
  latitude: row.latitude,
  longitude: row.longitude,
  keep: Keep.parse(row.keep),
  tags: Tags.parse(JSON.parse(row.tags)),
  source: RegistrySource.parse(JSON.parse(row.source)),
  heading: row.heading,
  viewAngle: row.view_angle,
  placeKind: PlaceKind.parse(row.place_kind),
  visibility: Visibility.parse(row.visibility),
  tier: Tier.parse(row.tier),
  owner: row.owner,
  masks: Masks.parse(JSON.parse(row.masks)),
  sound: row.sound === 1,
  revision: row.revision,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const toRow = (camera: StoredCamera) => ({
  id: camera.id,
  number: camera.number,
  name: camera.name,
  place: camera.place,
  neighbourhood: camera.neighbourhood,
  latitude: camera.latitude,
  longitude: camera.longitude,
  keep: camera.keep,
  tags: JSON.stringify(camera.tags),
  source: JSON.stringify(camera.source),
  masks: JSON.stringify(camera.masks),
  sound: camera.sound ? 1 : 0,
  heading: camera.heading,
  view_angle: camera.viewAngle,
  place_kind: camera.placeKind,
  visibility: camera.visibility,
  tier: camera.tier,
  owner: camera.owner,
  revision: camera.revision,
  created_at: camera.createdAt,
  updated_at: camera.updatedAt,
});

/** Cameras ↔ rows. */
export const cameraStore = {
  async all(db: Database): Promise<StoredCamera[]> {
    return (await db.selectFrom('cameras').selectAll().orderBy('number').execute()).map(fromRow);
  },
  async insert(write: Write, camera: StoredCamera): Promise<void> {
    await write.insertInto('cameras').values(toRow(camera)).execute();
  },
  async update(write: Write, camera: StoredCamera): Promise<void> {
    await write.updateTable('cameras').set(toRow(camera)).where('id', '=', camera.id).execute();
  },
  async remove(write: Write, camera: string): Promise<void> {
    await write.deleteFrom('cameras').where('id', '=', camera).execute();
  },
};
