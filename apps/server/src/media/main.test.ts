import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mediaNamespace, nodeEvents, type ControlToNode, type NodeToControl } from '@clerestory/protocol';
import { Server, type Socket } from 'socket.io';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm, type Farm } from '../../../../tools/rtsp-farm/farm.ts';
import { camera, eventually, ingests, processes, Viewer } from './testing.ts';

/** Somebody's session, as the cookie has it and as control knows it. */
const session = 'a'.repeat(43);
const key = createHash('sha256').update(session).digest('base64url');

/** Control's end of the link, with a real Socket.IO server. */
class Control {
  readonly http: HttpServer = createServer();
  readonly io = new Server<NodeToControl, ControlToNode>(this.http);
  readonly tokens: unknown[] = [];
  readonly states: string[] = [];
  socket: Socket<NodeToControl, ControlToNode> | null = null;
  ready: { port: number; pid: number } | null = null;
  port = 0;

  async listen(port = 0): Promise<this> {
    this.io.of(mediaNamespace).on('connection', (socket: Socket<NodeToControl, ControlToNode>) => {
      this.tokens.push(socket.handshake.auth['token']);
      this.socket = socket;
      socket.emit('node:access', {
        sequence: 1,
        keys: [key],
        grants: [{ id: 'g', key, camera: 'a', scope: 'live', leftMs: null, private: false }],
      });
      socket.on('node:ready', (payload) => (this.ready = nodeEvents['node:ready'].parse(payload)));
      socket.on('node:ingest', (payload) =>
        this.states.push(...nodeEvents['node:ingest'].parse(payload).map((report) => report.state)),
      );
    });
    await new Promise<void>((resolve) => this.http.listen(port, '127.0.0.1', resolve));
    this.port = (this.http.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    await this.io.close();
  }
}

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-main-'));
const password = `p@s:s/ #%w?rd'"`;
let farm: Farm;
let control: Control;
let child: ChildProcess;
let said = '';

const isGone = (pid: number) => !processes().some((one) => one.pid === pid && one.command !== '');

async function start(config: object = {}): Promise<void> {
  child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  said = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const line = {
    controlUrl: `http://127.0.0.1:${control.port}`,
    token: 'the-token',
    allowedOrigins: ['http://127.0.0.1:8080'],
    demoDir: dir,
    cameraNetworks: 'loopback',
    ...config,
  };
  child.stdin?.write(`${JSON.stringify(line)}\n`);
}

/** The node runs, knows one camera behind a login, and a viewer sees it. */
async function startWatched(): Promise<{ viewer: Viewer; ffmpeg: number }> {
  await start();
  const ready = await eventually(`node:ready; it said ${said}`, () => control.ready);
  const source = { main: farm.url('street'), username: 'gate keeper', password };
  control.socket?.emit('node:cameras', [camera('a', source)]);
  const viewer = await Viewer.open(ready.port, { headers: { cookie: `clerestory=${session}` } });
  await eventually('the camera is known', () => control.states.length > 0);
  viewer.subscribe('a');
  await eventually('chunks', () => viewer.chunks().length >= 2);
  const [ffmpeg] = ingests(child.pid);
  return { viewer, ffmpeg: ffmpeg?.pid ?? 0 };
}

beforeAll(async () => {
  const clip = path.join(dir, 'clock.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 0.4 });
  farm = await startFarm({
    mounts: { street: clip },
    auth: { method: 'digest', user: 'gate keeper', password },
  });
});
beforeEach(async () => {
  control = await new Control().listen();
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await control.close();
});
afterAll(async () => {
  await farm.close();
  rmSync(dir, { recursive: true, force: true });
});

it('links to control, plays, and shows no secret to other processes or in its log', async () => {
  const { viewer } = await startWatched();
  expect(control.ready?.pid).toBe(child.pid);
  expect(control.tokens).toEqual(['the-token']);
  await eventually('running is told', () => control.states.includes('running'));
  const secrets = [password, encodeURIComponent(password), 'gate keeper', 'gate%20keeper', 'the-token'];
  const family = processes().filter((one) => one.pid === child.pid || one.parent === child.pid);
  expect(family.length).toBeGreaterThanOrEqual(2);
  for (const { command, environment } of family)
    for (const secret of [...secrets, '/street'])
      expect([command.includes(secret), environment.includes(secret)]).toEqual([false, false]);
  for (const secret of secrets) expect(said).not.toContain(secret);
  viewer.close();
});

it('killed with SIGKILL, it leaves no ffmpeg, not even one that has nothing to write', async () => {
  const { ffmpeg } = await startWatched();
  expect(isGone(ffmpeg)).toBe(false);
  farm.stall('street');
  try {
    await eventually('stalled', () => control.states.includes('stalled'));
    child.kill('SIGKILL');
    await once(child, 'close');
    await eventually('no ffmpeg', () => isGone(ffmpeg), 1_000);
  } finally {
    farm.resume('street');
  }
});

it('ends with its ffmpegs when its parent is gone', async () => {
  const { ffmpeg } = await startWatched();
  child.stdin?.end();
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  await eventually('no ffmpeg', () => isGone(ffmpeg), 2_000);
});

it('plays on while control is away, and tells everything anew when it is back', async () => {
  const { viewer } = await startWatched();
  const { port } = control;
  await control.close();
  const count = viewer.chunks().length;
  await eventually('chunks go on', () => viewer.chunks().length >= count + 5);
  control = await new Control().listen(port);
  await eventually('ready again', () => control.ready);
  await eventually('told again', () => control.states.includes('running'));
  expect(viewer.frames.filter((frame) => frame.kind === 'init')).toHaveLength(1);
});

it('sets a message aside that is not valid, without repeating it', async () => {
  const { viewer } = await startWatched();
  const bad = camera('b', { main: 'rtsp://user:hidden@host/x' });
  control.socket?.emit('node:camera', bad);
  await eventually('a line in the log', () => said.includes('a message from control is not valid'));
  expect(said).not.toContain('hidden');
  const count = viewer.chunks().length;
  await eventually('chunks go on', () => viewer.chunks().length >= count + 2);
});

it('says what is wrong with its configuration, but not what it is', async () => {
  await start({ port: 'secret' });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(1);
  expect(said).toContain('the configuration is not valid at port');
  expect(said).not.toContain('secret');
});
