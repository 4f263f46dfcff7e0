import {
  type Answer,
  type Camera,
  type CameraHealth,
  type ClientCommand,
  type ClientEventName,
  type Commit,
  type Problem,
  type ServerEventName,
  type ServerPayload,
} from '@clerestory/protocol';
import { actorName, anonymous, type Actor } from '../../platform/actor.ts';
import { ok } from '../../platform/http.ts';
import type { Audience, SocketGuard, Sockets, WindowSocket } from '../../platform/sockets.ts';
import type { Devices } from './devices.ts';
import { cameraOf, checkRight, refusedCommand } from './enforce.ts';
import { admits, policy, type DoorId } from './policy.ts';
import type { RefusalSink } from './ports.ts';
import type { RightsService } from './rights-service.ts';
import { seen, type Sees } from './views.ts';

/** What windows need of the people who signed in. */
export interface Sessions {
  authenticate(request: WindowSocket['request']): Actor | undefined;
  actorOf(session: string): Actor | undefined;
  /** A person is at it. */
  touch(session: string): void;
}

export interface WindowParts {
  sessions: Sessions;
  devices: Devices;
  rights: RightsService;
  refusals: RefusalSink;
  cameras: { get(camera: string): Camera | undefined; list(): Camera[] };
  health: { of(camera: string): CameraHealth };
}

const refusalOf = (refusal: Problem): Error => Object.assign(new Error(refusal.detail), { data: refusal });

/**
 * Browser windows on Socket.IO: who is behind each is asked at the handshake, looked up anew for each event, and what is
 * pushed is cut to what exists for them. Somebody whose session ends loses the socket.
 */
export class Windows implements SocketGuard, Audience {
  readonly #io: Sockets;
  readonly #parts: WindowParts;

  constructor(io: Sockets, parts: WindowParts) {
    this.#io = io;
    this.#parts = parts;
  }

  /** From here on, who opens a socket is asked who they are. */
  install(): this {
    const io = this.#io;
    io.use((socket, next) => {
      const actor = this.#identify(socket);
      const answer = admits(policy['http:socket'], actor);
      if (!answer.ok) {
        this.#note('http:socket', actor, answer.problem);
        return next(refusalOf(answer.problem));
      }
      socket.data.by = actorName(actor);
      socket.data.visible = this.#visible(actor);
      next();
    });
    io.on('connection', (socket) => {
      // It may have ended between the handshake and now.
      if (this.actorOf(socket).kind === 'anonymous') socket.disconnect(true);
    });
    return this;
  }

  /** Who is behind a window now; nobody, once the session is over or the screen revoked. */
  actorOf(socket: WindowSocket): Actor {
    const { sessions, devices } = this.#parts;
    const { session, device } = socket.data;
    const found =
      device !== undefined
        ? devices.actorOf(device)
        : session === undefined
          ? undefined
          : sessions.actorOf(session);
    return found ?? anonymous;
  }

