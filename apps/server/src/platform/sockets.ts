import type { IncomingMessage, ServerResponse } from 'node:http';
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
  type ServerEventName,
  type ServerPayload,
  type ServerToClient,
} from '@clerestory/protocol';
import { problemOfFault } from './http.ts';
import { placeOf, refuseByHand, tooMany, type RateLimit } from './rate-limit.ts';
import { setSecurityHeaders } from './security.ts';
import type { WebServer } from './tls.ts';
import type { Logger } from './logging.ts';
import type { Origins } from './origins.ts';

/** What we know of a window. `wall` once it has joined. */
export interface WindowData {
  hello: ClientHello;
  wall?: string;
  /** Who is behind it, for commits: `actorName`. */
  by?: string;
  /** The session of a person, or the pairing of a screen: who is behind it is looked up anew each time. */
  session?: string;
  device?: string;
  /** Cameras that exist for it, as far as it was told. */
  visible?: Set<string>;
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
  screen: (screen: string) => `screen:${screen}`,
};

/** `onForeign` hears of a window that is refused for where its page comes from. */
export function createSockets(
  server: WebServer,
  origins: Origins,
  limit: RateLimit,
  onForeign: (request: IncomingMessage) => void,
): Sockets {
  const io: Sockets = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: maxClientMessageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: 5_000,
    pingTimeout: 6_000,
    connectTimeout: 10_000,
    allowRequest(request, decide) {
      const allowed = origins.allowsOrigin(request) && origins.allowsHost(request);
      if (!allowed) onForeign(request);
      decide(null, allowed);
    },
  });
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const peer = origins.peer(request);
    setSecurityHeaders(response, peer);
    // What a connection goes on to say has its own bound; by HTTP each of its messages is a request.
    const isNew = !/[?&]sid=/.test(request.url ?? '');
    const waitS = isNew ? limit.take(placeOf(peer.address)) : 0;
    if (waitS === 0) return next();
    const isUpgrade = request.headers.upgrade !== undefined;
    refuseByHand(
      request,
      isUpgrade ? null : response,
      tooMany('Too many connections come from here.', waitS),
    );
  });
  io.use((socket, next) => {
    const hello = ClientHello.safeParse(socket.handshake.auth);
    if (!hello.success)
      return next(
        new Error(
          'say what this window is: {surface: "console"}, {surface: "screen", screen} or {surface: "workstation", screen}',
        ),
      );
    socket.data.hello = hello.data;
    next();
  });
  return io;
}

/** Where pushes go: to everybody in a room, each as far as it exists for them. */
export interface Audience {
  tell<N extends ServerEventName>(room: string, event: N, payload: ServerPayload<N>): void;
}

/** The policy, as the sockets ask it. */
export interface SocketGuard {
  /** May whoever is behind this window send this, as it is parsed? */
  allows(event: ClientEventName, payload: unknown, socket: WindowSocket): Answer<void>;
  /** The answer without what does not exist for them. */
  present(event: ClientEventName, value: unknown, socket: WindowSocket): unknown;
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
  { log, guard }: { log: Logger; guard: SocketGuard },
): Promise<Answer<unknown>> {
  const parsed = clientEvents[name].payload.safeParse(payload);
  if (!parsed.success) return { ok: false, problem: problemFromZod(parsed.error, `The event ${name}`) };
  try {
    const allowed = guard.allows(name, parsed.data, socket);
    if (allowed && !allowed.ok) return allowed;
    const answer = (await handle(parsed.data as never, socket)) as Answer<unknown>;
    return answer.ok ? { ok: true, value: guard.present(name, answer.value, socket) } : answer;
  } catch (error) {
    const refusal = problemOfFault(error);
    log.error({ err: error, event: name }, 'a socket event failed');
    return { ok: false, problem: refusal };
  }
}

/**
 * Binds the features' handlers to every window. Each inbound message is counted, parsed, allowed, handled and
 * acknowledged.
 * @throws Error when an event has no handler or two.
 */
export function bindSockets(
  io: Sockets,
  features: readonly SocketHandlers[],
  log: Logger,
  monotonicMs: () => number,
  guard: SocketGuard,
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
        void answerEvent(name, payload, socket, handle, { log, guard }).then(reply);
      });
    }
  });
}

/** What is listened for at open windows, beside what Socket.IO itself says there. */
export function boundEvents(io: Sockets): string[] {
  const own = new Set(['disconnect', 'disconnecting', 'error']);
  const names = [...io.of('/').sockets.values()].flatMap((socket) => socket.eventNames().map(String));
  return [...new Set(names)].filter((name) => !own.has(name));
}

/** Ends every window's connection and the server below it, at once: browsers would keep theirs. */
export async function closeDoors(http: WebServer, io: Sockets): Promise<void> {
  const closed = io.close();
  http.closeAllConnections();
  await closed;
}
