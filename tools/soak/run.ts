import { startServerProcess, type ServerProcess } from '../harness/server-process.ts';
import { startCameras, type BenchCameras } from '../../bench/cameras.ts';
import { faults, type Fault } from './faults.ts';
import { serverVitals, storeMb, type Vitals } from './vitals.ts';
import { openWall, type SoakWall, type TileLook, type WallLook } from './walls.ts';

export interface SoakOptions {
  hours: number;
  /** From the end of one fault to the next, minutes. */
  everyMinutes: number;
  seed: number;
  /** Tiles of the left and the right screen: 1, 4, 9, 16, 25 or 36. The last camera of the left one is on the right one too. */
  tiles: readonly [number, number];
  picture: SoakPicture;
  /** Hears of each fault and each sample. */
  told(line: string): void;
  /** Gets the report as it is so far, with each sample. */
  soFar(report: SoakReport): void;
}

/** What the cameras send. */
export interface SoakPicture {
  width: number;
  height: number;
  fps: number;
  kbps: number;
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
  tilesOf: readonly [number, number];
  picture: SoakPicture;
  everyMinutes: number;
  startedAtMs: number;
  endedAtMs: number;
  samples: Sample[];
  /** `screen tile` → counts. */
  tiles: Record<string, TileCount>;
  faults: { atMs: number; name: string; allLiveAfterS: number | null }[];
  /** A browser ended by itself, or its page could not be looked at; a new one took its place. */
  browsersLost: { atMs: number; screen: string; why: string }[];
}

const lookEveryMs = 2_000;
const sampleEveryMs = 60_000;

interface Screen {
  screen: string;
  layout: string;
  /** Number of the camera of each tile. */
  cameras: number[];
}

function screensOf([left, right]: readonly [number, number]): Screen[] {
  const from = (first: number, count: number) => Array.from({ length: count }, (_, n) => first + n);
  return [
    { screen: 'left', layout: String(left), cameras: from(1, left) },
    { screen: 'right', layout: String(right), cameras: from(left, right) },
  ];
}

/** Live means captured at most 3 s ago; the look itself, and a clock that counts in frames, get the rest. */
const oldMs = 4_000;
/** A tile that is not live this long after a fault is told as such, s. */
const patienceS = 180;

/** More lost browsers than this end the soak: something is wrong with them, and not now and then. */
const lostAtMost = 20;
/** A new browser gets this long before its tiles count as those of calm times. */
const newBrowserMs = 60_000;

class LostWall extends Error {
  readonly wall: SoakWall;
  constructor(wall: SoakWall, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.wall = wall;
  }
}

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

/** Two real browsers on a real server with real RTSP cameras for hours, with a fault each few minutes. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { hours, everyMinutes, tiles: tilesOf, picture, told } = options;
  const screens = screensOf(tilesOf);
  const next = random(options.seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const cameras = await startCameras(tilesOf[0] + tilesOf[1] - 1, 1, picture);
  let server = await startServerProcess();
  const walls: SoakWall[] = [];
  const report: SoakReport = {
    ...{ tilesOf, picture, everyMinutes },
    startedAtMs: Date.now(),
    endedAtMs: Date.now(),
    samples: [],
    tiles: {},
    faults: [],
    browsersLost: [],
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
    await furnish(server, screens, cameras);
    for (const { screen } of screens) walls.push(await openWall(server, screen, cameras.farm));
    const lookAt = async (wall: SoakWall, sampled: boolean) => {
      try {
        return { wall, ...(await wall.look(sampled)) };
      } catch (fault) {
        throw new LostWall(wall, fault);
      }
    };
    const replaceLost = async (fault: unknown) => {
      if (!(fault instanceof LostWall) || report.browsersLost.length > lostAtMost) throw fault;
      const { wall, message: why } = fault;
      report.browsersLost.push({ atMs: Date.now(), screen: wall.screen, why });
      told(`browser of ${wall.screen} lost: ${why}`);
      calmAfterMs = Math.max(calmAfterMs, Date.now() + newBrowserMs);
      await wall.close();
      // The server may be away just now, too.
      const deadlineMs = Date.now() + patienceS * 1_000;
      const again = (): Promise<SoakWall> =>
        openWall(server, wall.screen, cameras.farm).catch(async (reason: unknown) => {
          if (Date.now() > deadlineMs) throw reason;
          await wait(lookEveryMs);
          return again();
        });
      walls[walls.indexOf(wall)] = await again();
    };
    const looking = (async () => {
      let sampleDueMs = 0;
      while (!over) {
        const dueMs = Date.now() + lookEveryMs;
        const sampled = Date.now() >= sampleDueMs;
        const looks: Awaited<ReturnType<typeof lookAt>>[] = [];
        try {
          looks.push(...(await Promise.all(walls.map((wall) => lookAt(wall, sampled)))));
        } catch (fault) {
          await replaceLost(fault);
          continue;
        }
        lastLooks = looks.flatMap(({ tiles }) => tiles);
        for (const { wall, tiles } of looks)
          for (const tile of tiles)
            count(report.tiles, `${wall.screen} ${tile.tile}`, tile, Date.now() > calmAfterMs);
        if (sampled) {
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
          options.soFar({ ...report, endedAtMs: Date.now() });
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
      const { farm, names } = cameras;
      await fault.run({ server, restart, farm, cameras: names, tiles: tilesOf[0], pick });
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

async function furnish(
  server: ServerProcess,
  screens: readonly Screen[],
  { farm, names }: BenchCameras,
): Promise<void> {
  for (const [index, id] of names.entries())
    await server.api('POST', '/cameras', {
      ...{ id, number: 101 + index, name: `Camera ${index + 1}` },
      source: { kind: 'rtsp', main: farm.url(id), transport: 'tcp' },
    });
  for (const { screen, layout, cameras } of screens) {
    const base = `/walls/control-room/screens/${screen}`;
    await server.api('PUT', `${base}/layout`, { layout });
    for (const [tile, n] of cameras.entries())
      await server.api('PUT', `${base}/tiles/${tile}`, { camera: `cam${n}` });
  }
}

function count(tiles: Record<string, TileCount>, name: string, look: TileLook, calm: boolean): void {
  const counts = (tiles[name] ??= { looks: 0, live: 0, calmLooks: 0, calmLive: 0, wrong: 0, old: 0 });
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
