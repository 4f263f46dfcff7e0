import type {
  Assignment,
  CameraHealth,
  Commit,
  ScreenReport,
  ScreenStatus,
  Scene,
  SceneTile,
  Screen,
  Snapshot,
  WallEvent,
  WallState,
} from '@clerestory/protocol';

/** Which cameras exist for somebody. */
export type Sees = (camera: string) => boolean;

/** A tile without what does not exist for somebody; null when nothing of it does. */
function seenTile<T extends Assignment | SceneTile>(tile: T, sees: Sees): T | null {
  if (!tile.tour) return sees(tile.camera) ? tile : null;
  const cameras = tile.tour.cameras.filter(sees);
  const [first] = cameras;
  if (first === undefined) return null;
  return { ...tile, camera: sees(tile.camera) ? tile.camera : first, tour: { ...tile.tour, cameras } };
}

const camerasOf = ({ camera, tour }: Assignment | SceneTile): readonly string[] => tour?.cameras ?? [camera];

const seenTiles = <T extends Assignment | SceneTile>(
  tiles: Readonly<Record<string, T>>,
  sees: Sees,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(tiles).flatMap(([tile, held]) => {
      const left = seenTile(held, sees);
      return left ? [[tile, left]] : [];
    }),
  );

const seenScene = (scene: Scene, sees: Sees): Scene => ({
  ...scene,
  screens: scene.screens.map((screen) => ({ ...screen, tiles: seenTiles(screen.tiles, sees) })),
});

const seenMemory = (memory: NonNullable<Screen['memory']>, sees: Sees): NonNullable<Screen['memory']> => {
  const list = (tiles: SceneTile[]) => tiles.flatMap((tile) => seenTile(tile, sees) ?? []);
  return Object.fromEntries(
    Object.entries(memory).map(([tile, { back, forward }]) => [
      tile,
      { back: list(back), forward: list(forward) },
    ]),
  );
};

/** What leaves the server, without what does not exist for whoever gets it. A tile with such a camera is an empty tile. */
export const seen = {
  tile: seenTile<Assignment>,
  wall: (wall: WallState, sees: Sees): WallState => ({
    ...wall,
    ...(wall.scenes && { scenes: wall.scenes.map((scene) => seenScene(scene, sees)) }),
    screens: wall.screens.map((screen) => seen.screen(screen, sees)),
  }),
  screen: <S extends WallState['screens'][number]>(screen: S, sees: Sees): S => ({
    ...screen,
    tiles: seenTiles(screen.tiles, sees),
    ...(screen.memory && { memory: seenMemory(screen.memory, sees) }),
  }),
  /** The sequence stays whole: what was put on a tile becomes "the tile was cleared". */
  commit: (commit: Commit, sees: Sees): Commit => ({
    ...commit,
    events: commit.events.map((event): WallEvent => {
      if (event.type === 'scene:saved') return { ...event, scene: seenScene(event.scene, sees) };
      if (event.type !== 'tile:assigned') return event;
      const assignment = seenTile(event.assignment, sees);
      return assignment
        ? { ...event, assignment }
        : { type: 'tile:cleared', screen: event.screen, tile: event.tile };
    }),
  }),
  /** Nothing of it has to be left out. */
  whole: (commit: Commit, sees: Sees): boolean =>
    commit.events.every((event) => {
      if (event.type === 'tile:assigned') return camerasOf(event.assignment).every(sees);
      if (event.type !== 'scene:saved') return true;
      return event.scene.screens.every(({ tiles }) =>
        Object.values(tiles).every((tile) => camerasOf(tile).every(sees)),
      );
    }),
  health: (health: readonly CameraHealth[], sees: Sees): CameraHealth[] =>
    health.filter(({ camera }) => sees(camera)),
  status: (status: ScreenStatus, sees: Sees): ScreenStatus =>
    status.report === null ? status : { ...status, report: reportFor(status.report, sees) },
  snapshot: (snapshot: Snapshot, sees: Sees): Snapshot => ({
    ...snapshot,
    wall: seen.wall(snapshot.wall, sees),
    cameras: snapshot.cameras.filter(({ id }) => sees(id)),
    health: seen.health(snapshot.health, sees),
    ...(snapshot.ptz && { ptz: snapshot.ptz.filter(({ camera }) => sees(camera)) }),
    ...(snapshot.restricted && { restricted: snapshot.restricted.filter((camera) => sees(camera)) }),
    ...(snapshot.viewers && { viewers: snapshot.viewers.filter(({ camera }) => sees(camera)) }),
    ...(snapshot.grants && { grants: snapshot.grants.filter(({ camera }) => sees(camera)) }),
    screens: snapshot.screens.map((status) => seen.status(status, sees)),
  }),
};

const reportFor = (report: ScreenReport, sees: Sees): ScreenReport => ({
  ...report,
  tiles: report.tiles.map((tile) =>
    tile.camera === null || sees(tile.camera)
      ? tile
      : {
          tile: tile.tile,
          camera: null,
          state: 'empty',
          reason: '',
          stream: null,
          latencyMs: null,
          fps: null,
        },
  ),
});
