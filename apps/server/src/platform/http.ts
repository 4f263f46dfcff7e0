import { createHash, randomUUID } from 'node:crypto';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import {
  apiBase,
  IdempotencyKey,
  problem,
  problemFromZod,
  routes,
  type Answer,
  type Problem,
  type RestRoute,
  type RouteAnswer,
  type RouteInput,
  type RouteName,
} from '@clerestory/protocol';
import { actorName, anonymous, type Actor } from './actor.ts';
import { storageFault } from './database.ts';
import type { Logger } from './logging.ts';
import type { Origins } from './origins.ts';
import { placeOf, tooMany, type RateLimit } from './rate-limit.ts';
import { webExchange, type WebExchange } from './web.ts';

/** Who asks, and what makes the request safe to repeat and to refuse. */
export interface RequestContext {
  /** For commits: `actorName`, or `api` for a program that did not say who it is. */
  by: string;
  actor: Actor;
  web: WebExchange;
  /** From `Idempotency-Key`, or a fresh one. */
  key: string;
  /** From `If-Match`: a revision or sequence; null means "whatever is there now". */
  base: number | null;
  /** Which cameras exist for whoever asks. */
  sees(camera: string): boolean;
}

/** The policy, as the routes ask it. */
export interface RouteGuard {
  /** Before anything of the request is looked at: may this one use this route at all? */
  admits(route: RouteName, context: RequestContext): Answer<void>;
  /** Once it is parsed: also for the camera that it names? */
  allows(route: RouteName, input: { params: unknown; body: unknown }, context: RequestContext): Answer<void>;
  /** Which cameras exist for this one. */
  sees(actor: Actor): (camera: string) => boolean;
  /** The answer without what does not exist for whoever gets it. */
  present(route: RouteName, value: unknown, context: RequestContext): unknown;
}

export type RouteHandler<N extends RouteName> = (
  input: RouteInput<N>,
  context: RequestContext,
) => Promise<Answer<RouteAnswer<N>>> | Answer<RouteAnswer<N>>;

/** The handlers of one feature, by route. Every route of the table has exactly one; `mountRoutes` sees to it. */
export type RouteHandlers = { [N in RouteName]?: RouteHandler<N> };

export const ok = <T>(value: T): Answer<T> => ({ ok: true, value });
export const refuse = (refusal: Problem): Answer<never> => ({ ok: false, problem: refusal });

/** Largest JSON body, bytes. */
const maxBodyBytes = 64 * 1024;

export function sendProblem(response: Response, refusal: Problem): void {
  if (refusal.retryAfterS !== undefined) response.set('Retry-After', String(refusal.retryAfterS));
  response.status(refusal.status).type('application/problem+json').send(JSON.stringify(refusal));
}

/** A fault in words for the caller; what it really was goes to the log alone. */
export function problemOfFault(error: unknown): Problem {
  const fault = storageFault(error);
  if (fault === 'full')
    return problem(
      'storage-full',
      'The disk is full, so nothing was changed. Free some space and try again.',
    );
  if (fault === 'io')
    return problem(
      'unavailable',
      'The disk does not take writes, so nothing was changed. Check the disk of the data folder.',
    );
  const http = error as { type?: string; status?: number; statusCode?: number };
  if (http.type === 'entity.too.large')
    return problem('too-large', `A request has at most ${maxBodyBytes / 1024} KB.`);
  if (http.type === 'entity.parse.failed') return problem('invalid-request', 'The body is not valid JSON.');
  if (http.type === 'charset.unsupported' || http.type === 'encoding.unsupported')
    return problem('unsupported-media-type', 'Send JSON in UTF-8.');
  if (error instanceof URIError)
    return problem('invalid-request', 'The address is not validly percent-encoded.');
  if (http.status !== undefined && http.status >= 400 && http.status < 500)
    return problem('invalid-request', 'The request could not be read.');
  return problem('internal', 'Something went wrong on our side; it was logged.');
}

const expressPath = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1');

type Context = Answer<RequestContext>;
function contextOf(request: Request, response: Response, row: RestRoute, guard: RouteGuard): Context {
  let key: string = randomUUID();
  const given = request.get('idempotency-key');
  if (row.idempotent && given !== undefined) {
    const parsed = IdempotencyKey.safeParse(given);
    if (!parsed.success) return refuse(problemFromZod(parsed.error, 'The header Idempotency-Key'));
    key = parsed.data;
  }
  let base: number | null = null;
  const match = request.get('if-match');
  if (row.ifMatch && match !== undefined && match !== '*') {
    const number = /^(?:W\/)?"(\d{1,15})"$/.exec(match)?.[1];
    if (number === undefined)
      return refuse(
        problem('invalid-request', 'The header If-Match takes a number in double quotes, such as "12".'),
      );
    base = Number(number);
  }
  const { actor, web } = response.locals as AttachedLocals;
  const by = actor.kind === 'anonymous' ? 'api' : actorName(actor);
  return ok({ by, actor, web, key, base, sees: guard.sees(actor) });
}

