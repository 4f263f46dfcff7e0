import { timingSafeEqual } from 'node:crypto';
import type { Namespace } from 'socket.io';
import {
  controlQuestions,
  mediaNamespace,
  nodeEvents,
  type ControlToNode,
  type ForeignPages,
  type IngestReport,
  type MediaAddress,
  type MediaCamera,
  type NodeFigures,
  type NodeToControl,
  type TrialOrder,
  type TrialOutcome,
} from '@clerestory/protocol';
import type { Logger } from '../../platform/logging.ts';
import type { Sockets } from '../../platform/sockets.ts';
import { AccessLink, type AccessSource } from './access-link.ts';

/** Longer than a node takes for a test picture at most, ms. */
const trialTimeoutMs = 25_000;

/** Whoever wants to know of the node's word. */
export interface NodeListener {
  nodeConnected(there: boolean): void;
  ingest(reports: readonly IngestReport[]): void;
  /** Null: no node is connected. */
  figures(figures: NodeFigures | null): void;
  /** The node refused pages of elsewhere. */
  foreign(pages: ForeignPages): void;
}

/** Its doors for a program that has no page to start from, without a slash at the end; null while it is away. */
export function mediaUrlOf(address: MediaAddress | null, publicUrl: string): string | null {
  if (address === null) return null;
  const url = new URL(address.url ?? '/', publicUrl);
  if (address.port !== null) url.port = String(address.port);
  return url.href.replace(/\/+$/, '');
}

/** Cameras with what a node must know of them. */
export interface CameraSources {
  forMedia(): MediaCamera[];
}

/** Where a proxy in front of both doors sends to the media node; it takes the path away (docs/guide/network.md). */
export const mediaPath = '/media';

const sameToken = (given: unknown, token: string): boolean => {
  if (typeof given !== 'string') return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Control's end of the link to the media node: one node for now, the one that came last. */
export class MediaLink {
  readonly #namespace: Namespace<NodeToControl, ControlToNode>;
  readonly #listeners = new Set<(address: MediaAddress | null) => void>();
  #address: MediaAddress | null = null;
  #node: string | null = null;
  #isReady = false;
  readonly #waiting: (() => void)[] = [];
  readonly #access: AccessLink | null;
  readonly #proxied: boolean;

  constructor(
    io: Sockets,
    token: string,
    cameras: CameraSources,
    listener: NodeListener,
    log: Logger,
    access: AccessSource | null = null,
    proxied = false,
  ) {
    this.#proxied = proxied;
    this.#access = access && new AccessLink(access, log);
    this.#namespace = io.of(mediaNamespace) as unknown as Namespace<NodeToControl, ControlToNode>;
    this.#namespace.use((socket, next) => {
      if (sameToken(socket.handshake.auth['token'], token)) return next();
      log.warn('something that is not our media node knocked at the link');
      next(new Error('not a media node of this server'));
    });
    this.#namespace.on('connection', (socket) => {
      this.#node = socket.id;
      socket.emit('node:cameras', cameras.forMedia());
      this.#access?.joined(socket);
      socket.on('node:ready', (payload: unknown) => {
        const parsed = nodeEvents['node:ready'].safeParse(payload);
        if (!parsed.success) return;
        listener.nodeConnected(true);
        this.#isReady = true;
        for (const tell of this.#waiting.splice(0)) tell();
        this.expectAt(parsed.data.port);
        // Said again although it is the same: pages that wait for a restarted node need not wait any longer.
        for (const tell of this.#listeners) tell(this.#address);
        log.info({ port: parsed.data.port, pid: parsed.data.pid }, 'the media node is ready');
      });
      socket.on('node:ingest', (payload: unknown) => {
        const parsed = nodeEvents['node:ingest'].safeParse(payload);
        if (parsed.success) listener.ingest(parsed.data);
        else
          log.warn(
            { fault: parsed.error.issues[0]?.message },
            'the media node sent a report that cannot be read',
          );
      });
      socket.on('node:figures', (payload: unknown) => {
        const parsed = nodeEvents['node:figures'].safeParse(payload);
        if (parsed.success) listener.figures(parsed.data);
      });
      socket.on('node:foreign', (payload: unknown) => {
        const parsed = nodeEvents['node:foreign'].safeParse(payload);
        if (parsed.success) listener.foreign(parsed.data);
      });
      socket.on('disconnect', () => {
        if (this.#node !== socket.id) return;
        this.#node = null;
        this.#isReady = false;
        listener.nodeConnected(false);
        listener.figures(null);
      });
    });
  }

  get connected(): boolean {
    return this.#isReady;
  }

  /** Resolves once a node's doors are open, or after `patienceMs`: false then. */
  async ready(patienceMs: number): Promise<boolean> {
    if (this.#isReady) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Where the child will open its doors: told to pages before it has, so that they lose no time. */
  expectAt(port: number): void {
    this.#address = this.#proxied ? { port: null, url: mediaPath } : { port, url: null };
  }

  /** Where the doors are; they stay there while the node starts again. */
  get address(): MediaAddress | null {
    return this.#address;
  }

  onAddress(listener: (address: MediaAddress | null) => void): void {
    this.#listeners.add(listener);
  }

  cameraChanged(camera: MediaCamera): void {
    this.#namespace.emit('node:camera', camera);
  }

  cameraRemoved(camera: string): void {
    this.#namespace.emit('node:camera-removed', { camera });
  }

  /** One picture of a source that is not registered; null: no node answers. */
  async tryOut(order: TrialOrder): Promise<TrialOutcome | null> {
    const node = this.#node === null ? undefined : this.#namespace.sockets.get(this.#node);
    if (!node || !this.#isReady) return null;
    const given: unknown = await node
      .timeout(trialTimeoutMs)
      .emitWithAck('node:try', order)
      .catch(() => null);
    const parsed = controlQuestions['node:try'].answer.safeParse(given);
    return parsed.success ? parsed.data : null;
  }

  /** Grants that were given or have ended, and viewers that are gone. */
  accessChanged(change: Parameters<AccessLink['changed']>[0]): void {
    this.#access?.changed(change);
  }
}
