import { Fmp4Error, Fmp4Reader, type FragmentUnit, type InitUnit } from '@clerestory/llhls';
import type { IngestState, StreamKind } from '@clerestory/protocol';
import { backoffMs, maxDelayMs } from './backoff.ts';
import type { Clock, Log } from './clock.ts';
import type { Counters } from './counters.ts';
import type { FfmpegProcess, FfmpegRunner } from './ffmpeg-process.ts';
import {
  explainEnding,
  noFfmpegReason,
  noSound,
  sentElsewhere,
  strangerSaid,
  type Failure,
} from './reasons.ts';
import type { LateStreams } from './late-streams.ts';
import { sourceInput, type SourceInput, type SourceTools, type StreamSource } from './sources.ts';

export interface IngestTiming {
  /** From start to the first word of the stream, its init segment. */
  firstFragmentMs: number;
  /** From start to the first complete fragment, when the init came in time: key frames may be a minute apart. */
  firstKeyFrameMs: number;
  /** Pictures may arrive later than they should by this much … */
  lateMs: number;
  /** … for this long; then the connection is made anew, which sheds what has piled up on the way. */
  latePatienceMs: number;
  /** Without a complete fragment for this long, ffmpeg is killed and started anew. */
  noFramesMs: number;
  /** After this long of good running, the next failure counts as the first. */
  goodRunMs: number;
  /** How often a demo scene is looked for that is not drawn yet. */
  sceneRetryMs: number;
}
export const defaultTiming: IngestTiming = {
  firstFragmentMs: 10_000,
  firstKeyFrameMs: 70_000,
  lateMs: 2_000,
  latePatienceMs: 10_000,
  noFramesMs: 5_000,
  goodRunMs: 10_000,
  sceneRetryMs: 1_000,
};

export interface IngestDeps {
  clock: Clock;
  /** Gives [0, 1). */
  random: () => number;
  ffmpeg: FfmpegRunner;
  tools: SourceTools;
  timing: IngestTiming;
  /** Of the whole node. */
  late: LateStreams;
  counters: Counters;
  log: Log;
}

export interface IngestEvents {
  onInit(unit: InitUnit): void;
  /** `arrivalMs` is monotonic. */
  onFragment(unit: FragmentUnit, arrivalMs: number): void;
  /** How far the pictures are behind by what their source says, ms; 0 with each new run, and where it says nothing. */
  onBehind(ms: number): void;
  onState(state: IngestState, reason: string): void;
  /** The ffmpeg that had given an init is gone, or is about to be. */
  onEnd(): void;
}

interface Run {
  process: FfmpegProcess;
  reader: Fmp4Reader;
  startedMs: number;
  /** Monotonic; when the last complete fragment came. */
  lastFragmentMs: number;
  fragments: number;
  hasInit: boolean;
  /** Nothing that still comes out of it counts. */
  over: boolean;
  /** Why we ended it ourselves. */
  failure: Failure | null;
  transports: number;
  /** What is said of it while it runs. */
  note: string;
  /** Why nothing has come yet, where we wait for the camera to come to us. */
  awaits: string | null;
  release(): void;
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
/** A port on which a camera is awaited is closed for no longer than this, ms. */
const maxClosedMs = 2_000;
const idleReason = 'Nobody watches';
const keyFrameReason = 'Connected; waiting for the camera’s next key frame';
const startingReason = 'Connecting to the camera';

/** Keeps one ffmpeg for one stream: starts it, watches its progress, names its failures, tries again. Never two at once. */
export class Ingest {
  state: IngestState = 'idle';
  reason = idleReason;
  /** Times ffmpeg was started anew after it had failed. */
  restarts = 0;