  allows(event: ClientEventName, payload: unknown, socket: WindowSocket): Answer<void> {
    const actor = this.actorOf(socket);
    const camera = cameraOf(policy[`event:${event}`], { params: null, body: payload });
    const answer = this.#check(`event:${event}`, actor, camera);
    if (!answer.ok || event !== 'wall:command') return answer;
    if (actor.kind === 'person') this.#parts.sessions.touch(actor.session);
    const { wall, command } = payload as { wall: string; command: ClientCommand };
    const refused = refusedCommand(this.#parts.rights, actor, wall, command);
    if (!refused) return ok(undefined);
    this.#note(refused.door, actor, refused.answer.problem, refused.camera);
    return refused.answer;
  }

  present(event: ClientEventName, value: unknown, socket: WindowSocket): unknown {
    const sees = this.#parts.rights.sees(this.actorOf(socket));
    const snapshotOf = (snapshot: never) => {
      const shown = seen.snapshot(snapshot, sees);
      return this.actorOf(socket).kind === 'person' ? shown : { ...shown, incidents: [] };
    };
    if (event === 'wall:join') return snapshotOf(value as never);
    if (event === 'wall:recent')
      return { commits: (value as { commits: Commit[] }).commits.map((commit) => seen.commit(commit, sees)) };
    if (event !== 'wall:resync') return value;
    const result = value as { snapshot: never } | { commits: never[] };
    return 'snapshot' in result
      ? { snapshot: snapshotOf(result.snapshot) }
      : { commits: result.commits.map((commit) => seen.commit(commit, sees)) };
  }

  tell<N extends ServerEventName>(room: string, event: N, payload: ServerPayload<N>): void {
    const { sockets, adapter } = this.#io.of('/');
    /** Windows for which nothing had to be left out: one encoding for all of them. */
    const whole: string[] = [];
    for (const id of adapter.rooms.get(room) ?? []) {
      const socket = sockets.get(id);
      if (!socket) continue;
      const actor = this.actorOf(socket);
      if (!admits(policy[`push:${event}`], actor).ok) continue;
      const sees = this.#parts.rights.sees(actor);
      if (event === 'wall:committed') this.#introduce(socket, actor, sees);
      const narrowed = narrow[event](payload, sees, socket.data.visible ?? noCameras);
      if (narrowed === payload) whole.push(id);
      else if (narrowed !== null) socket.emit(event, ...([narrowed] as never));
      if (event === 'camera:changed') this.#remember(socket, payload as Camera, sees);
      if (event === 'camera:removed') socket.data.visible?.delete((payload as { camera: string }).camera);
    }
    if (whole.length > 0) this.#io.to(whole).emit(event, ...([payload] as never));
  }

  /** The sessions or screens for which this is so lose their sockets at once. */
  cut(matches: (data: WindowSocket['data']) => boolean): void {
    for (const socket of this.#io.of('/').sockets.values()) if (matches(socket.data)) socket.disconnect(true);
  }

  /** Rights have changed: a window for which other cameras exist than before starts anew, by its own reconnect. */
  recheck(): void {
    for (const socket of this.#io.of('/').sockets.values()) {
      const actor = this.actorOf(socket);
      if (!admits(policy['http:socket'], actor).ok) socket.disconnect(true);
      else if (!sameSet(this.#visible(actor), socket.data.visible ?? noCameras)) socket.conn.close();
    }
  }

  #identify(socket: WindowSocket): Actor {
    const { sessions, devices } = this.#parts;
    const { hello } = socket.data;
    if (hello.surface === 'screen') {
      const device = devices.authenticate(socket.request);
      if (device?.id === hello.screen) {
        socket.data.device = device.device;
        devices.seen(device.device);
        return device;
      }
    }
    const person = sessions.authenticate(socket.request);
    if (person?.kind !== 'person') return anonymous;
    socket.data.session = person.session;
    return person;
  }

  #check(door: DoorId, actor: Actor, camera: string | null): Answer<void> {
    const row = policy[door];
    const admitted = admits(row, actor);
    const answer = admitted.ok ? checkRight(this.#parts.rights, row, actor, camera) : admitted;
    if (!answer.ok) this.#note(door, actor, answer.problem, camera);
    return answer.ok ? ok(undefined) : answer;
  }

  #note(asked: DoorId, actor: Actor, { code }: Problem, camera: string | null = null): void {
    const subject = camera === null ? '' : `camera:${camera}`;
    this.#parts.refusals.note({ actor: actorName(actor), asked, subject, code });
  }

  /** A camera that comes onto a screen's own tile begins to exist for it just before. */
  #introduce(socket: WindowSocket, actor: Actor, sees: Sees): void {
    if (actor.kind !== 'screen') return;
    const { cameras, health, rights } = this.#parts;
    for (const id of rights.showing(actor)) {
      const camera = sees(id) && !socket.data.visible?.has(id) ? cameras.get(id) : undefined;
      if (!camera) continue;
      socket.data.visible?.add(id);
      socket.emit('camera:changed', camera);
      socket.emit('health:changed', [health.of(id)]);
    }
  }

  #remember(socket: WindowSocket, camera: Camera, sees: Sees): void {
    if (sees(camera.id)) socket.data.visible?.add(camera.id);
  }

  /** Screens are left out of `recheck` for what their tiles show: commits tell them. */
  #visible(actor: Actor): Set<string> {
    const sees = this.#parts.rights.sees(actor);
    return new Set(this.#parts.cameras.list().flatMap(({ id }) => (sees(id) ? [id] : [])));
  }
}

const noCameras = new Set<string>();

/** Cameras that a command names to put them on tiles. */
function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** What of a push is for somebody; null: nothing. The payload itself where nothing had to be left out. */
type Narrow<N extends ServerEventName> = (
  payload: ServerPayload<N>,
  sees: Sees,
  /** Cameras that existed for the window before: of these it may hear that they are gone. */
  visible: ReadonlySet<string>,
) => ServerPayload<N> | null;
const narrow = {
  'wall:committed': (commit, sees) => {
    return seen.whole(commit, sees) ? commit : seen.commit(commit, sees);
  },
  'camera:changed': (camera, sees) => (sees(camera.id) ? camera : null),
  'camera:removed': (removed, _sees, visible) => (visible.has(removed.camera) ? removed : null),
  'health:changed': (health, sees) => {
    const left = seen.health(health, sees);
    return left.length === health.length ? health : left.length === 0 ? null : left;
  },
  'screen:status': (status, sees) => {
    const hidden = status.report?.tiles.some(({ camera }) => camera !== null && !sees(camera)) ?? false;
    return hidden ? seen.status(status, sees) : status;
  },
  'cameras:restricted': ({ cameras }, sees) => ({ cameras: cameras.filter((camera) => sees(camera)) }),
  'camera:viewers': (viewers, sees) => (sees(viewers.camera) ? viewers : null),
  'ptz:holder': (one, sees) => (sees(one.camera) ? one : null),
  'ptz:taken': (one, sees) => (sees(one.camera) ? one : null),
  'grant:changed': (grant, sees) => (sees(grant.camera) ? grant : null),
  'incident:changed': (incident) => incident,
  'media:address': (address) => address,
  'screen:order': (order) => order,
  'screen:order-status': (status) => status,
} as { [N in ServerEventName]: Narrow<N> } as Record<
  ServerEventName,
  (payload: unknown, sees: Sees, visible: ReadonlySet<string>) => unknown
>;
