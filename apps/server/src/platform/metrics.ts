import type { Express } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** Prometheus figures of this process. Built per server, so that tests can run several. */
export function createMetrics() {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  return {
    register,
    camerasByState: new Gauge({
      name: 'clerestory_cameras',
      help: 'Cameras by health state',
      labelNames: ['state'],
      registers,
    }),
    streamViewers: new Gauge({
      name: 'clerestory_stream_viewers',
      help: 'Viewers over all streams',
      registers,
    }),
    windows: new Gauge({
      name: 'clerestory_windows',
      help: 'Connected browser windows by surface',
      labelNames: ['surface'],
      registers,
    }),
    commits: new Counter({
      name: 'clerestory_wall_commits_total',
      help: 'Committed wall commands',
      registers,
    }),
    mediaRestarts: new Gauge({
      name: 'clerestory_media_restarts',
      help: 'Times the media process was started again',
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;

export function mountMetrics(app: Express, metrics: Metrics, refresh: () => void): void {
  app.get('/metrics', async (_request, response) => {
    refresh();
    response.type(metrics.register.contentType).send(await metrics.register.metrics());
  });
}
