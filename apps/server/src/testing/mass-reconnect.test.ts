import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Answer, ClientToServer, Commit, ServerToClient, Snapshot } from '@clerestory/protocol';
import { startServerProcess, type ServerProcess } from '../../../../tools/harness/server-process.ts';
import { assured } from '../../../../tools/harness/assured.ts';

/** A wall each, with one screen each, shared out evenly among the windows. */
const walls = ['control-room', 'north', 'south', 'training'];
const windowCount = 200;
const restarts = 4;
/** From the kill to the last window's snapshot, start of the server included. */
const allBackMs = 15_000;

/** A window without a page: it joins, and joins again, and applies nothing but in order. */
interface Window {
  wall: string;
  socket: Socket<ServerToClient, ClientToServer>;
  /** Sequence it has got to; null between two joins. */
  sequence: number | null;
  joins: number;
  /** What must never happen, in words. */
  faults: string[];
}

function openWindow(url: string, wall: string, cookie: string): Window {
  const socket: Window['socket'] = io(url, {
    auth: { surface: 'screen', screen: `${wall}-screen` },
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie },
    reconnectionDelay: 300,
    reconnectionDelayMax: 5_000,
    randomizationFactor: 0.5,
  });
  const window: Window = { wall, socket, sequence: null, joins: 0, faults: [] };
  let held: Commit[] = [];
  const take = (commit: Commit) => {
    if (commit.wall !== wall) return void window.faults.push(`a commit of ${commit.wall}`);
    if (window.sequence === null) return void held.push(commit);
    if (commit.sequence !== window.sequence + 1)
      window.faults.push(`${commit.sequence} came after ${window.sequence}`);
    window.sequence = commit.sequence;
  };
  socket.on('wall:committed', take);
  socket.on('screen:status', (status) => status.wall !== wall && window.faults.push('a foreign screen'));
  socket.on('disconnect', () => (window.sequence = null));
  socket.on('connect', () => {
    socket.emit('wall:join', { screen: `${wall}-screen` }, (answer: Answer<Snapshot>) => {
      if (!answer.ok) return void window.faults.push(answer.problem.detail);
      const { wall: state } = answer.value;
      if (state.id !== wall) window.faults.push(`the snapshot of ${state.id}`);
      window.sequence = state.sequence;
      window.joins += 1;
      const since = held.filter(({ sequence }) => sequence > state.sequence);
      held = [];
      since.forEach(take);
    });
  });
  return window;
}

let server: ServerProcess;
const windows: Window[] = [];
beforeAll(async () => {
  server = await startServerProcess();
  for (const wall of walls) {
    if (wall !== walls[0]) await server.api('POST', '/walls', { id: wall, name: wall });
    await server.api('POST', `/walls/${wall}/screens`, {
      id: `${wall}-screen`,
      name: wall,
      layout: '16',
    });
  }
});
afterAll(async () => {
  for (const { socket } of windows) socket.disconnect();
  await server.stop();
});

/** Changes every wall a different number of times, so that a commit in the wrong room shows. */
async function change(round: number): Promise<void> {
  for (const [index, wall] of walls.entries())
    for (let n = 0; n <= index; n++)
      await server.api('PUT', `/walls/${wall}/screens/${wall}-screen/layout`, {
        layout: (round + n) % 2 === 0 ? '4' : '9',
      });
}

/** Every window is at its wall's sequence. */
async function allEqual(timeoutMs: number): Promise<void> {
  const sequences = new Map<string, number>();
  for (const wall of walls)
    sequences.set(wall, (await server.api<{ sequence: number }>('GET', `/walls/${wall}`)).sequence);
  await vi.waitFor(
    () => expect(windows.filter(({ wall, sequence }) => sequence !== sequences.get(wall)).length).toBe(0),
    { timeout: timeoutMs, interval: 20 },
  );
}

test(`${windowCount} screens, the server killed ${restarts} times: all back in time at one sequence, no message crossed`, async () => {
  const { cookies } = await server.signedIn('team');
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (let index = 0; index < windowCount; index++)
    windows.push(openWindow(server.url, walls[index % walls.length] as string, cookie));
  await allEqual(allBackMs);
  const tookMs: number[] = [];
  for (let round = 1; round <= restarts; round++) {
    await change(round);
    const killedAtMs = performance.now();
    const { port, dataDir } = server;
    await server.kill();
    server = await startServerProcess({ port, dataDir });
    await change(round + 1);
    await allEqual(allBackMs);
    tookMs.push(Math.round(performance.now() - killedAtMs));
    expect(windows.filter(({ joins }) => joins !== round + 1)).toEqual([]);
  }
  expect(Math.max(...tookMs)).toBeLessThan(allBackMs);
  // The line is good: what comes now comes as commits, to each window exactly once.
  await change(0);
  await allEqual(5_000);
  expect(windows.flatMap(({ faults }) => faults)).toEqual([]);
  assured({
    ...{ row: 'C1', trials: windowCount * restarts },
    claim:
      'a screen is back within 15 s of a killed server, at the right sequence, with no message of another wall',
    control: 'each wall has changed a different number of times, so that a crossed or repeated one shows',
  });
}, 90_000);
