import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mediaPathOf } from '@clerestory/protocol';
import type { Origins } from '../platform/origins.ts';
import { placeOf, type RateLimit } from '../platform/rate-limit.ts';
import { setSecurityHeaders } from '../platform/security.ts';
import { createWebServer, type TlsFiles, type WebServer } from '../platform/tls.ts';
import type { Clock, Log } from './clock.ts';
import type { Admission } from './admission.ts';
import { admitHttp } from './http-admission.ts';
import { answerProblem, HttpProblem, type Exchange } from './http-answer.ts';

export interface HttpDoorDeps {
  clock: Clock;
  log: Log;
  origins: Origins;
  /** Hears of what is refused for where it comes from. */
  onForeign(request: IncomingMessage): void;
  /** Of those who show no session that is known. */
  strangers: RateLimit;
  tls: TlsFiles | null;
  admission: Admission | null;
  live(exchange: Exchange): Promise<void>;
  health(): object;
}

const maxConnections = 2_000;

/** The plain node:http server in front of LL-HLS, posters and health. */
export function createHttpDoor(deps: HttpDoorDeps): WebServer {
  const { log, clock } = deps;
  const server = createWebServer(
    deps.tls,
    (message, isFault) => log[isFault ? 'error' : 'info']({}, message),
    {
      nowMs: () => clock.nowMs(),
    },
  );
  server.on('request', (request, response) => void handle(deps, request, response));
  server.maxConnections = maxConnections;
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 30_000;
  return server;
}

async function handle(deps: HttpDoorDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  response.on('error', () => gone.abort());
  const peer = deps.origins.peer(request);
  setSecurityHeaders(response, peer, 'same-site');
  // Video is private: nothing on the way may keep it.
  response.setHeader('Cache-Control', 'no-store');
  const exchange: Exchange = {
    request,
    response,
    url: new URL('http://node.invalid/'),
    viewer: `http-${peer.address}-${(request.headers['user-agent'] ?? '').slice(0, 120)}`,
    clock: deps.clock,
    signal: gone.signal,
  };
  try {
    exchange.url = readUrl(request.url ?? '/');
    await route(deps, exchange);
  } catch (error) {
    if (error instanceof HttpProblem) return answerProblem(exchange, error);
    if (gone.signal.aborted) return;
    deps.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a request failed');
    answerProblem(exchange, new HttpProblem('internal', 'The media node made a mistake; its log says more'));
  }
}

function readUrl(path: string): URL {
  try {
    if (path.startsWith('/') && !path.startsWith('//')) return new URL(path, 'http://node.invalid');
  } catch {
    // Told below.
  }
  throw new HttpProblem('invalid-request', 'The address is not valid');
}

async function route(deps: HttpDoorDeps, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange;
  const { origin } = request.headers;
  // A foreign page's <img> or <video> carries no Origin; the browser says all the same where it comes from.
  const fromElsewhere = origin === undefined && request.headers['sec-fetch-site'] === 'cross-site';
  if (fromElsewhere || !deps.origins.allowsHost(request) || !deps.origins.allowsOrigin(request)) {
    deps.onForeign(request);
    throw new HttpProblem(
      'forbidden',
      'This page may not use the media node: open the wall by its own address',
    );
  }
  response.setHeader('Vary', 'Origin');
  if (origin !== undefined) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    // The cookie says who asks; the origin is one of the exact list.
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'X-Captured-At, Retry-After, Date');
  }
  const asked = mediaPathOf(request.method ?? '', url.pathname)?.kind;
  if (asked === 'preflight') {
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD');
    response.setHeader('Access-Control-Allow-Headers', 'Range');
    response.statusCode = 204;
    return void response.end();
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD, OPTIONS');
    throw new HttpProblem('method-not-allowed', 'Only GET and HEAD are of use here');
  }
  if (asked === 'healthz') {
    response.setHeader('Content-Type', 'application/json');
    return void response.end(JSON.stringify(deps.health()));
  }
  if (!deps.admission) return deps.live(exchange);
  const leave = await admitHttp(deps.admission, exchange, () =>
    deps.strangers.take(placeOf(deps.origins.peer(request).address)),
  );
  try {
    await deps.live(exchange);
  } finally {
    leave();
  }
}

/** Listens on `port`; when that is taken and not `fixed`, on any free one. Returns the port. */
export async function listen(server: WebServer, host: string, port: number, fixed: boolean): Promise<number> {
  const attempt = (wanted: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, host, () => {
        server.off('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  try {
    return await attempt(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    if (!fixed && port !== 0) return attempt(0);
    throw new Error(
      code === 'EACCES'
        ? `The media node may not listen on port ${port}: choose one above 1023`
        : `Port ${port} is in use: stop what uses it, or give the media node another port`,
      { cause: error },
    );
  }
}
