/** What the media node's tests share: real cameras, a real node, a page's end of the push socket. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  decodePushFrame,
  PushNotice,
  type CameraSource,
  type Keep,
  type Masks,
  type Playable,
  type PushFrame,
  type StreamName,
} from '@clerestory/protocol';
import { readClock, type ClockReading } from '@clerestory/demo-city/clock';
import { WebSocket, type ClientOptions } from 'ws';
import type { MediaCameraConfig } from './cameras.ts';
import { systemClock, type Clock, type Log } from './clock.ts';
import type { NodeConfig } from './config.ts';
import type { Gate } from './gate.ts';
import { startMediaNode, type MediaNode, type NodeDeps } from './node.ts';

/** Looks every few milliseconds until something is so; throws with `what` when it never is. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  timeoutMs = 15_000,
): Promise<Exclude<T, undefined | null | false>> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, undefined | null | false>;
    if (performance.now() > untilMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The system's clock, but its time of day can be set, and what waits for long can be made to wait less. */
export class TestClock implements Clock {
  /** Added to the time of day. */
  setByMs = 0;
  /** How long a wait really takes. */
  shorten: (delayMs: number) => number = (delayMs) => delayMs;
  /** Waits that were asked for, and those that came to their end. */
  readonly asked: number[] = [];
  readonly rang: number[] = [];

  nowMs(): number {
    return systemClock.nowMs() + this.setByMs;
  }
  monotonicMs(): number {
    return systemClock.monotonicMs();
  }
  after(delayMs: number, callback: () => void): () => void {
    this.asked.push(delayMs);
    return systemClock.after(this.shorten(delayMs), () => {
      this.rang.push(delayMs);
      callback();
    });
  }
}

/** Says yes to everybody. */
const openGate: Gate = { mayView: () => ({ ok: true }) };

/** A log that keeps its lines. */
export function keepingLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (facts: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export function startNode(
  config: Partial<NodeConfig> = {},
  deps: Partial<NodeDeps> = {},
): Promise<MediaNode> {
  return startMediaNode(
    {
      host: '127.0.0.1',
      port: 0,
      portFixed: false,
      allowedOrigins: ['http://127.0.0.1:8080', 'http://localhost:8080'],
      ffmpegPath: 'ffmpeg',
      warmMs: 30_000,
      demoDir: '/nowhere',
      cameraNetworks: 'loopback',
      conversions: 2,
      ...config,
    },
    {
      sceneFiles: () => ({ main: '/nowhere/main.mp4', sub: '/nowhere/sub.mp4' }),
      gate: openGate,
      ...deps,
    },
  );
}

export function camera(
  id: string,
  source: Partial<Extract<CameraSource, { kind: 'rtsp' }>> | Exclude<CameraSource, { kind: 'rtsp' }>,
  more: { revision?: number; keep?: Keep; masks?: Masks; private?: true; sound?: true } = {},
): MediaCameraConfig {
  const isRtsp = (one: typeof source): one is Partial<Extract<CameraSource, { kind: 'rtsp' }>> =>
    one.kind === undefined || one.kind === 'rtsp';
  const whole: CameraSource = isRtsp(source)
    ? { main: 'rtsp://127.0.0.1:9/none', transport: 'auto', ...source, kind: 'rtsp' }
    : source;
  return { id, revision: 1, keep: 'on-demand', source: whole, ...more };
}

/** The frame clock in the first picture of a chunk: which camera, and when in its loop the picture was made. */
export function clockIn(init: PushFrame, chunk: PushFrame, width: number, height: number): ClockReading {
  const rgba = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', 'pipe:0', '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'],
    { input: Buffer.concat([init.payload, chunk.payload]), maxBuffer: width * height * 8 },
  );
  const reading = readClock(rgba, width, height);
  if (!reading) throw new Error('the picture has no frame clock');
  return reading;
}

/** A page's end of the push socket; keeps everything it hears. */
export class Viewer {
  readonly socket: WebSocket;
  readonly frames: PushFrame[] = [];
  readonly notices: PushNotice[] = [];
  /** Frames and notices in the order in which they came. */
  readonly heard: (PushFrame | PushNotice)[] = [];
  #channel = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        const frame = decodePushFrame(data);
        this.frames.push(frame);
        this.heard.push(frame);
      } else {
        const notice = PushNotice.parse(JSON.parse(data.toString()));
        this.notices.push(notice);
        this.heard.push(notice);
      }
    });
  }

  /** Resolves when open; rejects with the status when the node refuses. */
  static open(port: number, options: ClientOptions = {}): Promise<Viewer> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/push`, options);
    const viewer = new Viewer(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(viewer));
      socket.once('unexpected-response', (_request, response) => reject(new Error(`${response.statusCode}`)));
      socket.once('error', reject);
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, stream: StreamName = 'main', plays: Playable[] = []): number {
    const channel = (this.#channel += 1);
    this.send({ type: 'subscribe', channel, camera: id, stream, plays });
    return channel;
  }

  replay(id: string, seconds: number, stream: StreamName = 'main'): number {
    const channel = (this.#channel += 1);
    this.send({ type: 'replay', channel, camera: id, stream, seconds });
    return channel;
  }

  listen(id: string): number {
    const channel = (this.#channel += 1);
    this.send({ type: 'listen', channel, camera: id });
    return channel;
  }

  chunks(channel?: number): PushFrame[] {
    return this.frames.filter((f) => f.kind === 'chunk' && (channel === undefined || f.channel === channel));
  }

  states(): string[] {
    return this.notices.flatMap((notice) => (notice.type === 'state' ? [notice.state] : []));
  }

  reasons(): string[] {
    return this.notices.flatMap((notice) => ('reason' in notice ? [notice.reason] : []));
  }

  close(): void {
    this.socket.terminate();
  }
}

export interface Process {
  pid: number;
  parent: number;
  command: string;
  environment: string;
}

/** Every process that may be looked at. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
        return [{ pid: Number(name), parent, command, environment }];
      } catch {
        return [];
      }
    });
}

/** The ingesting ffmpegs started by a process. */
export function ingests(parent = process.pid): Process[] {
  return processes().filter((one) => one.parent === parent && one.command.includes('-flush_packets'));
}
