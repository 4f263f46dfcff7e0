import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { Answer, ClientToServer, Commit, ServerToClient, Snapshot } from '@clerestory/protocol';
import { startServerProcess } from '../tools/harness/server-process.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';

/** Milliseconds from the sending of a command. */
export interface CommandFigures {
  design: string;
  screens: number;
  commands: number;
  /** Until one screen has it, over all screens and commands. */
  eachP50Ms: number;
  eachP99Ms: number;
  /** Until the last screen has it, over all commands. */
  lastP50Ms: number;
  lastP99Ms: number;
}

export interface ReconnectFigures {
  screens: number;
  restarts: number;
  /** From the kill, and from when the server was ready again, until the last screen has its snapshot; medians. */
  sinceKillMs: number;
  sinceReadyMs: number;
}

const screenId = 'many';
const warmUp = 20;
const round = (value: number) => Math.round(value * 10) / 10;

type Window = Socket<ServerToClient, ClientToServer>;

/** Runs `send` again and again; `heard` is called by each screen with the number of the command. */
async function timeCommands(
  design: string,
  screens: number,
  commands: number,
  send: (number: number) => void,
  onHeard: (heard: (number: number) => void) => void,
): Promise<CommandFigures> {
  const each: number[] = [];
  const last: number[] = [];
  let number = 0;
  let sentMs = 0;
  let missing = 0;
  let done: () => void = () => undefined;
  onHeard((which) => {
    if (which !== number) return;
    const tookMs = performance.now() - sentMs;
    if (number > warmUp) each.push(tookMs);
    missing -= 1;
    if (missing > 0) return;
    if (number > warmUp) last.push(tookMs);
    done();
  });
  while (number < commands + warmUp) {
    const all = new Promise<void>((resolve) => (done = resolve));
    number += 1;
    missing = screens;
    sentMs = performance.now();
    send(number);
    await all;
  }
  return {
    ...{ design, screens, commands },
    eachP50Ms: round(percentile(each, 0.5)),
    eachP99Ms: round(percentile(each, 0.99)),
    lastP50Ms: round(percentile(last, 0.5)),
    lastP99Ms: round(percentile(last, 0.99)),
  };
}

/** The product: a command that is decided, made durable, and pushed to every window of the wall. */
export async function clerestoryCommands(screens: number, commands: number): Promise<CommandFigures> {
  const { server, windows, author, close } = await openWindows(screens);
  try {
    let base = (await join(author)).wall.sequence;
    const start = base;
    return await timeCommands(
      'Clerestory: decided, durable, pushed',
      screens,
      commands,
      (number) => {
        const layout = number % 2 === 0 ? '9' : '4';
        author.emit(
          'wall:command',
          {
            wall: 'control-room',
            key: `bench-command-${number}`,
            base,
            command: { type: 'screen:layout', screen: screenId, layout },
          },
          (answer) => {
            if (!answer.ok) throw new Error(answer.problem.detail);
          },
        );
        base += 1;
      },
      (heard) => {
        for (const window of windows)
          window.on('wall:committed', ({ sequence }: Commit) => heard(sequence - start));
      },
    );
  } finally {
    close();
    await server.stop();
  }
}

/** The yardstick: a bare ws server that passes each message on to everybody, and keeps nothing. */
export async function bareCommands(screens: number, commands: number): Promise<CommandFigures> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-broadcast.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const sockets: WebSocket[] = [];
  try {
    for (let index = 0; index < screens; index++) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      await once(socket, 'open');
      sockets.push(socket);
    }
    // As large as a commit.
    const padding = 'x'.repeat(200);
    return await timeCommands(
      'bare ws: passed on, nothing kept',
      screens,
      commands,
      (number) => sockets[0]?.send(JSON.stringify({ number, padding })),
      (heard) => {
        for (const socket of sockets)
          socket.on('message', (data: Buffer) =>
            heard((JSON.parse(data.toString()) as { number: number }).number),
          );
      },
    );
  } finally {
    for (const socket of sockets) socket.terminate();
    child.kill();
  }
}

