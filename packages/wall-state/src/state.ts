import type { Assignment, Screen, WallState, Why } from '@clerestory/protocol';

/** Screens that one wall may have. Keeps a snapshot and the largest commit small. */
export const maxScreens = 64;
/** Tile indexes a screen can hold, parked ones included: 0 to 63, as the protocol's `TileIndex`. */
const maxTiles = 64;
/** Why a camera is on a tile when whoever put it there gave no reason. */
export const defaultWhy: Why = Object.freeze({ kind: 'standing', purpose: 'General monitoring' });

/** A wall before its first commit. */
export const emptyWall = (id: string, name: string): WallState => ({ id, name, sequence: 0, screens: [] });

/** The screen of that id, or undefined. */
export const screenOf = (state: WallState, screen: string): Screen | undefined =>
  state.screens.find(({ id }) => id === screen);

/** What a tile holds, on show or parked; undefined when it is empty. */
export const assignmentOf = (screen: Screen, tile: number): Assignment | undefined =>
  screen.tiles[String(tile)];

/** The tiles of a screen that hold something, parked ones included, by growing index. */
export function filledTiles(screen: Screen): { tile: number; assignment: Assignment }[] {
  const filled = [];
  for (let tile = 0; tile < maxTiles; tile++) {
    const assignment = assignmentOf(screen, tile);
    if (assignment !== undefined) filled.push({ tile, assignment });
  }
  return filled;
}
