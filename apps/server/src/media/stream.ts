import {
  CaptureClock,
  Packager,
  type Past,
  type Chunk,
  type Init,
  type Numbers,
  type TargetDuration,
  type TrackInfo,
} from '@clerestory/llhls';
import type { IngestReport, IngestState, StreamKind, StreamName } from '@clerestory/protocol';
import { CpuMeter } from './cpu-meter.ts';
import { Ingest, type IngestDeps } from './ingest.ts';
import type { Encoding } from './playability.ts';
import type { ReplayMemory } from './replay-memory.ts';
import type { StreamSource } from './sources.ts';

/** HTTP viewers that are counted per stream; more are served, not counted. */
const maxLeases = 1_000;
/** Smaller steps of how far a source is behind are left alone, ms: each would be a jump of the capture times. */
const behindStepMs = 250;
export interface StreamDeps extends IngestDeps {
  /** An unwatched stream runs on for this long. */
  warmMs: number;
  /** An HTTP viewer counts for this long after a request. */
  leaseMs: number;
  /** After an ingest has stopped, what it left is kept this long for players that come right back. */
  keepStoppedMs: number;
  /** Where the last minute is kept. */
  replay: ReplayMemory;
}

/** What the playlists at one address, and those beside it, have in common. */
export interface PlaylistTerms {
  /** One for all streams of a camera. */
  targetDuration: TargetDuration;
  /** Numbers that other media had at this address before. */
  after?: Numbers | undefined;
  /** The last minute is kept for replays. */
  keepsPast: boolean;
  /** It is somebody's private camera: it ends with its last viewer, and then nothing of it is kept. */
  isLent?: boolean;
}

/** How long a lent one runs on after its last viewer, ms: enough for a page to change from one stream to the other. */
const lentStaysMs = 1_000;

/** Hears what happens to a stream. */
export interface StreamListener {
  onInit?(init: Init): void;
  onChunk?(chunk: Chunk): void;
  onState?(state: IngestState, reason: string): void;
  /** What the camera sends was seen, or is seen to be other than it was: `encoding`. Comes before `onInit`. */
  onEncoding?(): void;
  /**
   * The camera's streams are others now: ask for yours again. `renewed`: by a new source or new masks, so that nothing of
   * what was sent before may go on.
   */
  onMoved?(renewed: boolean): void;
  /** The camera was removed. Nothing follows. */
  onRemoved?(): void;
}

/** One encoding of one camera, or its sound: its ingest, its ring, who watches and who listens. */
export class Stream<Name extends StreamKind = StreamName> {
  readonly camera: string;
  readonly name: Name;
  readonly #deps: StreamDeps;
  readonly #terms: PlaylistTerms;
  /** Null where nothing is converted. */
  readonly #meter: CpuMeter | null;
  /** Drawn by ourselves: a scene of the demo city. */
  readonly isDrawn: boolean;
  /** See PlaylistTerms. */
  readonly isLent: boolean;
  readonly #ingest: Ingest;
  readonly #capture = new CaptureClock();
  readonly #listeners = new Set<StreamListener>();
  readonly #leases = new Map<string, number>();
  #packager: Packager;
  readonly #past: Past;
  #watching = 0;
  #always = false;
  #removed = false;
  #live = false;
  #behindMs = 0;
  #encoding: Encoding | null = null;
  #callOffStop: (() => void) | null = null;
  #callOffLeases: (() => void) | null = null;
  #callOffForget: (() => void) | null = null;

