import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { Peers, type Peer } from './peers.ts';

/** Exact origins and hosts under which this server's pages are reached, and who is at the other end of a request. */
export interface Origins {
  /** Once the port is known. */
  list(): string[];
  peer(request: IncomingMessage): Peer;
  /** A browser's request from one of our pages, or a request of no browser at all (no Origin header). */
  allowsOrigin(request: IncomingMessage): boolean;
  /** By our own name, and by the road that the settings allow. Closes DNS rebinding, where a foreign name points to us. */
  allowsHost(request: IncomingMessage): boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost'];
const everyAddress = new Set(['0.0.0.0', '::']);

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

/** How a door is reached. */
export interface Road {
  /** Addresses and networks of the proxies that are believed. */
  trustProxy: readonly string[];
  /** Plain HTTP beyond loopback: taken from a trusted proxy and from this machine, from nobody else. */
  onlyProxied: boolean;
}
export const directRoad: Road = { trustProxy: [], onlyProxied: false };

/**
 * The rule of every door, on both ports: it is asked by one of our names, and by a road that the settings allow.
 * `list` are the origins of our pages.
 */
export function originsFrom(list: () => string[], road: Road, atAnyPort = false): Origins {
  const peers = new Peers(road.trustProxy);
  const peer = (request: IncomingMessage) => peers.of(request);
  return {
    list,
    peer,
    allowsOrigin: ({ headers }) => originAllowed(list(), headers.origin),
    allowsHost(request) {
      const { host, trusted, local } = peer(request);
      return (trusted || local || !road.onlyProxied) && hostAllowed(list(), host, atAnyPort);
    },
  };
}

/** A host as it stands in an address. */
export const hostInUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** By which name this machine reaches a server that listens on `host`. */
export const localNameOf = (host: string): string => (everyAddress.has(host) ? '127.0.0.1' : hostInUrl(host));

/** Origins of pages served on `host` at a port that is known once the door is open, and those that the settings add. */
export function originsOf(
  { scheme, host, port }: { scheme: 'http' | 'https'; host: string; port: () => number },
  extra: readonly string[],
  road: Road = directRoad,
): Origins {
  const names = [...new Set([localNameOf(host), ...loopbackNames])];
  return originsFrom(
    () => [...names.map((one) => new URL(`${scheme}://${one}:${port()}`).origin), ...extra],
    road,
  );
}
