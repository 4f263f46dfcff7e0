import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import type { Peer } from './peers.ts';

/** Longest Cookie header looked at, characters; one that is longer holds none of ours. */
const maxCookieHeader = 8_192;

/** The cookies of a request (RFC 6265 section 5.4). Of two with one name the first counts, as browsers send it. */
export function cookiesOf(request: IncomingMessage): Map<string, string> {
  const found = new Map<string, string>();
  const header = request.headers.cookie ?? '';
  if (header.length > maxCookieHeader) return found;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    if (!found.has(name)) found.set(name, pair.slice(at + 1).trim());
  }
  return found;
}

/** A cookie's name as it travels. `__Host-` makes the browser refuse one set by another host or without TLS (RFC 6265bis section 4.1.3.2). */
export const cookieName = (name: string, secure: boolean): string => (secure ? `__Host-${name}` : name);

export interface CookieToSet {
  name: string;
  /** '' takes the cookie away. */
  value: string;
  maxAgeS: number;
  /** `Lax` only where a browser comes back from another site by a link. */
  sameSite?: 'Strict' | 'Lax';
}

/** What a handler may know of the browser's side of a request, and the cookies it may set. */
export interface WebExchange {
  /** Peer address; behind a trusted proxy, the one that the proxy vouches for. */
  address: string;
  agent: string;
  /** Came through a proxy, so not surely from this machine. */
  proxied: boolean;
  secure: boolean;
  /** The origin of the page, such as `https://wall.example.org`. */
  origin: string;
  /** Path and query as asked for. */
  url: string;
  cookie(name: string): string | undefined;
  setCookie(cookie: CookieToSet): void;
}

const maxAgentLength = 200;

export function webExchange(
  request: IncomingMessage & { originalUrl?: string },
  response: Response,
  { address, proxied, secure, host }: Peer,
): WebExchange {
  const cookies = cookiesOf(request);
  return {
    address,
    agent: (request.headers['user-agent'] ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, maxAgentLength),
    proxied,
    secure,
    origin: `${secure ? 'https' : 'http'}://${host ?? ''}`,
    url: request.originalUrl ?? request.url ?? '/',
    cookie: (name) => cookies.get(cookieName(name, secure)),
    setCookie({ name, value, maxAgeS, sameSite = 'Strict' }) {
      const parts = [
        `${cookieName(name, secure)}=${value}`,
        'Path=/',
        'HttpOnly',
        `SameSite=${sameSite}`,
        `Max-Age=${value === '' ? 0 : Math.max(0, Math.floor(maxAgeS))}`,
      ];
      if (secure) parts.push('Secure');
      response.append('Set-Cookie', parts.join('; '));
    },
  };
}
