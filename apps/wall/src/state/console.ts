import type { HealthState, TileRef } from '@clerestory/protocol';
import { createStore } from 'zustand/vanilla';

/** What lies over the console. One at a time. */
export type Overlay =
  | { kind: 'keys' }
  | { kind: 'ask'; targets: readonly { camera: string; screen: string | null }[] }
  | { kind: 'incidents' }
  | { kind: 'private'; off: boolean }
  | { kind: 'palette' }
  | { kind: 'workstation' }
  | { kind: 'mark'; camera: string; at: number }
  | { kind: 'push-tile'; camera: string }
  | { kind: 'pull-tile'; at: TileRef }
  | { kind: 'add-screen' }
  | { kind: 'rename-screen'; screen: string }
  | { kind: 'remove-screen'; screen: string }
  | { kind: 'rename-wall' }
  | { kind: 'add-camera' }
  | { kind: 'edit-camera'; camera: string }
  | { kind: 'mask-camera'; camera: string }
  | { kind: 'move-camera'; camera: string }
  | { kind: 'remove-camera'; camera: string };

/** What one person at this console has chosen; nobody else sees it. */
export interface ConsoleState {
  /** The screen on the stage. */
  screen: string | null;
  /** The chosen tile of that screen. */
  tile: number | null;
  /** The camera whose details are shown. */
  camera: string | null;
  /** The tile that waits for its partner in a swap. */
  mark: TileRef | null;
  /** Typed digits; see `features/call-up/buffer.ts`. */
  callUp: string;
  query: string;
  filter: HealthState | 'all';
  /** Only favourites are listed. */
  favourites: boolean;
  layoutOpen: boolean;
  overlay: Overlay | null;
}

export const initialConsole: ConsoleState = {
  screen: null,
  tile: null,
  camera: null,
  mark: null,
  callUp: '',
  query: '',
  filter: 'all',
  favourites: false,
  layoutOpen: false,
  overlay: null,
};

export const consoleStore = createStore<ConsoleState>(() => initialConsole);
