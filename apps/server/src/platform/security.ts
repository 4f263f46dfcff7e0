import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from './peers.ts';

/** What no page of ours ever uses; what is left out of this list is for our own origin alone. */
const switchedOff = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];

/** A year, as RFC 6797 section 6.1.1 has it; without the other names below this one, which are not ours to bind. */
const strictTransport = 'max-age=31536000';

/** `but`: what a page of ours uses after all. */
export function permissionsPolicy(but: readonly string[] = []): string {
  return switchedOff.map((name) => `${name}=${but.includes(name) ? '(self)' : '()'}`).join(', ');
}

/** Headers of every answer (OWASP ASVS 5.0, 3.4). Pages take the place of the policy with their own. */
const always: readonly (readonly [string, string])[] = [
  [
    'Content-Security-Policy',
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Referrer-Policy', 'no-referrer'],
  ['Permissions-Policy', permissionsPolicy()],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Origin-Agent-Cluster', '?1'],
  ['X-Permitted-Cross-Domain-Policies', 'none'],
];

/**
 * Sets the security headers of an answer. `resources`: which pages may embed it; the media node's are of another port,
 * which is another origin of the same site.
 */
export function setSecurityHeaders(
  response: Pick<ServerResponse, 'setHeader'>,
  { secure }: Pick<Peer, 'secure'>,
  resources: 'same-origin' | 'same-site' = 'same-origin',
): void {
  for (const [name, value] of always) response.setHeader(name, value);
  response.setHeader('Cross-Origin-Resource-Policy', resources);
  if (secure) response.setHeader('Strict-Transport-Security', strictTransport);
}

/** The same as a middleware. */
export const securityHeaders =
  (peerOf: (request: IncomingMessage) => Peer) =>
  (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    setSecurityHeaders(response, peerOf(request));
    next();
  };

/** For an answer that is written by hand, line by line. */
export const securityHeaderLines: readonly string[] = always.map(([name, value]) => `${name}: ${value}`);
