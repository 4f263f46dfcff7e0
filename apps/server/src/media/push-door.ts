import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { mediaPathOf } from '@clerestory/protocol';
import type { Origins } from '../platform/origins.ts';
import { placeOf, refuseByHand, tooMany, type RateLimit } from '../platform/rate-limit.ts';
import { PushSocket, type PushSocketDeps } from './push-socket.ts';

/** Sockets one node holds open. */
const maxSockets = 500;
/** A request fits many times over. */
const maxMessageBytes = 64 * 1024;

export interface PushDoorDeps extends PushSocketDeps {
  origins: Origins;
  /** Hears of what is refused for where it comes from. */
  onForeign(request: IncomingMessage): void;
  /** Of those who show no session that is known. */
  strangers: RateLimit;
}

/** Upgrades that wait for control to say who it is. */
const maxWaiting = 200;

const statusLines = {
  401: '401 Unauthorized',
  403: '403 Forbidden',
  404: '404 Not Found',
  503: '503 Service Unavailable',
} as const;

/** Takes WebSocket upgrades at `/push`. */
export class PushDoor {
  readonly #deps: PushDoorDeps;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    clientTracking: false,
  });
  readonly #sockets = new Set<PushSocket>();
  #count = 0;
  #waiting = 0;

  constructor(deps: PushDoorDeps) {
    this.#deps = deps;
  }

  /** For the `upgrade` event of a node:http server. */
  upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    const { origins, strangers, admission } = this.#deps;
    raw.on('error', () => raw.destroy());
    const refuse = (status: keyof typeof statusLines, detail: string) => {
      raw.end(
        `HTTP/1.1 ${statusLines[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${detail}\n`,
      );
    };
    if (mediaPathOf('UPGRADE', request.url?.split('?')[0] ?? '')?.kind !== 'upgrade')
      return refuse(404, 'The push socket is at /push');
    if (!origins.allowsHost(request) || !origins.allowsOrigin(request)) {
      this.#deps.onForeign(request);
      return refuse(403, 'This page may not use the push socket: open the wall by its own address');
    }
    if (this.#sockets.size >= maxSockets || this.#waiting >= maxWaiting)
      return refuse(503, 'Too many screens on this media node');
    if (!admission) return this.#open(request, raw, head, []);
    const shown = admission.keysOf(request.headers.cookie);
    const waitS = admission.isKnown(shown) ? 0 : strangers.take(placeOf(origins.peer(request).address));
    if (waitS > 0)
      return refuseByHand(
        request,
        null,
        tooMany('Too many connections without a sign-in come from here.', waitS),
      );
    if (shown.length === 0) return refuse(401, 'Sign in first');
    this.#waiting += 1;
    void admission.known(shown).then((keys) => {
      this.#waiting -= 1;
      if (raw.destroyed) return;
      if (keys === null) return refuse(503, 'The server cannot be asked just now who this is. Try again');
      if (keys.length === 0) return refuse(401, 'Sign in first');
      this.#open(request, raw, head, keys);
    });
  }

  #open(request: IncomingMessage, raw: Duplex, head: Buffer, keys: readonly string[]): void {
    // Each chunk leaves at once, not when the one before has been acknowledged.
    (raw as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
    this.#server.handleUpgrade(request, raw, head, (socket) => {
      const viewer = `push-${(this.#count += 1)}`;
      const push = new PushSocket(socket, raw, { viewer, keys }, this.#deps);
      this.#sockets.add(push);
      socket.on('close', () => this.#sockets.delete(push));
    });
  }

  /** Open sockets. */
  get size(): number {
    return this.#sockets.size;
  }

  close(): void {
    for (const socket of this.#sockets) socket.end('the media node stops');
    this.#server.close();
  }
}
