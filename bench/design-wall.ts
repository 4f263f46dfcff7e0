import { enter } from '../e2e/support/sign-in.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import type { BenchCameras } from './cameras.ts';
import type { Design } from './design.ts';

const layoutFor = (tiles: number) =>
  ['1', '4', '9', '16', '25', '36'].find((layout) => Number(layout) >= tiles) ?? '36';

export interface WallOptions {
  /** The cameras of the tiles in their order; the others are only registered. Default: all that have one. */
  tiles?: readonly string[];
  /** Streams of these run only while somebody watches. Default: none. */
  onDemand?: readonly string[];
  /** Sub stream of a camera, by its name. */
  subs?: Readonly<Record<string, string>>;
  env?: Record<string, string>;
}

/** The product as it is: its own server, its media process, a screen with one camera a tile. */
export async function startWall(
  cameras: BenchCameras,
  options: WallOptions = {},
): Promise<Design & Pick<ServerProcess, 'api'>> {
  const { onDemand = [], subs = {}, env = {} } = options;
  const server = await startServerProcess({ env });
  const { url } = cameras.farm;
  const screen = '/walls/control-room/screens/left';
  const registered = cameras.names.filter((name) => !Object.values(subs).includes(name));
  const tiles = options.tiles ?? registered;
  await server.api('PUT', `${screen}/layout`, { layout: layoutFor(tiles.length) });
  for (const name of registered) {
    const sub = subs[name] === undefined ? {} : { sub: url(subs[name]) };
    await server.api('POST', '/cameras', {
      ...{ id: name, name, ...(onDemand.includes(name) ? {} : { keep: 'always' }) },
      source: { kind: 'rtsp', main: url(name), ...sub, transport: 'tcp' },
    });
  }
  for (const [tile, camera] of tiles.entries())
    await server.api('PUT', `${screen}/tiles/${tile}`, { camera });
  await untilOnline(server, registered.length - onDemand.length);
  await new Promise((resolve) => setTimeout(resolve, startedMs));
  return {
    name: 'Clerestory',
    url: `${server.url}/screen/left`,
    roots: [server.pid],
    api: server.api,
    enter: (context) => enter(context, server),
    close: () => server.stop(),
  };
}

const onlineTimeoutMs = 60_000;
/** By then the stills have been made that each start of a stream brings with it. */
const startedMs = 6_000;

/** As in daily running, and as design A's playlists are full: every camera's stream is there before a page is. */
export async function untilOnline(server: ServerProcess, count: number): Promise<void> {
  const deadlineMs = Date.now() + onlineTimeoutMs;
  for (;;) {
    const { items } = await server.api<{ items: { health: { state: string } }[] }>(
      'GET',
      '/cameras?limit=500',
    );
    if (items.filter(({ health }) => health.state === 'online').length >= count) return;
    if (Date.now() > deadlineMs) throw new Error(`after ${onlineTimeoutMs} ms not every camera is online`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
