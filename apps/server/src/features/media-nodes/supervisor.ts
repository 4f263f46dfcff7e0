import { spawn, type ChildProcess } from 'node:child_process';
import type { Logger } from '../../platform/logging.ts';
import { mediaMain } from '../../platform/places.ts';
import { dyingWithUs, findSetpriv } from '../../platform/programs.ts';
import type { TlsFiles } from '../../platform/tls.ts';
import { forwardLog } from './child-log.ts';

/** What the child is told on the first line of its standard input: never in its arguments or environment. */
export interface ChildSettings {
  controlUrl: string;
  token: string;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** True: this port or none, since pages already know it. */
  portFixed: boolean;
  allowedOrigins: readonly string[];
  ffmpegPath: string;
  warmMs: number;
  demoDir: string;
  /** Where cameras may be; see parseCameraNetworks. */
  cameraNetworks?: string;
  /** Streams converted at the same time. */
  conversions?: number;
  /** Memory for instant replay, MiB. */
  replayMb?: number;
  logLevel: string;
  /** TLS files of our own, and whose word is believed: as for the pages. */
  tls?: TlsFiles | null;
  trustProxy?: readonly string[];
  onlyProxied?: boolean;
}

const backoffMs = { first: 200, most: 5_000 };
/** A child that ran this long starts again at once when it ends. */
const steadyMs = 10_000;
/** A child gets this long to end politely, ms, … */
const patienceMs = 2_000;
/** … and this long more once its input is closed. */
const hurryMs = 500;
/** A child that lives but has had no link for this long hangs, and is replaced, ms. */
const defaultSilenceMs = 10_000;
/** One that never had a link may just be slow to start: each next one gets twice as long, up to this much, ms. */
const mostSilenceMs = 120_000;

/**
 * Keeps one media process running. It ends with us, however we went: its standard input closes, and where it stands
 * still and would not notice, the kernel ends it.
 */
export class MediaSupervisor {
  readonly #settings: () => ChildSettings;
  readonly #log: Logger;
  readonly #silenceMs: number;
  #child: ChildProcess | null = null;
  #delayMs = backoffMs.first;
  #timer: NodeJS.Timeout | null = null;
  #silence: NodeJS.Timeout | null = null;
  /** What the child gets now; see `mostSilenceMs`. */
  #allowedMs: number;
  #stopping = false;
  restarts = 0;

  constructor(settings: () => ChildSettings, log: Logger, silenceMs = defaultSilenceMs) {
    this.#settings = settings;
    this.#log = log;
    this.#silenceMs = silenceMs;
    this.#allowedMs = silenceMs;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const startedMs = performance.now();
    const [file, args] = dyingWithUs(process.execPath, [mediaMain], findSetpriv());
    const child = spawn(file, args, { stdio: ['pipe', 'inherit', 'pipe'] });
    this.#child = child;
    // It has to link up in time too.
    this.#awaitLink();
    child.stdin.on('error', () => undefined);
    child.stdin.write(JSON.stringify(this.#settings()) + '\n');
    forwardLog(child.stderr, this.#log.child({ role: 'media' }));
    child.once('error', (error) => this.#log.error({ err: error }, 'the media process could not be started'));
    child.once('close', (code, signal) => {
      this.#child = null;
      if (this.#silence) clearTimeout(this.#silence);
      if (this.#stopping) return;
      if (performance.now() - startedMs > steadyMs) this.#delayMs = backoffMs.first;
      this.#log.warn(
        { code, signal, againInMs: this.#delayMs },
        'the media process ended; it is started again',
      );
      this.restarts += 1;
      this.#timer = setTimeout(() => this.start(), this.#delayMs);
      this.#delayMs = Math.min(backoffMs.most, this.#delayMs * 2);
    });
  }

  /**
   * The link's word on the child: heard or gone. A child that lives on without a link hangs; it is killed, and the
   * usual restart follows.
   */
  linked(there: boolean): void {
    if (this.#silence) clearTimeout(this.#silence);
    this.#silence = null;
    if (there) this.#allowedMs = this.#silenceMs;
    else this.#awaitLink();
  }

  #awaitLink(): void {
    if (this.#stopping) return;
    this.#silence = setTimeout(() => this.#replaceHung(), this.#allowedMs);
    this.#silence.unref();
  }

  #replaceHung(): void {
    if (!this.#child) return;
    this.#log.error(
      { pid: this.#child.pid, silentMs: this.#allowedMs },
      'the media process hangs; it is replaced',
    );
    this.#allowedMs = Math.min(Math.max(mostSilenceMs, this.#silenceMs), this.#allowedMs * 2);
    this.#child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#silence) clearTimeout(this.#silence);
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    // First politely, so that cameras are told; closing its input ends it at once; SIGKILL ends one that hangs.
    child.kill('SIGTERM');
    const close = setTimeout(() => child.stdin?.end(), patienceMs);
    const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs + hurryMs);
    await ended;
    clearTimeout(close);
    clearTimeout(kill);
  }
}
