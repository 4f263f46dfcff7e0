import type { IncomingMessage } from 'node:http';
import type { ForeignPages, IngestReport, NodeFigures, TrialOrder, TrialOutcome } from '@clerestory/protocol';
import type { Resolve } from '../platform/addresses/check.ts';
import { parseCameraNetworks } from '../platform/addresses/networks.ts';
import type { Admission } from './admission.ts';
import { Cameras, type MediaCameraConfig } from './cameras.ts';
import { silentLog, systemClock, type Clock, type Log } from './clock.ts';
import type { NodeConfig } from './config.ts';
import { Conversions } from './conversions.ts';
import { ForeignCount } from './foreign.ts';
import { countRefusals, Counters, FigureTaker } from './counters.ts';
import { FfmpegRunner } from './ffmpeg-process.ts';
import type { Gate } from './gate.ts';
import { createHttpDoor, listen } from './http-door.ts';
import { defaultTiming, type IngestTiming } from './ingest.ts';
import { LateStreams } from './late-streams.ts';
import { LiveDoor } from './live-door.ts';
import { Posters } from './poster.ts';
import { defaultSightTiming, SightWatch, type SightTiming } from './sight-watch.ts';
import { PushDoor } from './push-door.ts';
import { defaultPushLimits, type PushLimits } from './push-socket.ts';
import type { SceneFiles } from './sources.ts';
import { ReplayMemory } from './replay-memory.ts';
import type { StreamDeps } from './stream.ts';
import { Trials } from './trial.ts';
import { originsFrom } from '../platform/origins.ts';
import { RateLimit } from '../platform/rate-limit.ts';

/** An HTTP viewer counts for this long after a request: longer than between two reloads of a playlist. */
const defaultLeaseMs = 10_000;
const defaultKeepStoppedMs = 10_000;
const defaultReplayMb = 512;
const reportEveryMs = 2_000;
/** Requests and upgrades of one place that show no session anybody knows: each costs control a question. */
const strangerRate = { perSecond: 10, burst: 500 };

export interface NodeDeps {
  sceneFiles: SceneFiles;
  /** See Scenes in sources.ts. Default null. */
  sceneLoopMs?: number | null;
  log?: Log;
  clock?: Clock;
  random?: () => number;
  gate: Gate;
  /** Where grants are asked for; without it everybody comes in, to a gate of one's own. */
  /** Looks names of cameras up; default: the system's resolver. */
  resolve?: Resolve;
  admission?: Admission;
  leaseMs?: number;
  keepStoppedMs?: number;
  timing?: Partial<IngestTiming>;
  pushLimits?: Partial<PushLimits>;
  sight?: Partial<SightTiming>;
}

export interface MediaNode {
  port: number;
  /** The whole list; what is not in it is stopped. */
  setCameras(list: readonly MediaCameraConfig[]): void;
  setCamera(camera: MediaCameraConfig): void;
  removeCamera(camera: string): void;
  /** Changes at once, facts of what runs every 2 s. Returns how to stop. */
  onIngest(listener: (reports: IngestReport[]) => void): () => void;
  /** All streams as they are now. */
  reports(): IngestReport[];
  /** One picture of a source that is no camera's. */
  tryOut(order: TrialOrder): Promise<TrialOutcome>;
  /** What was counted since the start; see FigureTaker. */
  figures(): NodeFigures;
  /** Requests refused for where they came from, since they were taken before. */
  takeForeign(): ForeignPages;
  /** Ends doors and ffmpegs, politely; resolves when all are gone. */
  close(): Promise<void>;
  /** Kills every ffmpeg at once: for the last moment of the process. */
  killAll(): void;
}

