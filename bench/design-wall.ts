import { enter } from '../e2e/support/sign-in.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import type { BenchCameras } from './cameras.ts';
import type { Design } from './main.ts';

const layoutFor = (tiles: number) =>
  ['1', '4', '9', '16', '25', '36'].find((layout) => Number(layout) >= tiles) ?? '36';

/** The product as it is: its own server, its media process, a screen with one camera a tile. */
export async function startWall(cameras: BenchCameras): Promise<Design & Pick<ServerProcess, 'api'>> {
  const server = await startServerProcess();
  const screen = '/walls/control-room/screens/left';
  await server.api('PUT', `${screen}/layout`, { layout: layoutFor(cameras.names.length) });
  for (const [tile, name] of cameras.names.entries()) {
    await server.api('POST', '/cameras', {
      id: name,
      name,
      keep: 'always',
      source: { kind: 'rtsp', main: cameras.farm.url(name), transport: 'tcp' },
    });
    await server.api('PUT', `${screen}/tiles/${tile}`, { camera: name });
  }
  await untilOnline(server, cameras.names.length);
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
