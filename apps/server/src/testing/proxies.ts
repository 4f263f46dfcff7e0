import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { findProxy } from '../../../../tools/system-packages.mjs';
import type { TlsFiles } from '../platform/tls.ts';
import { until } from './server.ts';

export type ProxyKind = 'caddy' | 'nginx';

export interface ProxyWish {
  dir: string;
  /** Where it listens, on 127.0.0.1 with TLS. */
  port: number;
  tls: TlsFiles;
  controlPort: number;
  mediaPort: number;
}

const guide = path.resolve(import.meta.dirname, '../../../../docs/guide');

/** Puts what differs at a site into the guide's own file; every place has to be there. */
function adapted(file: string, changes: readonly (readonly [from: string, to: string])[]): string {
  let text = readFileSync(path.join(guide, file), 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`docs/guide/${file} no longer says "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

const configurations: Record<
  ProxyKind,
  (wish: ProxyWish) => { file: string; text: string; args: (file: string) => string[] }
> = {
  caddy: ({ port, tls, controlPort, mediaPort }) => ({
    file: 'Caddyfile',
    text:
      '{\n\tadmin off\n\tauto_https disable_redirects\n}\n' +
      adapted('Caddyfile', [
        [
          '\nwall.example.org {',
          `\nhttps://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${tls.certFile} ${tls.keyFile}`,
        ],
        ['127.0.0.1:8081', `127.0.0.1:${mediaPort}`],
        ['127.0.0.1:8080', `127.0.0.1:${controlPort}`],
      ]),
    args: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  }),
  nginx: ({ dir, port, tls, controlPort, mediaPort }) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((kind) => `${kind}_temp_path ${dir}/nginx/${kind};`)
      .join('\n');
    const site = adapted('nginx.conf', [
      ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
      ['server_name wall.example.org', 'server_name localhost'],
      ['/etc/ssl/wall.example.org.pem', tls.certFile],
      ['/etc/ssl/wall.example.org.key', tls.keyFile],
      ['127.0.0.1:8081', `127.0.0.1:${mediaPort}`],
      ['127.0.0.1:8080', `127.0.0.1:${controlPort}`],
    ]);
    return {
      file: 'whole.conf',
      text: `daemon off;\nmaster_process off;\npid ${dir}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${site}}\n`,
      args: (file) => ['-p', dir, '-c', file],
    };
  },
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/**
 * Starts the real program with the guide's own file. It ends with `stop`, or with us.
 * @throws Error with the command to run, where the program is missing
 */
export async function startProxy(kind: ProxyKind, wish: ProxyWish): Promise<{ stop(): Promise<void> }> {
  const { program, missing } = findProxy(kind);
  if (!program) throw new Error(missing);
  const { file, text, args } = configurations[kind](wish);
  const place = path.join(wish.dir, file);
  mkdirSync(path.join(wish.dir, kind), { recursive: true });
  writeFileSync(place, text);
  const env = {
    PATH: process.env['PATH'],
    HOME: wish.dir,
    XDG_DATA_HOME: wish.dir,
    XDG_CONFIG_HOME: wish.dir,
  };
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args(place)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const ended = once(child, 'exit');
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${kind} ended at once: ${said}`);
    return answers(wish.port);
  });
  return {
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
