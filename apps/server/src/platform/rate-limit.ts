import type { IncomingMessage, ServerResponse } from 'node:http';
import ipaddr from 'ipaddr.js';
import { problem, type Problem } from '@clerestory/protocol';

/** Who is remembered at one time; beyond it the one not heard of for longest is forgotten, and begins anew. */
const maxKeys = 20_000;

export interface Rate {
  perSecond: number;
  /** So many at once, from one that was quiet. */
  burst: number;
}

/**
 * So many per second for each key, with a burst: the generic cell rate algorithm (ITU-T I.371), which keeps one number
 * for a key. Monotonic, so that a turned clock gives nobody more.
 */
export class RateLimit {
  readonly #everyMs: number;
  readonly #aheadMs: number;
  readonly #monotonicMs: () => number;
  readonly #most: number;
  /** Key → when all that it took so far would have come, had it come at the rate. In the order of use. */
  readonly #dueMs = new Map<string, number>();

  constructor({ perSecond, burst }: Rate, monotonicMs: () => number, most = maxKeys) {
    this.#everyMs = 1000 / perSecond;
    this.#aheadMs = (burst - 1) * this.#everyMs;
    this.#monotonicMs = monotonicMs;
    this.#most = most;
  }

  /** Takes one. @returns 0, or the seconds after which to try again */
  take(key: string): number {
    const nowMs = this.#monotonicMs();
    const dueMs = Math.max(this.#dueMs.get(key) ?? 0, nowMs);
    const overMs = dueMs - nowMs - this.#aheadMs;
    if (overMs > 0) return Math.max(1, Math.ceil(overMs / 1000));
    this.#dueMs.delete(key);
    this.#dueMs.set(key, dueMs + this.#everyMs);
    if (this.#dueMs.size > this.#most) {
      const oldest = this.#dueMs.keys().next().value;
      if (oldest !== undefined) this.#dueMs.delete(oldest);
    }
    return 0;
  }

  /** Keys remembered. */
  get size(): number {
    return this.#dueMs.size;
  }
}

/** One place for counting: an IPv4 address, or the /64 of an IPv6 one, since a home has that many. */
export function placeOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'address:unknown';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4'
    ? `address:${parsed.toString()}`
    : `address:${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}

const seconds = (count: number) => (count === 1 ? 'a second' : `${count} seconds`);

/** The refusal, with the time to wait for both readers: `Retry-After` (RFC 9110 section 10.2.3) and a person. */
export const tooMany = (what: string, retryAfterS: number): Problem =>
  problem('too-many', `${what} Try again in ${seconds(retryAfterS)}.`, { retryAfterS });

/** Refuses a request or an upgrade that no framework has in hand yet. */
export function refuseByHand(
  request: IncomingMessage,
  response: ServerResponse | null,
  refusal: Problem,
): void {
  const body = JSON.stringify(refusal);
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...(refusal.retryAfterS !== undefined && { 'Retry-After': String(refusal.retryAfterS) }),
  };
  if (response) return void response.writeHead(refusal.status, headers).end(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  request.socket.end(
    [`HTTP/1.1 ${refusal.status} ${refusal.title}`, 'Connection: close', ...lines, '', body].join('\r\n'),
  );
}

/** For a door: how many, of whom. */
export interface DoorLimits {
  /** Requests of one place: a whole room behind one address, when all its screens start at once. */
  place: Rate;
  /** Requests of one session or screen. */
  session: Rate;
  /** Socket connections of one place. */
  sockets: Rate;
  /** Sign-in links that owners at one place may ask for, whatever the addresses: a whole house behind one connection. */
  ownerLinks: Rate;
}
export const defaultLimits: DoorLimits = {
  place: { perSecond: 200, burst: 4_000 },
  session: { perSecond: 50, burst: 1_000 },
  sockets: { perSecond: 40, burst: 1_000 },
  ownerLinks: { perSecond: 1 / 30, burst: 10 },
};
