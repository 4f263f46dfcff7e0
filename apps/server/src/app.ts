import { randomBytes } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import path from 'node:path';
import express from 'express';
import { pinoHttp } from 'pino-http';
import { apiBase, HealthState, openApiDocument } from '@clerestory/protocol';
import type { Config } from './config.ts';
import { CameraService, cameraRoutes } from './features/cameras/index.ts';
import { SceneDrawing, seedDemoCameras, seedWall } from './features/demo/index.ts';
import { HealthService, healthRoutes, TransitionStore } from './features/health/index.ts';
import { layoutRoutes } from './features/layouts/index.ts';
import { chooseMediaPort, MediaLink, MediaSupervisor } from './features/media-nodes/index.ts';
import { buildId, mountPages, pageSecurity } from './features/pages/index.ts';
import { People, reachedOnlyFromHere, type Welcome } from './features/people/index.ts';
import { ScreenService, screenRoutes, screenSockets } from './features/screens/index.ts';
import { wallRoutes, WallService, wallSockets, WallStore } from './features/walls/index.ts';
import { newId, systemClock, type Clock } from './platform/clock.ts';
import { onFirstStart } from './platform/settings.ts';
import { openDatabase } from './platform/database.ts';
import { attachActor, guardOrigins, jsonBody, mountEnd, mountRoutes } from './platform/http.ts';
import { listen } from './platform/listen.ts';
import type { Logger } from './platform/logging.ts';
import { createMetrics, mountMetrics } from './platform/metrics.ts';
import { originsOf } from './platform/origins.ts';
import { bindSockets, createSockets, rooms } from './platform/sockets.ts';
import { version } from './platform/version.ts';

/** A start that takes longer than this is told as it is, ms. */
const mediaPatienceMs = 5_000;

/** Browser windows and programs at once; a wall of 200 screens needs a fifth of it. */
const maxConnections = 2_000;

export interface App {
  /** Where people open it, such as `http://127.0.0.1:8080`. */
  url: string;
  port: number;
  /** Resolves once pictures can be had, or after five seconds: false then. */
  mediaReady(): Promise<boolean>;
  mediaPid(): number | undefined;
  mediaPort: number;
  /** What to print: the set-up link while nobody administers, and the demo accounts. */
  welcome(): Promise<Welcome>;
  close(): Promise<void>;
}

