import { ackTimeoutMs } from '@clerestory/protocol';
import type { StoreApi } from 'zustand/vanilla';
import { wallStore, type WallStore } from '../state/store.ts';
import type { SnapshotStorage } from './cache.ts';
import { rejoinMs } from './joiner.ts';

export interface SyncOptions {
  /** Where the server is; null for the page's own origin. */
  url: string | null;
  store: StoreApi<WallStore>;
  /** For the offline cache of a screen. */
  storage: SnapshotStorage | null;
  /** For the guard against reload loops. */
  session: SnapshotStorage | null;
  ackTimeoutMs: number;
  rejoinMs: number;
  nowMs: () => number;
  reload: () => void;
}

/** Storage may be closed to us (privacy settings): then there is none. */
function openStorage(which: 'localStorage' | 'sessionStorage'): SnapshotStorage | null {
  try {
    return globalThis[which] ?? null;
  } catch {
    return null;
  }
}

/** What a page in a browser works with; tests give what they need instead. */
export const withDefaults = (given: Partial<SyncOptions>): SyncOptions => ({
  url: null,
  store: wallStore,
  storage: given.storage === undefined ? openStorage('localStorage') : given.storage,
  session: given.session === undefined ? openStorage('sessionStorage') : given.session,
  ackTimeoutMs,
  rejoinMs,
  nowMs: () => Date.now(),
  reload: () => globalThis.location.reload(),
  ...given,
});
