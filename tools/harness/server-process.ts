import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const main = path.resolve(import.meta.dirname, '../../apps/server/src/main.ts');

/** The real server as a process of its own, so that it can be killed. */
export interface ServerProcess {
  url: string;
  port: number;
  pid: number;
  dataDir: string;
  /** REST below `/api/v1`; throws on a refusal unless `expectStatus` says it is meant. */
  api<T = unknown>(method: string, address: string, body?: unknown): Promise<T>;
  /** Ends it as the kernel would: no clean-up. */
  kill(): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
}

/** Starts on any free port with a data folder of its own, unless `port` or `dataDir` are given. */
export async function startServerProcess(
  options: { env?: Record<string, string>; dataDir?: string; port?: number } = {},
): Promise<ServerProcess> {
  const ownDir = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'clerestory-'));
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      CLERESTORY_PORT: String(options.port ?? 0),
      CLERESTORY_DATA: dataDir,
      CLERESTORY_DEMO: '0',
      CLERESTORY_LOG_LEVEL: 'error',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tidy = () => child.kill('SIGKILL');
  process.once('exit', tidy);
  const url = await readyUrl(child);
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    process.off('exit', tidy);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
  };
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    dataDir,
    api: async <T>(method: string, address: string, body?: unknown): Promise<T> => {
      const response = await fetch(`${url}/api/v1${address}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
      return (text ? JSON.parse(text) : undefined) as T;
    },
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      if (ownDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`the server ended with ${String(code)} before it was ready`)),
  );
  const ready = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const url = /ready: (\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return url;
}

/** Process ids below `pid` whose command name is `name`, straight from /proc. */
export function descendants(pid: number, name?: string): number[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const close = stat.lastIndexOf(')');
        return [
          {
            pid: Number(entry),
            name: stat.slice(stat.indexOf('(') + 1, close),
            parent: Number(stat.slice(close + 2).split(' ')[1]),
          },
        ];
      } catch {
        return [];
      }
    });
  const found = all.filter((one) => one.parent === pid);
  for (let index = 0; index < found.length; index++)
    found.push(...all.filter((one) => one.parent === found[index]?.pid));
  return found.filter((one) => name === undefined || one.name === name).map((one) => one.pid);
}
