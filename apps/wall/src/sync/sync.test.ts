import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type {
  ClientCommand,
  ClientHello,
  Commit,
  CommandEnvelope,
  ScreenReport,
  Snapshot,
  WallState,
} from '@clerestory/protocol';
import { apply, decide } from '@clerestory/wall-state';
import { initialStore, type WallStore } from '../state/store.ts';
import { maxCommandTries } from './commander.ts';
import { startSync, type Sync, type SyncOptions } from './index.ts';

type Ack = (answer: unknown) => void;
const startedAt = 1_700_000_000_000;

/** A control server in small, on a real socket: real rules, and switches for what can go wrong on the way. */
class TestControl {
  wall: WallState = { id: 'room', name: 'Room', sequence: 0, screens: [] };
  commits: Commit[] = [];
  envelopes: CommandEnvelope[] = [];
  resyncs: number[] = [];
  reports: ScreenReport[] = [];
  hellos: unknown[] = [];
  joins: unknown[] = [];
  build = 'one';
  /** Answers to leave out, in a row. */
  lostAnswers = 0;
  /** Commits that are made, but not told. */
  silent = false;
  /** Answer resyncs with a snapshot. */
  forgetful = false;
  /** Held-back answers to joins, while set. */
  heldJoins: (() => void)[] | null = null;
  /** Commands that have not been looked at yet, while set. */
  heldCommands: (() => void)[] | null = null;
  #done = new Map<string, number>();
  #http: HttpServer | undefined;
  io: Server | undefined;
  port = 0;

