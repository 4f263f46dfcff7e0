import { distanceM } from '@clerestory/consent';
import type { RecordDetail, RecordNote } from '@clerestory/protocol';
import type { Write } from '../../platform/idempotency.ts';
import type { StoredCamera } from './store.ts';

/** A camera came into the registry (`before` null), was changed, or left it (`after` null). */
export interface RegistryChange {
  before: StoredCamera | null;
  after: StoredCamera | null;
  by: string;
}
export type RegistryWriter = (write: Write, change: RegistryChange) => Promise<void>;

/** What the registry says of a camera and the record keeps, old and new. Masks and sound have kinds of their own. */
const shown = ['visibility', 'placeKind', 'tier', 'owner'] as const;
const where = ['place', 'neighbourhood', 'latitude', 'longitude', 'heading', 'viewAngle'] as const;
const fields = ['name', 'number', ...shown, ...where, 'source', 'keep', 'tags'] as const;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Names of what differs. */
export const changedFields = (before: StoredCamera, after: StoredCamera): string[] =>
  fields.filter((field) => !same(before[field], after[field]));

/**
 * What the record keeps of a change: of a source its kind and never its address; of where a private camera is how far it
 * was moved, since that is somebody's home, and of a public one the place itself.
 */
export function detailOf({ before, after }: Omit<RegistryChange, 'by'>): RecordDetail {
  const now = after ?? before;
  if (!now) return {};
  const detail: RecordDetail = { revision: now.revision, sourceKind: now.source.kind };
  const isOpen = now.visibility === 'public' && (before?.visibility ?? 'public') === 'public';
  const kept = [...shown, ...(isOpen ? where : [])];
  if (!before || !after) {
    for (const field of kept) detail[field] = now[field];
    return detail;
  }
  detail['fields'] = changedFields(before, after);
  for (const field of kept)
    if (!same(before[field], after[field]))
      Object.assign(detail, { [field]: after[field], [`${field}Before`]: before[field] });
  if (before.source.kind !== after.source.kind) detail['sourceKindBefore'] = before.source.kind;
  const moved = distanceOf(before, after);
  if (moved !== null) detail['movedM'] = moved;
  return detail;
}

/** Metres; null: it stands where it stood, or one of both is nowhere. */
function distanceOf(a: StoredCamera, b: StoredCamera): number | null {
  if (a.latitude === null || a.longitude === null || b.latitude === null || b.longitude === null) return null;
  const m = distanceM(
    { latitude: a.latitude, longitude: a.longitude },
    { latitude: b.latitude, longitude: b.longitude },
  );
  return m === 0 ? null : Math.round(m);
}

/** Writes each change into the record, in the transaction of the change; one that changes nothing is none. */
export const registryRecordedIn =
  (record: { append(write: Write, note: RecordNote): Promise<void> }): RegistryWriter =>
  async (write, { before, after, by }) => {
    if (before && after && changedFields(before, after).length === 0) return;
    const kind = !before ? 'camera-added' : after ? 'camera-changed' : 'camera-removed';
    const id = (after ?? before)?.id ?? '';
    await record.append(write, {
      ...{ kind, actor: by, subject: `camera:${id}` },
      detail: detailOf({ before, after }),
    });
  };
