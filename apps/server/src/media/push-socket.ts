import type { Duplex } from 'node:stream';
import {
  maxChannels,
  maxQueuedBytes,
  PushRequest,
  type Playable,
  type PushNotice,
  type StreamName,
} from '@clerestory/protocol';
import type { WebSocket } from 'ws';
import type { Admission } from './admission.ts';
import type { Clock, Log } from './clock.ts';
import type { Counters } from './counters.ts';
import type { Gate } from './gate.ts';
import { ReplayChannel } from './replay-channel.ts';
import {
  PushChannel,
  type Channelled,
  type ChannelLimits,
  defaultChannelLimits,
  type PushOutlet,
} from './push-channel.ts';
import type { Stream } from './stream.ts';

export interface PushLimits extends ChannelLimits {
  /** More than this waiting ends the socket, bytes. */
  maxQueuedBytes: number;
  maxChannels: number;
  /** Messages a page may send at once, and per second on average. */
  messageBurst: number;
  messagesPerS: number;
  pingMs: number;
  /** A socket from which nothing is heard for this long is ended. */
  silenceMs: number;
}
export const defaultPushLimits: PushLimits = {
  ...defaultChannelLimits,
  maxQueuedBytes,
  maxChannels,
  messageBurst: 400,
  messagesPerS: 50,
  pingMs: 10_000,
  silenceMs: 25_000,
};

export interface PushSocketDeps {
  clock: Clock;
  log: Log;
  gate: Gate;
  admission: Admission | null;
  counters: Counters;
  limits: PushLimits;
  find(camera: string, wanted: StreamName, plays: readonly Playable[]): Stream | null;
  /** The sound of a camera, where it may be heard. */
  sound(camera: string): Stream<'audio'> | null;
}

/** RFC 6455, 7.4.1. */
const closeCode = { policyViolation: 1008, unsupportedData: 1003 } as const;

/** Replays of one page at once. */
const maxReplays = 16;

/** A page takes this much within a fraction of a second; with more waiting, an ended grant resets the socket, bytes. */
const maxLeftBytes = 64 * 1024;

/** One page's socket: its channels, its manners and its bounds. */
export class PushSocket {
  readonly #socket: WebSocket;
  readonly #raw: Duplex;
  readonly #viewer: string;
  readonly #deps: PushSocketDeps;
  readonly #channels = new Map<number, PushChannel | ReplayChannel>();
  readonly #outlet: PushOutlet;
  #corked = false;
  #allowance: number;
  #allowanceMs: number;
  #heardMs: number;
  #callOffPing: (() => void) | null = null;

