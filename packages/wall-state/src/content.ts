import type { Assignment, Change, Place, SceneTile, SceneTour, WallState, Why } from '@clerestory/protocol';
import { filledTiles, screenOf } from './state.ts';

const sameWhy = (a: Why, b: Why): boolean => a.kind === b.kind && a.purpose === b.purpose;
const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, n) => one === b[n]);

interface Rotating {
  cameras: readonly string[];
  dwellS: number;
}
const sameRotation = (a: Rotating | undefined, b: Rotating | undefined): boolean =>
  a === b || (!!a && !!b && a.dwellS === b.dwellS && sameList(a.cameras, b.cameras));

/** The same thing on show, whoever put it there and when. Where a tour has got to does not matter. */
export const sameShown = (a: SceneTile | undefined, b: SceneTile | undefined): boolean =>
  a === b || (!!a && !!b && a.camera === b.camera && sameWhy(a.why, b.why) && sameRotation(a.tour, b.tour));

/** The very same assignment; where its tour has got to does not matter. */
export const sameAssignment = (a: Assignment | undefined, b: Assignment | undefined): boolean =>
  a === b || (!!a && !!b && a.by === b.by && a.at === b.at && a.until === b.until && sameShown(a, b));

export const sameSceneTour = (a: SceneTour | undefined, b: SceneTour | undefined): boolean =>
  a === b || (!!a && !!b && a.dwellS === b.dwellS && sameList(a.scenes, b.scenes));

export const samePlace = (a: Place | undefined, b: Place | undefined): boolean =>
  a === b || (!!a && !!b && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height);

/** What a scene or a tile's memory keeps of an assignment. */
export const sceneTileOf = ({ camera, why, tour }: SceneTile): SceneTile => ({
  camera,
  why: { ...why },
  ...(tour && { tour: { cameras: [...tour.cameras], dwellS: tour.dwellS } }),
});

/** The assignment that puts such a tile on show now; a tour begins anew. */
export const assignmentFrom = (
  { camera, why, tour }: SceneTile,
  { by, nowMs }: { by: string; nowMs: number },
): Assignment => ({
  camera,
  by,
  at: nowMs,
  why: { ...why },
  until: null,
  ...(tour && {
    tour: { cameras: [...tour.cameras], dwellS: tour.dwellS, startedAt: nowMs, pausedAt: null },
  }),
});

/** What people arrange and a commit changed, on screens that are there before and after. */
export function changesBetween(before: WallState, after: WallState): Change[] {
  const changes: Change[] = [];
  for (const now of after.screens) {
    const was = screenOf(before, now.id);
    if (!was || was === now) continue;
    const screen = now.id;
    if (was.layout !== now.layout)
      changes.push({ kind: 'layout', screen, before: was.layout, after: now.layout });
    if (!sameSceneTour(was.tour, now.tour))
      changes.push({ kind: 'tour', screen, before: was.tour ?? null, after: now.tour ?? null });
    if (!samePlace(was.place, now.place))
      changes.push({ kind: 'place', screen, before: was.place ?? null, after: now.place ?? null });
    const [held, holds] = [was, now].map(
      (one) => new Map(filledTiles(one).map(({ tile, assignment }) => [tile, assignment])),
    );
    for (const tile of new Set([...(held?.keys() ?? []), ...(holds?.keys() ?? [])])) {
      const [a, b] = [held?.get(tile), holds?.get(tile)];
      if (!sameAssignment(a, b))
        changes.push({ kind: 'tile', screen, tile, before: a ?? null, after: b ?? null });
    }
  }
  return changes;
}

/** The same without one camera: a tour goes on with the others, and ends when one is left. Null: nothing is left. */
export function withoutCamera<T extends SceneTile | Assignment>(tile: T, camera: string): T | null {
  const cameras = tile.tour?.cameras.filter((one) => one !== camera);
  if (!cameras || !tile.tour) return tile.camera === camera ? null : tile;
  if (cameras.length === tile.tour.cameras.length && tile.camera !== camera) return tile;
  const [first] = cameras;
  if (first === undefined) return null;
  const { tour, ...still } = tile;
  return (
    cameras.length === 1
      ? { ...still, camera: first }
      : { ...still, camera: cameras.includes(tile.camera) ? tile.camera : first, tour: { ...tour, cameras } }
  ) as T;
}

/** The tiles of a scene without one camera; the same object when it is on none. */
export function withoutCameraIn(tiles: Record<string, SceneTile>, camera: string): Record<string, SceneTile> {
  const entries = Object.entries(tiles).map(
    ([tile, one]) => [tile, one, withoutCamera(one, camera)] as const,
  );
  if (entries.every(([, before, after]) => before === after)) return tiles;
  return Object.fromEntries(entries.flatMap(([tile, , after]) => (after ? [[tile, after]] : [])));
}

/** Every camera that a tile shows, one after the other. */
export const camerasOf = ({ camera, tour }: SceneTile): string[] => [
  ...new Set([camera, ...(tour?.cameras ?? [])]),
];

/** A tile as it is for somebody: without the cameras that are not there for them; null when none is. */
export function onlyWith<T extends SceneTile | Assignment>(
  tile: T,
  isThere: (camera: string) => boolean,
): T | null {
  let left: T | null = tile;
  for (const camera of camerasOf(tile)) if (left && !isThere(camera)) left = withoutCamera(left, camera);
  return left;
}

/** What somebody may bring to a tile, from somewhere that they do not name the cameras of. */
export interface Allowance {
  cameraExists(camera: string): boolean;
  mayArrange(camera: string): boolean;
  sees(camera: string): boolean;
}

/**
 * What of a tile may come to a place: `wanted` null leaves the place empty, as it is for whoever asks. `why` says why
 * nothing may come, and is never about a camera that does not exist for them.
 */
export function allowed<T extends SceneTile | Assignment>(
  tile: T,
  { cameraExists, mayArrange, sees }: Allowance,
): { wanted: T | null; why: 'gone' | 'no right' | null } {
  const there = onlyWith(tile, cameraExists);
  if (!there) return { wanted: null, why: 'gone' };
  const seen = onlyWith(there, sees);
  if (!seen) return { wanted: null, why: null };
  return camerasOf(seen).every(mayArrange) ? { wanted: seen, why: null } : { wanted: null, why: 'no right' };
}
