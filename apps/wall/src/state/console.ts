import type { HealthState, Place, TileRef } from '@clerestory/protocol';
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
  | { kind: 'sound-camera'; camera: string }
  | { kind: 'move-camera'; camera: string }
  | { kind: 'remove-camera'; camera: string }
  | { kind: 'scenes' }
  | { kind: 'revert-scene'; applied: number; detail: string }
  | { kind: 'tour'; screen: string; tile: number | null }
  | { kind: 'edit-layout'; screen: string }
  | { kind: 'message-screens'; screen: string | null }
  | { kind: 'screenshot'; screen: string };

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
  /** One screen large, or the room as it hangs. */
  view: 'stage' | 'room';
  /** Places of screens on the plan that are not saved yet, by screen; null while none are moved. */
  places: ReadonlyMap<string, Place> | null;
  /** This console only looks: nothing done at it changes the wall. */
  look: boolean;
  /** Cameras chosen together, in the order of choosing. */
  picked: readonly string[];
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
  view: 'stage',
  places: null,
  look: false,
  picked: [],
  overlay: null,
};

export const consoleStore = createStore<ConsoleState>(() => initialConsole);

/** Chooses a camera together with others, or no longer. */
export const togglePicked = (camera: string): void =>
  consoleStore.setState(({ picked }) => ({
    picked: picked.includes(camera) ? picked.filter((one) => one !== camera) : [...picked, camera],
  }));