  readonly #deps: IngestDeps;
  readonly #events: IngestEvents;
  readonly #name: { camera: string; stream: StreamKind };
  readonly #source: StreamSource;
  #wanted = false;
  #run: Run | null = null;
  #failures = 0;
  /** The run before ended in a failure, so that the next start is a restart. */
  #failedBefore = false;
  /** What was wrong last, for those who come while the next try waits. */
  #trouble: { state: IngestState; reason: string } | null = null;
  /** Counts the transports tried; see sourceInput. */
  #turn = 0;
  /** The other transport was tried at once in this round of failures. */
  #turned = false;
  /** Monotonic; no start before it, whoever asks. */
  #notBeforeMs = 0;
  #callOffStart: (() => void) | null = null;
  /** The source is being made ready for a start. */
  #preparing: AbortController | null = null;
  #callOffWatch: (() => void) | null = null;

  constructor(
    name: { camera: string; stream: StreamKind },
    source: StreamSource,
    deps: IngestDeps,
    events: IngestEvents,
  ) {
    this.#name = name;
    this.#source = source;
    this.#deps = deps;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#run?.process.pid;
  }

  get #isSound(): boolean {
    return this.#name.stream === 'audio';
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    const waits = this.#notBeforeMs > this.#deps.clock.monotonicMs();
    if (waits && this.#trouble) this.#become(this.#trouble.state, this.#trouble.reason);
    else this.#become('starting', startingReason);
    this.#schedule();
  }

  stop(): void {
    this.#wanted = false;
    this.#failedBefore = false;
    this.#callOffStart?.();
    this.#callOffStart = null;
    this.#preparing?.abort();
    this.#preparing = null;
    this.#endRun(null);
    this.#become('idle', idleReason);
  }

  /** Forgets the failures; while one waits for its next try, that is now. */
  retryNow(): void {
    this.#failures = 0;
    this.#turned = false;
    this.#notBeforeMs = 0;
    if (this.#wanted && !this.#run && !this.#preparing) this.#schedule();
  }

  #become(state: IngestState, reason: string): void {
    if (this.state === state && this.reason === reason) return;
    this.state = state;
    this.reason = reason;
    this.#events.onState(state, reason);
  }

