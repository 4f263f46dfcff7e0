import type { IncomingMessage } from 'node:http';
import {
  apiBase,
  feedPath,
  ownerPath,
  type Camera,
  type CameraHealth,
  type Commit,
  type WallState,
} from '@clerestory/protocol';
import { camerasOn } from '@clerestory/wall-state';
import type { Actor, FeedActor, OwnerActor, PersonActor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { RouteHandlers } from '../../platform/http.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Peer } from '../../platform/peers.ts';
import { rooms, type Sockets } from '../../platform/sockets.ts';
import { Devices } from './devices.ts';
import { Enforcement } from './enforce.ts';
import { accessRoutes } from './http.ts';
import { PairingDesk } from './pairing.ts';
import { PlayerLinks } from './player-links.ts';
import type { Recorder, RefusalSink } from './ports.ts';
import { RightsService } from './rights-service.ts';
import { privateIsMute, ViewsService, type Permits, type Viewer } from './views-service.ts';
import { Windows } from './windows.ts';

const sweepMs = 250;
const ownerDoors = apiBase + ownerPath;
const feedDoors = apiBase + feedPath;
const isBelow = (path: string, { originalUrl, url }: IncomingMessage & { originalUrl?: string }) =>
  (originalUrl ?? url ?? '').startsWith(path);

/** People and their sessions, as this feature needs them. */
export interface SessionSource {
  authenticate(request: IncomingMessage): PersonActor | undefined;
  /** What the person of a session may do now; undefined when it is over. */
  actorOf(session: string): PersonActor | undefined;
  sessions: {
    touch(session: string): void;
    onEnded(listener: (session: { id: string; tokenHash: string }, reason: string) => void): void;
    onLocked(listener: () => void): void;
    /** Unlocked, or other roles or groups. */
    onChanged(listener: () => void): void;
    byHash(hash: string): { id: string; leftMs: number } | undefined;
    hashes(): string[];
  };
}

export interface AccessOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  io: Sockets;
  record: Recorder;
  refusals: RefusalSink;
  people: SessionSource;
  cameras: {
    exists(camera: string): boolean;
    get(camera: string): Camera | undefined;
    list(): Camera[];
    onChange(
      listener: (change: { type: 'changed'; camera: Camera } | { type: 'removed'; camera: string }) => void,
    ): void;
  };
  health: { of(camera: string): CameraHealth };
  /** Consent: what a private camera needs beside the right. */
  permits: Permits & { onChange(listener: () => void): void };
  walls: {
    get(wall: string): WallState | undefined;
    ofScreen(screen: string): WallState | undefined;
    /** Whether a wall is there for somebody. */
    isFor(wall: string, by: string): boolean;
    onCommit(listener: (commit: Commit) => void): void;
  };
  /** Who lends cameras: at their own doors, and nowhere else. */
  owners: { authenticate(request: IncomingMessage): OwnerActor | undefined };
  feeds: { authenticate(request: IncomingMessage): FeedActor | undefined };
  /** The other end of a request, as far as it is believed. */
  peerOf(request: IncomingMessage): Peer;
}

/** Who may do what: rights, paired screens, players' links, open views, and the doors' guards. */
export class Access {
  readonly rights: RightsService;
  readonly devices: Devices;
  readonly views: ViewsService;
  readonly links: PlayerLinks;
  /** The policy at the HTTP doors, … */
  readonly http: Enforcement;
  /** … and at the sockets; pushes go through it too. */
  readonly windows: Windows;
  readonly #options: AccessOptions;
  readonly #desk: PairingDesk;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AccessOptions) {
    const { db, clock, log, io, record, refusals, people, cameras, health, walls, permits, peerOf } = options;
    this.#options = options;
    const rights = (this.rights = new RightsService(db, clock, record, {
      cameraExists: (camera) => cameras.exists(camera),
      showing: (wall, screen) => showing(walls.get(wall), screen),
      onTile: (wall, { screen, tile }) => {
        const held = walls.get(wall)?.screens.find(({ id }) => id === screen)?.tiles[tile];
        return held ? [held.camera, ...(held.tour?.cameras ?? [])] : [];
      },
    }));
    const devices = (this.devices = new Devices(db, clock, record, (request) => peerOf(request).secure));
    this.#desk = new PairingDesk(clock, devices);
    this.links = new PlayerLinks(db, clock, record);
    const viewers = { find: (key: string) => this.#viewer(key), keys: () => this.#keys() };
    const hides = (actor: Actor, camera: string) => this.hiddenFor(actor, camera);
    const mutes = (camera: string) => this.mutedFor(camera);
    this.views = new ViewsService({
      db,
      clock,
      record,
      refusals,
      rights,
      permits,
      viewers,
      log,
      hides,
      mutes,
    });
    this.http = new Enforcement({
      ...{ rights, refusals, peerOf },
      authenticate: (request) => this.authenticate(request),
    });
    this.windows = new Windows(io, {
      sessions: {
        authenticate: (request) => people.authenticate(request),
        actorOf: (session) => people.actorOf(session),
        touch: (session) => people.sessions.touch(session),
      },
      ...{ devices, rights, refusals, cameras, health },
    });
    this.#follow();
  }

