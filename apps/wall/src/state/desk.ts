import type { StreamName } from '@clerestory/protocol';
import { createStore } from 'zustand/vanilla';

/** What a tile of this window can do; see the tiles themselves. */
export interface DeskTile {
  isZoomed(): boolean;
  zoom(direction: 'closer' | 'wider'): void;
  pan(dx: number, dy: number): void;
  whole(): void;
  isReplaying(): boolean;
  toggleReplay(): void;
  togglePause(): void;
  step(seconds: number): void;
  isSounding(): boolean;
  toggleSound(): void;
  still(): { video: HTMLVideoElement; captureMs: number; stream: StreamName; seen: 'live' | 'replay' } | null;
}

/** A window of a workstation, beside what every console has. */
export interface DeskState {
  /** The screen that this window is; null at a console. */
  screen: string | null;
  /** The tile that fills the window for now; nobody else sees it so. */
  maximised: number | null;
  /** The tile whose camera the arrow keys move. */
  moving: number | null;
}

export const deskStore = createStore<DeskState>(() => ({ screen: null, maximised: null, moving: null }));

/** The tiles that are mounted, by their number. */
export const deskTiles = new Map<number, DeskTile>();
