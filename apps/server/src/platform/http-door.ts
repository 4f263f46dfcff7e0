import express, { type Express } from 'express';
import type { IncomingMessage } from 'node:http';
import { apiBase, openApiDocument } from '@clerestory/protocol';
import type { Actor } from './actor.ts';
import {
  attachActor,
  byActor,
  byPlace,
  guardOrigins,
  jsonBody,
  limitRequests,
  mountApiEnd,
  mountEnd,
  mountReadOnly,
  mountRoutes,
  type RouteGuard,
  type RouteHandlers,
} from './http.ts';
import { requestLog, type Logger } from './logging.ts';
import type { RateLimit } from './rate-limit.ts';
import { securityHeaders } from './security.ts';
import type { Origins } from './origins.ts';
import { version } from './version.ts';

export interface HttpDoorParts {
  origins: Origins;
  /** Hears of what is refused for where it comes from. */
  onForeign(request: IncomingMessage): void;
  /** Probes and figures for machines, ahead of everything that costs. */
  machines(app: Express): void;
  limits: { place: RateLimit; session: RateLimit };
  authenticate(request: IncomingMessage): Actor | undefined;
  routes: readonly RouteHandlers[];
  /** Doors of the API that answer for as long as the page is there. */
  streams?(app: Express): void;
  /** The policy; null lets everybody do everything. */
  guard: RouteGuard;
  pages(app: Express): void;
  log: Logger;
}

/** Everything that an HTTP request passes, in order. */
export function createHttpDoor(parts: HttpDoorParts): Express {
  const { origins, machines, limits, authenticate, routes, guard, pages, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  // An `ETag` of the body would look like what `If-Match` takes, which is a revision.
  app.disable('etag');
  app.use(securityHeaders((request) => origins.peer(request)));
  app.use(guardOrigins(origins, (request) => parts.onForeign(request)));
  app.use(limitRequests(limits.place, byPlace(origins)));
  machines(app);
  app.use(requestLog(log));
  app.use(apiBase, attachActor(origins, authenticate));
  app.use(apiBase, limitRequests(limits.session, byActor));
  app.use(apiBase, jsonBody(), (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  // Described when first asked for: it is a twentieth of a start.
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get(
    `${apiBase}/openapi.json`,
    (_request, response) => void response.json((document ??= openApiDocument(version))),
  );
  mountReadOnly(app, [`${apiBase}/openapi.json`]);
  parts.streams?.(app);
  mountRoutes(app, routes, guard);
  mountApiEnd(app);
  pages(app);
  mountEnd(app, log);
  return app;
}
