import {
  problem,
  screenOf,
  type Camera,
  type CameraHealth,
  type CameraViewers,
  type Grant,
  type Incident,
  type MediaAddress,
  type OrderStatus,
  type PtzHolder,
  type ScreenStatus,
  type Snapshot,
  type WallState,
} from '@clerestory/protocol';
import type { Clock } from '../../platform/clock.ts';
import { ok, refuse } from '../../platform/http.ts';
import { rooms, type Audience, type SocketHandlers, type WindowSocket } from '../../platform/sockets.ts';
import type { Asker, WallService } from './service.ts';

/** What a snapshot shows beside the wall; the other features lend it. */
export interface SnapshotParts {
  cameras(): Camera[];
  health(): CameraHealth[];
  screens(wall: WallState): ScreenStatus[];
  /** Cameras that are hidden from visitors. */
  restricted(): string[];
  ptz(): PtzHolder[];
  viewers(): CameraViewers[];
  grants(): Grant[];
  incidents(): Incident[];
  /** What became of the last orders to the wall's screens. */
  orders(wall: string): OrderStatus[];
  media(): MediaAddress | null;
  server: Snapshot['server'];
}

/** Who comes and goes, for whoever counts screens. */
export interface Presence {
  joined(socket: WindowSocket, wall: string): void;
}

/** A window further behind than this gets a snapshot. */
const maxCatchUp = 500;

export function wallSockets(
  walls: WallService,
  parts: SnapshotParts,
  presence: Presence,
  audience: Audience,
  clock: Clock,
  askerOf: (socket: WindowSocket) => Asker | undefined,
): SocketHandlers {
  const snapshot = (wall: WallState, { data: { hello } }: WindowSocket): Snapshot => ({
    wall,
    cameras: parts.cameras(),
    health: parts.health(),
    screens: parts.screens(wall),
    ptz: parts.ptz(),
    viewers: parts.viewers(),
    grants: parts.grants(),
    incidents: parts.incidents(),
    ...(hello.surface !== 'screen' && { orders: parts.orders(wall.id) }),
    restricted: parts.restricted(),
    media: parts.media(),
    walls: walls.shared().map(({ id, name }) => ({ id, name })),
    serverMs: clock.nowMs(),
    server: parts.server,
  });

  walls.onCommit((commit) => audience.tell(rooms.wall(commit.wall), 'wall:committed', commit));

  const findWall = (
    request: { wall?: string | undefined; screen?: string | undefined },
    socket: WindowSocket,
  ): WallState | undefined => {
    const by = socket.data.by ?? '';
    if (request.wall === undefined && request.screen === undefined) return walls.shared()[0];
    const found = request.wall === undefined ? walls.ofScreen(request.screen ?? '') : walls.get(request.wall);
    return found && walls.isFor(found.id, by) ? found : undefined;
  };

  return {
    'wall:join': async (request, socket) => {
      const { hello } = socket.data;
      const own = screenOf(hello);
      if (own !== null && (request.screen ?? own) !== own)
        return refuse(problem('forbidden', 'A screen joins for itself alone.'));
      const wall = findWall(own === null ? request : { screen: own }, socket);
      if (!wall) {
        const what = own === null ? `wall "${request.wall ?? request.screen ?? ''}"` : `screen "${own}"`;
        return refuse(
          problem('not-found', `There is no ${what}. Add it in the console, or correct the address.`),
        );
      }
      const { wall: before } = socket.data;
      if (before !== undefined && before !== wall.id) {
        await socket.leave(rooms.wall(before));
        await socket.leave(rooms.consoles(before));
      }
      socket.data.wall = wall.id;
      await socket.join([
        rooms.everyone,
        rooms.wall(wall.id),
        ...(own === null ? [] : [rooms.screen(own)]),
        ...(hello.surface === 'screen' ? [] : [rooms.consoles(wall.id)]),
      ]);
      presence.joined(socket, wall.id);
      // Read after joining the room: what is committed from here on arrives as an event.
      return ok(snapshot(walls.get(wall.id) ?? wall, socket));
    },
    'wall:resync': async ({ wall, since }, socket) => {
      const state = walls.get(wall);
      if (!state || socket.data.wall !== wall)
        return refuse(problem('not-found', `This window has not joined a wall "${wall}".`));
      if (since > state.sequence || state.sequence - since > maxCatchUp)
        return ok({ snapshot: snapshot(state, socket) });
      const commits = await walls.commitsSince(wall, since, maxCatchUp);
      // The history is whole from 1 on, but a restored store may have lost its beginning.
      if (!commits || (commits[0]?.sequence ?? since + 1) !== since + 1)
        return ok({ snapshot: snapshot(state, socket) });
      return ok({ commits });
    },
    'wall:command': ({ wall, key, base, command }, socket) => {
      if (socket.data.hello.surface === 'screen')
        return refuse(problem('forbidden', 'A screen only shows; change it from the console.'));
      if (socket.data.wall !== wall)
        return refuse(problem('not-found', `This window has not joined a wall "${wall}".`));
      const asker = askerOf(socket);
      return walls.execute({
        ...{ wall, key, base, command, by: socket.data.by ?? 'console' },
        ...(asker && { asker }),
      });
    },
    'wall:recent': async ({ wall, limit }, socket) => {
      if (socket.data.hello.surface === 'screen' || socket.data.wall !== wall)
        return refuse(problem('not-found', `This window has not joined a wall "${wall}".`));
      return ok({ commits: (await walls.latestCommits(wall, limit)) ?? [] });
    },
  };
}
