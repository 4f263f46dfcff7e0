import { descendants, type ServerProcess } from '../harness/server-process.ts';
import type { Farm } from '../rtsp-farm/farm.ts';

/** What faults work on; `server` is replaced by one that starts it again. */
export interface Ground {
  server: ServerProcess;
  restart(awayMs: number): Promise<void>;
  farm: Farm;
  cameras: readonly string[];
  /** Of the left screen. */
  tiles: number;
  pick<T>(from: readonly T[]): T;
}

export interface Fault {
  name: string;
  /** How often it comes, beside the others. */
  weight: number;
  /** Every tile may be touched; else only those of the camera it returns. */
  run(ground: Ground): Promise<string | null>;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const mediaPid = ({ server }: Ground) =>
  descendants(server.pid).find((pid) => descendants(pid, 'ffmpeg').length > 0) ?? 0;

async function frozen(pid: number, forMs: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await wait(forMs);
  process.kill(pid, 'SIGCONT');
}

/** What happens on bad days. Cameras fail more often than processes, and processes more often than the server. */
export const faults: readonly Fault[] = [
  {
    name: 'a camera drops its connections',
    weight: 4,
    run: ({ farm, cameras, pick }) => {
      const camera = pick(cameras);
      farm.kick(camera);
      return Promise.resolve(camera);
    },
  },
  {
    name: 'a camera sends nothing for 30 s',
    weight: 4,
    run: async ({ farm, cameras, pick }) => {
      const camera = pick(cameras);
      farm.stall(camera);
      await wait(30_000);
      farm.resume(camera);
      return camera;
    },
  },
  {
    name: 'all cameras drop their connections',
    weight: 1,
    run: ({ farm }) => {
      farm.kick();
      return Promise.resolve(null);
    },
  },
  {
    name: 'an ffmpeg is killed',
    weight: 3,
    run: ({ server, pick }) => {
      const pids = descendants(server.pid, 'ffmpeg');
      if (pids.length > 0) process.kill(pick(pids), 'SIGKILL');
      return Promise.resolve(null);
    },
  },
  {
    name: 'two cameras change places',
    weight: 3,
    run: async ({ server, tiles, pick }) => {
      const all = Array.from({ length: tiles }, (_, n) => n);
      const [from, to] = [pick(all.slice(0, tiles / 2)), pick(all.slice(tiles / 2))];
      const tile = (n: number) => ({ screen: 'left', tile: n });
      await server.api('POST', '/walls/control-room/swap', { a: tile(from), b: tile(to) });
      return null;
    },
  },
  {
    name: 'the media process is killed',
    weight: 2,
    run: (ground) => {
      process.kill(mediaPid(ground), 'SIGKILL');
      return Promise.resolve(null);
    },
  },
  {
    name: 'the media process stands still for 15 s',
    weight: 1,
    run: async (ground) => {
      await frozen(mediaPid(ground), 15_000);
      return null;
    },
  },
  {
    name: 'the control server stands still for 15 s',
    weight: 1,
    run: async ({ server }) => {
      await frozen(server.pid, 15_000);
      return null;
    },
  },
  {
    name: 'the server is killed and started again',
    weight: 1,
    run: async ({ restart }) => {
      await restart(0);
      return null;
    },
  },
  {
    name: 'the server is away for a minute',
    weight: 1,
    run: async ({ restart }) => {
      await restart(60_000);
      return null;
    },
  },
];
