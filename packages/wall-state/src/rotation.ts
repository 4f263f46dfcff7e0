import type { Assignment, Scene, Screen, Tour, WallState } from '@clerestory/protocol';
import { tileCount } from '@clerestory/layout';
import { assignmentFrom } from './content.ts';
import { filledTiles } from './state.ts';

type Rotation = Pick<Tour, 'dwellS' | 'startedAt' | 'pausedAt'>;

/** Milliseconds that a rotation has run: it stands while somebody has paused it, and while an alert is on. */
function ranMs({ startedAt, pausedAt }: Rotation, nowMs: number, heldSince: number | undefined): number {
  return Math.max(0, Math.min(nowMs, pausedAt ?? Infinity, heldSince ?? Infinity) - startedAt);
}

/** Which of `count` is on show, and after how many milliseconds the next one comes; Infinity while it stands. */
export function turnOf(
  rotation: Rotation,
  count: number,
  nowMs: number,
  heldSince?: number,
): { index: number; nextInMs: number } {
  const ran = ranMs(rotation, nowMs, heldSince);
  const dwellMs = rotation.dwellS * 1_000;
  const stands = rotation.pausedAt !== null || heldSince !== undefined;
  return {
    index: Math.floor(ran / dwellMs) % count,
    nextInMs: stands || count < 2 ? Infinity : dwellMs - (ran % dwellMs),
  };
}

/** Goes on from where it was paused. */
export function resumed<R extends Rotation>(rotation: R, nowMs: number, heldSince = Infinity): R {
  if (rotation.pausedAt === null) return rotation;
  const stoodMs = Math.min(nowMs, heldSince) - Math.min(rotation.pausedAt, heldSince);
  return { ...rotation, startedAt: rotation.startedAt + Math.max(0, stoodMs), pausedAt: null };
}

/** As if the time of a hold had not passed. */
export function afterHold<R extends Rotation>(rotation: R, heldSince: number, nowMs: number): R {
  const stoodMs = Math.min(rotation.pausedAt ?? nowMs, nowMs) - Math.max(heldSince, rotation.startedAt);
  return stoodMs > 0 ? { ...rotation, startedAt: rotation.startedAt + stoodMs } : rotation;
}

/** A screen as it is on show at one instant, its tours resolved; `nextInMs` until that changes by itself. */
export interface ShownScreen {
  screen: Screen;
  /** The scene of a tour that is on, or null. */
  scene: Scene | null;
  nextInMs: number;
}

/** What a screen shows at an instant of the server's clock, Unix ms. The same screen object where no tour runs. */
export function shownScreen(
  wall: Pick<WallState, 'scenes' | 'toursHeld'>,
  screen: Screen,
  nowMs: number,
): ShownScreen {
  const heldSince = wall.toursHeld?.since;
  let nextInMs = Infinity;
  let scene: Scene | null = null;
  let shown = screen;
  if (screen.tour) {
    const scenes = scenesFor(wall, screen);
    const turn = scenes.length > 0 ? turnOf(screen.tour, scenes.length, nowMs, heldSince) : null;
    scene = (turn && scenes[turn.index]) ?? null;
    const named = scene?.screens.find((one) => one.screen === screen.id);
    if (turn && scene && named) {
      nextInMs = turn.nextInMs;
      const startedAt = screen.tour.startedAt;
      const tiles = Object.entries(named.tiles).map(([tile, one]): [string, Assignment] => [
        tile,
        assignmentFrom(one, { by: scene?.savedBy ?? '', nowMs: startedAt }),
      ]);
      shown = { ...screen, layout: named.layout, tiles: Object.fromEntries(tiles) };
    }
  }
  const count = tileCount(shown.layout);
  const turning = filledTiles(shown).filter(({ tile, assignment }) => tile < count && assignment.tour);
  if (turning.length === 0) return { screen: shown, scene, nextInMs };
  const tiles = { ...shown.tiles };
  for (const { tile, assignment } of turning) {
    const { tour } = assignment;
    if (!tour) continue;
    const turn = turnOf(tour, tour.cameras.length, nowMs, heldSince);
    tiles[String(tile)] = { ...assignment, camera: tour.cameras[turn.index] ?? assignment.camera };
    nextInMs = Math.min(nextInMs, turn.nextInMs);
  }
  return { screen: { ...shown, tiles }, scene, nextInMs };
}

/** The scenes of a screen's tour that are still there and name it, in their order. */
const scenesFor = (wall: Pick<WallState, 'scenes'>, screen: Screen): Scene[] =>
  (screen.tour?.scenes ?? []).flatMap((id) => {
    const scene = wall.scenes?.find((one) => one.id === id);
    return scene?.screens.some((one) => one.screen === screen.id) ? [scene] : [];
  });

const camerasOf = ({
  camera,
  tour,
}: {
  camera: string;
  tour?: { cameras: string[] } | undefined;
}): string[] => (tour ? tour.cameras : [camera]);

/** Every camera that a screen shows or comes to show by itself, parked ones too: they come back with a larger layout. */
export function camerasOn(wall: Pick<WallState, 'scenes'>, screen: Screen): Set<string> {
  const own = Object.values(screen.tiles).flatMap(camerasOf);
  const toured = scenesFor(wall, screen).flatMap(({ screens }) =>
    screens
      .filter((one) => one.screen === screen.id)
      .flatMap(({ tiles }) => Object.values(tiles).flatMap(camerasOf)),
  );
  return new Set([...own, ...toured]);
}
