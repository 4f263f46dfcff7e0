import { startServerProcess } from '../tools/harness/server-process.ts';
import type { BenchCameras } from './cameras.ts';
import type { Design } from './main.ts';

const layoutFor = (tiles: number) =>
  ['1', '4', '9', '16', '25', '36'].find((layout) => Number(layout) >= tiles) ?? '36';

/** The product as it is: its own server, its media process, a screen with one camera a tile. */
export async function startWall(cameras: BenchCameras): Promise<Design> {
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
  return {
    name: 'Clerestory',
    url: `${server.url}/screen/left`,
    roots: [server.pid],
    close: () => server.stop(),
  };
}