/** All screens lose a server that is killed and started again at once, and come back. */
export async function measureReconnects(screens: number, restarts: number): Promise<ReconnectFigures> {
  const { server: first, windows, close } = await openWindows(screens);
  let server = first;
  const sinceKill: number[] = [];
  const sinceReady: number[] = [];
  try {
    for (let restart = 0; restart < restarts; restart++) {
      const back = Promise.all(
        windows.map(
          (window) =>
            new Promise<void>((resolve) =>
              window.once('disconnect', () =>
                window.once('connect', () => void join(window).then(() => resolve())),
              ),
            ),
        ),
      );
      const killedMs = performance.now();
      const { port, dataDir } = server;
      await server.kill();
      server = await startServerProcess({ port, dataDir });
      const readyMs = performance.now();
      await back;
      sinceKill.push(performance.now() - killedMs);
      sinceReady.push(performance.now() - readyMs);
    }
  } finally {
    close();
    await server.stop();
  }
  return {
    ...{ screens, restarts },
    sinceKillMs: Math.round(percentile(sinceKill, 0.5)),
    sinceReadyMs: Math.round(percentile(sinceReady, 0.5)),
  };
}

const join = (window: Window): Promise<Snapshot> =>
  new Promise((resolve, reject) =>
    window.emit('wall:join', { screen: screenId }, (answer: Answer<Snapshot>) =>
      answer.ok ? resolve(answer.value) : reject(new Error(answer.problem.detail)),
    ),
  );

/** Windows of one screen, joined, and a console; they come back by themselves as a page's do. */
async function openWindows(screens: number) {
  const server = await startServerProcess();
  await server.api('POST', '/walls/control-room/screens', { id: screenId, name: 'Many', layout: '9' });
  const cookie = (await server.signedIn('team')).cookieHeader();
  const open = async (auth: object): Promise<Window> => {
    const window: Window = io(server.url, {
      auth,
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie, origin: server.url },
      reconnectionDelay: 300,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
    });
    await new Promise<void>((resolve) => window.once('connect', resolve));
    await join(window);
    return window;
  };
  const author = await open({ surface: 'console' });
  const windows: Window[] = [];
  for (let index = 0; index < screens; index++)
    windows.push(await open({ surface: 'screen', screen: screenId }));
  const close = () => {
    for (const window of [author, ...windows]) window.disconnect();
  };
  return { server, windows, author, close };
}

/** A command to every one of so many screens, beside a bare ws server in the same run. */
export async function benchCommands(screens: number, commands: number): Promise<Table> {
  const figures = [await bareCommands(screens, commands), await clerestoryCommands(screens, commands)];
  return {
    name: 'commands',
    title: `A command to ${screens} screens`,
    note: `${commands} commands one after the other; milliseconds from sending until one screen has it (over all screens), and until the last one has it. All screens are sockets of one process, which shares the machine with the server.`,
    columns: ['design', 'each p50 ms', 'each p99 ms', 'last p50 ms', 'last p99 ms'],
    rows: figures.map((one) => [...[one.design, one.eachP50Ms, one.eachP99Ms, one.lastP50Ms, one.lastP99Ms]]),
    figures,
  };
}

/** So many screens lose their server and come back. */
export async function benchRestarts(screens: number, restarts: number): Promise<Table> {
  const figures = await measureReconnects(screens, restarts);
  return {
    name: 'restarts',
    title: `${screens} screens after a restart`,
    note: `The server is killed and started again at once; medians of ${restarts}; milliseconds until the last screen has its snapshot.`,
    columns: ['screens', 'since the kill', 'since the server was ready'],
    rows: [[figures.screens, figures.sinceKillMs, figures.sinceReadyMs]],
    figures,
  };
}