  constructor(camera: string, name: Name, source: StreamSource, deps: StreamDeps, terms: PlaylistTerms) {
    this.camera = camera;
    this.name = name;
    this.#deps = deps;
    this.#terms = terms;
    this.isLent = terms.isLent ?? false;
    this.isDrawn = (source.kind === 'masked' ? source.of : source).kind === 'demo';
    this.#meter = source.kind === 'convert' || source.kind === 'masked' ? new CpuMeter(deps.clock) : null;
    this.#packager = this.#newPackager(terms.after);
    this.#past = deps.replay.open(terms.keepsPast);
    this.#ingest = new Ingest({ camera, stream: name }, source, deps, {
      onInit: (unit) => {
        this.#callOffForget?.();
        this.#callOffForget = null;
        this.#capture.reset();
        this.#live = true;
        // What has no IDR pictures will not have them after a new connection either.
        const same = this.#encoding?.track.codec === unit.track.codec;
        this.#see({ track: unit.track, idr: !same || this.#encoding?.idr !== false });
        const init = this.#packager.begin(unit, deps.clock.nowMs());
        this.#tell((listener) => listener.onInit?.(init));
      },
      onFragment: (unit, arrivalMs) => {
        const encoding = this.#encoding;
        if (unit.idr === false && encoding?.idr) this.#see({ ...encoding, idr: false });
        // ffmpeg writes a fragment when the frame after it arrives, so its last frame is one frame older than that.
        const heldMs = (unit.frameS?.at(-1) ?? 0) * 1000;
        // Estimated on the monotonic clock, which nobody sets; told in Unix time.
        const unixMs = deps.clock.nowMs() - deps.clock.monotonicMs();
        const captureMs = this.#capture.captureMs(unit.mediaS, unit.durationS, arrivalMs - heldMs) + unixMs;
        this.#ingest.lateness(arrivalMs + unixMs - captureMs - unit.durationS * 1000);
        const chunk = this.#packager.add(unit, captureMs - this.#behindMs);
        const { init } = this.#packager;
        if (init) this.#past.add(init, chunk);
        deps.replay.fit();
        this.#tell((listener) => listener.onChunk?.(chunk));
      },
      onBehind: (ms) => {
        if (Math.abs(ms - this.#behindMs) < behindStepMs && ms !== 0) return;
        this.#behindMs = ms;
        // Before it runs it is told with the first word that it does.
        if (this.state === 'running') this.#tell((listener) => listener.onState?.(this.state, this.reason));
      },
      onState: (state, reason) => this.#tell((listener) => listener.onState?.(state, reason)),
      onEnd: () => {
        this.#live = false;
        this.#packager.end(deps.clock.nowMs());
      },
    });
  }

  get state(): IngestState {
    return this.#ingest.state;
  }
  get reason(): string {
    return this.#ingest.reason;
  }
  /** Frames of the running ffmpeg are in the ring. */
  get live(): boolean {
    return this.#live;
  }
  /** How far its pictures are behind by what their source says, ms; in their capture times already. */
  get behindMs(): number {
    return this.#behindMs;
  }
  /** What was in the last minute. */
  get past(): Past {
    return this.#past;
  }
  get packager(): Packager {
    return this.#packager;
  }
  /** Of the last ffmpeg that ran, also when none runs now. */
  get track(): TrackInfo | null {
    return this.#encoding?.track ?? null;
  }
  /** As `track`. */
  get encoding(): Encoding | null {
    return this.#encoding;
  }
  get viewers(): number {
    return this.#watching + this.#leases.size;
  }
  get pid(): number | undefined {
    return this.#ingest.pid;
  }

  /** Listens without being a viewer. Returns how to stop. */
  listen(listener: StreamListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Listens and counts as a viewer until released; the first viewer starts the ingest. */
  watch(listener: StreamListener): () => void {
    const deafen = this.listen(listener);
    this.#watching += 1;
    this.#balance();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      deafen();
      this.#watching -= 1;
      this.#balance();
    };
  }