  /**
   * Who is behind a request. At the doors for owners an owner and nobody else, at those for feeds a feed; everywhere else a person first, since a
   * screen's cookie may lie in a browser where somebody signs in.
   */
  authenticate(request: IncomingMessage & { originalUrl?: string }): Actor | undefined {
    if (isBelow(ownerDoors, request)) return this.#options.owners.authenticate(request);
    if (isBelow(feedDoors, request)) return this.#options.feeds.authenticate(request);
    return this.#options.people.authenticate(request) ?? this.devices.authenticate(request);
  }

  /** Cameras that visitors of the room do not see. */
  isRestricted(camera: string): boolean {
    return this.rights.isRestricted(camera) || this.#options.cameras.get(camera)?.visibility === 'private';
  }

  /** All of them. */
  restricted(): string[] {
    const lent = this.#options.cameras.list().filter(({ visibility }) => visibility === 'private');
    return [...new Set([...this.rights.restricted(), ...lent.map(({ id }) => id)])];
  }

  /** Why a screen gets no picture of a camera that is on its tile, in words; null when it does. */
  hiddenFor(actor: Actor, camera: string): string | null {
    if (actor.kind !== 'screen') return null;
    const wall = this.#options.walls.get(actor.wall);
    if (wall?.screens.some(({ id, blank }) => id === actor.id && blank)) return 'The screen is blank';
    return wall?.visitors && this.isRestricted(camera) ? 'Hidden while visitors are in the room' : null;
  }

  /** Why nobody may listen to a camera, in words; null where operators may. */
  mutedFor(camera: string): string | null {
    const known = this.#options.cameras.get(camera);
    if (known?.visibility === 'private') return privateIsMute;
    return known?.sound ? null : 'Nobody may listen to this camera. An administrator can allow it';
  }

  async load(): Promise<void> {
    await this.rights.load();
    await this.rights.seed();
    await this.devices.load();
    await this.views.load();
  }

  start(): void {
    this.views.start();
    this.#timer = setInterval(() => this.links.sweep(), sweepMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.views.stop();
  }

  routes(): RouteHandlers {
    const { rights, devices, links, views } = this;
    return accessRoutes({ rights, devices, desk: this.#desk, links, views, walls: this.#options.walls });
  }

  /** What ends with what. Everything here cuts at once and writes later. */
  #follow(): void {
    const { people, cameras, walls, permits, log } = this.#options;
    const { rights, devices, links, views, windows } = this;
    const recheck = () => {
      views.recheck();
      windows.recheck();
    };
    people.sessions.onEnded(({ id, tokenHash }) => {
      links.sessionEnded(id);
      views.viewerGone(tokenHash, 'session-ended');
      windows.cut((data) => data.session === id);
    });
    people.sessions.onLocked(recheck);
    people.sessions.onChanged(recheck);
    let restricted = '';
    const retellRestricted = () => {
      const all = this.restricted();
      if (all.join() === restricted) return;
      restricted = all.join();
      windows.tell(rooms.everyone, 'cameras:restricted', { cameras: all });
    };
    rights.onChange(() => {
      recheck();
      retellRestricted();
    });
    cameras.onChange(retellRestricted);
    permits.onChange(() => views.recheck());
    devices.onRevoked(({ id, tokenHash }) => {
      views.viewerGone(tokenHash, 'screen-revoked');
      windows.cut((data) => data.device === id);
    });
    links.onEnded(({ key }) => views.viewerGone(key, 'link-ended'));
    cameras.onChange((change) => {
      // Lent from now on, not to be heard any more: whatever it is, who watches it is asked about anew.
      if (change.type === 'changed') return views.recheck(({ camera }) => camera === change.camera.id);
      rights.forgetCamera(change.camera);
      views.recheck();
    });
    walls.onCommit(({ wall, events }) => {
      // A screen keeps the grants for what is on its tiles now.
      views.recheck();
      for (const event of events)
        if (
          event.type === 'screen:removed' &&
          !walls.get(wall)?.screens.some(({ id }) => id === event.screen)
        )
          devices
            .revokeScreen(event.screen, 'server')
            .catch((error: unknown) => log.error({ err: error }, 'a removed screen is still paired'));
    });
    views.onViewers((camera) =>
      windows.tell(rooms.everyone, 'camera:viewers', { camera, viewers: views.viewersOf(camera) }),
    );
  }

  #viewer(key: string): Viewer | undefined {
    const { people } = this.#options;
    const session = people.sessions.byHash(key);
    if (session) {
      const actor = people.actorOf(session.id);
      return actor && { kind: 'person', name: actor.name, actor, only: null, leftMs: session.leftMs };
    }
    const device = this.devices.byHash(key);
    if (device) {
      const actor = this.devices.actorOf(device.id);
      return actor && { kind: 'screen', name: device.name, actor, only: null, leftMs: null };
    }
    const link = this.links.find(key);
    const actor = link && people.actorOf(link.session);
    if (!link || !actor) return undefined;
    const leftMs = link.untilMs - this.#options.clock.monotonicMs();
    return { kind: 'player', name: actor.name, actor, only: link.camera, leftMs };
  }

  #keys(): string[] {
    return [
      ...this.#options.people.sessions.hashes(),
      ...this.devices.all().map(({ tokenHash }) => tokenHash),
      ...this.links.keys(),
    ];
  }
}

/** Cameras on a screen's own tiles, parked ones too: they come back when the layout has room. */
function showing(wall: WallState | undefined, screen: string): ReadonlySet<string> {
  const found = wall?.screens.find(({ id }) => id === screen);
  return wall && found ? camerasOn(wall, found) : new Set();
}