  async open(): Promise<void> {
    this.#http = createServer();
    this.io = new Server(this.#http);
    this.io.on('connection', (socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#http?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#http.address() as AddressInfo).port;
  }
  async close(): Promise<void> {
    await this.io?.close();
  }
  snapshot(): Snapshot {
    return {
      wall: this.wall,
      cameras: [],
      health: [],
      screens: [],
      media: { port: 9, url: null },
      walls: [{ id: 'room', name: 'Room' }],
      serverMs: startedAt,
      server: { version: '0', build: this.build, startedAt },
    };
  }
  execute(command: ClientCommand, key = `server-${this.wall.sequence}`, base = this.wall.sequence) {
    const known = this.#done.get(key);
    if (known !== undefined) return { ok: true, value: { sequence: known, repeated: true } };
    const decision = decide(
      this.wall,
      { base, command },
      { by: 'test', nowMs: startedAt, cameraExists: (id) => id !== 'gone' },
    );
    if (!decision.ok) return decision;
    const commit: Commit = {
      wall: 'room',
      sequence: this.wall.sequence + 1,
      at: startedAt,
      by: 'test',
      key,
      events: decision.events,
    };
    this.wall = apply(this.wall, commit);
    this.commits.push(commit);
    this.#done.set(key, commit.sequence);
    if (!this.silent) this.io?.emit('wall:committed', commit);
    return { ok: true, value: { sequence: commit.sequence, repeated: false } };
  }
  #serve(socket: Socket): void {
    this.hellos.push(socket.handshake.auth);
    socket.on('wall:join', (request: unknown, ack: Ack) => {
      this.joins.push(request);
      const answer = { ok: true, value: this.snapshot() };
      if (this.heldJoins) this.heldJoins.push(() => ack(answer));
      else ack(answer);
    });
    socket.on('wall:resync', ({ since }: { since: number }, ack: Ack) => {
      this.resyncs.push(since);
      const commits = this.commits.filter((commit) => commit.sequence > since);
      ack({ ok: true, value: this.forgetful ? { snapshot: this.snapshot() } : { commits } });
    });
    socket.on('wall:command', (envelope: CommandEnvelope, ack: Ack) => {
      this.envelopes.push(envelope);
      const take = () => {
        const answer = this.execute(envelope.command, envelope.key, envelope.base);
        if (this.lostAnswers > 0) this.lostAnswers -= 1;
        else ack(answer);
      };
      if (this.heldCommands) this.heldCommands.push(take);
      else take();
    });
    socket.on('screen:report', (report: ScreenReport, ack: Ack) => {
      this.reports.push(report);
      ack({ ok: true, value: {} });
    });
  }
}

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

let control: TestControl;
const running: Sync[] = [];

function start(hello: ClientHello = { surface: 'console' }, more: Partial<SyncOptions> = {}) {
  const store = createStore<WallStore>(() => initialStore);
  const reload = vi.fn();
  const sync = startSync(hello, {
    url: `http://127.0.0.1:${control.port}`,
    store,
    storage: null,
    session: memoryStorage(),
    ackTimeoutMs: 150,
    rejoinMs: 50,
    reload,
    ...more,
  });
  running.push(sync);
  const online = () =>
    vi.waitFor(() => expect(store.getState().link.state).toBe('online'), { timeout: 10_000 });
  const level = () =>
    vi.waitFor(() => expect(store.getState().wall).toEqual(control.wall), { timeout: 5_000 });
  return { sync, store, reload, online, level };
}

const screen = (id: string): ClientCommand => ({ type: 'screen:create', screen: id, name: id, layout: '4' });
const assign = (tile: number, camera: string): ClientCommand => ({
  type: 'tile:assign',
  screen: 'left',
  tile,
  camera,
});

beforeEach(async () => {
  control = new TestControl();
  await control.open();
  control.execute(screen('left'));
});
afterEach(async () => {
  for (const sync of running.splice(0)) sync.stop();
  await control.close();
  vi.restoreAllMocks();
});

describe('refusals and faults', () => {
  test('a refusal comes back in the words of the server', async () => {
    const { sync, online } = start();
    await online();
    expect(await sync.command(assign(0, 'gone'))).toMatchObject({
      ok: false,
      problem: { code: 'not-found', detail: expect.stringContaining('There is no camera "gone"') },
    });
  });
  test('what somebody else changed since it was looked at is a conflict, and the winner is on show', async () => {
    const { sync, store, online, level } = start();
    await online();
    control.silent = true;
    control.execute(assign(0, 'theirs'));
    const answer = await sync.command(assign(0, 'mine'));
    expect(answer).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    await level();
    expect(store.getState().wall?.screens[0]?.tiles['0']?.camera).toBe('theirs');
  });
  test('a command that no schema lets through is not sent', async () => {
    const { sync, online } = start();
    await online();
    const answer = await sync.command({ type: 'screen:rename', screen: 'left', name: ' ' });
    expect(answer).toMatchObject({
      ok: false,
      problem: { code: 'invalid-request', errors: [{ pointer: '/name' }] },
    });
    expect(control.envelopes).toHaveLength(0);
  });
  test('a command before the wall is there says so', async () => {
    control.heldJoins = [];
    const { sync } = start();
    expect(await sync.command(assign(0, 'a'))).toMatchObject({ ok: false, problem: { code: 'unavailable' } });
  });
  test('messages that do not match their schema are dropped and counted, and complained of once', async () => {
    const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { store, online, level } = start();
    await online();
    control.io?.emit('wall:committed', { sequence: 'seven' });
    control.io?.emit('health:changed', 'ill');
    control.execute(assign(0, 'after'));
    await level();
    expect(store.getState().droppedMessages).toBe(2);
    expect(complain).toHaveBeenCalledTimes(1);
  });
});

describe('commits', () => {
  test('the snapshot goes on show, and each commit after it', async () => {
    const { store, online, level, sync } = start();
    await online();
    expect(store.getState()).toMatchObject({ media: { port: 9 }, server: { build: 'one' } });
    expect(Math.abs(sync.serverNowMs() - startedAt)).toBeLessThan(5_000);
    for (let tile = 0; tile < 4; tile++) control.execute(assign(tile, `camera-${tile}`));
    await level();
    expect(control.resyncs).toEqual([]);
  });
  test('a commit that comes twice is applied once', async () => {
    const { store, online, level } = start();
    await online();
    control.execute(assign(0, 'a'));
    control.io?.emit('wall:committed', control.commits.at(-1));
    control.execute(assign(1, 'b'));
    await level();
    expect(store.getState().wall?.sequence).toBe(3);
    expect(control.resyncs).toEqual([]);
  });
  test('a gap is asked for, from the sequence on show', async () => {
    const { online, level } = start();
    await online();
    control.silent = true;
    control.execute(assign(0, 'a'));
    control.execute(assign(1, 'b'));
    control.silent = false;
    control.execute(assign(2, 'c'));
    await level();
    expect(control.resyncs).toEqual([1]);
  });
  test('a gap that the server has forgotten is closed with a snapshot', async () => {
    const { online, level } = start();
    await online();
    control.forgetful = true;
    control.silent = true;
    control.execute(assign(0, 'a'));
    control.silent = false;
    control.execute(assign(1, 'b'));
    await level();
    expect(control.resyncs).toHaveLength(1);
  });
  test('a commit that cannot have happened to the state on show leads to a fresh snapshot', async () => {
    const { store, online, level } = start();
    await online();
    const impossible = { type: 'tile:cleared', screen: 'nowhere', tile: 0 };
    control.io?.emit('wall:committed', { ...control.commits[0], sequence: 2, events: [impossible] });
    await vi.waitFor(() => expect(control.joins).toHaveLength(2));
    await level();
    expect(store.getState().wall?.sequence).toBe(1);
  });
  test('commits that arrive while the snapshot is under way are applied after it', async () => {
    control.heldJoins = [];
    const { online, level } = start();
    await vi.waitFor(() => expect(control.heldJoins).toHaveLength(1));
    control.execute(assign(0, 'a'));
    control.execute(assign(1, 'b'));
    control.heldJoins?.[0]?.();
    await online();
    await level();
    expect(control.resyncs).toEqual([]);
  });
});

describe('commands', () => {
  test('a lost answer is asked for again with the same key, and done once', async () => {
    const { sync, online } = start();
    await online();
    control.lostAnswers = 1;
    expect(await sync.command(assign(0, 'a'))).toEqual({ ok: true, value: { sequence: 2, repeated: true } });
    expect(control.envelopes).toHaveLength(2);
    expect(control.envelopes[1]).toEqual(control.envelopes[0]);
    expect(control.wall.sequence).toBe(2);
  });
  test('after the last try it says that nobody knows', async () => {
    const { sync, online } = start();
    await online();
    control.lostAnswers = maxCommandTries;
    expect(await sync.command(assign(0, 'a'))).toMatchObject({ ok: false, problem: { code: 'timeout' } });
    expect(new Set(control.envelopes.map(({ key }) => key)).size).toBe(1);
    expect(control.envelopes).toHaveLength(maxCommandTries);
  });
  test('it is on show when it is answered, even when the commit was lost', async () => {
    const { sync, store, online } = start();
    await online();
    control.silent = true;
    await sync.command(assign(0, 'a'));
    await vi.waitFor(() => expect(store.getState().wall).toEqual(control.wall));
    expect(control.resyncs).toEqual([1]);
  });
  test('W25 steps of one person on one tile do not collide with each other', async () => {
    const { sync, online, level } = start();
    await online();
    const answers = await Promise.all([
      sync.command(assign(0, 'a')),
      sync.command(assign(0, 'b')),
      sync.command({ type: 'tile:clear', screen: 'left', tile: 0 }),
    ]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
    await level();
  });
});

describe('what is on the way', () => {
  const onTile0 = (store: { getState(): WallStore }) =>
    store.getState().wall?.screens[0]?.tiles['0']?.camera ?? null;

  test('W22 is on show at once, at the sequence of what holds', async () => {
    const { sync, store, online, level } = start();
    await online();
    control.heldCommands = [];
    const answer = sync.command(assign(0, 'a'));
    expect(onTile0(store)).toBe('a');
    expect(store.getState().wall?.sequence).toBe(1);
    await vi.waitFor(() => expect(control.heldCommands).toHaveLength(1));
    control.heldCommands.splice(0).forEach((take) => take());
    expect(await answer).toMatchObject({ ok: true });
    await level();
  });
  test('W22 goes again when the server refuses it', async () => {
    const { sync, store, online, level } = start();
    await online();
    control.heldCommands = [];
    control.silent = true;
    control.execute(assign(0, 'theirs'));
    const answer = sync.command(assign(0, 'mine'));
    expect(onTile0(store)).toBe('mine');
    await vi.waitFor(() => expect(control.heldCommands).toHaveLength(1));
    control.heldCommands.splice(0).forEach((take) => take());
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    await level();
    expect(onTile0(store)).toBe('theirs');
  });
  test('W22 is never shown twice: a swap goes over and stays', async () => {
    const { sync, store, online, level } = start();
    control.execute(assign(0, 'a'));
    control.execute(assign(1, 'b'));
    await online();
    await level();
    const seen = [onTile0(store)];
    store.subscribe(() => {
      if (seen.at(-1) !== onTile0(store)) seen.push(onTile0(store));
    });
    const at = (tile: number) => ({ screen: 'left', tile });
    await sync.command({ type: 'tile:swap', a: at(0), b: at(1) });
    await level();
    expect(seen).toEqual(['a', 'b']);
  });
  test('W22 is not shown any more while the server is away', async () => {
    const { sync, store, online } = start();
    await online();
    control.heldCommands = [];
    const answer = sync.command(assign(0, 'a'));
    expect(onTile0(store)).toBe('a');
    await control.close();
    await vi.waitFor(() => expect(store.getState().link.state).toBe('offline'));
    expect(onTile0(store)).toBeNull();
    control.heldCommands = null;
    await control.open();
    expect(await answer).toMatchObject({ ok: true });
    expect(onTile0(store)).toBe('a');
  });
});

describe('a server that goes and comes back', () => {
  test('a command that waited for the link does not pass over what was changed meanwhile', async () => {
    const { sync, store, online } = start();
    await online();
    await control.close();
    await vi.waitFor(() => expect(store.getState().link.state).toBe('offline'));
    const answer = sync.command(assign(0, 'mine'));
    control.execute(assign(0, 'theirs'));
    await control.open();
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    expect(control.envelopes).toMatchObject([{ base: 1 }]);
  });
  test('the link says so, and the wall is level again by itself', async () => {
    const { store, online, level } = start({ surface: 'console' }, { nowMs: () => 42 });
    await online();
    await control.close();
    await vi.waitFor(() => expect(store.getState().link).toEqual({ state: 'offline', sinceMs: 42 }));
    expect(store.getState().wall).not.toBeNull();
    control.execute(assign(0, 'meanwhile'));
    await control.open();
    await online();
    await level();
  });
  test('a report is said again after the link was lost', async () => {
    const report: ScreenReport = {
      screen: 'left',
      sequence: 1,
      visible: true,
      width: 1,
      height: 1,
      tiles: [],
    };
    const { sync, store, online } = start({ surface: 'screen', screen: 'left' });
    await online();
    sync.report(report);
    await vi.waitFor(() => expect(control.reports).toEqual([report]));
    await control.close();
    await vi.waitFor(() => expect(store.getState().link.state).toBe('offline'));
    await control.open();
    await vi.waitFor(() => expect(control.reports).toEqual([report, report]), { timeout: 10_000 });
    expect(control.hellos).toContainEqual({ surface: 'screen', screen: 'left' });
    expect(control.joins).toContainEqual({ screen: 'left' });
  });
  test('a screen starts from what it kept while control is away, later changes included', async () => {
    const storage = memoryStorage();
    const before = start({ surface: 'screen', screen: 'left' }, { storage });
    await before.online();
    control.execute(assign(0, 'kept'));
    await before.level();
    before.sync.stop();
    await control.close();
    const after = start({ surface: 'screen', screen: 'left' }, { storage });
    expect(after.store.getState().wall).toEqual(control.wall);
    expect(after.store.getState().media).toEqual({ port: 9, url: null });
  });
  test('what cannot be read in the storage is thrown away', async () => {
    const storage = memoryStorage();
    storage.items.set('clerestory.screen.left', '{"wall": 7}');
    const { store, online } = start({ surface: 'screen', screen: 'left' }, { storage });
    expect(store.getState().wall).toBeNull();
    expect(storage.items.size).toBe(0);
    await online();
  });
  test('a new build makes a screen reload, once for each build', async () => {
    const session = memoryStorage();
    const { reload, store, online } = start({ surface: 'screen', screen: 'left' }, { session });
    await online();
    control.build = 'two';
    for (let restarts = 0; restarts < 2; restarts++) {
      control.io?.disconnectSockets(true);
      await vi.waitFor(() => expect(store.getState().link.state).toBe('offline'));
      await online();
    }
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), { timeout: 5_000 });
    expect(store.getState()).toMatchObject({ newVersion: true, server: { build: 'two' } });
    expect([...session.items.values()]).toEqual(['two']);
  });
  test('a new build is only told to a console', async () => {
    const { reload, store, online } = start();
    await online();
    control.build = 'two';
    control.io?.disconnectSockets(true);
    await vi.waitFor(() => expect(store.getState().newVersion).toBe(true), { timeout: 10_000 });
    expect(reload).not.toHaveBeenCalled();
  });
});