  #schedule(): void {
    this.#callOffStart?.();
    this.#callOffStart = null;
    if (!this.#wanted || this.#run || this.#preparing) return;
    const delayMs = this.#notBeforeMs - this.#deps.clock.monotonicMs();
    if (delayMs <= 0) return this.#launch();
    this.#callOffStart = this.#deps.clock.after(delayMs, () => {
      this.#callOffStart = null;
      this.#launch();
    });
  }

  /** Makes the source ready, which may take a while, and starts ffmpeg if it is still wanted then. */
  #launch(): void {
    const mine = (this.#preparing = new AbortController());
    const { signal } = mine;
    const one = {
      ...{ stream: this.#name.stream, turn: this.#turn, nowMs: this.#deps.clock.nowMs(), signal },
      onWait: (reason: string) => void (signal.aborted || this.#become('starting', reason)),
    };
    void sourceInput(this.#source, one, this.#deps.tools).then((input) => {
      if (signal.aborted) return input.kind === 'run' ? input.release?.() : undefined;
      this.#preparing = null;
      this.#prepared(input);
    });
  }

  #prepared(input: SourceInput): void {
    const { clock, ffmpeg, timing } = this.#deps;
    if (input.kind === 'wait') {
      // Without ffmpeg no scene is ever drawn: to wait for one would be a promise that nobody keeps.
      if (ffmpeg.found) this.#become('starting', input.reason);
      else this.#become('backoff', noFfmpegReason);
      this.#notBeforeMs = clock.monotonicMs() + timing.sceneRetryMs;
      return this.#schedule();
    }
    if (input.kind === 'failed') return this.#retryAfter(input.failure);
    if (this.#failedBefore) {
      this.restarts += 1;
      this.#deps.counters.ingestRestarts += 1;
    }
    this.#failedBefore = false;
    this.#begin(input);
  }

  #begin(input: Extract<SourceInput, { kind: 'run' }>): void {
    const { clock, ffmpeg } = this.#deps;
    const now = clock.monotonicMs();
    const awaits = input.awaits ?? null;
    const run: Run = {
      process: ffmpeg.start({
        ...{ args: input.args, stdin: input.stdin, secrets: input.secrets },
        // What a stranger is turned away for was said before his first picture came: it has to be heard first.
        onBytes: (bytes) =>
          awaits === null ? this.#take(run, bytes) : setImmediate(() => this.#take(run, bytes)),
        onSaid: (lines) => {
          if (awaits !== null && strangerSaid.test(lines)) this.#turnAway(run);
          const elsewhere = input.hosts ? sentElsewhere(lines, input.hosts) : null;
          if (!elsewhere) return;
          // At once: it is on its way there.
          run.process.kill();
          this.#endRun(elsewhere, run);
        },
        onBehind: (ms) => void (run.over || this.#events.onBehind(ms)),
        onFeedFailed: (failure) => this.#endRun(failure, run),
        onEnd: (ending) => {
          const { fragments } = run;
          const { hasLogin } = input;
          const failure = explainEnding({ ...ending, fragments, hasLogin, isSound: this.#isSound });
          run.release();
          this.#ended(run, failure, ending.said);
        },
      }),
      reader: new Fmp4Reader({ kind: this.#isSound ? 'audio' : 'video' }),
      ...{ startedMs: now, lastFragmentMs: now, fragments: 0, hasInit: false },
      ...{ over: false, failure: null, transports: input.transports, note: input.note, awaits },
      release: input.release ?? (() => {}),
    };
    this.#run = run;
    this.#events.onBehind(0);
    if (awaits !== null) this.#become('starting', awaits);
    this.#watch(run);
  }

  #turnAway(run: Run): void {
    this.#endRun(
      { state: 'backoff', reason: 'A sender without the right key was turned away', otherTransport: 'no' },
      run,
    );
  }

  #take(run: Run, bytes: Uint8Array): void {
    if (run.over) return;
    try {
      for (const unit of run.reader.push(bytes)) {
        if (unit.kind === 'init') {
          run.hasInit = true;
          this.#events.onInit(unit);
        } else {
          run.fragments += 1;
          run.lastFragmentMs = this.#deps.clock.monotonicMs();
          this.#become('running', run.note);
          if (!run.over) this.#events.onFragment(unit, this.#deps.clock.monotonicMs());
        }
        if (run.over) return;
      }
    } catch (error) {
      if (!(error instanceof Fmp4Error)) throw error;
      const missing = error.code === 'no-track';
      const reason = missing
        ? 'The stream has no video that can be played yet'
        : 'What arrives from the camera is damaged';
      if (missing && this.#isSound) return this.#endRun(noSound);
      this.#endRun({ state: missing ? 'unsupported' : 'backoff', reason, otherTransport: 'no' });
    }
  }

  /** Looks at the progress a few times within the time allowed; bytes do not count, only complete fragments. */
  #watch(run: Run): void {
    const { clock, timing } = this.#deps;
    this.#callOffWatch?.();
    const everyMs = Math.min(500, timing.noFramesMs / 5);
    const dueMs = clock.monotonicMs() + everyMs;
    this.#callOffWatch = clock.after(everyMs, () => {
      // What came while this process was held up waits to be read after this: that time is no silence of the camera.
      const heldUpMs = clock.monotonicMs() - dueMs;
      if (heldUpMs > everyMs) run.lastFragmentMs += heldUpMs;
      const silentMs = clock.monotonicMs() - run.lastFragmentMs;
      if (run.fragments > 0 && clock.monotonicMs() - run.startedMs >= timing.goodRunMs) this.#failures = 0;
      const beforeFirstMs = run.hasInit ? timing.firstKeyFrameMs : timing.firstFragmentMs;
      // Whoever is awaited may take his time.
      if (run.awaits !== null && !run.hasInit) return this.#watch(run);
      const allowedMs = run.fragments > 0 ? timing.noFramesMs : beforeFirstMs;
      if (silentMs >= allowedMs)
        return this.#endRun({
          state: 'backoff',
          // One that says nothing at all is told by ffmpeg itself, before this.
          reason:
            run.hasInit || run.fragments > 0
              ? `No ${this.#isSound ? 'sound' : 'frames'} for ${seconds(allowedMs)}`
              : `The camera answers, but sends no ${this.#isSound ? 'sound' : 'video'} within ${seconds(allowedMs)}`,
          otherTransport: run.fragments > 0 || run.hasInit ? 'no' : 'next',
        });
      if (run.fragments > 0 && silentMs >= allowedMs / 2)
        this.#become(
          'stalled',
          `No ${this.#isSound ? 'sound' : 'frames'} for more than ${seconds(allowedMs / 2)}`,
        );
      if (run.hasInit && run.fragments === 0 && silentMs >= timing.noFramesMs / 2)
        this.#become('starting', keyFrameReason);
      this.#watch(run);
    });
  }

  /** How much later than it should each fragment comes, ms; a path that stays late is left. */
  lateness(lateMs: number): void {
    const { clock, late, timing } = this.#deps;
    const [run, now] = [this.#run, clock.monotonicMs()];
    if (!run || run.over) return;
    late.see(run, lateMs >= timing.lateMs, now);
    if (!late.mayLeave(run, timing.latePatienceMs, now)) return;
    this.#endRun({
      state: 'backoff',
      reason: `${this.#isSound ? 'Sound arrives' : 'Pictures arrive'} late; connecting again`,
      otherTransport: 'no',
    });
  }

  /** Ends the run on our own account; `#ended` follows when the process is gone. */
  #endRun(failure: Failure | null, run = this.#run): void {
    if (!run || run.over || run !== this.#run) return;
    run.over = true;
    run.failure = failure;
    this.#deps.late.forget(run);
    this.#callOffWatch?.();
    run.process.stop();
    this.#events.onEnd();
    if (failure) this.#become(failure.state, failure.reason);
  }

  #ended(run: Run, failure: Failure, said: string): void {
    const ours = run.over;
    if (!ours) this.#events.onEnd();
    run.over = true;
    this.#deps.late.forget(run);
    this.#run = null;
    this.#callOffWatch?.();
    if (!this.#wanted) return;
    // Stopped for a new configuration, or stopped and wanted again meanwhile.
    if (ours && !run.failure) return this.#schedule();
    this.#failed(run, run.failure ?? failure, said);
  }

  #failed(run: Run, failure: Failure, said: string): void {
    const { clock, timing } = this.#deps;
    if (run.fragments > 0) this.#turned = false;
    if (run.fragments > 0 && run.lastFragmentMs - run.startedMs >= timing.goodRunMs) this.#failures = 0;
    this.#failedBefore = true;
    const otherNow = failure.otherTransport === 'now' && run.transports > 1 && !this.#turned;
    if (failure.otherTransport !== 'no' && run.fragments === 0) this.#turn += 1;
    if (otherNow) {
      this.#turned = true;
      this.#failures += 1;
      this.#notBeforeMs = clock.monotonicMs();
      this.#trouble = { state: failure.state, reason: failure.reason };
      return this.#schedule();
    }
    // The port must not stay closed for long to a camera that comes back.
    this.#retryAfter(failure, said, run.awaits === null ? maxDelayMs : maxClosedMs);
  }

  #retryAfter(failure: Failure, said = '', mostMs = maxDelayMs): void {
    const { clock, random, log } = this.#deps;
    this.#failures += 1;
    // A refused login is not tried often: cameras lock accounts. Neither is what cannot be played.
    const waitMs = failure.state === 'backoff' ? backoffMs(this.#failures, random) : maxDelayMs;
    const delayMs = Math.min(mostMs, waitMs);
    this.#notBeforeMs = clock.monotonicMs() + delayMs;
    this.#trouble = { state: failure.state, reason: failure.reason };
    log.warn({ ...this.#name, state: failure.state, reason: failure.reason, delayMs, said }, 'stream failed');
    this.#become(failure.state, failure.reason);
    this.#schedule();
  }
}
