import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeFigures } from '@clerestory/protocol';
import type { Sockets } from '../../platform/sockets.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { MediaLink } from './link.ts';
import { MediaSupervisor } from './supervisor.ts';

const token = 'the-token';
let clean: (() => unknown)[] = [];
let supervisor: MediaSupervisor;
let link: MediaLink;
let figures: (NodeFigures | null)[] = [];
let log: Record<string, unknown>[] = [];

/** A real media process, linked over a real socket that notices within half a second when it hangs. */
async function start(settings: { silenceMs?: number; logLevel?: string; demoDir?: string } = {}) {
  const folder = temporaryFolder();
  const http = createServer();
  const io = new Server(http, { pingInterval: 200, pingTimeout: 300 });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const controlUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().trim().split('\n')) log.push(JSON.parse(line));
      done();
    },
  });
  const logger = pino({ level: 'debug', base: null }, stream);
  supervisor = new MediaSupervisor(
    () => ({
      ...{ controlUrl, token, host: '127.0.0.1', port: 0, portFixed: false, warmMs: 1_000 },
      allowedOrigins: [controlUrl],
      ffmpegPath: 'ffmpeg',
      demoDir: settings.demoDir ?? folder.dir,
      logLevel: settings.logLevel ?? 'info',
    }),
    logger,
    settings.silenceMs,
  );
  link = new MediaLink(
    io as unknown as Sockets,
    token,
    { forMedia: () => [] },
    {
      foreign: () => undefined,
      nodeConnected: (there) => supervisor.linked(there),
      ingest: () => undefined,
      figures: (taken) => figures.push(taken),
    },
    logger,
    {
      table: () => ({ keys: [], grants: [] }),
      ask: () => Promise.resolve({ ok: false, code: 'forbidden', reason: 'Nobody may' }),
      knows: () => false,
      usage: () => undefined,
    },
  );
  clean = [() => supervisor.stop(), () => io.close(), () => folder.remove()];
  supervisor.start();
}

beforeEach(() => {
  [figures, log] = [[], []];
});
afterEach(async () => {
  for (const step of clean.splice(0)) await step();
});

describe('a media process that hangs', () => {
  it('is killed and replaced, though it still lives', async () => {
    // Long enough for a new one to link up on a busy machine.
    await start({ silenceMs: 5_000 });
    await until(() => link.connected);
    const hung = supervisor.pid ?? 0;
    process.kill(hung, 'SIGSTOP');
    await until(() => !link.connected);
    await until(() => supervisor.pid !== undefined && supervisor.pid !== hung && link.connected);
    expect(supervisor.restarts).toBeGreaterThan(0);
    expect(() => process.kill(hung, 0)).toThrow('ESRCH');
    expect(
      log.filter(({ msg }) => msg === 'the media process hangs; it is replaced').map(({ pid }) => pid),
    ).toContain(hung);
  });

  it('gets longer each time when it has never linked up: a slow machine must not kill each one in turn', async () => {
    await start({ silenceMs: 20 });
    const hung = await until(() => {
      const found = log.filter(({ msg }) => msg === 'the media process hangs; it is replaced');
      return found.length >= 3 && found;
    });
    expect(hung.slice(0, 3).map(({ silentMs }) => silentMs)).toEqual([20, 40, 80]);
  });

  it('gets longer each time when it has never linked up: a slow machine must not kill each one in turn', async () => {
    await start({ silenceMs: 200 });
    await until(() => link.connected);
    const allowed = log
      .filter(({ msg }) => msg === 'the media process hangs; it is replaced')
      .map(({ silentMs }) => silentMs);
    expect(allowed.length).toBeGreaterThan(0);
    expect(allowed).toEqual(allowed.map((_, index) => 200 * 2 ** index));
  });

  it('is left alone when its link is back in time', async () => {
    await start({ silenceMs: 20_000 });
    await until(() => link.connected);
    const { pid } = supervisor;
    process.kill(pid ?? 0, 'SIGSTOP');
    await until(() => !link.connected);
    process.kill(pid ?? 0, 'SIGCONT');
    await until(() => link.connected);
    expect([supervisor.pid, supervisor.restarts]).toEqual([pid, 0]);
  });
});

describe('what the media process says', () => {
  it('comes through our log, marked as its word', async () => {
    await start();
    const record = await until(() => log.find(({ msg }) => msg === 'media node is ready'));
    expect(record).toMatchObject({ role: 'media', level: 30, port: expect.any(Number) });
  });

  it('also when it is no record: why it could not start', async () => {
    await start({ demoDir: 'not-absolute' });
    const record = await until(() => log.find(({ msg }) => msg === 'said outside its log'));
    expect(record).toMatchObject({ role: 'media', level: 40 });
    expect(record['said']).toContain('the configuration is not valid at demoDir');
  });

  it('includes its figures, at once and until it is gone', async () => {
    await start();
    const taken = await until(() => figures[0]);
    expect(taken).toMatchObject({ pushSockets: 0, sentBytes: { push: 0, llhls: 0, poster: 0 } });
    expect(taken.memoryBytes).toBeGreaterThan(10_000_000);
    process.kill(supervisor.pid ?? 0, 'SIGKILL');
    await until(() => figures.at(-1) === null);
  });
});
