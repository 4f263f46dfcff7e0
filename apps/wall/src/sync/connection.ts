import {
  ackTimeoutMs,
  clientEvents,
  serverEvents,
  Problem,
  type Answer,
  type ClientEventName,
  type ClientHello,
  type ClientPayload,
  type ClientValue,
  type ErrorCode,
  type ServerEventName,
  type ServerPayload,
} from '@clerestory/protocol';
import { io, type Socket } from 'socket.io-client';

/** Reconnect delays, milliseconds; each is spread by half, so that the windows of a wall do not come at once. */
export const reconnectFirstMs = 300;
export const reconnectMaxMs = 5_000;
/** After the server itself ended the link. */
const reconnectKickedMs = 1_000;

/**
 * Ways to the server, tried in turn: at once by WebSocket, or through what lets no WebSocket pass. Each try names its
 * own: with `tryAllTransports` a line that came by polling, as after a server that was away for one moment, would
 * stay with it for as long as it holds.
 */
const ways = [['websocket'], ['polling', 'websocket']];

export interface ConnectionHandlers {
  connected(): void;
  /** The link is gone, for whatever reason; it comes back by itself. */
  disconnected(): void;
  /** The server answered and does not let this window in, `code` where it said why; asked again by itself. */
  refused(detail: string, code: ErrorCode | null): void;
  /** A message in either direction did not match its schema. */
  malformed(name: string, detail: string): void;
  event<N extends ServerEventName>(name: N, payload: ServerPayload<N>): void;
}

/** One Socket.IO connection on which everything that comes in has been parsed. */
export interface Connection {
  readonly connected: boolean;
  /** Asks and waits for the answer; null when none came in time, or the link was lost, or it was malformed. */
  ask<N extends ClientEventName>(name: N, payload: ClientPayload<N>): Promise<Answer<ClientValue<N>> | null>;
  close(): void;
}

export function openConnection(
  url: string | null,
  hello: ClientHello,
  handlers: ConnectionHandlers,
  timeoutMs: number = ackTimeoutMs,
): Connection {
  const options = {
    auth: hello,
    transports: ways[0] ?? [],
    reconnection: true,
    reconnectionAttempts: Infinity,
    reconnectionDelay: reconnectFirstMs,
    reconnectionDelayMax: reconnectMaxMs,
    randomizationFactor: 0.5,
    timeout: 5_000,
    forceNew: true,
  };
  const socket: Socket = url === null ? io(options) : io(url, options);
  let closed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  /** Socket.IO does not come back by itself after the server's own no; this does. */
  const comeBack = (delayMs: number) => {
    clearTimeout(again);
    if (!closed) again = setTimeout(() => socket.connect(), delayMs * (0.5 + Math.random() / 2));
  };

  let tries = 0;
  const wayOf = (count: number) => (socket.io.opts.transports = ways[count % ways.length] ?? []);

  socket.on('connect', () => {
    // When this line is lost, a WebSocket is tried first again.
    wayOf((tries = 0));
    handlers.connected();
  });
  socket.on('disconnect', () => {
    if (!closed) handlers.disconnected();
    if (!socket.active) comeBack(reconnectKickedMs);
  });
  socket.on('connect_error', (error: Error) => {
    if (socket.active) {
      wayOf((tries += 1));
      handlers.disconnected();
    } else {
      const refusal = Problem.safeParse((error as { data?: unknown }).data);
      handlers.refused(error.message, refusal.success ? refusal.data.code : null);
      comeBack(reconnectMaxMs);
    }
  });
  for (const name of Object.keys(serverEvents) as ServerEventName[]) {
    socket.on(name, (raw: unknown) => {
      const parsed = serverEvents[name].safeParse(raw);
      if (parsed.success) handlers.event(name, parsed.data as ServerPayload<typeof name>);
      else handlers.malformed(name, parsed.error.message);
    });
  }

  return {
    get connected() {
      return socket.connected;
    },
    ask<N extends ClientEventName>(name: N, payload: ClientPayload<N>) {
      if (!socket.connected) return Promise.resolve(null);
      return new Promise<Answer<ClientValue<N>> | null>((resolve) => {
        socket.timeout(timeoutMs).emit(name, payload, (error: Error | null, raw: unknown) => {
          if (error) return resolve(null);
          const parsed = clientEvents[name].answer.safeParse(raw);
          if (!parsed.success) handlers.malformed(`answer to ${name}`, parsed.error.message);
          resolve(parsed.success ? (parsed.data as Answer<ClientValue<N>>) : null);
        });
      });
    },
    close() {
      closed = true;
      clearTimeout(again);
      socket.disconnect();
    },
  };
}