  constructor(
    socket: WebSocket,
    raw: Duplex,
    { viewer, keys }: { viewer: string; keys: readonly string[] },
    deps: PushSocketDeps,
  ) {
    this.#socket = socket;
    this.#raw = raw;
    this.#viewer = viewer;
    this.#deps = deps;
    this.#allowance = deps.limits.messageBurst;
    this.#allowanceMs = this.#heardMs = deps.clock.monotonicMs();
    this.#outlet = {
      get queuedBytes() {
        return socket.bufferedAmount;
      },
      notice: (notice) => this.#notice(notice),
      drop: (reason) => this.#drop(reason),
      video: (header, payload, onSent) => this.#video(header, payload, onSent),
    };
    socket.on('message', (data: Buffer, isBinary) => this.#hear(data, isBinary));
    socket.on('pong', () => (this.#heardMs = deps.clock.monotonicMs()));
    socket.on('error', (error) => deps.log.debug({ viewer, error: error.message }, 'push socket failed'));
    socket.on('close', () => this.#closed());
    const leave = deps.admission?.enter(viewer, keys, {
      gone: (reason) => this.#cut(reason),
      ended: (camera, reason) => this.#grantEnded(camera, reason),
    });
    if (leave) socket.once('close', leave);
    this.#ping();
  }

  end(reason: string): void {
    this.#socket.close(1001, reason);
  }

  /** The viewer is gone. Reset, not closed: what waits here and in the kernel does not leave either. */
  #cut(reason: string): void {
    this.#deps.log.info({ viewer: this.#viewer, reason }, 'push socket cut off');
    const raw = this.#raw as Duplex & { resetAndDestroy?: () => void };
    if (raw.resetAndDestroy) raw.resetAndDestroy();
    else raw.destroy();
    this.#socket.terminate();
  }

  /** One camera's grant is over. With more waiting than a moment's worth, some of it may be of that camera. */
  #grantEnded(camera: string, reason: string): void {
    let closed = false;
    for (const channel of [...this.#channels.values()]) closed = channel.grantEnded(camera, reason) || closed;
    if (closed) this.#drop(reason);
  }

  /** With more waiting than a moment's worth, the socket goes with it; the page opens another. */
  #drop(reason: string): void {
    if (this.#socket.bufferedAmount > maxLeftBytes) this.#cut(reason);
  }

  #ping(): void {
    const { clock, limits, log } = this.#deps;
    this.#callOffPing = clock.after(limits.pingMs, () => {
      if (clock.monotonicMs() - this.#heardMs > limits.silenceMs) {
        log.info({ viewer: this.#viewer }, 'push socket ended: nothing heard from it');
        return this.#socket.terminate();
      }
      this.#socket.ping();
      this.#ping();
    });
  }

  #closed(): void {
    this.#callOffPing?.();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  #hear(data: Buffer, isBinary: boolean): void {
    const { clock, limits } = this.#deps;
    const now = clock.monotonicMs();
    this.#heardMs = now;
    const earned = ((now - this.#allowanceMs) / 1000) * limits.messagesPerS;
    this.#allowance = Math.min(limits.messageBurst, this.#allowance + earned) - 1;
    this.#allowanceMs = now;
    if (this.#allowance < 0) return this.#socket.close(closeCode.policyViolation, 'too many messages');
    if (isBinary) return this.#socket.close(closeCode.unsupportedData, 'requests are JSON text');
    let json: unknown;
    try {
      json = JSON.parse(data.toString());
    } catch {
      return this.#socket.close(closeCode.policyViolation, 'a request is not JSON');
    }
    const request = PushRequest.safeParse(json);
    if (!request.success) return this.#socket.close(closeCode.policyViolation, 'a request is not valid');
    this.#obey(request.data);
  }

  #obey(request: PushRequest): void {
    const { clock, counters, limits, gate, admission, find, sound } = this.#deps;
    switch (request.type) {
      case 'time':
        return this.#notice({ type: 'time', clientMs: request.clientMs, serverMs: clock.nowMs() });
      case 'unsubscribe':
        this.#channels.get(request.channel)?.close();
        this.#channels.delete(request.channel);
        return;
      case 'subscribe':
      case 'listen': {
        const { channel: number } = request;
        if (this.#channels.has(number))
          return this.#socket.close(closeCode.policyViolation, `channel ${number} is open already`);
        if (this.#channels.size >= limits.maxChannels) {
          const reason = `A page may watch ${limits.maxChannels} streams at once`;
          return this.#notice({ type: 'refused', channel: number, reason });
        }
        const listens = request.type === 'listen';
        const others = [...this.#channels.values()];
        if (listens && others.some((one) => one instanceof PushChannel && one.isSound)) {
          const reason = 'A page may listen to one camera at a time: end the other sound first';
          return this.#notice({ type: 'refused', channel: number, reason });
        }
        const wish = listens ? { ...request, stream: 'audio' as const, grant: '', plays: [] } : request;
        const channel = new PushChannel(wish, {
          ...{ viewer: this.#viewer, gate, admission, counters, limits, outlet: this.#outlet },
          find: (camera, wanted, plays): Channelled | null =>
            wanted === 'audio' ? sound(camera) : find(camera, wanted, plays),
          onClosed: (closed) => void this.#channels.delete(closed),
        });
        this.#channels.set(number, channel);
        return channel.open();
      }
      case 'replay': {
        const { channel: number } = request;
        if (this.#channels.has(number))
          return this.#socket.close(closeCode.policyViolation, `channel ${number} is open already`);
        if ([...this.#channels.values()].filter((one) => one instanceof ReplayChannel).length >= maxReplays) {
          const reason = `A page may replay ${maxReplays} cameras at once: end a replay first`;
          return this.#notice({ type: 'refused', channel: number, reason });
        }
        const channel = new ReplayChannel(request, {
          ...{ viewer: this.#viewer, gate, admission, counters, outlet: this.#outlet, find },
          nowMs: () => clock.nowMs(),
          onClosed: (closed) => void this.#channels.delete(closed),
        });
        this.#channels.set(number, channel);
        return channel.open();
      }
    }
  }

  #notice(notice: PushNotice): void {
    if (!this.#writable()) return;
    this.#socket.send(JSON.stringify(notice));
    this.#bound();
  }

  /**
   * Header and payload go as two fragments of one message (RFC 6455, 5.4), so that all viewers share one copy of the
   * payload, slow ones with much waiting included. Corked, everything of one turn of the event loop leaves in one system call.
   */
  #video(header: Uint8Array, payload: Uint8Array, onSent: () => void): void {
    if (!this.#writable()) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#raw.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#raw.uncork();
      });
    }
    this.#socket.send(header, { binary: true, fin: false });
    this.#socket.send(payload, { binary: true, fin: true }, () => {
      onSent();
      for (const channel of this.#channels.values()) channel.tryJoin();
    });
    this.#bound();
  }

  #writable(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  #bound(): void {
    const { limits, log } = this.#deps;
    if (this.#socket.bufferedAmount <= limits.maxQueuedBytes) return;
    log.warn({ viewer: this.#viewer }, 'push socket ended: it does not read');
    this.#socket.terminate();
  }
}
