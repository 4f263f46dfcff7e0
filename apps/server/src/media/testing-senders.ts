/** Real senders for the tests of sources: ffmpeg processes and small HTTP cameras on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import path from 'node:path';

export interface Sender {
  /** What it said on stderr. */
  said(): string;
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Runs a program until closed. */
export function runSender(program: string, args: readonly string[]): Sender {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-8192)));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  running.add(child);
  return {
    said: () => said,
    ended,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15'];
const h264 = [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency'],
  ...['-pix_fmt', 'yuv420p', '-g', '8'],
];

/** ffmpeg that sends a moving picture in real time, with sound nobody asked for. `output`: format and address. */
export const ffmpegSender = (...output: string[]): Sender =>
  runSender('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', ...picture],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440', ...h264, '-c:a', 'aac', '-y', ...output],
  ]);

/** GStreamer that sends a ball in H.265 (of its encoders the one that is free), from a pipeline's last elements on. */
export const gstreamerSender = (tail: string): Sender =>
  runSender('/usr/bin/python3', [
    '-c',
    [
      'import gi, sys',
      "gi.require_version('Gst', '1.0')",
      'from gi.repository import Gst, GLib',
      'Gst.init(None)',
      "p = Gst.parse_launch('videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=15/1 ! x265enc speed-preset=ultrafast tune=zerolatency key-int-max=8 ! h265parse config-interval=-1 ! ' + sys.argv[1])",
      'p.set_state(Gst.State.PLAYING)',
      'GLib.MainLoop().run()',
    ].join('\n'),
    tail,
  ]);

export interface HttpCamera {
  url: string;
  /** Requests so far, as `METHOD /path`. */
  asked: string[];
  close(): Promise<void>;
}

/** An HTTP server on loopback, another address of it on request. */
export async function httpCamera(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  host = '127.0.0.1',
): Promise<HttpCamera> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.on('error', () => {});
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Gives out the files of a folder; 404 for what is not there (yet). */
export const filesOf =
  (dir: string) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    try {
      const name = path.basename((request.url ?? '').split('?')[0] ?? '');
      response.writeHead(200).end(readFileSync(path.join(dir, name)));
    } catch {
      response.writeHead(404).end();
    }
  };
