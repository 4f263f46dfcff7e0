import { Snapshot, type ScreenId } from '@clerestory/protocol';

/** The part of `Storage` that the cache needs. */
export type SnapshotStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const keyOf = (screen: ScreenId) => `clerestory.screen.${screen}`;

/** The last snapshot a screen had, so that it starts while control is away. Unreadable content is thrown away. */
export function loadSnapshot(storage: SnapshotStorage, screen: ScreenId): Snapshot | null {
  try {
    const text = storage.getItem(keyOf(screen));
    if (text === null) return null;
    const parsed = Snapshot.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    storage.removeItem(keyOf(screen));
  } catch {
    // Storage that is closed to us, or half-written text: the screen starts without.
  }
  return null;
}

/** Keeps a snapshot. A full or closed storage is no reason for a screen to fail. */
export function saveSnapshot(storage: SnapshotStorage, screen: ScreenId, snapshot: Snapshot): void {
  try {
    storage.setItem(keyOf(screen), JSON.stringify(snapshot));
  } catch {
    // Nothing to do: the next start waits for control.
  }
}
