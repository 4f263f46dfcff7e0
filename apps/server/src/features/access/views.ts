import type {
  CameraHealth,
  Commit,
  ScreenReport,
  ScreenStatus,
  Snapshot,
  WallEvent,
  WallState,
} from '@clerestory/protocol';

/** Which cameras exist for somebody. */
export type Sees = (camera: string) => boolean;

/** What leaves the server, without what does not exist for whoever gets it. A tile with such a camera is an empty tile. */
export const seen = {
  wall: (wall: WallState, sees: Sees): WallState => ({
    ...wall,
    screens: wall.screens.map((screen) => seen.screen(screen, sees)),
  }),
  screen: <S extends WallState['screens'][number]>(screen: S, sees: Sees): S => ({
    ...screen,
    tiles: Object.fromEntries(Object.entries(screen.tiles).filter(([, { camera }]) => sees(camera))),
  }),
  /** The sequence stays whole: what was put on a tile becomes "the tile was cleared". */
  commit: (commit: Commit, sees: Sees): Commit => ({
    ...commit,
    events: commit.events.map((event): WallEvent => {
      if (event.type !== 'tile:assigned' || sees(event.assignment.camera)) return event;
      return { type: 'tile:cleared', screen: event.screen, tile: event.tile };
    }),
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
