import type { Playable, PushFrame, StreamKind } from '@clerestory/protocol';
import { takeEarly } from './early-socket.ts';
import type { SourceState } from './tile-state.ts';

/** What a subscriber hears. Every `init` starts a new picture: after a join, a reconnect or a new generation. */
export interface FeedListener {
  init(frame: PushFrame): void;
  chunk(frame: PushFrame): void;
  /** Chunks were left out; the next one is a key frame. */
  skipped(): void;
  state(state: SourceState, reason: string, served: StreamKind, behindMs?: number): void;
  /** All of a replay is here; Unix ms of capture of its first frame and of its end. */
  replayed?(fromMs: number, untilMs: number): void;
  /** The channel is closed; `restart` asks again. */
  refused(reason: string): void;
  /** The socket is gone; the feed comes back by itself with a new `init`. */
  lost(): void;
}

/** One subscribed channel. */
export interface Feed {
  /** Leaves and joins again: the server sends the init and everything since the last key frame. */
  restart(): void;
  close(): void;
}

/** The part of the browser's WebSocket that is used; a test may bring another. */
export interface Socket {
  binaryType: BinaryType;
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
}

export interface PushOptions {
  openSocket: (url: string) => Socket;
  nowMs: () => number;
  random: () => number;
  firstRetryMs: number;
  maxRetryMs: number;
  /** A socket that has not opened by then is given up. */
  openTimeoutMs: number;
  /** Silence after which the server is asked for a sign of life. */
  quietMs: number;
  /** No sign of life for this long after asking: the socket is dead. */
  deadMs: number;
  clockEveryMs: number;
  /** What this browser plays besides plain H.264; all else is converted for it. */
  plays: readonly Playable[];
}

/** Main profile, level 4 (ISO/IEC 14496-15, annex E). */
const samples: Record<Playable, string> = { h265: 'hvc1.1.6.L120.B0', av1: 'av01.0.08M.08' };

function browserPlays(): Playable[] {
  if (typeof MediaSource === 'undefined') return [];
  return (Object.keys(samples) as Playable[]).filter((kind) =>
    MediaSource.isTypeSupported(`video/mp4; codecs="${samples[kind]}"`),
  );
}

export const pushDefaults: PushOptions = {
  openSocket: (url) => (takeEarly(url) ?? new WebSocket(url)) as Socket,
  nowMs: () => performance.now(),
  random: Math.random,
  firstRetryMs: 300,
  maxRetryMs: 5_000,
  openTimeoutMs: 5_000,
  quietMs: 3_000,
  deadMs: 3_000,
  clockEveryMs: 10_000,
  plays: browserPlays(),
};

/** Pause before the next attempt, milliseconds: doubles with each failure up to a bound; half of it is chance. */
export function retryPauseMs(
  failures: number,
  { firstRetryMs, maxRetryMs, random }: Pick<PushOptions, 'firstRetryMs' | 'maxRetryMs' | 'random'>,
): number {
  const doublings = Math.min(10, Math.max(0, failures - 1));
  return Math.min(maxRetryMs, firstRetryMs * 2 ** doublings) * (0.5 + random() / 2);
}
