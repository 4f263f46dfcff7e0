import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Lane, type Way } from './lane.ts';

/**
 * What the network between two programs does.
 * - `pass`: as it should
 * - `stall`: nothing gets through, neither bytes nor the end of a connection, and new connections hang; what was sent
 *   meanwhile follows after healing. On every way at once it is a partition.
 * - `half-open`: the far program is gone without a word. What is sent is taken and lost, new connections hang; after
 *   healing these connections are dead, and the next byte on one is answered with a reset.
 * - `refuse`: as `pass`, but new connections are reset.
 */
export type Fault = 'pass' | 'stall' | 'half-open' | 'refuse';

/** Breaks a connection, or all of a proxy's. */
export interface Breaker {
  set(fault: Fault): void;
  /** Every byte takes this much longer, ms. */
  delay(ms: number): void;
  /** At most so many bytes a second each way; null: as many as there are. */
  throttle(bytesPerS: number | null): void;
  /** Resets (TCP RST), at both ends. */
  reset(): void;
  /** Ends in good order (TCP FIN), at both ends. */
  cut(): void;
}

export interface FaultConnection extends Breaker {
  /** First line that the client sent, such as `GET /push HTTP/1.1`; '' before it. */
  readonly opening: string;
}

/** What is told to the proxy goes for all connections that there are and all to come. */
export interface FaultProxy extends Breaker {
  readonly port: number;
  /** Open now, in the order in which they came. */
  readonly connections: readonly FaultConnection[];
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Default 127.0.0.1; another loopback address than the target's lets the same port be used. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  target: { host?: string; port: number };
}

const firstLineChars = 200;

class Pair implements FaultConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #way: Way;
  readonly #lanes: readonly [Lane, Lane];
  readonly #gone: () => void;
  #fault: Fault;
  /** The far end was given up under `half-open`. */
  #dead = false;
  /** One end is closed and the other has not been told, since the network lets nothing through. */
  #closing = false;
  opening = '';

  constructor(client: Socket, server: Socket, fault: Fault, way: Way, gone: () => void) {
    this.#client = client;
    this.#server = server;
    this.#fault = fault;
    this.#way = { ...way };
    this.#gone = gone;
    this.#lanes = [new Lane(client, server, this.#way), new Lane(server, client, this.#way)];
    client.once(
      'data',
      (bytes: Buffer) => (this.opening = bytes.toString('latin1', 0, firstLineChars).split('\r\n')[0] ?? ''),
    );
    client.on('data', () => this.#dead && this.#fault !== 'half-open' && client.resetAndDestroy());
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.#closed());
    }
    this.set(fault);
  }

  set(fault: Fault): void {
    this.#fault = fault;
    if (fault === 'half-open' && !this.#dead) {
      this.#dead = true;
      for (const lane of this.#lanes) lane.lose();
      this.#server.resetAndDestroy();
    }
    this.#way.open = fault !== 'stall';
    for (const lane of this.#lanes) lane.pump();
    if (this.#closing) this.#closed();
  }
  delay(ms: number): void {
    this.#way.delayMs = ms;
  }
  throttle(bytesPerS: number | null): void {
    this.#way.bytesPerS = bytesPerS;
    for (const lane of this.#lanes) lane.pump();
  }
  reset(): void {
    this.#way.open = true;
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }
  cut(): void {
    this.#client.end();
    this.#server.end();
  }
  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
    for (const lane of this.#lanes) lane.lose();
    this.#gone();
  }

  #closed(): void {
    const clientGone = this.#client.destroyed;
    this.#closing = true;
    // A network that lets nothing through does not tell the end of a connection either.
    if (!this.#way.open || (this.#dead && !clientGone)) return;
    const [up, down] = this.#lanes;
    const rest = clientGone ? up : down;
    rest.whenEmpty(() => this.destroy());
  }
}

/** A TCP proxy that breaks on demand. Throws when it cannot listen. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { host = '127.0.0.1', port = 0, target } = options;
  const pairs = new Set<Pair>();
  const way: Way = { open: true, delayMs: 0, bytesPerS: null };
  let fault: Fault = 'pass';

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (fault === 'refuse') return void client.resetAndDestroy();
    const upstream = connect({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true });
    const pair: Pair = new Pair(client, upstream, fault, way, () => pairs.delete(pair));
    pairs.add(pair);
  });
  server.listen(port, host);
  await once(server, 'listening');

  const each = (act: (pair: Pair) => void) => [...pairs].forEach(act);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...pairs];
    },
    set(next) {
      fault = next;
      each((pair) => pair.set(next));
    },
    delay(ms) {
      way.delayMs = ms;
      each((pair) => pair.delay(ms));
    },
    throttle(bytesPerS) {
      way.bytesPerS = bytesPerS;
      each((pair) => pair.throttle(bytesPerS));
    },
    reset: () => each((pair) => pair.reset()),
    cut: () => each((pair) => pair.cut()),
    async close() {
      const closed = once(server, 'close');
      server.close();
      each((pair) => pair.destroy());
      await closed;
    },
  };
}
