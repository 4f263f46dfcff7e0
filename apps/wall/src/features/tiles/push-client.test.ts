import {
  encodePushFrame,
  maxChannels,
  PushRequest,
  type PushFrame,
  type PushNotice,
} from '@clerestory/protocol';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import { PushClient } from './push-client.ts';
import { retryPauseMs, type FeedListener, type PushOptions } from './push-feed.ts';

/** A push door whose every word the test chooses. */
class Door {
  readonly server: WebSocketServer;
  readonly requests: PushRequest[] = [];
  socket: ServerSocket | null = null;
  connections = 0;
  answersTime = true;

  constructor(port = 0) {
    this.server = new WebSocketServer({ host: '127.0.0.1', port });
    this.server.on('connection', (socket) => {
      this.connections += 1;
      this.socket = socket;
      socket.on('message', (data: Buffer) => {
        const request = PushRequest.parse(JSON.parse(data.toString()));
        if (request.type !== 'time') this.requests.push(request);
        else if (this.answersTime)
          this.say({ type: 'time', clientMs: request.clientMs, serverMs: 1_000_000 + request.clientMs });
      });
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get subscribed() {
    return this.requests.filter((request) => request.type === 'subscribe');
  }

  listening(): Promise<void> {
    return new Promise((resolve) => this.server.once('listening', resolve));
  }

  say(notice: PushNotice): void {
    this.socket?.send(JSON.stringify(notice));
  }

  send(frame: Partial<PushFrame>): void {
    this.socket?.send(
      encodePushFrame({
        kind: 'chunk',
        channel: 1,
        camera: 'north',
        stream: 'main',
        grant: '',
        generation: 1,
        index: 0,
        key: true,
        backlog: false,
        captureMs: 1,
        mediaS: 0,
        durationS: 0.2,
        codec: '',
        payload: new Uint8Array([1, 2, 3]),
        ...frame,
      }),
    );
  }

  async close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const listener = () =>
  ({
    init: vi.fn(),
    chunk: vi.fn(),
    skipped: vi.fn(),
    state: vi.fn(),
    refused: vi.fn(),
    lost: vi.fn(),
  }) satisfies FeedListener;

describe('PushClient', () => {
  let door: Door;
  let client: PushClient;
  let ticking: ReturnType<typeof setInterval>;

  const start = (options: Partial<PushOptions> = {}) => {
    client = new PushClient({ firstRetryMs: 20, maxRetryMs: 100, ...options });
    client.setUrl(`ws://127.0.0.1:${door.port}/push`);
    ticking = setInterval(() => client.tick(), 20);
  };

  beforeEach(async () => {
    door = new Door();
    await door.listening();
  });
  afterEach(async () => {
    clearInterval(ticking);
    client.close();
    await door.close();
  });

  it('lets no frame through that belongs to another camera than its channel', async () => {
    start();
    const heard = listener();
    client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    door.send({ kind: 'init', camera: 'south' });
    door.send({ camera: 'south' });
    door.send({ camera: 'north', index: 7 });
    await vi.waitFor(() => expect(heard.chunk).toHaveBeenCalledOnce());
    expect(heard.chunk.mock.calls[0]?.[0]).toMatchObject({ camera: 'north', index: 7 });
    expect(heard.init).not.toHaveBeenCalled();
    expect(client.counts.crossed).toBe(2);
  });

  it('lets no sound through to pictures, and no pictures to a sound', async () => {
    start();
    const [seen, heard] = [listener(), listener()];
    client.subscribe('north', 'main', seen);
    client.listen('north', heard);
    await vi.waitFor(() => expect(door.requests).toHaveLength(2));
    expect(door.requests[1]).toEqual({ type: 'listen', channel: 2, camera: 'north' });
    door.send({ channel: 1, stream: 'audio' });
    door.send({ channel: 2, stream: 'main' });
    door.send({ channel: 1, stream: 'sub', index: 3 });
    door.send({ channel: 2, stream: 'audio', index: 4 });
    await vi.waitFor(() => expect(heard.chunk).toHaveBeenCalledOnce());
    expect(seen.chunk).toHaveBeenCalledOnce();
    expect(heard.chunk.mock.calls[0]?.[0]).toMatchObject({ stream: 'audio', index: 4 });
    expect(client.counts.crossed).toBe(2);
  });

  it('counts what it cannot read, and goes on', async () => {
    start();
    const heard = listener();
    client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    door.socket?.send('no json');
    door.socket?.send('{"type":"unknown"}');
    door.socket?.send(new Uint8Array([9, 9, 9]));
    door.send({});
    await vi.waitFor(() => expect(heard.chunk).toHaveBeenCalledOnce());
    expect(client.counts.malformed).toBe(3);
  });

  it('says so when a page wants more pictures than a socket carries', async () => {
    start();
    for (let index = 0; index < maxChannels; index++) client.subscribe(`c${index}`, 'sub', listener());
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(maxChannels));
    const one = listener();
    client.subscribe('one-more', 'sub', one);
    await vi.waitFor(() => expect(one.refused).toHaveBeenCalledOnce());
    expect(one.refused.mock.calls[0]?.[0]).toMatch(/128 pictures already/);
  });

  it('keeps out of a refused channel until it is started over', async () => {
    start();
    const heard = listener();
    const feed = client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    door.say({ type: 'refused', channel: 1, reason: 'access ended' });
    await vi.waitFor(() => expect(heard.refused).toHaveBeenCalledWith('access ended'));
    door.send({ channel: 1 });
    feed.restart();
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(2));
    expect(door.subscribed[1]).toMatchObject({ channel: 2, camera: 'north' });
    expect(heard.chunk).not.toHaveBeenCalled();
  });

  it('passes on states, skips and frames by channel', async () => {
    start();
    const [a, b] = [listener(), listener()];
    client.subscribe('north', 'main', a);
    client.subscribe('south', 'sub', b);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(2));
    door.say({
      ...{ type: 'state', channel: 2, state: 'stalled', reason: 'no data', stream: 'main' },
      behindMs: 5_000,
    });
    door.say({ type: 'skipped', channel: 1, chunks: 3, bytes: 9 });
    door.send({ kind: 'init', channel: 2, camera: 'south', codec: 'avc1.42c01e' });
    await vi.waitFor(() => expect(b.init).toHaveBeenCalledOnce());
    expect(b.state).toHaveBeenCalledWith('stalled', 'no data', 'main', 5_000);
    expect(a.skipped).toHaveBeenCalledOnce();
    expect(a.init).not.toHaveBeenCalled();
  });

  it('leaves a closed feed alone and tells the server', async () => {
    start();
    const heard = listener();
    const feed = client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    feed.close();
    await vi.waitFor(() => expect(door.requests.at(-1)).toEqual({ type: 'unsubscribe', channel: 1 }));
    door.send({});
    const other = listener();
    client.subscribe('south', 'main', other);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(2));
    expect(heard.chunk).not.toHaveBeenCalled();
    expect(client.counts.crossed).toBe(0);
  });

  it('reads the server clock as soon as it is linked', async () => {
    start();
    await vi.waitFor(() => expect(client.linked).toBe(true));
    expect(client.clock.unixMs(500)).toBeGreaterThan(1_000_490);
    expect(client.clock.unixMs(500)).toBeLessThan(1_000_510);
    client.askClockAgain();
    expect(client.clock.unixMs(500)).toBeNull();
    await vi.waitFor(() => expect(client.clock.unixMs(500)).not.toBeNull());
  });

  it('subscribes everything again after a cut, on new channels', async () => {
    start();
    const heard = listener();
    client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    door.socket?.terminate();
    await vi.waitFor(() => expect(heard.lost).toHaveBeenCalledOnce());
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(2));
    expect(door.subscribed[1]).toMatchObject({ channel: 2, camera: 'north', stream: 'main' });
    door.send({ channel: 2 });
    await vi.waitFor(() => expect(heard.chunk).toHaveBeenCalledOnce());
  });

