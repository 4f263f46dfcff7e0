import {
  mediaPaths,
  type AccessTable,
  type CameraViewer,
  type CameraViewers,
  type GrantUsage,
  type MediaGrant,
  type MediaPathName,
  type StreamKind,
  type ViewQuestion,
  type ViewVerdict,
} from '@clerestory/protocol';
import { actorName, type Actor } from '../../platform/actor.ts';
import { newId, type Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Write } from '../../platform/idempotency.ts';
import { Batch } from './batch.ts';
import { admits, policy, type DoorId } from './policy.ts';
import type { Recorder, RefusalSink } from './ports.ts';
import type { RightsService } from './rights-service.ts';
import { viewStore, type OpenView } from './view-store.ts';

/** Open views of one site. */
const maxViews = 20_000;
/** A node has this long to say what was sent under a grant that has ended, ms. */
const finalPatienceMs = 2_000;
/** An end that the store did not take is tried again this often, ms. */
const retryMs = 5_000;
/** An end that comes sooner by less is none: two clocks are never quite at one, ms. */
const soonerMs = 250;
/** Changes of who watches are told together, ms. */
const tellMs = 200;

/** Whoever holds the token that a key is the hash of. */
export interface Viewer {
  kind: CameraViewer['kind'];
  /** For the viewer's list. */
  name: string;
  actor: Actor;
  /** A player's link: this camera and no other. */
  only: string | null;
  /** Milliseconds until it is over by itself; null: until revoked. */
  leftMs: number | null;
}

/** Who there is to view: sessions, paired screens and players' links. */
export interface Viewers {
  find(key: string): Viewer | undefined;
  keys(): string[];
}

/** What consent says, beside the rights: for a private camera there has to be a live grant. */
export interface Permits {
  permit(actor: Actor, camera: string): Permit;
  /** What a view under a grant has sent, in the transaction of its end. */
  used(write: Write, grant: string, seconds: number, bytes: number): Promise<void>;
}
export type Permit =
  | { ok: true; grant: string | null; leftMs: number | null; about: Record<string, string> }
  | { ok: false; reason: string };

/** Media nodes, as views tell them of changes. */
export interface NodeTeller {
  accessChanged(change: {
    grants?: MediaGrant[];
    ended?: { grant: string; reason: string }[];
    gone?: { key: string; reason: string }[];
  }): void;
}

interface View extends OpenView {
  about: Record<string, string>;
  key: string;
  scope: MediaGrant['scope'];
  kind: CameraViewer['kind'];
  name: string;
  streams: Set<StreamKind>;
  /** Usage under earlier node processes. */
  before: { run: string; bytes: number; seconds: number };
  /** Durable, and told to the node. */
  opened: Promise<ViewVerdict>;
  /** By the monotonic clock, as nodes were last told; null: not durable yet, so that no node may know of it. */
  endsMs: number | null;
  ended: string | null;
  callOff: (() => void) | null;
}

const doors: Record<ViewQuestion['door'], DoorId> = {
  push: 'frame:request:subscribe',
  llhls: 'media:playlist',
  poster: 'media:poster',
  replay: 'frame:request:replay',
  listen: 'frame:request:listen',
};
const pathsAsking = (door: ViewQuestion['door']): DoorId[] =>
  (Object.keys(mediaPaths) as MediaPathName[])
    .filter((name) => mediaPaths[name].asks === door)
    .map((name): DoorId => `media:${name}`);
const picture: DoorId[] = ['frame:binary:init', 'frame:binary:chunk'];
/** Rows of the paths and frames behind each door: a view goes by all of them, so that all have to let it in. */
const rowsBehind: Record<ViewQuestion['door'], readonly DoorId[]> = {
  push: [...pathsAsking('push'), doors.push, 'frame:notice:state', 'frame:notice:skipped', ...picture],
  llhls: pathsAsking('llhls'),
  poster: pathsAsking('poster'),
  replay: [...pathsAsking('push'), doors.replay, 'frame:notice:replayed', ...picture],
  listen: [...pathsAsking('push'), doors.listen, ...picture],
};

