import { z } from 'zod';
import type { Database } from '../../platform/database.ts';

/** What is kept of a device behind a camera, login included: stays in the server. */
const StoredDevice = z.object({
  /** Of the device service, with the name that was given. */
  url: z.string(),
  username: z.string(),
  password: z.string(),
  ptzProfile: z.string().nullable(),
  ptz: z.object({ move: z.boolean(), zoom: z.boolean(), presets: z.boolean(), home: z.boolean() }).nullable(),
  events: z.boolean(),
});
export type StoredDevice = z.infer<typeof StoredDevice>;

/** Devices ↔ rows; a row goes with its camera. */
export const deviceStore = {
  async all(db: Database): Promise<[camera: string, device: StoredDevice][]> {
    const rows = await db.selectFrom('onvif_devices').selectAll().execute();
    return rows.map(({ camera, device }) => [camera, StoredDevice.parse(JSON.parse(device))]);
  },
  async put(db: Database, camera: string, device: StoredDevice): Promise<void> {
    const row = { camera, device: JSON.stringify(device) };
    await db
      .insertInto('onvif_devices')
      .values(row)
      .onConflict((conflict) => conflict.column('camera').doUpdateSet({ device: row.device }))
      .execute();
  },
};
