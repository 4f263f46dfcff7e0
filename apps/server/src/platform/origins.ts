import type { IncomingMessage } from 'node:http';

/** Exact origins and hosts under which this server's pages are reached. */
export interface Origins {
  /** Once the port is known. */
  list(): string[];
  /** A browser's request from one of our pages, or a request of no browser at all (no Origin header). */
  allowsOrigin(request: IncomingMessage): boolean;
  /** The Host header names us: closes DNS rebinding, where a foreign name points to this machine. */
  allowsHost(request: IncomingMessage): boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost'];

/** Origins of pages served by `host` on a port that is known once the door is open, and those that the settings add. */
export function originsOf(host: string, port: () => number, extra: readonly string[]): Origins {
  const names = [...new Set([host, ...loopbackNames])];
  const list = () => [...names.map((one) => new URL(`http://${one}:${port()}`).origin), ...extra];
  return {
    list,
    allowsOrigin: ({ headers }) => headers.origin === undefined || list().includes(headers.origin),
    allowsHost: ({ headers }) => {
      const given = headers.host?.toLowerCase();
      return given !== undefined && list().some((origin) => new URL(origin).host === given);
    },
  };
}
