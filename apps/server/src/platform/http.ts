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
  if (http.status === 400) return problem('invalid-request', 'The request could not be read.');
  return problem('internal', 'Something went wrong on our side; it was logged.');
}

const expressPath = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1');

type Context = Answer<RequestContext>;
function contextOf(request: Request, response: Response, row: RestRoute): Context {
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
  return ok({ by: actor.kind === 'anonymous' ? 'api' : actorName(actor), actor, web, key, base });
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
  row: RestRoute,
  handle: (input: Parts, context: RequestContext) => Promise<Answer<unknown>> | Answer<unknown>,
): void {
  app[row.method](apiBase + expressPath(row.path), async (request: Request, response: Response) => {
    const context = contextOf(request, response, row);
    if (!context.ok) return sendProblem(response, context.problem);
    const input = parse(row, request);
    if (!input.ok) return sendProblem(response, input.problem);
    const answer = await handle(input.value, context.value);
    if (!answer.ok) return sendProblem(response, answer.problem);
    if (row.status === 303) return response.redirect(303, (answer.value as { location: string }).location);
    response.status(row.status);
    if (row.answer) response.json(answer.value);
    else response.end();
  });
}

/**
 * Mounts every route of the protocol's table.
 * @throws Error when a route has no handler or two: such a build does not start.
 */
export function mountRoutes(app: Express, features: readonly RouteHandlers[]): void {
  for (const [name, row] of Object.entries(routes) as [RouteName, RestRoute][]) {
    const found = features.map((feature) => feature[name]).filter((handler) => handler !== undefined);
    if (found.length !== 1)
      throw new Error(`the route ${name} has ${found.length} handlers, it needs exactly one`);
    mountOne(app, row, found[0] as unknown as Parameters<typeof mountOne>[2]);
  }
  const methodsByPath = new Map<string, string[]>();
  for (const row of Object.values(routes) as RestRoute[]) {
    const path = apiBase + expressPath(row.path);
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), row.method.toUpperCase()]);
  }
  for (const [path, methods] of methodsByPath) {
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

/** Says once per request who asks. It refuses nothing; that is for the policy and the routes. */
export function attachActor(
  origins: Origins,
  authenticate: (request: Request) => Actor | undefined,
): (request: Request, response: Response, next: NextFunction) => void {
  return (request, response, next) => {
    const attached: AttachedLocals = {
      actor: authenticate(request) ?? anonymous,
      web: webExchange(request, response, () => origins.list()),
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
export function guardOrigins(origins: Origins) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!origins.allowsHost(request))
      return sendProblem(
        response,
        problem(
          'forbidden',
          'This server answers only under its own addresses. If this one is right, add its origin to CLERESTORY_ORIGINS.',
        ),
      );
    if (!['GET', 'HEAD'].includes(request.method) && !mayChange(request, origins))
      return sendProblem(response, problem('forbidden', 'This page may not change anything here.'));
    next();
  };
}

/** JSON bodies for the API, with its bound. */
export const jsonBody = () => express.json({ limit: maxBodyBytes, strict: true });

/** Last of all: unknown API addresses and faults. */
export function mountEnd(app: Express, log: Logger): void {
  app.use(apiBase, (_request, response) => {
    sendProblem(
      response,
      problem('not-found', `There is nothing at this address. ${apiBase}/openapi.json lists what there is.`),
    );
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const refusal = problemOfFault(error);
    if (refusal.status >= 500)
      log.error({ err: error, method: request.method, path: request.path }, 'a request failed');
    if (response.headersSent) return next(error);
    sendProblem(response, refusal);
  });
}

/** A short fingerprint of what an idempotency key was used for. */
export const fingerprint = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
