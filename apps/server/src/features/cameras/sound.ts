import { maySound, problem, type Answer, type RecordNote } from '@clerestory/protocol';
import { refuse } from '../../platform/http.ts';
import type { Write } from '../../platform/idempotency.ts';
import type { StoredCamera } from './store.ts';

/** Whether a camera may be listened to was changed. `because`: not by somebody who asked for just that. */
export interface SoundChange {
  camera: string;
  by: string;
  allowed: boolean;
  because?: 'now-private';
}
export type SoundWriter = (write: Write, change: SoundChange) => Promise<void>;

/** Why nobody may be allowed to listen to a camera; null: it can be allowed. */
export function unfitSound({
  visibility,
  source,
  name,
}: Pick<StoredCamera, 'visibility' | 'source' | 'name'>): Answer<never> | null {
  const fail = (detail: string, message: string) =>
    refuse(problem('unprocessable', detail, { errors: [{ pointer: '/allowed', message }] }));
  if (visibility === 'private')
    return fail(
      `Nobody can be allowed to listen to "${name}": it is private, and its owner has lent pictures, not sound.`,
      'a private camera is never listened to',
    );
  if (!maySound(source))
    return fail(
      `"${name}" has no sound here: sound comes from cameras with an RTSP, HLS, RTMP, SRT or MPEG-TS address.`,
      'this kind of camera has no sound',
    );
  return null;
}

/** Writes each change into the record, in the transaction of the change. */
export const soundRecordedIn =
  (record: { append(write: Write, note: RecordNote): Promise<void> }): SoundWriter =>
  (write, { camera, by, allowed, because }) =>
    record.append(write, {
      ...{ kind: 'camera-sound-changed', actor: by, subject: `camera:${camera}` },
      detail: { allowed, ...(because && { because }) },
    });
