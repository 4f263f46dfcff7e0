import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import {
  ClientHello,
  clientEvents,
  maxClientMessageBytes,
  problem,
  problemFromZod,
  type Answer,
  type ClientEventName,
  type ClientPayload,
  type ClientToServer,
  type ClientValue,
  type ServerToClient,
} from '@clerestory/protocol';
import { problemOfFault } from './http.ts';
import type { Logger } from './logging.ts';
import type { Origins } from './origins.ts';

/** What we know of a window. `wall` once it has joined. */
export interface WindowData {
  hello: ClientHello;
  wall?: string;
}
export type Sockets = Server<ClientToServer, ServerToClient, Record<string, never>, WindowData>;
export type WindowSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, WindowData>;

/** Events one window may send a second, with a burst of as many. */
const maxEventsPerSecond = 50;

/** Rooms are joined only by the server, after it has checked. */
export const rooms = {
  everyone: 'everyone',
  wall: (wall: string) => `wall:${wall}`,
  consoles: (wall: string) => `consoles:${wall}`,
};

export function createSockets(server: HttpServer, origins: Origins): Sockets {
  const io: Sockets = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: maxClientMessageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: 5_000,
    pingTimeout: 6_000,
    connectTimeout: 10_000,
    allowRequest: (request, decide) =>
      decide(null, origins.allowsOrigin(request) && origins.allowsHost(request)),
  });
  io.use((socket, next) => {
    const hello = ClientHello.safeParse(socket.handshake.auth);
    if (!hello.success)
      return next(new Error('say what this window is: {surface: "console"} or {surface: "screen", screen}'));
    socket.data.hello = hello.data;
    next();
  });
  return io;
}

export type SocketHandlers = {
  [N in ClientEventName]?: (
    payload: ClientPayload<N>,
    socket: WindowSocket,
  ) => Promise<Answer<ClientValue<N>>> | Answer<ClientValue<N>>;
};

/** A token bucket on the monotonic clock. */
function bucket(perSecond: number, monotonicMs: () => number): () => boolean {
  let tokens = perSecond;
  let last = monotonicMs();
  return () => {
    const now = monotonicMs();
    tokens = Math.min(perSecond, tokens + ((now - last) / 1000) * perSecond);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

async function answerEvent(
  name: ClientEventName,
  payload: unknown,
  socket: WindowSocket,
  handle: (payload: never, socket: WindowSocket) => unknown,
  log: Logger,
): Promise<Answer<unknown>> {
  const parsed = clientEvents[name].payload.safeParse(payload);
  if (!parsed.success) return { ok: false, problem: problemFromZod(parsed.error, `The event ${name}`) };
  try {
    return (await handle(parsed.data as never, socket)) as Answer<unknown>;
  } catch (error) {
    const refusal = problemOfFault(error);
    log.error({ err: error, event: name }, 'a socket event failed');
    return { ok: false, problem: refusal };
  }
}

/**
 * Binds the features' handlers to every window. Each inbound message is counted, parsed, handled and acknowledged.
 * @throws Error when an event has no handler or two.
 */
export function bindSockets(
  io: Sockets,
  features: readonly SocketHandlers[],
  log: Logger,
  monotonicMs: () => number,
): void {
  const handlers = new Map<ClientEventName, (payload: never, socket: WindowSocket) => unknown>();
  for (const name of Object.keys(clientEvents) as ClientEventName[]) {
    const found = features.map((feature) => feature[name]).filter((handler) => handler !== undefined);
    if (found.length !== 1)
      throw new Error(`the socket event ${name} has ${found.length} handlers, it needs exactly one`);
    handlers.set(name, found[0] as (payload: never, socket: WindowSocket) => unknown);
  }
  io.on('connection', (socket) => {
    const allows = bucket(maxEventsPerSecond, monotonicMs);
    for (const [name, handle] of handlers) {
      socket.on(name, (payload: unknown, ack: unknown) => {
        const reply =
          typeof ack === 'function' ? (ack as (answer: Answer<unknown>) => void) : () => undefined;
        if (!allows())
          return reply({
            ok: false,
            problem: problem(
              'too-many',
              `A window may send ${maxEventsPerSecond} events a second. Slow down.`,
            ),
          });
        void answerEvent(name, payload, socket, handle, log).then(reply);
      });
    }
  });
}
