import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { ForeignPages } from '@clerestory/protocol';
import type { Config } from './config.ts';
import { Access, assertPolicy, decide, mountedDoors, type MountedDoor } from './features/access/index.ts';
import { auditRoutes, AuditService } from './features/audit/index.ts';
import {
  CameraService,
  cameraRoutes,
  changedFields,
  registryRecordedIn,
  soundRecordedIn,
} from './features/cameras/index.ts';
import { consentRoutes, ConsentService, SitePolicyService } from './features/consent/index.ts';
import {
  demoScenes,
  SceneDrawing,
  seedDemoCameras,
  demoOwners,
  seedDemoPrivate,
  seedWall,
} from './features/demo/index.ts';
import { FleetService, fleetRoutes, hostsOf } from './features/fleet/index.ts';
import { FeedService, feedRoutes } from './features/feeds/index.ts';
import { Footage } from './features/footage/index.ts';
import { grantRoutes, GrantService } from './features/grants/index.ts';
import { HealthService, healthRoutes, isOurs, TransitionStore } from './features/health/index.ts';
import { importRoutes, ImportService } from './features/imports/index.ts';
import { IncidentService, incidentRoutes } from './features/incidents/index.ts';
import { layoutRoutes } from './features/layouts/index.ts';
import { maskRoutes, masksRecordedIn } from './features/masks/index.ts';
import { DeviceWatch, OnvifMover, OnvifService, onvifRoutes } from './features/onvif/index.ts';
import {
  chooseMediaPort,
  MediaLink,
  MediaSupervisor,
  mediaPath,
  mediaUrlOf,
} from './features/media-nodes/index.ts';
import { buildId, mountPages } from './features/pages/index.ts';
import { Notices } from './features/notices/index.ts';
import { AccessProofs, mountLive, OwnerDeskService, ownerDeskRoutes } from './features/owner-desk/index.ts';
import { Owners } from './features/owners/index.ts';
import { People, reachedOnlyFromHere, type Welcome } from './features/people/index.ts';
import { PtzService, ptzSockets, rankOf } from './features/ptz/index.ts';
import { RecordService, recordRoutes, Refusals, Retention } from './features/record/index.ts';
import { ScheduleService } from './features/schedules/index.ts';
import { ScreenOrders, ScreenService, screenRoutes, screenSockets } from './features/screens/index.ts';
import {
  Checkpoints,
  logRoutes,
  mountLog,
  newLogName,
  ReportService,
  Tally,
} from './features/transparency/index.ts';
import { trialRoutes } from './features/trials/index.ts';
import { workstationRoutes, WorkstationService } from './features/workstation/index.ts';
import { wallRoutes, WallService, wallSockets, WallStore } from './features/walls/index.ts';
import { parseCameraNetworks } from './platform/addresses/networks.ts';
import { answerBrokenRequests } from './platform/broken-requests.ts';
import { systemClock, type Clock } from './platform/clock.ts';
import { ClockSteps } from './platform/clock-steps.ts';
import { OldKeys } from './platform/idempotency.ts';
import { openDatabase } from './platform/database.ts';
import { doorsOf, loadAll, startAll, stopAll, type Feature } from './platform/feature.ts';
import { actorAt } from './platform/http.ts';
import { createHttpDoor } from './platform/http-door.ts';
import { listen } from './platform/listen.ts';
import { logStorage, type Logger } from './platform/logging.ts';
import { thisMachine } from './platform/machine.ts';
import { Mail } from './platform/mail.ts';
import { createMetrics, mountMetrics } from './platform/metrics.ts';
import { localNameOf, originsOf } from './platform/origins.ts';
import { mountProbes } from './platform/probes.ts';
import { defaultLimits, RateLimit, type DoorLimits } from './platform/rate-limit.ts';
import { onFirstStart } from './platform/settings.ts';
import { bindSockets, boundEvents, closeDoors, createSockets, rooms } from './platform/sockets.ts';
import { createWebServer, namesNotCovered } from './platform/tls.ts';
import { version } from './platform/version.ts';
import { parseWitnesses } from './platform/witnesses.ts';
import { TourAlerts } from './wiring/alerts.ts';
import { askers } from './wiring/askers.ts';
import { refreshGauges } from './wiring/gauges.ts';
import { auditSources, camerasNow } from './wiring/audit-sources.ts';
import { moversAtConsoles } from './wiring/movers.ts';
import { belongingsOfOwners } from './wiring/leaving.ts';
import { spreadConsent } from './wiring/consent.ts';
import { footageSources, isInvestigator } from './wiring/footage.ts';
import { ownerDesk, type OwnerDesk } from './wiring/owner-desk.ts';
import { spreadNews } from './wiring/news.ts';
import { ownersInRegistry } from './wiring/registry.ts';
import { spreadOwnerNews } from './wiring/owner-news.ts';

