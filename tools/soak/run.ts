import { startServerProcess, type ServerProcess } from '../harness/server-process.ts';
import { startCameras } from '../../bench/cameras.ts';
import { faults, type Fault } from './faults.ts';
import { serverVitals, storeMb, type Vitals } from './vitals.ts';
import { openWall, type SoakWall, type TileLook, type WallLook } from './walls.ts';

export interface SoakOptions {
  hours: number;
  /** From the end of one fault to the next, minutes. */
  everyMinutes: number;
  seed: number;
  /** Hears of each fault and each sample. */
  told(line: string): void;
}

export interface Sample {
  atMs: number;
  control: Vitals;
  media: Vitals;
  ffmpeg: Vitals;
  storeMb: number;
  walls: (Pick<WallLook, 'heapMb' | 'nodes' | 'browser'> & { screen: string })[];
}

export interface TileCount {
  looks: number;
  live: number;
  /** Of the looks at a time when no fault was near. */
  calmLooks: number;
  calmLive: number;
  /** Live, and the picture was of another camera. Must be 0. */
  wrong: number;
  /** Live, and the picture was older than four seconds. Must be 0. */
  old: number;
}

export interface SoakReport {
  startedAtMs: number;
  endedAtMs: number;
  samples: Sample[];
  /** `screen tile` → counts. */
  tiles: Map<string, TileCount>;
  faults: { atMs: number; name: string; allLiveAfterS: number | null }[];
}

const lookEveryMs = 2_000;
const sampleEveryMs = 30_000;
/** Tiles, by screen: cameras 1–9 left, 9–12 right. */
const screens = [
  { screen: 'left', layout: '9', cameras: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  { screen: 'right', layout: '4', cameras: [9, 10, 11, 12] },
];
const cameraCount = 12;
/** Live means captured at most 3 s ago; the look itself, and a clock that counts in frames, get the rest. */
const oldMs = 4_000;
/** A tile that is not live this long after a fault is told as such, s. */
const patienceS = 180;

/** Numbers from 0 to 1, the same for the same seed (xorshift32). */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Two real browsers on a real server with twelve RTSP cameras for hours, with a fault each few minutes. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { hours, everyMinutes, told } = options;
  const next = random(options.seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const cameras = await startCameras(cameraCount);
  let server = await startServerProcess();
  const walls: SoakWall[] = [];
  const report: SoakReport = {
    startedAtMs: Date.now(),
    endedAtMs: 0,
    samples: [],
    tiles: new Map(),
    faults: [],
  };
  const { dataDir, port } = server;
  const restart = async (awayMs: number) => {
    await server.kill();
    await wait(awayMs);
    server = await startServerProcess({ dataDir, port });
  };
  /** Looks made while this is in the future belong to a fault. */
  let calmAfterMs = Infinity;
  let lastLooks: TileLook[] = [];
  let over = false;
  try {
    await furnish(server, cameras.farm.url);
    for (const { screen } of screens) walls.push(await openWall(server, screen, cameras.farm));
    const looking = (async () => {
      let sampleDueMs = 0;
      while (!over) {
        const dueMs = Date.now() + lookEveryMs;
        const looks = await Promise.all(walls.map(async (wall) => ({ wall, ...(await wall.look()) })));
        lastLooks = looks.flatMap(({ tiles }) => tiles);
        for (const { wall, tiles } of looks)
          for (const tile of tiles)
            count(report.tiles, `${wall.screen} ${tile.tile}`, tile, Date.now() > calmAfterMs);
        if (Date.now() >= sampleDueMs) {
          sampleDueMs = Date.now() + sampleEveryMs;
          report.samples.push({
            atMs: Date.now(),
            ...serverVitals(server.pid),
            storeMb: storeMb(dataDir),
            walls: looks.map(({ wall, heapMb, nodes, browser }) => ({
              ...{ screen: wall.screen, heapMb, nodes, browser },
            })),
          });
          told(JSON.stringify(report.samples.at(-1)));
        }
        await wait(Math.max(0, dueMs - Date.now()));
      }
    })();
    const allLive = () => lastLooks.length > 0 && lastLooks.every(({ state }) => state === 'live');
    const liveAgain = async () => {
      const fromMs = Date.now();
      while (Date.now() < fromMs + patienceS * 1_000) {
        await wait(lookEveryMs * 1.5);
        if (allLive()) return Math.round((Date.now() - fromMs) / 1_000);
      }
      return null;
    };
    await liveAgain();
    calmAfterMs = Date.now();
    const endMs = report.startedAtMs + hours * 3_600_000;
    while (Date.now() < endMs) {
      await wait(Math.min(everyMinutes * 60_000, endMs - Date.now()));
      if (Date.now() >= endMs) break;
      const fault = choose(next);
      calmAfterMs = Infinity;
      const atMs = Date.now();
      await fault.run({ server, restart, farm: cameras.farm, cameras: cameras.names, pick });
      const allLiveAfterS = await liveAgain();
      calmAfterMs = Date.now();
      report.faults.push({ atMs, name: fault.name, allLiveAfterS });
      told(
        `${fault.name}: all live ${allLiveAfterS === null ? 'not' : `${allLiveAfterS} s`} after it was over`,
      );
    }
    over = true;
    await looking;
  } finally {
    over = true;
    for (const wall of walls) await wall.close();
    await server.stop();
    await cameras.close();
  }
  report.endedAtMs = Date.now();
  return report;
}

async function furnish(server: ServerProcess, url: (name: string) => string): Promise<void> {
  for (let n = 1; n <= cameraCount; n++)
    await server.api('POST', '/cameras', {
      ...{ id: `cam${n}`, number: 100 + n, name: `Camera ${n}` },
      source: { kind: 'rtsp', main: url(`cam${n}`), transport: 'tcp' },
    });
  for (const { screen, layout, cameras } of screens) {
    const base = `/walls/control-room/screens/${screen}`;
    await server.api('PUT', `${base}/layout`, { layout });
    for (const [tile, n] of cameras.entries())
      await server.api('PUT', `${base}/tiles/${tile}`, { camera: `cam${n}` });
  }
}

function count(tiles: Map<string, TileCount>, name: string, look: TileLook, calm: boolean): void {
  const counts = tiles.get(name) ?? { looks: 0, live: 0, calmLooks: 0, calmLive: 0, wrong: 0, old: 0 };
  tiles.set(name, counts);
  const live = look.state === 'live';
  counts.looks += 1;
  counts.live += live ? 1 : 0;
  counts.calmLooks += calm ? 1 : 0;
  counts.calmLive += calm && live ? 1 : 0;
  if (live && look.camera !== null && look.camera !== look.assigned) counts.wrong += 1;
  if (live && look.latencyMs !== null && look.latencyMs > oldMs) counts.old += 1;
}

function choose(next: () => number): Fault {
  let left = next() * faults.reduce((sum, { weight }) => sum + weight, 0);
  return faults.find(({ weight }) => (left -= weight) < 0) ?? (faults[0] as Fault);
}