const scopeOf = (door: ViewQuestion['door']): MediaGrant['scope'] =>
  door === 'replay' ? 'replay' : door === 'listen' ? 'sound' : 'live';
/** The door by which a right is asked for again. */
const doorOf: Record<MediaGrant['scope'], ViewQuestion['door']> = {
  live: 'push',
  replay: 'replay',
  sound: 'listen',
};
const nameOf = ({ key, camera, scope }: Pick<View, 'key' | 'camera' | 'scope'>): string =>
  `${key} ${camera} ${scope}`;

/** Once for each viewer, however many views of the camera they have. */
const viewersIn = (views: readonly View[]): CameraViewer[] =>
  [...Map.groupBy(views, ({ key }) => key).values()].flatMap((own) => {
    const last = own.at(-1);
    if (!last) return [];
    const { kind, name, startedAt: since } = last;
    return { kind, name, since, ...(own.some(({ scope }) => scope === 'sound') && { listens: true }) };
  });

const no = (code: Extract<ViewVerdict, { ok: false }>['code'], reason: string): ViewVerdict => ({
  ok: false,
  code,
  reason,
});
export const privateIsMute = 'A private camera is never listened to: its owner has lent pictures, not sound';
const hidden = no('not-found', 'There is no such camera');

export interface ViewsParts {
  db: Database;
  clock: Clock;
  record: Recorder;
  refusals: RefusalSink;
  rights: RightsService;
  permits: Permits;
  viewers: Viewers;
  log: Logger;
  /** Why one who may watch a camera gets no picture of it just now; null when they do. */
  hides(actor: Actor, camera: string): string | null;
  /** Why nobody may listen to a camera; null where operators may. */
  mutes(camera: string): string | null;
}

/**
 * Who watches what. A media node asks once for each viewer and camera; the grant is given when its entry in the record is
 * durable, so that there is no video without audit. It ends with the right, the session, the screen or the watching, and
 * then the record gets seconds and bytes.
 */
