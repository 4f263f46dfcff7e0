import type { Express } from 'express';
import type { NodeFigures } from '@clerestory/protocol';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { mountReadOnly } from './http.ts';

/** Prometheus figures of this process. Built per server, so that tests can run several. */
export function createMetrics() {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const registers = [register];
  return {
    register,
    takeNodeFigures: createNodeMetrics(register),
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
    logStopped: new Gauge({
      name: 'clerestory_log_stopped',
      help: 'Whether the log of accesses is not signed any more: 1 until somebody mends it',
      registers,
    }),
    checkpointSize: new Gauge({
      name: 'clerestory_log_checkpoint_size',
      help: 'Entries that the newest signed checkpoint covers',
      registers,
    }),
    checkpointTime: new Gauge({
      name: 'clerestory_log_checkpoint_timestamp_seconds',
      help: 'When the newest checkpoint was signed',
      registers,
    }),
    folderFaulty: new Gauge({
      name: 'clerestory_log_witness_folder_faulty',
      help: 'Whether the last checkpoint is not in the witness folder, or that does not answer',
      registers,
    }),
    silentWitnesses: new Gauge({
      name: 'clerestory_log_witnesses_silent',
      help: 'Witnesses that did not answer when they were last asked',
      registers,
    }),
  };
}

/**
 * Figures of the media node, which counts them itself. The function that is returned takes its word, or null while there
 * is none. What it counts begins with 0 when it starts again, as Prometheus expects of counters.
 */
function createNodeMetrics(register: Registry): (figures: NodeFigures | null) => void {
  const registers = [register];
  const name = (rest: string) => `clerestory_media_${rest}`;
  const sentBytes = new Counter({
    name: name('sent_bytes_total'),
    help: 'Bytes sent by the media node, by door',
    labelNames: ['door'],
    registers,
  });
  const counter = (rest: string, help: string) => new Counter({ name: name(rest), help, registers });
  const gauge = (rest: string, help: string) => new Gauge({ name: name(rest), help, registers });
  const skips = counter('skips_total', 'Times a slow page was skipped to a key frame');
  const refusals = counter('gate_refusals_total', 'Times the gate refused to show video');
  const restarts = counter('ingest_restarts_total', 'Times an ffmpeg was started anew after it had failed');
  const pushSockets = gauge('push_sockets', 'Open push sockets');
  const loopLag = gauge(
    'event_loop_lag_seconds',
    'Longest that the event loop of the media node was held up in about 5 s',
  );
  const memory = gauge('resident_memory_bytes', 'Resident memory of the media node');
  return (figures) => {
    for (const one of [sentBytes, skips, refusals, restarts, pushSockets, loopLag, memory]) one.reset();
    if (!figures) return;
    for (const [door, bytes] of Object.entries(figures.sentBytes)) sentBytes.inc({ door }, bytes);
    skips.inc(figures.skips);
    refusals.inc(figures.refusals);
    restarts.inc(figures.ingestRestarts);
    pushSockets.set(figures.pushSockets);
    loopLag.set(figures.loopLagMs / 1000);
    memory.set(figures.memoryBytes);
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

export function mountMetrics(app: Express, metrics: Metrics, refresh: () => void): void {
  app.get('/metrics', async (_request, response) => {
    refresh();
    response.type(metrics.register.contentType).send(await metrics.register.metrics());
  });
  mountReadOnly(app, ['/metrics']);
}