type Parts = Record<'params' | 'query' | 'body', unknown>;
function parse(row: RestRoute, request: Request): Answer<Parts> {
  const parts: Parts = { params: undefined, query: undefined, body: undefined };
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = row[part];
    if (!schema) continue;
    if (part === 'body' && !request.is('application/json'))
      return refuse(
        problem('unsupported-media-type', 'Send a JSON body with Content-Type: application/json.'),
      );
    const parsed = schema.safeParse(request[part] ?? {});
    if (!parsed.success) {
      // A path parameter that no id can be names nothing.
      return refuse(
        part === 'params'
          ? problem('not-found', 'There is nothing at this address.')
          : problemFromZod(parsed.error, part === 'body' ? 'The body' : 'The query'),
      );
    }
    parts[part] = parsed.data;
  }
  return ok(parts);
}

function mountOne(
  app: Express,
  [name, row]: [RouteName, RestRoute],
  guard: RouteGuard,
  handle: (input: Parts, context: RequestContext) => Promise<Answer<unknown>> | Answer<unknown>,
): void {
  app[row.method](apiBase + expressPath(row.path), async (request: Request, response: Response) => {
    const context = contextOf(request, response, row, guard);
    if (!context.ok) return sendProblem(response, context.problem);
    const admitted = guard.admits(name, context.value);
    if (admitted && !admitted.ok) return sendProblem(response, admitted.problem);
    const input = parse(row, request);
    if (!input.ok) return sendProblem(response, input.problem);
    const allowed = guard.allows(name, input.value, context.value);
    if (allowed && !allowed.ok) return sendProblem(response, allowed.problem);
    const answer = await handle(input.value, context.value);
    if (!answer.ok) return sendProblem(response, answer.problem);
    if (row.status === 303) return response.redirect(303, (answer.value as { location: string }).location);
    response.status(row.status);
    if (row.answer) response.json(guard.present(name, answer.value, context.value));
    else response.end();
  });
}

/**
 * Mounts every route of the protocol's table.
 * @throws Error when a route has no handler or two: such a build does not start.
 */
export function mountRoutes(app: Express, features: readonly RouteHandlers[], guard: RouteGuard): void {
  for (const [name, row] of Object.entries(routes) as [RouteName, RestRoute][]) {
    const found = features.map((feature) => feature[name]).filter((handler) => handler !== undefined);
    if (found.length !== 1)
      throw new Error(`the route ${name} has ${found.length} handlers, it needs exactly one`);
    mountOne(app, [name, row], guard, found[0] as unknown as Parameters<typeof mountOne>[3]);
  }
  const methodsByPath = new Map<string, string[]>();
  for (const row of Object.values(routes) as RestRoute[]) {
    const path = apiBase + expressPath(row.path);
    const methods = row.method === 'get' ? ['GET', 'HEAD'] : [row.method.toUpperCase()];
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), ...methods]);
  }
  // A fixed name before a parameter in its place, as in `/people/import` and `/people/{person}`.
  const parameters = ([path]: [string, string[]]) => path.split(':').length;
  const byName = [...methodsByPath].sort((a, b) => parameters(a) - parameters(b));
  for (const [path, methods] of byName) {
    app.all(path, (_request, response) => {
      response.set('Allow', methods.join(', '));
      sendProblem(response, problem('method-not-allowed', `This address takes ${methods.join(', ')}.`));
    });
  }
}

interface AttachedLocals {
  actor: Actor;
  web: WebExchange;
}

/** Who asks, as `attachActor` said. */
export const actorAt = (response: { locals: object }): Actor =>
  (response.locals as Partial<AttachedLocals>).actor ?? anonymous;

/** Says once per request who asks. It refuses nothing; that is for the policy and the routes. */
export function attachActor(
  origins: Origins,
  authenticate: (request: Request) => Actor | undefined,
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const attached: AttachedLocals = {
      actor: authenticate(request) ?? anonymous,
      web: webExchange(request, response, origins.peer(request)),
    };
    Object.assign(response.locals, attached);
    next();
  };
}

/**
 * A change comes from one of our pages, or from a program that carries no cookie. A browser always says where a change
 * comes from (Fetch, `Origin`; Fetch Metadata, `Sec-Fetch-Site`), so a cookie without either is refused.
 */
