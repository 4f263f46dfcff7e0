import type { Failure } from '../reasons.ts';

/** Where a feed writes: the standard input of one ffmpeg. */
export interface FeedOutlet {
  /** Bytes that ffmpeg has not taken yet. */
  readonly waitingBytes: number;
  write(bytes: Uint8Array): void;
  /** Resolves when ffmpeg has taken what waits, or is gone. */
  drained(): Promise<void>;
  /** How old, at least, what is written is when it comes to be shown as new: what the source itself says of it, ms. */
  behind?(ms: number): void;
}

/**
 * Fetches a source and writes it into ffmpeg until `signal` aborts, which is when that ffmpeg is gone. Resolves when the
 * source has ended. Rejects with FeedError for what a person can understand.
 */
export type Feed = (outlet: FeedOutlet, signal: AbortSignal) => Promise<void>;

/** A source that could not be fetched, with its cause named. */
export class FeedError extends Error {
  override name = 'FeedError';
  readonly failure: Failure;
  constructor(reason: string, state: Failure['state'] = 'backoff') {
    super(reason);
    this.failure = { state, reason, otherTransport: 'no' };
  }
}

/** What is to be said of whatever a feed threw. */
export const failureOf = (error: unknown): Failure =>
  error instanceof FeedError
    ? error.failure
    : { state: 'backoff', reason: 'The connection to the camera broke', otherTransport: 'no' };

/** Resolves after `delayMs`, at once when `signal` aborts. */
export const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener('abort', done, { once: true });
  });
