import type { Masks, RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';
import { changeOf } from './rules.ts';

export { maskRoutes, type MaskedCameras } from './http.ts';

/** Writes each change of a camera's areas into the record, in the transaction of the change. */
export const masksRecordedIn =
  (record: { append(write: Write, note: RecordNote): Promise<void> }) =>
  (
    write: Write,
    { camera, by, before, after }: { camera: string; by: string; before: Masks; after: Masks },
  ): Promise<void> =>
    record.append(write, {
      kind: 'camera-masks-changed',
      actor: by,
      subject: `camera:${camera}`,
      detail: changeOf(before, after),
    });