export class ViewsService {
  readonly #parts: ViewsParts;
  readonly #batch: Batch;
  /** `key camera scope` → the view under way. */
  readonly #views = new Map<string, View>();
  readonly #byId = new Map<string, View>();
  readonly #changedCameras = new Set<string>();
  readonly #listeners = new Set<(camera: string) => void>();
  #node: NodeTeller = { accessChanged: () => undefined };
  #tellTimer: NodeJS.Timeout | null = null;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(parts: ViewsParts) {
    this.#parts = parts;
    this.#batch = new Batch(parts.db);
  }

  /** Views that the last run left open are closed with what is known of them. */
  async load(): Promise<void> {
    const { db } = this.#parts;
    for (const view of await viewStore.all(db))
      await this.#batch.write((write) => this.#close(write, view, 'server-stopped', []));
  }

  start(): void {
    this.#retryTimer = setInterval(() => {
      for (const view of this.#byId.values())
        if (view.ended !== null && !view.callOff) void this.#finish(view);
    }, retryMs);
    this.#retryTimer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#retryTimer);
    if (this.#tellTimer) clearTimeout(this.#tellTimer);
    for (const view of [...this.#byId.values()]) {
      this.#end(view, 'server-stopped');
      view.callOff?.();
      await this.#finish(view);
    }
    await this.#batch.settle();
  }

  /** Who is to be told of changes; set once the link to media nodes is there. */
  tell(node: NodeTeller): void {
    this.#node = node;
  }

  /** Somebody came to watch a camera or went. */
  onViewers(listener: (camera: string) => void): void {
    this.#listeners.add(listener);
  }

  viewersOf(camera: string): CameraViewer[] {
    return viewersIn([...this.#views.values()].filter((view) => view.camera === camera));
  }

  /** Ids of views that have no end in the record yet. */
  running(): string[] {
    return [...this.#byId.keys()];
  }

  /** Of every camera that somebody watches. */
  viewers(): CameraViewers[] {
    const byCamera = Map.groupBy(this.#views.values(), ({ camera }) => camera);
    return [...byCamera].map(([camera, views]) => ({ camera, viewers: viewersIn(views) }));
  }

  /** For a node that has just connected. What is not durable yet is told when it is. */
  table(): Omit<AccessTable, 'sequence'> {
    const durable = [...this.#views.values()].filter(({ endsMs }) => endsMs !== null);
    const grants = durable.flatMap((view) => this.#grantOf(view) ?? []);
    return { keys: this.#parts.viewers.keys(), grants };
  }

  knows(key: string): boolean {
    return this.#parts.viewers.find(key) !== undefined;
  }

  /** A node asks. The yes comes when the view's entry is durable and the grant is on its way. */
  async ask(question: ViewQuestion): Promise<ViewVerdict> {
    const { key, camera } = question;
    const viewer = this.#parts.viewers.find(key);
    const verdict = this.#mayView(viewer, question.door, camera);
    if (!verdict.ok || !viewer) {
      const actor = viewer ? actorName(viewer.actor) : 'anonymous';
      const code = verdict.ok ? 'unauthenticated' : verdict.code;
      this.#parts.refusals.note({ actor, asked: doors[question.door], subject: `camera:${camera}`, code });
      return verdict;
    }
    const known = this.#views.get(nameOf({ key, camera, scope: scopeOf(question.door) }));
    if (known) return known.opened;
    if (this.#byId.size >= maxViews) return no('unavailable', 'Too many views at once on this site');
    return this.#open(question, viewer, this.#permitOf(viewer, camera)).opened;
  }

  /** A node's word on what was sent. */
  usage(run: string, usages: readonly GrantUsage[]): void {
    const used: View[] = [];
    for (const { grant, bytes, seconds, streams, done } of usages) {
      const view = this.#byId.get(grant);
      if (!view) continue;
      if (view.before.run !== run) view.before = { run, bytes: view.bytes, seconds: view.seconds };
      view.bytes = view.before.bytes + bytes;
      view.seconds = view.before.seconds + seconds;
      for (const stream of streams) view.streams.add(stream);
      if (done) {
        // Told back: a table that was on its way may have brought the grant to the node anew.
        this.#end(view, 'closed');
        view.callOff?.();
        void this.#finish(view);
      } else used.push(view);
    }
    if (used.length === 0) return;
    this.#batch
      .write(async (write) => {
        for (const view of used) await viewStore.used(write, view);
      })
      .catch((error: unknown) =>
        this.#parts.log.error({ err: error }, 'what was sent could not be written down'),
      );
  }

  /** Rights, roles, tiles or groups have changed: what does not hold any more ends now. */
  recheck(which: (view: Pick<View, 'camera' | 'scope'>) => boolean = () => true): void {
    for (const view of [...this.#views.values()].filter(which)) {
      const viewer = this.#parts.viewers.find(view.key);
      const verdict = this.#mayView(viewer, doorOf[view.scope], view.camera);
      if (!verdict.ok) {
        const code = view.grant === null ? 'right-ended' : 'grant-ended';
        this.#end(view, code, true, verdict.reason);
        continue;
      }
      const permit = viewer && this.#permitOf(viewer, view.camera);
      if (permit?.ok && permit.grant !== view.grant)
        this.#end(view, 'grant-renewed', true, 'The grant for this camera was renewed');
      else this.#tellSooner(view);
    }
  }

  /** The node counts by itself, also when it hears no more: an end that comes sooner than it was told is told at once. */
  #tellSooner(view: View): void {
    const grant = this.#grantOf(view);
    if (!grant || view.endsMs === null || this.#endOf(grant) > view.endsMs - soonerMs) return;
    view.endsMs = this.#endOf(grant);
    this.#node.accessChanged({ grants: [grant] });
  }

  #endOf({ leftMs }: MediaGrant): number {
    return leftMs === null ? Infinity : this.#parts.clock.monotonicMs() + leftMs;
  }

  /** A session, a screen or a link is over: its sockets close and its views end. */
  viewerGone(key: string, reason: string): void {
    this.#node.accessChanged({ gone: [{ key, reason }] });
    for (const view of [...this.#views.values()]) if (view.key === key) this.#end(view, reason, false);
  }

  #mayView(viewer: Viewer | undefined, door: ViewQuestion['door'], camera: string): ViewVerdict {
    if (!viewer) return no('unauthenticated', 'Sign in first');
    if (viewer.only !== null && viewer.only !== camera) return hidden;
    const admitted = rowsBehind[door].every((row) => admits(policy[row], viewer.actor).ok);
    const isReplay = door === 'replay';
    const decision = this.#parts.rights.may(viewer.actor, isReplay ? 'replay' : 'live', camera);
    if (!decision.ok && decision.because === 'hidden') return hidden;
    if (door === 'listen') return this.#mayListen(viewer, camera, admitted && decision.ok);
    if (isReplay && (!admitted || !decision.ok))
      return no(
        'forbidden',
        !decision.ok && decision.because === 'locked'
          ? 'This session is locked. Unlock it to replay'
          : 'You have no right to replay this camera. An administrator can give it to you',
      );
    if (!admitted || !decision.ok) return no('forbidden', 'You have no right to watch this camera');
    const hiddenBy = this.#parts.hides(viewer.actor, camera);
    if (hiddenBy !== null) return no('forbidden', hiddenBy);
    if (viewer.only !== null && !this.#parts.rights.may(viewer.actor, 'export', camera).ok)
      return no('forbidden', 'The right behind this link is gone');
    if (viewer.only !== null && isReplay)
      return no('forbidden', 'A link for another player is for what is live, not for what was');
    const permit = this.#permitOf(viewer, camera);
    // What was before the grant is none of its business.
    if (permit.ok && permit.grant !== null && door === 'replay')
      return no('forbidden', 'A private camera has no replay: its grant is for what is live');
    return permit.ok ? { ok: true } : no('forbidden', permit.reason);
  }

  /** `mayWatch`: who sits there, unlocked, with the right to its pictures; what else is needed is the camera's own switch. */
  #mayListen(viewer: Viewer, camera: string, mayWatch: boolean): ViewVerdict {
    const { actor, kind } = viewer;
    if (actor.kind === 'person' && actor.locked)
      return no('forbidden', 'This session is locked. Unlock it to listen');
    if (!mayWatch || kind !== 'person') return no('forbidden', 'You have no right to listen to this camera');
    const muted = this.#parts.mutes(camera);
    if (muted !== null) return no('forbidden', muted);
    // A second lock on the same door: whatever the registry says, what is lent under a grant is not heard.
    const permit = this.#permitOf(viewer, camera);
    if (!permit.ok) return no('forbidden', permit.reason);
    return permit.grant === null ? { ok: true } : no('forbidden', privateIsMute);
  }

  /** Owners lend to the room, not to other players. */
  #permitOf({ actor, only }: Viewer, camera: string): Permit {
    const permit = this.#parts.permits.permit(actor, camera);
    return only !== null && permit.ok && permit.grant !== null
      ? { ok: false, reason: 'A private camera cannot be opened in another player' }
      : permit;
  }

  #open({ key, camera, stream, door }: ViewQuestion, { kind, name, actor }: Viewer, permit: Permit): View {
    const { clock, record } = this.#parts;
    const by = actorName(actor);
    const view: View = {
      ...{
        id: newId(),
        key,
        camera,
        scope: scopeOf(door),
        kind,
        name,
        actor: by,
        seconds: 0,
        bytes: 0,
        ended: null,
        callOff: null,
      },
      viewer: `${kind}:${key.slice(0, 8)}`,
      grant: permit.ok ? permit.grant : null,
      about: permit.ok ? permit.about : {},
      startedAt: clock.nowMs(),
      streams: new Set(),
      before: { run: '', bytes: 0, seconds: 0 },
      opened: Promise.resolve(hidden),
      endsMs: null,
    };
    this.#views.set(nameOf(view), view);
    this.#byId.set(view.id, view);
    view.opened = this.#batch
      .write(async (write) => {
        await viewStore.open(write, view);
        await record.append(write, {
          kind: 'view-started',
          actor: by,
          subject: `camera:${camera}`,
          detail: {
            ...{ view: view.id, as: kind, stream, door },
            ...(permit.ok && permit.about),
          },
        });
      })
      .then(
        () => this.#grant(view),
        (error: unknown) => this.#failed(view, error),
      );
    return view;
  }

  #grant(view: View): ViewVerdict {
    const grant = this.#grantOf(view);
    // It ended while its beginning was written.
    if (!grant || view.ended !== null) return no('forbidden', 'The right to watch this camera has ended');
    view.endsMs = this.#endOf(grant);
    this.#node.accessChanged({ grants: [grant] });
    this.#tellViewers(view.camera);
    return { ok: true };
  }

  #failed(view: View, error: unknown): ViewVerdict {
    this.#parts.log.error(
      { err: error, camera: view.camera },
      'a view could not be recorded, so it is refused',
    );
    this.#forget(view);
    return no(
      'unavailable',
      'The view cannot be recorded just now, so it is not shown. Check the disk of the server.',
    );
  }

  #grantOf({ id, key, camera, scope, grant }: View): MediaGrant | null {
    const viewer = this.#parts.viewers.find(key);
    const permit = viewer && this.#permitOf(viewer, camera);
    if (!permit?.ok || permit.grant !== grant) return null;
    const ends = [viewer?.leftMs, permit.leftMs].filter((left) => left !== null && left !== undefined);
    const leftMs = ends.length > 0 ? Math.min(...ends) : null;
    return { id, key, camera, scope, leftMs, private: grant !== null };
  }

  /** Ends in memory and at the node at once; the record follows when the node has said what was sent. */
  #end(view: View, reason: string, tellNode = true, words = reason): void {
    if (view.ended !== null) return;
    view.ended = reason;
    this.#views.delete(nameOf(view));
    if (tellNode) this.#node.accessChanged({ ended: [{ grant: view.id, reason: words }] });
    this.#tellViewers(view.camera);
    const timer = setTimeout(() => {
      view.callOff = null;
      void this.#finish(view);
    }, finalPatienceMs);
    timer.unref();
    view.callOff = () => {
      clearTimeout(timer);
      view.callOff = null;
    };
  }

  async #finish(view: View): Promise<void> {
    const { ended, streams } = view;
    if (ended === null) return;
    await view.opened;
    if (!this.#byId.has(view.id)) return;
    try {
      await this.#batch.write((write) => this.#close(write, view, ended, [...streams], view.about));
      this.#forget(view);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'the end of a view could not be written down; it is tried again');
    }
  }

  async #close(
    write: Parameters<Recorder['append']>[0],
    view: OpenView,
    reason: string,
    streams: string[],
    about: Record<string, string> = {},
  ): Promise<void> {
    if (!(await viewStore.close(write, view.id))) return;
    if (view.grant !== null) await this.#parts.permits.used(write, view.grant, view.seconds, view.bytes);
    await this.#parts.record.append(write, {
      kind: 'view-ended',
      actor: view.actor,
      subject: `camera:${view.camera}`,
      detail: {
        view: view.id,
        seconds: Math.round(view.seconds * 10) / 10,
        bytes: view.bytes,
        reason,
        streams,
        ...about,
        ...(view.grant !== null && { grant: view.grant }),
      },
    });
  }

  #forget(view: View): void {
    this.#byId.delete(view.id);
    if (this.#views.get(nameOf(view)) === view) this.#views.delete(nameOf(view));
  }

  #tellViewers(camera: string): void {
    this.#changedCameras.add(camera);
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null;
      const changed = [...this.#changedCameras];
      this.#changedCameras.clear();
      for (const one of changed) for (const listener of this.#listeners) listener(one);
    }, tellMs);
    this.#tellTimer.unref();
  }
}
