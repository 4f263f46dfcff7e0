import { encodePushFrame, PushRequest, type PushFrame, type PushNotice } from '@clerestory/protocol';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { movedBy, type Clip } from './clip.ts';

const paceMs = 20;
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

interface Channel {
  socket: WebSocket;
  channel: number;
  stream: 'main' | 'sub';
}

/** One camera that does on purpose what real ones do by accident. Its pictures are real; its time is the test's. */
export class ScriptedCamera {
  readonly id: string;
  readonly channels = new Set<Channel>();
  generation = 1;
  /** What a page hears first. */
  state: Extract<PushNotice, { type: 'state' }>['state'] = 'running';
  frozen = false;
  /** Chunks arrive this much after they were captured. */
  delayMs = 0;
  /** Frames say that they were captured this much later than they were: a clock that was set. */
  aheadMs = 0;
  /** Frames say that they belong to this camera. */
  crossedTo: string | null = null;
  /** Codec string in the init; null for the true one. */
  codec: string | null = null;
  refusal: string | null = null;
  /** Why there is no small stream; null while there is one. */
  subIsAway: string | null = null;
  readonly #clip: Clip;
  #startMs = Date.now();
  #sent = 0;
  #sinceKey: PushFrame[] = [];

  constructor(id: string, clip: Clip) {
    this.id = id;
    this.#clip = clip;
  }

  /** The source starts anew: another generation, media time from 0. */
  restart(): void {
    this.generation += 1;
    this.#startMs = Date.now();
    this.#sent = 0;
    this.#sinceKey = [];
    for (const channel of this.channels) this.#init(channel);
  }

