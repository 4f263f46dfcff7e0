import { spawn, type ChildProcess } from 'node:child_process';
import { dyingWithUs, findProgram, findSetpriv } from '../platform/programs.ts';
import type { Clock, Log } from './clock.ts';
import { failureOf, type Feed, type FeedOutlet } from './feeds/feed.ts';
import { FfmpegWords } from './ffmpeg-words.ts';
import { redact } from './redact.ts';
import type { Ending, Failure } from './reasons.ts';

/** After the polite signal, so that a camera hears TEARDOWN, comes the other one. */
const politeMs = 700;

export interface FfmpegOrder {
  args: readonly string[];
  /** Written to stdin, which is then closed; a feed writes until it ends. */
  stdin: string | readonly Uint8Array[] | Feed;
  secrets: readonly string[];
  onBytes(bytes: Uint8Array): void;
  /** What it says, whole lines as it says them: not yet free of addresses. */
  onSaid?(lines: string): void;
  /** How far what the feed writes from now on is behind, by what its source says, ms. */
  onBehind?(ms: number): void;
  /** The feed has failed. ffmpeg still runs, with nothing more to read. */
  onFeedFailed?(failure: Failure): void;
  /** Once, when it is gone and its output is read. `said` is free of addresses. */
  onEnd(ending: Omit<Ending, 'fragments'>): void;
}

export interface FfmpegProcess {
  readonly pid: number | undefined;
  /** Asks it to end; `politeMs` later it is killed. `onEnd` tells when it is gone. */
  stop(): void;
  kill(): void;
}

/**
 * Starts ffmpegs and knows all that run. They die with this process even when it is killed with SIGKILL; without
 * `setpriv` they end at their next write into the closed pipe.
 */
export class FfmpegRunner {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #setpriv: string | null;
  readonly #running = new Set<ChildProcess>();

  constructor(ffmpegPath: string, clock: Clock, log: Log, setpriv: string | null = findSetpriv()) {
    this.#path = ffmpegPath;
    this.#clock = clock;
    this.#setpriv = setpriv;
    if (!setpriv)
      log.warn(
        {},
        'setpriv (util-linux) is missing: should this process be killed, an ffmpeg may outlive it by seconds',
      );
  }

  /** ffmpeg is there to be started. */
  get found(): boolean {
    return findProgram(this.#path) !== null;
  }

  start(order: FfmpegOrder): FfmpegProcess {
    const startedMs = this.#clock.monotonicMs();
    const [file, args] = dyingWithUs(this.#path, order.args, this.#setpriv);
    // Nothing of our environment is ffmpeg's business.
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' };
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env, shell: false });
    this.#running.add(child);
    const words = new FfmpegWords((lines) => order.onSaid?.(lines));
    let spawnError: string | undefined;
    let ended = false;
    let callOffKill: (() => void) | null = null;
    const end = (code: number | null, signal: string | null) => {
      if (ended) return;
      ended = true;
      callOffKill?.();
      this.#running.delete(child);
      const ranMs = this.#clock.monotonicMs() - startedMs;
      order.onEnd({ said: redact(words.end(), order.secrets), code, signal, ranMs, spawnError });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      spawnError = error.code ?? error.message;
      if (child.pid === undefined) end(null, null);
    });
    child.on('close', end);
    child.stdout.on('data', (bytes: Buffer) => order.onBytes(bytes));
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => words.push(text));
    // It may be gone before it has read its stdin; how it ended is told by `close`.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on('error', () => {});
    if (typeof order.stdin === 'string') child.stdin.end(order.stdin);
    else if (typeof order.stdin === 'function') this.#feed(child, order.stdin, order);
    else {
      for (const bytes of order.stdin) child.stdin.write(bytes);
      child.stdin.end();
    }
    return {
      pid: child.pid,
      stop: () => {
        if (ended || callOffKill) return;
        child.kill('SIGTERM');
        callOffKill = this.#clock.after(politeMs, () => child.kill('SIGKILL'));
      },
      kill: () => void child.kill('SIGKILL'),
    };
  }

  /** Lets a feed write until it ends or the process does. */
  #feed(child: ChildProcess, feed: Feed, order: FfmpegOrder): void {
    const { stdin } = child;
    if (!stdin) return;
    const gone = new AbortController();
    const outlet: FeedOutlet = {
      get waitingBytes() {
        return stdin.writableLength;
      },
      write: (bytes) => void (stdin.writable && stdin.write(bytes)),
      behind: (ms) => order.onBehind?.(ms),
      drained: () =>
        new Promise((resolve) => {
          if (!stdin.writableNeedDrain || gone.signal.aborted) return resolve();
          stdin.once('drain', resolve);
          gone.signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    };
    for (const end of ['close', 'error'] as const) child.once(end, () => gone.abort());
    stdin.once('close', () => gone.abort());
    feed(outlet, gone.signal)
      .catch((error: unknown) => {
        if (!gone.signal.aborted) order.onFeedFailed?.(failureOf(error));
      })
      .finally(() => stdin.end());
  }

  /** Resolves when none runs any more. */
  async drained(): Promise<void> {
    await Promise.all(
      [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve))),
    );
  }

  /** For the last moment of the process. */
  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }
}
