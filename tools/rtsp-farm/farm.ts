import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The system's Python: the GStreamer bindings are system packages. */
const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('farm.py', import.meta.url));
const readyTimeoutMs = 20_000;

export interface FarmAuth {
  method: 'basic' | 'digest';
  user: string;
  password: string;
}

export interface FarmOptions {
  /** Mount name → clip (MP4 or MKV with H.264, H.265 or MJPEG). */
  mounts: Record<string, string>;
  /** Mounts that hum a tone of 440 Hz beside their pictures, and how it is encoded. */
  sounds?: Record<string, 'pcmu' | 'pcma' | 'aac' | 'opus'>;
  auth?: FarmAuth;
  /** Default `any`; a request for another is answered with 461. */
  transport?: 'tcp' | 'udp' | 'any';
  /** Default 0: any free one. */
  port?: number;
}

/** Frame 0 of a mount's loop left at `unixMs + n * loopMs`. */
export interface LoopStart {
  unixMs: number;
  loopMs: number;
}

export interface Farm {
  port: number;
  /** Address of a mount, without login. */
  url(name: string): string;
  /** Sends no frames, keeps its connections. */
  stall(name: string): void;
  resume(name: string): void;
  /** Drops the viewers of one mount, or all. */
  kick(name?: string): void;
  t0(name: string): LoopStart;
  close(): Promise<void>;
}

/** Starts RTSP cameras on loopback; see farm.py. Throws with what the farm said when it cannot start. */
export async function startFarm(options: FarmOptions): Promise<Farm> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)));
  child.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const starts = new Map<string, LoopStart>();
  const order = (line: object) => child.stdin.write(`${JSON.stringify(line)}\n`);
  order(options);

  const port = await new Promise<number>((resolve, reject) => {
    const fail = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`the RTSP farm did not start: ${why} ${said}`.trim()));
    };
    const timer = setTimeout(() => fail('it took too long.'), readyTimeoutMs);
    child.once('error', (error) => fail(`${error.message}.`));
    child.once('close', () => fail('it ended.'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, json] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      if (word === 'T0') {
        const { mount, unixMs, loopMs } = JSON.parse(json) as LoopStart & { mount: string };
        starts.set(mount, { unixMs, loopMs });
      } else if (word === 'READY') {
        clearTimeout(timer);
        resolve((JSON.parse(json) as { port: number }).port);
      }
    });
  });

  return {
    port,
    url: (name) => `rtsp://127.0.0.1:${port}/${name}`,
    stall: (name) => void order({ stall: name }),
    resume: (name) => void order({ resume: name }),
    kick: (name) => void order({ kick: name ?? null }),
    t0(name) {
      const start = starts.get(name);
      if (!start) throw new Error(`the farm has no mount "${name}"`);
      return start;
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
