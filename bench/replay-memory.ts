// What the last minute of every stream costs in memory: node bench/replay-memory.ts [cameras]
// The same cameras for a minute and a half with and without it; nothing of it is judged.
import { startServerProcess } from '../tools/harness/server-process.ts';
import { serverVitals } from '../tools/soak/vitals.ts';
import { clip, startCameras } from './cameras.ts';
import { untilOnline } from './design-wall.ts';

const count = Number(process.argv[2] ?? 4);
/** A minute to fill, and some for collecting what is no longer used. */
const runMs = 85_000;

async function mediaMb(replayMb: number): Promise<number> {
  const cameras = await startCameras(count);
  const server = await startServerProcess({ env: { CLERESTORY_REPLAY_MB: String(replayMb) } });
  try {
    for (const name of cameras.names)
      await server.api('POST', '/cameras', {
        ...{ id: name, name, keep: 'always' },
        source: { kind: 'rtsp', main: cameras.farm.url(name), transport: 'tcp' },
      });
    await untilOnline(server, count);
    await new Promise((resolve) => setTimeout(resolve, runMs));
    return Math.round(serverVitals(server.pid).media.privateMb * 10) / 10;
  } finally {
    await server.stop();
    await cameras.close();
  }
}
const without = await mediaMb(0);
const withReplay = await mediaMb(512);
console.log(
  JSON.stringify({
    ...{ cameras: count, kbpsEach: clip.kbps, withoutMb: without, withMb: withReplay },
    eachMb: Math.round(((withReplay - without) / count) * 100) / 100,
  }),
);