/** A start that takes longer than this is told as it is, ms. */
const mediaPatienceMs = 5_000;

/** Browser windows and programs at once; a wall of 200 screens needs a fifth of it. */
const maxConnections = 2_000;

export interface App {
  /** Where this machine reaches it, such as `http://127.0.0.1:8080`. */
  url: string;
  /** Where people open it: the first of the origins in the settings, else `url`. */
  publicUrl: string;
  /** What a request can reach, with its row in the policy table. */
  doors: readonly MountedDoor[];
  /** Events that windows which are open now may send. */
  events(): string[];
  port: number;
  /** Resolves once pictures can be had, or after five seconds: false then. */
  mediaReady(): Promise<boolean>;
  mediaPid(): number | undefined;
  mediaPort: number;
  /** What to print: the set-up link while nobody administers, and the demo accounts. */
  welcome(): Promise<Welcome>;
  /** Addresses of the demo city's owners, by which they sign in. */
  demoOwners: readonly string[];
  /** What owners can do: the owner pages are built on it. */
  owners: OwnerDesk;
  close(): Promise<void>;
}

/** For tests. */
export interface AppOptions {
  limits?: Partial<DoorLimits>;
  /** How often the certificate's files are looked at. */
  tlsLookEveryMs?: number;
  /** How often the log is signed. */
  checkpointEveryMs?: number;
  /** Where one-time links of a demo are shown. */
  print?: (line: string) => void;
}

const toTerminal = (line: string) => void process.stdout.write(`${line}\n`);

