import type {
  ErrorCode,
  Camera,
  CameraHealth,
  CameraViewer,
  Grant,
  Incident,
  PtzHolder,
  PtzTaken,
  MediaAddress,
  OrderStatus,
  ScreenStatus,
  Snapshot,
  WallState,
} from '@clerestory/protocol';
import { createStore } from 'zustand/vanilla';

/** How this window stands with the control server. Pictures come another way and go on without it. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'online' }
  | { state: 'offline'; sinceMs: number }
  /** The server answered and said no; `detail` is for people. */
  | { state: 'refused'; detail: string; code: ErrorCode | null };

/** All that the server has told this window. Written by `sync/` alone; every surface reads it through `useWall`. */
export interface WallStore {
  link: LinkState;
  /** With this window's own commands that are still on the way done already; see `sync/predictions.ts`. */
  wall: WallState | null;
  cameras: Readonly<Record<string, Camera>>;
  health: Readonly<Record<string, CameraHealth>>;
  screens: Readonly<Record<string, ScreenStatus>>;
  /** Who moves which camera, and what went wrong with it last. */
  ptz: Readonly<Record<string, PtzHolder>>;
  /** By whom a camera was taken over last that this window had moved. */
  ptzTaken: Readonly<Record<string, PtzTaken>>;
  /** Who watches which camera now; one that nobody watches may be missing. */
  viewers: Readonly<Record<string, readonly CameraViewer[]>>;
  /** Grants for private cameras that are live or wait for an answer, by id. */
  grants: Readonly<Record<string, Grant>>;
  /** The last that was asked for and answered with a no, or by nobody. */
  refusedGrant: Grant | null;
  /** Open incidents, by id. */
  incidents: Readonly<Record<string, Incident>>;
  /** Cameras that are hidden while visitors are in the room. */
  restricted: readonly string[];
  /** What became of orders to screens, newest last. */
  orders: readonly OrderStatus[];
  walls: Snapshot['walls'];
  media: MediaAddress | null;
  /** The server program that this window last heard from. */
  server: Snapshot['server'] | null;
  /** The server program is another than the one this page came with: the page is out of date. */
  newVersion: boolean;
  /** Messages that did not match their schema and were left out. */
  droppedMessages: number;
}

export const initialStore: WallStore = {
  link: { state: 'connecting' },
  wall: null,
  cameras: {},
  health: {},
  screens: {},
  ptz: {},
  ptzTaken: {},
  viewers: {},
  grants: {},
  refusedGrant: null,
  incidents: {},
  restricted: [],
  orders: [],
  walls: [],
  media: null,
  server: null,
  newVersion: false,
  droppedMessages: 0,
};

export const wallStore = createStore<WallStore>(() => initialStore);
