import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * What the way between two programs does. `pass`: as it should; `stall`: nothing gets through and nothing is closed,
 * as on a half-open connection (bytes are held back and follow after healing); `refuse`: new connections are reset.
 */
export type Fault = 'pass' | 'stall' | 'refuse';

export interface FaultProxy {
  port: number;
  /** Connections open now. */
  readonly open: number;
  set(fault: Fault): void;
  /** Resets all connections that there are (TCP RST); new ones go by the fault that is set. */
  reset(): void;
  /** Every byte takes this much longer, ms. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** Where to listen; another loopback address than the target's lets the same port be used. */
  host: string;
  /** 0: any free one. */
  port: number;
  target: { host: string; port: number };
}

/** A TCP proxy that breaks on demand. Throws when it cannot listen. */
export async function startFaultProxy({ host, port, target }: FaultProxyOptions): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let fault: Fault = 'pass';
  let delayMs = 0;

  const pump = (from: Socket, to: Socket) => {
    from.on('data', (bytes: Buffer) => {
      const send = () => {
        if (to.writable && !to.write(bytes)) from.pause();
      };
      if (delayMs > 0) setTimeout(send, delayMs);
      else send();
    });
    to.on('drain', () => fault !== 'stall' && from.resume());
  };
  const server = createServer((client) => {
    if (fault === 'refuse') return void client.resetAndDestroy();
    const upstream = connect(target);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('end', () => fault !== 'stall' && other.end());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
      pump(one, other);
      if (fault === 'stall') one.pause();
    }
  });
  server.listen(port, host);
  await once(server, 'listening');

  const each = (act: (socket: Socket) => void) => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return pairs.size;
    },
    set(next) {
      fault = next;
      each((socket) => (next === 'stall' ? socket.pause() : socket.resume()));
    },
    reset: () => each((socket) => socket.resetAndDestroy()),
    delay: (ms) => void (delayMs = ms),
    async close() {
      const closed = once(server, 'close');
      server.close();
      each((socket) => socket.destroy());
      await closed;
    },
  };
}