function mayChange(request: Request, origins: Origins): boolean {
  const site = request.get('sec-fetch-site');
  if (!origins.allowsOrigin(request) || (site !== undefined && site !== 'same-origin')) return false;
  return request.headers.origin !== undefined || site !== undefined || request.headers.cookie === undefined;
}

/** Refuses requests under foreign host names, and changes asked for by foreign pages. */
export function guardOrigins(origins: Origins, onForeign: (request: Request) => void) {
  const refused = (request: Request, response: Response, refusal: Problem): void => {
    onForeign(request);
    sendProblem(response, refusal);
  };
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!origins.allowsHost(request))
      return refused(
        request,
        response,
        problem(
          'forbidden',
          'This server answers only under its own addresses. If this one is right, add its origin to CLERESTORY_ORIGINS; if it has a proxy, go through that.',
        ),
      );
    if (!['GET', 'HEAD'].includes(request.method) && !mayChange(request, origins))
      return refused(
        request,
        response,
        problem(
          'forbidden',
          'This page may not change anything here. A program sends the wall’s own address as its Origin.',
        ),
      );
    next();
  };
}

const peerName = ({ actor }: AttachedLocals): string | null =>
  actor.kind === 'person' || actor.kind === 'owner'
    ? `session:${actor.session}`
    : actor.kind === 'screen'
      ? `screen:${actor.device}`
      : actor.kind === 'feed'
        ? `feed:${actor.id}`
        : null;

/** Refuses what comes too fast: from one place, and, where it is known who asks, of one session or screen. */
export function limitRequests(
  limit: RateLimit,
  keyOf: (request: Request, response: Response) => string | null,
) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const key = keyOf(request, response);
    const waitS = key === null ? 0 : limit.take(key);
    if (waitS > 0) sendRefusal(request, response, tooMany('Too many requests come from here.', waitS));
    else next();
  };
}
export const byPlace = (origins: Origins) => (request: Request) => placeOf(origins.peer(request).address);
export const byActor = (_request: Request, response: Response) => peerName(response.locals as AttachedLocals);

/** JSON bodies for the API, with its bound. */
export function jsonBody() {
  const usual = express.json({ limit: maxBodyBytes, strict: true });
  const large = (Object.values(routes) as RestRoute[]).flatMap(({ method, path, maxBodyBytes: limit }) =>
    limit === undefined
      ? []
      : [{ method: method.toUpperCase(), path, read: express.json({ limit, strict: true }) }],
  );
  return (request: Request, response: Response, next: NextFunction): void => {
    // Below the API's own path; no large body has a parameter in its address.
    const row = large.find(({ method, path }) => request.method === method && request.path === path);
    (row?.read ?? usual)(request, response, next);
  };
}

const apiRoot = '/api';

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A refusal as its reader takes it: a problem (RFC 9457) below `/api`; else a small page for browsers, and text for tools. */
export function sendRefusal(request: Request, response: Response, refusal: Problem): void {
  if (request.path === apiRoot || request.path.startsWith(`${apiRoot}/`))
    return sendProblem(response, refusal);
  if (refusal.retryAfterS !== undefined) response.set('Retry-After', String(refusal.retryAfterS));
  response.status(refusal.status).set('Cache-Control', 'no-store');
  if (request.accepts(['text', 'html']) !== 'html')
    return void response.type('text').send(`${refusal.title}. ${refusal.detail}\n`);
  response
    .type('html')
    .send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(refusal.title)}</title>` +
        `<h1>${escapeHtml(refusal.title)}</h1><p>${escapeHtml(refusal.detail)}</p></html>`,
    );
}

/** Refuses every other method on addresses that are only read; mounted behind their handlers. RFC 9110 section 15.5.6. */
export function mountReadOnly(app: Express, paths: readonly string[]): void {
  app.all([...paths], (request, response) => {
    response.set('Allow', 'GET, HEAD');
    sendRefusal(request, response, problem('method-not-allowed', 'This address is only read: GET it.'));
  });
}

/** Behind all routes: API addresses that are none. */
export function mountApiEnd(app: Express): void {
  app.use(apiRoot, (_request, response) => {
    sendProblem(
      response,
      problem('not-found', `There is nothing at this address. ${apiBase}/openapi.json lists what there is.`),
    );
  });
}

/** Last of all: other addresses that are none, and faults. */
export function mountEnd(app: Express, log: Logger): void {
  app.use((request, response) => {
    sendRefusal(request, response, problem('not-found', 'There is nothing at this address. Start at /.'));
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const refusal = problemOfFault(error);
    if (refusal.status >= 500)
      log.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    if (response.headersSent) return next(error);
    sendRefusal(request, response, refusal);
  });
}

/** A short fingerprint of what an idempotency key was used for. */
export const fingerprint = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