/** The media node without its link to control: ingest, rings, gate and doors. Throws when it cannot listen. */
export async function startMediaNode(config: NodeConfig, deps: NodeDeps): Promise<MediaNode> {
  const clock = deps.clock ?? systemClock;
  const log = deps.log ?? silentLog;
  const counters = new Counters();
  const gate = countRefusals(deps.gate, counters);
  const admission = deps.admission ?? null;
  const { allowedOrigins, demoDir, warmMs, tls = null } = config;
  const road = { trustProxy: config.trustProxy ?? [], onlyProxied: config.onlyProxied ?? false };
  const origins = originsFrom(() => [...allowedOrigins], road, true);
  const foreign = new ForeignCount();
  const onForeign = (request: IncomingMessage) => foreign.note(origins.peer(request).address);
  const strangers = new RateLimit(strangerRate, () => clock.monotonicMs());
  const ffmpeg = new FfmpegRunner(config.ffmpegPath, clock, log);
  const posters = new Posters(ffmpeg, clock, log);
  const listeners = new Set<(reports: IngestReport[]) => void>();
  const tell = (reports: IngestReport[]) => {
    if (reports.length > 0) for (const listener of listeners) listener(reports);
  };

  const streamDeps: StreamDeps = {
    ...{ clock, log, counters, ffmpeg, warmMs },
    leaseMs: deps.leaseMs ?? defaultLeaseMs,
    keepStoppedMs: deps.keepStoppedMs ?? defaultKeepStoppedMs,
    replay: new ReplayMemory((config.replayMb ?? defaultReplayMb) * 1024 * 1024),
    random: deps.random ?? Math.random,
    tools: {
      scenes: { demoDir, sceneFiles: deps.sceneFiles, loopMs: deps.sceneLoopMs ?? null },
      reach: {
        networks: parseCameraNetworks(config.cameraNetworks),
        ...(deps.resolve && { resolve: deps.resolve }),
      },
      conversions: new Conversions(config.conversions),
      listenHost: config.host,
    },
    timing: { ...defaultTiming, ...deps.timing },
    late: new LateStreams(),
  };
  const trials = new Trials(streamDeps);
  const sightTiming = { ...defaultSightTiming, ...deps.sight };
  const sight = new SightWatch({ clock, ffmpeg }, sightTiming, (stream) => tell([cameras.report(stream)]));
  const cameras: Cameras = new Cameras(
    streamDeps,
    (stream) => {
      posters.follow(stream);
      sight.follow(stream);
      stream.listen({ onState: () => tell([cameras.report(stream)]) });
    },
    (of) => tell([cameras.report(of)]),
    (stream) => sight.faultOf(stream),
  );

  const limits = { ...defaultPushLimits, ...deps.pushLimits };
  const push = new PushDoor({
    ...{ clock, log, gate, admission, counters, limits, origins, onForeign, strangers },
    find: (camera, wanted, plays) => cameras.find(camera, wanted, plays),
    sound: (camera) => cameras.sound(camera),
  });
  const live = new LiveDoor({ clock, gate, admission, counters, cameras, posters });
  const figures = new FigureTaker(counters, () => push.size);
  const startedMs = clock.monotonicMs();
  const server = createHttpDoor({
    ...{ clock, log, admission, origins, onForeign, strangers, tls },
    live: (exchange) => live.answer(exchange),
    health: () => ({ status: 'ok', uptimeS: Math.round((clock.monotonicMs() - startedMs) / 1000) }),
  });
  server.on('upgrade', (request, socket, head) => push.upgrade(request, socket, head));
  const port = await listen(server, config.host, config.port, config.portFixed);

  let callOffReport: () => void = () => {};
  const reportFacts = () => {
    tell(cameras.reports().filter((report) => report.state !== 'idle'));
    callOffReport = clock.after(reportEveryMs, reportFacts);
  };
  callOffReport = clock.after(reportEveryMs, reportFacts);

  return {
    port,
    setCameras: (list) => cameras.setAll(list),
    setCamera: (camera) => cameras.set(camera),
    removeCamera: (camera) => cameras.remove(camera),
    onIngest(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reports: () => cameras.reports(),
    tryOut: (order) => trials.run(order),
    figures: () => figures.take(),
    takeForeign: () => foreign.take(),
    async close() {
      callOffReport();
      figures.stop();
      sight.stop();
      listeners.clear();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      push.close();
      cameras.setAll([]);
      server.closeAllConnections();
      await Promise.all([closed, ffmpeg.drained()]);
    },
    killAll: () => ffmpeg.killAll(),
  };
}
