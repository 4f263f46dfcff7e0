import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { addPerson, Browser, setUpAdministrator } from '../../apps/server/src/testing/browser.ts';

/** `SERVER_MAIN`: the server as it was built, where whoever runs the tests has built it. */
const serverMain =
  process.env['SERVER_MAIN'] ?? path.resolve(import.meta.dirname, '../../apps/server/src/main.ts');

/** `administrator` manages; `team` is operator, supervisor and investigator in one. */
export type TestPerson = 'administrator' | 'team';

/** The real server as a process of its own, so that it can be killed. */
export interface ServerProcess {
  url: string;
  port: number;
  pid: number;
  dataDir: string;
  /** REST below `/api/v1`, as `administrator` for the registry and the people, as `team` for all else; throws on a refusal. */
  api<T = unknown>(method: string, address: string, body?: unknown): Promise<T>;
  /** Somebody who is signed in. The first one asked for sets the server up. */
  signedIn(who: TestPerson, when?: 'anew'): Promise<Browser>;
  /** Ends it as the kernel would: no clean-up. */
  kill(): Promise<void>;
  /** Ends it cleanly. */
  stop(): Promise<void>;
}

/** Whoever is told to end runs no exit hooks by itself, and would leave its servers behind. */
const endInOrder = () => process.exit(143);

/** Starts on any free port with a data folder of its own, unless `port` or `dataDir` are given. `main`: another program that says the same. */
export async function startServerProcess(
  options: { env?: Record<string, string>; dataDir?: string; port?: number; main?: string } = {},
): Promise<ServerProcess> {
  const ownDir = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), 'clerestory-'));
  const child = spawn(process.execPath, [options.main ?? serverMain], {
    env: {
      ...process.env,
      CLERESTORY_PORT: String(options.port ?? 0),
      CLERESTORY_DATA: dataDir,
      CLERESTORY_DEMO: '0',
      CLERESTORY_CAMERA_NETWORKS: 'private,public,loopback',
      CLERESTORY_LOG_LEVEL: 'error',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tidy = () => child.kill('SIGKILL');
  process.once('exit', tidy);
  if (!process.listeners('SIGTERM').includes(endInOrder)) process.once('SIGTERM', endInOrder);
  const { url, setUpToken } = await ready(child);
  const signedIn = signInOnce(url, setUpToken);
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
      const manages =
        method !== 'GET' && /^\/(cameras|camera-groups|people|rights|onvif|imports)\b/.test(address);
      const who = manages ? 'administrator' : 'team';
      let answer = await (await signedIn(who)).call(method, address, body);
      // Half an hour idle, as in a soak: the session cannot act any more.
      if (answer.status === 423) answer = await (await signedIn(who, 'anew')).call(method, address, body);
      if (answer.status >= 400)
        throw new Error(`${method} ${address}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return (answer.body === '' ? undefined : answer.body) as T;
    },
    signedIn,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      if (ownDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Where it is, and the token of the set-up link that it prints while nobody administers. */
async function ready(child: ChildProcess): Promise<{ url: string; setUpToken: string | null }> {
  if (!child.stdout) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`the server ended with ${String(code)} before it was ready`)),
  );
  const told = new Promise<{ url: string; setUpToken: string | null }>((resolve) => {
    let url = '';
    let setUpToken: string | null = null;
    lines.on('line', (line) => {
      url = /ready: (\S+)/.exec(line)?.[1] ?? url;
      setUpToken = /#set-up=(\S+)/.exec(line)?.[1] ?? setUpToken;
      if (line.includes('Ctrl+C')) resolve({ url, setUpToken });
    });
  });
  const answer = await Promise.race([told, ended]);
  ended.catch(() => undefined);
  return answer;
}

/** Signs each person in once; both stay in the store, so that a restarted server knows them. */
function signInOnce(url: string, setUpToken: string | null): ServerProcess['signedIn'] {
  const there: Partial<Record<TestPerson, Promise<Browser>>> = {};
  const enter = async (login: string) => {
    const browser = new Browser(url);
    const answer = await browser.signIn(login);
    if (answer.status !== 200) throw new Error(`${login} cannot sign in: ${JSON.stringify(answer.body)}`);
    return browser;
  };
  const administrator = () =>
    (there.administrator ??=
      setUpToken === null
        ? enter('ada')
        : setUpAdministrator({ url, welcome: () => Promise.resolve({ setUpToken }) }));
  const team = async () => {
    if (setUpToken !== null)
      await addPerson(await administrator(), 'tess', ['operator', 'supervisor', 'investigator']);
    return enter('tess');
  };
  const names = { administrator: 'ada', team: 'tess' };
  return (who, when) => {
    if (when === 'anew') return (there[who] = enter(names[who]));
    return who === 'administrator' ? administrator() : (there.team ??= team());
  };
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

/** A zombie has ended; only nobody has asked how. */
export const isRunning = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
};
