import express, { type Express, type RequestHandler } from 'express';
import type { IncomingMessage } from 'node:http';
import { apiBase, openApiDocument } from '@clerestory/protocol';
import type { Actor } from './actor.ts';
import {
  attachActor,
  guardOrigins,
  jsonBody,
  mountApiEnd,
  mountEnd,
  mountReadOnly,
  mountRoutes,
  type RouteGuard,
  type RouteHandlers,
} from './http.ts';
import { requestLog, type Logger } from './logging.ts';
import type { Origins } from './origins.ts';
import { version } from './version.ts';

export interface HttpDoorParts {
  origins: Origins;
  /** Probes and figures for machines, ahead of everything that costs. */
  machines(app: Express): void;
  /** Security headers of every answer below. */
  security: RequestHandler;
  authenticate(request: IncomingMessage): Actor | undefined;
  routes: readonly RouteHandlers[];
  /** The policy; null lets everybody do everything. */
  guard: RouteGuard | null;
  pages(app: Express): void;
  log: Logger;
}

/** Everything that an HTTP request passes, in order. */
export function createHttpDoor(parts: HttpDoorParts): Express {
  const { origins, machines, security, authenticate, routes, guard, pages, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(guardOrigins(origins));
  machines(app);
  app.use(security);
  app.use(requestLog(log));
  app.use(apiBase, attachActor(origins, authenticate));
  app.use(apiBase, jsonBody(), (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  const document = openApiDocument(version);
  app.get(`${apiBase}/openapi.json`, (_request, response) => void response.json(document));
  mountReadOnly(app, [`${apiBase}/openapi.json`]);
  mountRoutes(app, routes, guard);
  mountApiEnd(app);
  pages(app);
  mountEnd(app, log);
  return app;
}