  /** Counts an HTTP client as a viewer for a few seconds from now. */
  lease(viewer: string): void {
    if (this.#leases.size >= maxLeases && !this.#leases.has(viewer)) return;
    this.#leases.delete(viewer);
    this.#leases.set(viewer, this.#deps.clock.monotonicMs() + this.#deps.leaseMs);
    this.#balance();
    this.#callOffLeases ??= this.#deps.clock.after(this.#deps.leaseMs, () => this.#endLeases());
  }

  /** Runs all the time, watched or not. */
  keepAlways(always: boolean): void {
    this.#always = always;
    this.#balance();
  }

  /** The failures are forgotten and a waiting try is made now. */
  retryNow(): void {
    this.#ingest.retryNow();
  }

  moved(renewed: boolean): void {
    this.#tell((listener) => listener.onMoved?.(renewed));
  }

  remove(): void {
    this.#removed = true;
    this.#leases.clear();
    this.#deps.replay.close(this.#past);
    this.#stop();
    for (const callOff of [this.#callOffStop, this.#callOffLeases, this.#callOffForget]) callOff?.();
    this.#tell((listener) => listener.onRemoved?.());
    this.#listeners.clear();
  }

  /** Cores that its ffmpeg takes to convert it; null while that is not known, or nothing is converted. */
  cores(): number | null {
    return this.#meter?.read(this.pid) ?? null;
  }

  /** Of pictures: a camera's health knows nothing of its sound. */
  report(this: Stream): IngestReport {
    const cores = this.cores();
    const { fps, bitrateKbps, gopMs } = this.#live
      ? this.#packager.facts(this.#deps.clock.nowMs() - this.#behindMs)
      : { fps: null, bitrateKbps: null, gopMs: null };
    return {
      camera: this.camera,
      state: this.state,
      reason: this.reason,
      facts: {
        stream: this.name,
        ...{ fps, bitrateKbps, gopMs },
        codec: this.track?.codec ?? null,
        width: this.track?.width ?? null,
        height: this.track?.height ?? null,
        viewers: this.viewers,
        restarts: this.#ingest.restarts,
        ...(cores !== null && { cores }),
      },
    };
  }

  /** Resolves to true as soon as `ready` says so, to false after `timeoutMs`, on removal or when `signal` aborts. */
  until(ready: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (ready()) return Promise.resolve(true);
    if (this.#removed || signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (answer: boolean) => {
        deafen();
        callOff();
        signal.removeEventListener('abort', giveUp);
        resolve(answer);
      };
      const giveUp = () => settle(false);
      const look = () => void (ready() && settle(true));
      const deafen = this.listen({ onInit: look, onChunk: look, onState: look, onRemoved: giveUp });
      const callOff = this.#deps.clock.after(timeoutMs, giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #see(encoding: Encoding): void {
    this.#encoding = encoding;
    this.#tell((listener) => listener.onEncoding?.());
  }

  #tell(say: (listener: StreamListener) => void): void {
    for (const listener of [...this.#listeners]) say(listener);
  }

  #endLeases(): void {
    this.#callOffLeases = null;
    const now = this.#deps.clock.monotonicMs();
    let nextMs = Infinity;
    for (const [viewer, untilMs] of this.#leases) {
      if (untilMs <= now) this.#leases.delete(viewer);
      else nextMs = Math.min(nextMs, untilMs);
    }
    if (nextMs < Infinity)
      this.#callOffLeases = this.#deps.clock.after(nextMs - now + 1, () => this.#endLeases());
    this.#balance();
  }

  /** Runs while wanted, and a while after. */
  #balance(): void {
    if (this.#removed) return;
    if (this.#always || this.viewers > 0) {
      this.#callOffStop?.();
      this.#callOffStop = null;
      this.#ingest.start();
    } else if (this.state !== 'idle') {
      this.#callOffStop ??= this.#deps.clock.after(this.isLent ? lentStaysMs : this.#deps.warmMs, () => {
        this.#callOffStop = null;
        this.#stop();
      });
    }
  }

  #stop(): void {
    this.#ingest.stop();
    // Frees the memory; the numbers go on, whatever the clock says by then.
    const keptMs = this.isLent ? 0 : this.#deps.keepStoppedMs;
    this.#callOffForget ??= this.#deps.clock.after(keptMs, () => {
      this.#callOffForget = null;
      this.#past.clear();
      this.#packager = this.#newPackager(this.#packager.numbers);
    });
  }

  #newPackager(after: Numbers | undefined): Packager {
    const { targetDuration } = this.#terms;
    return new Packager({ nowMs: this.#deps.clock.nowMs(), targetDuration, ...(after && { after }) });
  }
}
