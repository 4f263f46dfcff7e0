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

/** A page of one of these origins, to the letter; or a program that is no browser and sends no Origin. */
export const originAllowed = (origins: readonly string[], origin: string | undefined): boolean =>
  origin === undefined || origins.includes(origin);

/** The Host header is that of one of these origins. `atAnyPort`: only its name, for a door at a port of its own. */
export function hostAllowed(
  origins: readonly string[],
  host: string | undefined,
  atAnyPort = false,
): boolean {
  const given = host?.toLowerCase();
  if (given === undefined) return false;
  if (!atAnyPort) return origins.some((origin) => new URL(origin).host === given);
  const name = /^(\[[0-9a-f:]+\]|[^:\s/@?#\\]+)(:\d{1,5})?$/.exec(given)?.[1];
  return name !== undefined && origins.some((origin) => new URL(origin).hostname === name);
}

/** Origins of pages served by `host` on a port that is known once the door is open, and those that the settings add. */
export function originsOf(host: string, port: () => number, extra: readonly string[]): Origins {
  const names = [...new Set([host, ...loopbackNames])];
  const list = () => [...names.map((one) => new URL(`http://${one}:${port()}`).origin), ...extra];
  return {
    list,
    allowsOrigin: ({ headers }) => originAllowed(list(), headers.origin),
    allowsHost: ({ headers }) => hostAllowed(list(), headers.host),
  };
}