/** Puts the features together, in start order, and opens the door. Throws ListenError or StoreError with what to do. */
export async function startApp(config: Config, log: Logger, clock: Clock = systemClock): Promise<App> {
  const { db, close: closeDatabase } = openDatabase(config.dataDir);
  const http = createServer();
  http.maxConnections = maxConnections;
  const metrics = createMetrics();
  const startedAt = clock.nowMs();
  const demoDir = path.join(config.dataDir, 'demo-city');
  const mediaToken = randomBytes(32).toString('base64url');
  // Known once the door is open, which is last; nothing asks for it before.
  let port = config.port;
  let mediaPort = 0;
  const origins = originsOf(config.host, () => port, config.origins);
  const io = createSockets(http, origins);

  // Features, in start order. They do not know each other; each is handed what it asked for.
  const people = new People({
    db,
    clock,
    record: { append: async () => undefined },
    log,
    origins: () => origins.list(),
    demoOpen: config.demo && reachedOnlyFromHere(config.host, config.origins),
  });
  const cameras = new CameraService(db, clock);
  const walls = new WallService(new WallStore(db), cameras, clock);
  const transitions = new TransitionStore(db);
  const health = new HealthService(transitions, clock, log);
  const screens = new ScreenService(io, health, clock);
  const media = new MediaLink(
    io,
    mediaToken,
    cameras,
    {
      nodeConnected: (there) => {
        supervisor.linked(there);
        health.nodeConnected(there);
      },
      ingest: (reports) => health.ingest(reports),
    },
    log,
  );
  const drawing = new SceneDrawing(demoDir, config.ffmpegPath, log);
  const supervisor = new MediaSupervisor(
    () => ({
      controlUrl: `http://${config.host}:${port}`,
      token: mediaToken,
      host: config.host,
      port: mediaPort,
      portFixed: true,
      allowedOrigins: origins.list(),
      ffmpegPath: config.ffmpegPath,
      warmMs: config.warmMs,
      demoDir,
      logLevel: config.logLevel,
    }),
    log,
  );

  // What one tells the other.
  cameras.onChange((change) => {
    if (change.type === 'changed') {
      health.addCamera(change.camera.id);
      media.cameraChanged(change.media);
      io.to(rooms.everyone).emit('camera:changed', change.camera);
    } else {
      health.removeCamera(change.camera);
      media.cameraRemoved(change.camera);
      io.to(rooms.everyone).emit('camera:removed', { camera: change.camera });
      walls
        .forgetCamera(change.camera, newId())
        .catch((error: unknown) =>
          log.error({ err: error, camera: change.camera }, 'a removed camera is still on a wall'),
        );
    }
  });
  health.onChange((changed) => io.to(rooms.everyone).emit('health:changed', changed));
  media.onAddress((address) => io.to(rooms.everyone).emit('media:address', address));
  walls.onCommit((commit) => {
    metrics.commits.inc();
    for (const event of commit.events) if (event.type === 'screen:removed') screens.forget(event.screen);
  });

  await people.load();
  await cameras.load();
  await walls.load();
  const seeds = { cameras, walls };
  await onFirstStart(db, async () => {
    if (config.demo) await seedDemoCameras(seeds);
    await seedWall(seeds);
  });
  for (const camera of cameras.list()) health.addCamera(camera.id);
  await walls.forgetLostCameras();

  // Doors.
  const app = express();
  app.disable('x-powered-by');
  app.use(guardOrigins(origins));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/readyz', (_request, response) => {
    const mediaThere = media.connected;
    response
      .status(mediaThere ? 200 : 503)
      .json({ status: mediaThere ? 'ready' : 'not ready', media: mediaThere });
  });
  mountMetrics(app, metrics, () => {
    for (const state of HealthState.options)
      metrics.camerasByState.set({ state }, health.list().filter((one) => one.state === state).length);
    metrics.streamViewers.set(health.list().reduce((sum, { viewers }) => sum + viewers, 0));
    const surfaces = [...io.of('/').sockets.values()].map(({ data }) => data.hello.surface);
    for (const surface of ['console', 'screen'] as const)
      metrics.windows.set({ surface }, surfaces.filter((one) => one === surface).length);
    metrics.mediaRestarts.set(supervisor.restarts);
  });
  app.use(pageSecurity(() => mediaPort));
  app.use(
    pinoHttp({
      logger: log,
      useLevel: 'debug',
      serializers: {
        // Without the query: an identity provider sends its code back in it.
        req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
    }),
  );
  app.use(
    apiBase,
    attachActor(origins, (request) => people.authenticate(request)),
  );
  app.use(apiBase, jsonBody(), (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  const document = openApiDocument(version);
  app.get(`${apiBase}/openapi.json`, (_request, response) => void response.json(document));
  mountRoutes(app, [
    people.routes(),
    cameraRoutes(cameras, health),
    healthRoutes(health, transitions, cameras),
    layoutRoutes(),
    wallRoutes(walls),
    screenRoutes(screens, walls),
  ]);
  mountPages(app);
  mountEnd(app, log);
  bindSockets(
    io,
    [
      wallSockets(
        walls,
        {
          cameras: () => cameras.list(),
          health: () => health.list(),
          screens: (wall) => screens.statuses(wall),
          media: () => media.address,
          server: { version, build: buildId(), startedAt },
        },
        screens,
        io,
        clock,
      ),
      screenSockets(screens),
    ],
    log,
    () => clock.monotonicMs(),
  );
  // Socket.IO has put itself in front of the request listeners; the app answers the rest.
  http.on('request', (request, response) => {
    if (!request.url?.startsWith('/socket.io/')) app(request, response);
  });

  try {
    port = await listen(http, config.host, config.port);
    mediaPort = await chooseMediaPort(db, config.host, port, config.mediaPort);
  } catch (error) {
    await closeServer(http);
    await closeDatabase();
    throw error;
  }
  media.expectAt(mediaPort);
  people.start();
  health.start();
  supervisor.start();
  if (config.demo && cameras.list().some(({ source }) => source.kind === 'demo')) drawing.start();

  return {
    url: `http://${config.host}:${port}`,
    port,
    mediaReady: () => media.ready(mediaPatienceMs),
    mediaPid: () => supervisor.pid,
    mediaPort,
    welcome: () => people.welcome(),
    async close() {
      health.stop();
      await people.stop();
      await Promise.all([supervisor.stop(), drawing.stop()]);
      // Socket.IO closes the HTTP server too, which waits for browsers that keep their connection.
      const closed = io.close();
      http.closeAllConnections();
      await closed;
      await closeDatabase();
    },
  };
}

async function closeServer(server: HttpServer): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
