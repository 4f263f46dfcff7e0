import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostAllowed, originAllowed } from '../platform/origins.ts';
import type { Clock, Log } from './clock.ts';
import type { Admission } from './admission.ts';
import { admitHttp } from './http-admission.ts';
import { answerProblem, HttpProblem, type Exchange } from './http-answer.ts';

export interface HttpDoorDeps {
  clock: Clock;
  log: Log;
  allowedOrigins: readonly string[];
  admission: Admission | null;
  live(exchange: Exchange): Promise<void>;
  health(): object;
}

/** Headers of every answer. Video is private: nothing on the way may keep it. */
const commonHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-site',
  'Referrer-Policy': 'no-referrer',
};

const maxConnections = 2_000;

/** The plain node:http server in front of LL-HLS, posters and health. */
export function createHttpDoor(deps: HttpDoorDeps): Server {
  const server = createServer((request, response) => {
    void handle(deps, request, response);
  });
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
  for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value);
  const exchange: Exchange = {
    request,
    response,
    url: new URL('http://node.invalid/'),
    viewer: `http-${request.socket.remoteAddress ?? ''}-${(request.headers['user-agent'] ?? '').slice(0, 120)}`,
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
  const { origin, host } = request.headers;
  // A foreign page's <img> or <video> carries no Origin; the browser says all the same where it comes from.
  const fromElsewhere = origin === undefined && request.headers['sec-fetch-site'] === 'cross-site';
  if (
    fromElsewhere ||
    !hostAllowed(deps.allowedOrigins, host, true) ||
    !originAllowed(deps.allowedOrigins, origin)
  )
    throw new HttpProblem(
      'forbidden',
      'This page may not use the media node: open the wall by its own address',
    );
  response.setHeader('Vary', 'Origin');
  if (origin !== undefined) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    // The cookie says who asks; the origin is one of the exact list.
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'X-Captured-At, Retry-After, Date');
  }
  if (request.method === 'OPTIONS') {
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD');
    response.setHeader('Access-Control-Allow-Headers', 'Range');
    response.statusCode = 204;
    return void response.end();
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD, OPTIONS');
    throw new HttpProblem('method-not-allowed', 'Only GET and HEAD are of use here');
  }
  if (url.pathname === '/healthz') {
    response.setHeader('Content-Type', 'application/json');
    return void response.end(JSON.stringify(deps.health()));
  }
  if (!deps.admission) return deps.live(exchange);
  const leave = await admitHttp(deps.admission, exchange);
  try {
    await deps.live(exchange);
  } finally {
    leave();
  }
}

/** Listens on `port`; when that is taken and not `fixed`, on any free one. Returns the port. */
export async function listen(server: Server, host: string, port: number, fixed: boolean): Promise<number> {
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