/** Puts the features together, in start order, and opens the door. Throws ListenError, StoreError or TlsError with what to do. */
export async function startApp(
  config: Config,
  log: Logger,
  clock: Clock = systemClock,
  { limits, tlsLookEveryMs, checkpointEveryMs, print = toTerminal }: AppOptions = {},
): Promise<App> {
  const { tls, trustProxy, onlyProxied } = config;
  const http = createWebServer(tls, (message, isFault) => log[isFault ? 'error' : 'info'](message), {
    nowMs: () => clock.nowMs(),
    ...(tlsLookEveryMs !== undefined && { lookEveryMs: tlsLookEveryMs }),
  });
  const {
    db,
    storage,
    close: closeDatabase,
  } = openDatabase(
    config.dataDir,
    (fault) => logStorage(log, config.dataDir, fault),
    (step, of) =>
      print(
        `Bringing the database up to date, step ${step} of ${of}. With a long record a step takes a minute.`,
      ),
  );
  http.maxConnections = maxConnections;
  answerBrokenRequests(http);
  const metrics = createMetrics();
  const startedAt = clock.nowMs();
  const demoDir = path.join(config.dataDir, 'demo-city');
  const mediaToken = randomBytes(32).toString('base64url');
  // Known once the door is open, which is last; nothing asks for it before.
  let port = config.port;
  let mediaPort = 0;
  const scheme = tls ? 'https' : 'http';
  const origins = originsOf({ scheme, host: config.host, port: () => port }, config.origins, {
    trustProxy,
    onlyProxied,
  });
  const peerOf = (request: IncomingMessage) => origins.peer(request);
  const isProxied = trustProxy.length > 0;
  const mediaPlace = () => (isProxied ? { path: mediaPath } : { port: mediaPort });
  const limitOf = (kind: keyof DoorLimits) =>
    new RateLimit({ ...defaultLimits, ...limits }[kind], () => clock.monotonicMs());
  /** A page of elsewhere, or a name that is none of ours: written down, a minute at a time. */
  const noteForeign = (asked: string, address: string, times = 1) =>
    refusals.note({ actor: 'anonymous', asked, subject: '', code: 'forbidden', address }, times);
  const foreign = (asked: string) => (request: IncomingMessage) =>
    noteForeign(asked, peerOf(request).address);
  const io = createSockets(http, origins, limitOf('sockets'), foreign('http:socket'));
  const publicUrl = () => (isProxied || tls ? config.origins[0] : undefined) ?? localUrl();
  const localUrl = () => `${scheme}://${localNameOf(config.host)}:${port}`;

  // They do not know each other; each is handed what it asked for.
  const steps = new ClockSteps({ db, clock, machine: thisMachine, log });
  const oldKeys = new OldKeys({ db, steps, log });
  const record = new RecordService(db, clock);
  const refusals = new Refusals(db, record, clock, log);
  const checkpoints = new Checkpoints({
    ...{ db, clock, log, record, tree: record.log },
    ...{ dataDir: config.dataDir, witnessFolder: config.witnessFolder },
    witnesses: parseWitnesses(config.witnesses),
    newOrigin: () => newLogName(config.origins[0]),
    ...(checkpointEveryMs !== undefined && { everyMs: checkpointEveryMs }),
  });
  const reports = new ReportService({
    log,
    leaves: record.log.leaves.bind(record.log),
    published: () => checkpoints.published(),
  });
  const people = new People({
    db,
    clock,
    record,
    refusals,
    log,
    isSecure: (request) => peerOf(request).secure,
    demoOpen: config.demo && !isProxied && reachedOnlyFromHere(config.host, config.origins),
  });
  const mail = new Mail(config.mail);
  const owners = new Owners({
    ...{ db, clock, log, record },
    letters: mail,
    folder: config.dataDir,
    placeLimit: limitOf('ownerLinks'),
    isSecure: (request) => peerOf(request).secure,
    portalUrl: () => `${publicUrl()}/portal/`,
    // Whoever reads the terminal of a demo is the one person there is.
    print: config.demo && !isProxied && reachedOnlyFromHere(config.host, config.origins) ? print : null,
  });
  const notices = new Notices({
    ...{ db, clock, log, record, mail, steady: steps },
    owners: owners.registry,
    outside: { networks: parseCameraNetworks(config.noticeNetworks) },
    portalUrl: () => `${publicUrl()}/portal/`,
    cameraExists: (camera) => cameras.exists(camera),
    isFresh: (session) => owners.isFresh(session),
  });
  owners.alsoSealed((write) => notices.sealAnew(write));
  const cameras: CameraService = new CameraService(db, clock, demoScenes(), {
    networks: parseCameraNetworks(config.cameraNetworks),
    pushPorts: config.pushPorts,
  });
  cameras.masksWrittenBy(masksRecordedIn(record));
  cameras.soundWrittenBy(soundRecordedIn(record));
  cameras.ownersKnownBy({
    isOwner: (owner) => owners.registry.get(owner) !== undefined,
    isProven: (owner) => owners.registry.isProven(owner),
  });
  cameras.movableBy((camera) => onvif.abilities(camera) !== null);
  const onvif: OnvifService = new OnvifService({
    db,
    clock,
    log,
    cameras,
    networks: parseCameraNetworks(config.cameraNetworks),
  });
  onvif.onDevice((camera) => cameras.retell(camera));
  cameras.onChange((change) => change.type === 'removed' && onvif.forget(change.camera));
  const walls = new WallService(new WallStore(db), cameras, clock);
  const workstations = new WorkstationService({ db, clock, record, walls, cameras });
  const transitions = new TransitionStore(db);
  const health = new HealthService(transitions, clock, log);
  const consents = new ConsentService({
    ...{ db, clock, steps, log, record, cameras },
    owners: owners.registry,
  });
  const policy = new SitePolicyService(db, record);
  const theirs = ownersInRegistry({ changedFields, consents, policy, notices, clock });
  cameras.guardedBy(theirs.lentBy, theirs.guard);
  const recordRegistry = registryRecordedIn(record);
  cameras.writtenBy(async (write, change) => {
    await recordRegistry(write, change);
    await theirs.tell(write, change);
  });
  cameras.freeingWrittenBy((write, camera, by) =>
    record.append(write, {
      ...{ kind: 'camera-address-freed', actor: by, subject: `camera:${camera}`, detail: {} },
    }),
  );
  cameras.handingOnWrittenBy(async (write, { before, after, by }) => {
    await record.append(write, {
      ...{ kind: 'camera-address-handed-on', actor: by, subject: `camera:${after.id}` },
      detail: { owner: after.owner, cameras: before },
    });
  });
  const incidents = new IncidentService({ db, clock, steps, record });
  const feeds = new FeedService({ db, clock, record, refusals, incidents });
  const grants: GrantService = new GrantService({
    ...{ db, clock, log, record, cameras, consents, incidents, policy },
    machine: thisMachine,
    rights: { may: (actor, right, camera) => access.rights.may(actor, right, camera) },
    people: people.people,
    screenName: (screen) => walls.ofScreen(screen)?.screens.find(({ id }) => id === screen)?.name,
  });
  cameras.consentBy((camera) => consents.summary(camera));
  const access: Access = new Access({
    ...{ db, clock, log, io, record, refusals, people, cameras, health, walls, owners, feeds },
    permits: grants,
    peerOf,
  });
  cameras.leavingWrittenBy((write, camera, by) => access.rights.noteLeaving(write, camera, by));
  const retention = new Retention({ steps, log, record, days: config.recordDays });
  const tally = new Tally({ db, clock, log, record, cameras: () => camerasNow(cameras, health) });
  const audit = new AuditService({
    ...{ db, clock, record, published: () => checkpoints.published() },
    readable: (size) => checkpoints.readable(size),
    ...auditSources({ access, people, cameras, walls, decide }),
  });
  const audience = access.windows.install();
  const screens = new ScreenService(audience, health, clock);
  const asking = askers(access);
  const orders = new ScreenOrders({
    ...{ db, clock, audience, record, walls, screens },
    ...asking,
    isPublic: (camera) => cameras.get(camera)?.visibility === 'public',
  });
  const schedules = new ScheduleService(walls, clock, log);
  const fleet = new FleetService({
    ...{ db, clock, log, cameras, health, walls, screens, isOurs },
    hosts: () => hostsOf(cameras.forMedia()),
  });
  screens.onStatus((status, went) => fleet.screenSeen(status, went));
  cameras.onChange((change) => change.type === 'removed' && fleet.cameraGone(change.camera));
  walls.onCommit(({ events }) => {
    for (const event of events) if (event.type === 'screen:removed') fleet.screenGone(event.screen);
  });
  const deviceWatch = new DeviceWatch({
    log,
    monotonicMs: () => clock.monotonicMs(),
    open: (camera) => onvif.connection(camera),
    tell: (camera, faults) => health.deviceSays(camera, faults),
    clock: (camera, aheadMs) => fleet.clockSeen(camera, aheadMs),
  });
  onvif.onDevice((camera) => {
    if (onvif.withEvents().includes(camera)) deviceWatch.add(camera);
  });
  cameras.onChange((change) => change.type === 'removed' && deviceWatch.remove(change.camera));
  const imports = new ImportService({
    ...{ db, clock, log, cameras },
    networks: parseCameraNetworks(config.cameraNetworks),
  });
  const ptz = new PtzService({
    ...{ db, clock, log, record, movers: new OnvifMover(onvif) },
    tell: (holder) => audience.tell(rooms.everyone, 'ptz:holder', holder),
    tellLoser: (window, taken) => audience.tell(window, 'ptz:taken', taken),
  });
  const moverOf = moversAtConsoles({ access, people, grants, ptz, cameras, rankOf });
  const supervisor = new MediaSupervisor(
    () => ({
      controlUrl: localUrl(),
      token: mediaToken,
      host: config.host,
      port: mediaPort,
      portFixed: true,
      allowedOrigins: origins.list(),
      ...{ tls, trustProxy, onlyProxied },
      ffmpegPath: config.ffmpegPath,
      ...{ warmMs: config.warmMs, cameraNetworks: config.cameraNetworks, conversions: config.conversions },
      replayMb: config.replayMb,
      demoDir,
      logLevel: config.logLevel,
    }),
    log,
  );
  const mediaWitness = {
    nodeConnected(there: boolean) {
      supervisor.linked(there);
      health.nodeConnected(there);
    },
    ingest: health.ingest.bind(health),
    figures: metrics.takeNodeFigures,
    foreign(pages: ForeignPages) {
      for (const { address, count } of pages) noteForeign('media:origin', address, count);
    },
  };
  const media = new MediaLink(io, mediaToken, cameras, mediaWitness, log, access.views, isProxied);
  access.views.tell(media);
  access.links.setMediaUrl(() => mediaUrlOf(media.address, publicUrl()));
  const drawing = new SceneDrawing(demoDir, config.ffmpegPath, log);
  const snapshotParts = {
    cameras: () => cameras.list(),
    health: () => health.list(),
    ptz: () => ptz.holders(),
    viewers: () => access.views.viewers(),
    grants: () => grants.list(),
    incidents: () => incidents.open(),
    orders: (wall: string) => orders.last(wall),
    restricted: () => access.restricted(),
    screens: screens.statuses.bind(screens),
    media: () => media.address,
    server: { version, build: buildId(), startedAt },
  };
  const { rights } = access;
  spreadConsent({ consents, policy, incidents, grants, cameras, people, rights, walls }, audience);
  const alerts = new TourAlerts({ incidents, walls, log });
  const desk = ownerDesk({ cameras, consents, grants, policy });
  const ownerPages = new OwnerDeskService(desk, clock);
  const proofs = new AccessProofs({ clock, record, published: () => checkpoints.published() });
  const footage = new Footage({
    ...{ db, clock, steps, log, record, incidents, notices, owners: owners.registry },
    ...footageSources({ cameras, consents, clock }),
    mayAsk: (id) => isInvestigator(people.people.get(id)),
  });
  owners.alsoSealed((write) => footage.sealAnew(write));
  owners.belong(belongingsOfOwners({ clock, cameras, consents, notices, footage, owners: owners.registry }));
  people.people.onChange(() => footage.teller.wake());
  spreadOwnerNews({ consents, grants, incidents, cameras, policy, owners, notices, desk: ownerPages });
  spreadNews({ cameras, health, media, walls, screens, orders }, audience, metrics, log);

  /** In start order; what was started is stopped the other way round. */
  const features: readonly Feature[] = [
    { name: 'clock', load: () => steps.load(), start: () => steps.start(), stop: () => steps.stop() },
    { name: 'idempotency', start: () => oldKeys.start(), stop: () => oldKeys.stop() },
    {
      name: 'record',
      load: async () => void (await record.load()),
      stop: () => refusals.stop(),
      routes: recordRoutes(record, {
        halted: () => checkpoints.status().halted,
        checked: (found) => checkpoints.recordChecked(found),
      }),
    },
    {
      name: 'transparency',
      load: () => checkpoints.load(),
      start() {
        checkpoints.start();
        reports.start();
      },
      stop() {
        reports.stop();
        return checkpoints.stop();
      },
      routes: logRoutes(checkpoints),
    },
    {
      name: 'people',
      load: () => people.load(),
      start: () => people.start(),
      stop: () => people.stop(),
      routes: people.routes(),
    },
    { name: 'audit', routes: auditRoutes(audit) },
    { name: 'retention', start: () => retention.start(), stop: () => retention.stop() },
    { name: 'tally', start: () => tally.start(), stop: () => tally.stop() },
    {
      name: 'owners',
      load: () => owners.load(),
      start: () => owners.start(),
      async stop() {
        await owners.stop();
        mail.close();
      },
      routes: owners.routes(),
    },
    {
      name: 'owner desk',
      stop: () => ownerPages.stop(),
      routes: ownerDeskRoutes({
        ...{ service: ownerPages, proofs },
        isFresh: (session) => owners.isFresh(session),
        heldUntil: (owner) => owners.heldUntil(owner),
      }),
    },
    {
      name: 'notices',
      load: () => notices.load(),
      start: () => notices.start(),
      stop: () => notices.stop(),
      routes: notices.routes(),
    },
    { name: 'cameras', load: () => cameras.load(), routes: cameraRoutes(cameras, health) },
    { name: 'masks', routes: maskRoutes(cameras) },
    {
      name: 'onvif',
      load: () => onvif.load(),
      start: () => onvif.withEvents().forEach((camera) => deviceWatch.add(camera)),
      stop() {
        deviceWatch.stop();
        onvif.stop();
      },
      routes: onvifRoutes(onvif),
    },
    { name: 'imports', stop: () => imports.stop(), routes: importRoutes(imports) },
    {
      name: 'trials',
      routes: trialRoutes({
        ...{ db, record, cameras },
        networks: parseCameraNetworks(config.cameraNetworks),
        probed: (probe, profile) => onvif.sourceOf(probe, profile),
        run: (order) => media.tryOut(order),
      }),
    },
    {
      name: 'ptz',
      load: () => ptz.load(),
      start: () => ptz.start(),
      stop: () => ptz.stop(),
      sockets: ptzSockets(ptz, moverOf),
    },
    {
      name: 'walls',
      load: () => walls.load(),
      start: () => walls.start((error) => log.error({ err: error }, 'control that ran out is still held')),
      stop: () => walls.stop(),
      routes: wallRoutes(walls, asking.askerOf),
      sockets: wallSockets(walls, snapshotParts, screens, audience, clock, asking.askerAt),
    },
    { name: 'schedules', start: () => schedules.start(), stop: () => schedules.stop() },
    {
      name: 'screens',
      stop: () => orders.stop(),
      routes: screenRoutes(screens, walls),
      sockets: screenSockets(screens, orders),
    },
    {
      name: 'workstations',
      load: () => workstations.load(),
      routes: workstationRoutes(workstations, access.rights),
    },
    { name: 'layouts', routes: layoutRoutes() },
    {
      name: 'health',
      load: () => health.load(cameras.forMedia().map(({ id }) => id)),
      start: () => health.start(),
      stop: () => health.stop(),
      routes: healthRoutes(health, transitions, cameras),
    },
    {
      name: 'fleet',
      load: async () => screens.recall(await fleet.load()),
      start: () => fleet.start(),
      stop: () => fleet.stop(),
      routes: fleetRoutes(fleet),
    },
    {
      name: 'first start',
      load: () =>
        onFirstStart(db, async () => {
          if (config.demo) await seedDemoCameras({ cameras, walls });
          await seedWall({ cameras, walls });
          if (config.demo) await seedDemoPrivate({ owners: owners.registry, cameras, consents, incidents });
        }),
    },
    {
      name: 'access',
      load: () => access.load(),
      start: () => access.start(),
      stop: () => access.stop(),
      routes: access.routes(),
    },
    {
      name: 'consent',
      async load() {
        await policy.load();
        await consents.load();
      },
      start: () => consents.start(),
      stop: () => consents.stop(),
      routes: consentRoutes(consents, policy),
    },
    { name: 'incidents', load: () => incidents.load(), routes: incidentRoutes(incidents) },
    { name: 'alerts', start: () => alerts.start(), stop: () => alerts.stop() },
    { name: 'feeds', load: () => feeds.load(), routes: feedRoutes(feeds) },
    {
      name: 'grants',
      load: () => grants.load(),
      start: () => grants.start(),
      stop: () => grants.stop(),
      routes: grantRoutes(grants),
    },
    {
      name: 'footage',
      start: () => footage.start(),
      stop: () => footage.stop(),
      routes: footage.routes((session) => owners.isFresh(session)),
    },
    { name: 'media node', start: () => supervisor.start(), stop: () => supervisor.stop() },
    {
      name: 'demo city',
      start: () => {
        if (config.demo && cameras.list().some(({ source }) => source.kind === 'demo')) drawing.start();
      },
      stop: () => drawing.stop(),
    },
  ];

  const app = createHttpDoor({
    origins,
    onForeign: foreign('origin'),
    machines(door) {
      mountProbes(door, () => media.connected, storage);
      const guard = access.http.door('http:log');
      mountLog(door, { checkpoints, tree: record.log, reports, guard, publicUrl: () => publicUrl() });
      door.use('/metrics', access.http.door('http:metrics'));
      mountMetrics(door, metrics, () =>
        refreshGauges(metrics, { health, mediaNode: supervisor, checkpoints, io }),
      );
    },
    limits: { place: limitOf('place'), session: limitOf('session') },
    authenticate: (request) => access.authenticate(request),
    routes: doorsOf(features, 'routes'),
    streams: (door) =>
      mountLive(door, {
        desk: ownerPages,
        door: access.http.door('http:owner-live'),
        actorOf: actorAt,
        onEnded: (listener) => owners.sessions.onEnded(listener),
      }),
    guard: access.http,
    pages: (door) => mountPages(door, mediaPlace, peerOf),
    log,
  });
  assertPolicy(app);
  bindSockets(io, doorsOf(features, 'sockets'), log, () => clock.monotonicMs(), access.windows);
  // Socket.IO has put itself in front of the request listeners; the app answers the rest.
  http.on('request', (request, response) => {
    if (!request.url?.startsWith('/socket.io/')) app(request, response);
  });

  try {
    await loadAll(features);
    port = await listen(http, config.host, config.port);
    mediaPort = await chooseMediaPort(db, config.host, port, config.mediaPort);
  } catch (error) {
    await closeDoors(http, io);
    await closeDatabase();
    throw error;
  }
  if (tls)
    for (const name of namesNotCovered(tls.certFile, config.origins))
      log.warn(`the certificate does not name ${name}, so that browsers will warn of it`);
  media.expectAt(mediaPort);
  startAll(features);

  return {
    url: localUrl(),
    publicUrl: publicUrl(),
    doors: mountedDoors(app),
    events: () => boundEvents(io),
    port,
    mediaReady: () => media.ready(mediaPatienceMs),
    mediaPid: () => supervisor.pid,
    mediaPort,
    welcome: () => people.welcome(),
    owners: desk,
    demoOwners: demoOwners.map(({ email }) => email),
    async close() {
      await stopAll(features, log);
      await closeDoors(http, io);
      await closeDatabase();
    },
  };
}