  it('comes back after the server was away, also at another address', async () => {
    start();
    const heard = listener();
    client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(client.linked).toBe(true));
    const { port } = door;
    await door.close();
    await vi.waitFor(() => expect(client.failuresInARow).toBeGreaterThan(2));
    expect(client.linked).toBe(false);
    door = new Door(port);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    expect(client.failuresInARow).toBe(0);

    const old = door;
    door = new Door();
    await door.listening();
    client.setUrl(`ws://127.0.0.1:${door.port}/push`);
    await vi.waitFor(() => expect(door.subscribed).toHaveLength(1));
    await old.close();
  });

  it('gives up a socket that is open and dead', async () => {
    start({ quietMs: 60, deadMs: 60 });
    const heard = listener();
    client.subscribe('north', 'main', heard);
    await vi.waitFor(() => expect(client.linked).toBe(true));
    door.answersTime = false;
    await vi.waitFor(() => expect(heard.lost).toHaveBeenCalled());
    door.answersTime = true;
    await vi.waitFor(() => expect(client.linked).toBe(true));
    expect(door.connections).toBeGreaterThan(1);
  });

  it('keeps a quiet socket whose server still answers', async () => {
    start({ quietMs: 30, deadMs: 200 });
    await vi.waitFor(() => expect(client.linked).toBe(true));
    let answers = 0;
    door.socket?.on('message', () => (answers += 1));
    await vi.waitFor(() => expect(answers).toBeGreaterThan(5), { timeout: 5_000 });
    expect(door.connections).toBe(1);
  });
});

describe('retryPauseMs', () => {
  const pauses = (random: () => number) =>
    [1, 2, 3, 4, 5, 6, 99].map((failures) =>
      retryPauseMs(failures, { firstRetryMs: 300, maxRetryMs: 5_000, random }),
    );

  it('is quick first, grows up to its bound, and is never in step with others', () => {
    expect(pauses(() => 1)).toEqual([300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
    expect(pauses(() => 0)).toEqual([150, 300, 600, 1_200, 2_400, 2_500, 2_500]);
  });
});