  /** Leaves out what is due in the next `ms`, as a server does for a page that is slow. */
  skip(ms: number): void {
    this.#sinceKey = [];
    this.#sent += Math.ceil(ms / 200);
    for (const channel of this.channels)
      say(channel.socket, { type: 'skipped', channel: channel.channel, chunks: 5, bytes: 1 });
    // The next chunk must be a key frame.
    while (!this.#clip.chunks[this.#sent % this.#clip.chunks.length]?.key) this.#sent += 1;
  }

  refuse(reason: string): void {
    this.refusal = reason;
    for (const { socket, channel } of this.channels) say(socket, { type: 'refused', channel, reason });
    this.channels.clear();
  }

  tell(state: Extract<PushNotice, { type: 'state' }>['state'], reason: string): void {
    for (const { socket, channel, stream } of this.channels)
      say(socket, { type: 'state', channel, state, reason, stream });
  }

  join(channel: Channel): void {
    const number = channel.channel;
    if (this.refusal !== null)
      return say(channel.socket, { type: 'refused', channel: number, reason: this.refusal });
    const { stream } = channel;
    if (stream === 'sub' && this.subIsAway !== null)
      return say(channel.socket, {
        ...{ type: 'state', channel: number, state: 'backoff', reason: this.subIsAway, stream },
      });
    this.channels.add(channel);
    say(channel.socket, { type: 'state', channel: number, state: this.state, reason: '', stream });
    this.#init(channel);
    if (this.frozen) return;
    for (const frame of this.#sinceKey) this.#send(channel, { ...frame, backlog: true });
  }

  /** Sends what is due. */
  pace(nowMs: number): void {
    for (;;) {
      const { chunks, durationS } = this.#clip;
      const unit = chunks[this.#sent % chunks.length];
      if (!unit) return;
      const loopS = Math.floor(this.#sent / chunks.length) * durationS;
      const captureMs = this.#startMs + (loopS + unit.mediaS) * 1000;
      if (captureMs + unit.durationS * 1000 + this.delayMs > nowMs) return;
      const frame: PushFrame = {
        ...this.#head('chunk'),
        index: this.#sent,
        key: unit.key,
        captureMs: captureMs + this.aheadMs,
        mediaS: loopS + unit.mediaS,
        durationS: unit.durationS,
        payload: movedBy(unit.bytes, loopS, this.#clip.init.track.timescale),
      };
      this.#sent += 1;
      if (unit.key) this.#sinceKey = [];
      this.#sinceKey.push(frame);
      if (!this.frozen) for (const channel of this.channels) this.#send(channel, frame);
    }
  }

  #head(kind: PushFrame['kind']): PushFrame {
    return {
      kind,
      channel: 0,
      camera: this.id,
      stream: 'main',
      grant: '',
      generation: this.generation,
      index: 0,
      key: false,
      backlog: false,
      captureMs: 0,
      mediaS: 0,
      durationS: 0,
      codec: '',
      payload: new Uint8Array(),
    };
  }

  #init(channel: Channel): void {
    const { track, bytes } = this.#clip.init;
    this.#send(channel, { ...this.#head('init'), codec: this.codec ?? track.codec, payload: bytes });
  }

  #send({ socket, channel, stream }: Channel, frame: PushFrame): void {
    socket.send(encodePushFrame({ ...frame, channel, stream, camera: this.crossedTo ?? this.id }));
  }
}

const say = (socket: WebSocket, notice: PushNotice) => socket.send(JSON.stringify(notice));

/** A push door and a web server in one, for faults that a real media node never shows. */
export class PushSource {
  readonly cameras = new Map<string, ScriptedCamera>();
  /** Sockets are cut and refused while this is true. */
  away = false;
  /** How often a page has asked for the time. */
  timeQuestions = 0;
  /** Cameras whose still was asked for, in order. There is none. */
  readonly stillsAsked: string[] = [];
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #pacing: NodeJS.Timeout;

  private constructor(pageFolder: string) {
    this.#server = createServer((request, response) => {
      const name = (request.url ?? '/').split('?')[0] ?? '/';
      if (name.startsWith('/live/')) {
        this.stillsAsked.push(name.split('/')[2] ?? '');
        return void response.writeHead(204).end();
      }
      try {
        const file = path.join(pageFolder, name === '/' ? 'index.html' : path.normalize(name));
        const body = readFileSync(file);
        response.writeHead(200, { 'Content-Type': types[path.extname(file)] ?? 'text/plain' }).end(body);
      } catch {
        response.writeHead(404).end();
      }
    });
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/push', perMessageDeflate: false });
    this.#sockets.on('connection', (socket) => this.#connected(socket));
    this.#pacing = setInterval(() => {
      for (const camera of this.cameras.values()) camera.pace(Date.now());
    }, paceMs);
  }

  static async start(pageFolder: string): Promise<PushSource> {
    const source = new PushSource(pageFolder);
    await new Promise<void>((resolve) => source.#server.listen(0, '127.0.0.1', resolve));
    return source;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  add(id: string, clip: Clip): ScriptedCamera {
    const camera = new ScriptedCamera(id, clip);
    this.cameras.set(id, camera);
    return camera;
  }

  camera(id: string): ScriptedCamera {
    const camera = this.cameras.get(id);
    if (!camera) throw new Error(`there is no camera "${id}"`);
    return camera;
  }

  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    clearInterval(this.#pacing);
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: WebSocket): void {
    if (this.away) return socket.terminate();
    const mine = new Map<number, { camera: ScriptedCamera; channel: Channel }>();
    socket.on('message', (data: Buffer) => {
      const request = PushRequest.parse(JSON.parse(data.toString()));
      if (request.type === 'time') {
        this.timeQuestions += 1;
        return say(socket, { type: 'time', clientMs: request.clientMs, serverMs: Date.now() });
      }
      if (request.type === 'unsubscribe') {
        const left = mine.get(request.channel);
        if (left) left.camera.channels.delete(left.channel);
        return;
      }
      if (request.type === 'listen') return;
      const camera = this.camera(request.camera);
      const channel = { socket, channel: request.channel, stream: request.stream };
      mine.set(request.channel, { camera, channel });
      camera.join(channel);
    });
    socket.on('close', () => {
      for (const { camera, channel } of mine.values()) camera.channels.delete(channel);
    });
  }
}
