import type { Chunk, Init, PastRun } from '@clerestory/llhls';
import { encodePushHeader, type Playable, type StreamName } from '@clerestory/protocol';
import type { Admission } from './admission.ts';
import type { Counters } from './counters.ts';
import type { Gate, ViewRequest } from './gate.ts';
import type { PushOutlet } from './push-channel.ts';
import type { Stream } from './stream.ts';

/** A replay sends no more while this much waits on the socket: live pictures go first, bytes. */
const sendBelowBytes = 512 * 1024;

export interface ReplayWish {
  channel: number;
  camera: string;
  stream: StreamName;
  /** How far back from now. */
  seconds: number;
  plays: readonly Playable[];
}

/** Enough of a stream to ask for it. */
type Named = Pick<Stream, 'camera' | 'name'>;

interface ReplayDeps {
  viewer: string;
  gate: Gate;
  admission: Admission | null;
  counters: Counters;
  outlet: PushOutlet;
  nowMs(): number;
  find(camera: string, wanted: StreamName, plays: readonly Playable[]): Stream | null;
  /** The channel has closed itself. */
  onClosed(channel: number): void;
}

/** What was on a camera in the last minute, sent once. The grant is held for as long as the page shows it. */
export class ReplayChannel {
  readonly #wish: ReplayWish;
  readonly #deps: ReplayDeps;
  #turn = 0;
  #release: (() => void) | null = null;
  #stream: Stream | null = null;
  #left: ({ init: Init } | { chunk: Chunk })[] = [];
  #span: { fromMs: number; untilMs: number } | null = null;

  constructor(wish: ReplayWish, deps: ReplayDeps) {
    this.#wish = wish;
    this.#deps = deps;
  }

  open(mayAsk = true): void {
    const { camera, stream: wanted, plays, seconds } = this.#wish;
    const { viewer, admission, find } = this.#deps;
    const stream = find(camera, wanted, plays);
    // Asked for also where there is none, as one that may not be seen is.
    const asked = stream ?? { camera, name: wanted };
    const verdict = this.#ask(asked);
    if (!verdict.ok && mayAsk && admission) {
      const turn = (this.#turn += 1);
      void admission.ask(this.#request(asked)).then((answer) => {
        if (turn !== this.#turn) return;
        if (answer.ok) this.open(false);
        else this.#refuse(answer.reason);
      });
      return;
    }
    if (!verdict.ok) return this.#refuse(verdict.reason);
    if (!stream) return this.#refuse('There is no such camera');
    const runs = stream.past.since(this.#deps.nowMs() - seconds * 1000);
    if (runs.length === 0)
      return this.#refuse('Nothing is kept of the last minute: nobody was watching this camera then');
    const letGo = admission?.hold(viewer, stream.camera, 'replay');
    const deafen = stream.listen({ onRemoved: () => this.#refuse('The camera was removed') });
    this.#stream = stream;
    this.#release = () => {
      deafen();
      letGo?.();
    };
    this.#left = runs.flatMap(({ init, chunks }) => [{ init }, ...chunks.map((chunk) => ({ chunk }))]);
    this.#span = spanOf(runs);
    this.tryJoin();
  }

  close(): void {
    this.#turn += 1;
    this.#release?.();
    this.#release = null;
    this.#stream = null;
    this.#left = [];
  }

  /** The grant for a camera is over. @returns whether this was of it, and of this channel */
  grantEnded(camera: string, reason: string): boolean {
    const stream = this.#stream;
    if (stream?.camera !== camera || this.#ask(stream).ok) return false;
    this.#refuse(reason);
    return true;
  }

  /** Sends what there is room for. */
  tryJoin(): void {
    const stream = this.#stream;
    const { outlet } = this.#deps;
    while (stream && stream === this.#stream && this.#left.length > 0) {
      if (outlet.queuedBytes > sendBelowBytes) return;
      const next = this.#left.shift();
      if (next && !this.#send(stream, next)) return;
    }
    if (!stream || stream !== this.#stream || !this.#span) return;
    outlet.notice({ type: 'replayed', channel: this.#wish.channel, ...this.#span });
    this.#span = null;
  }

  #request({ camera, name }: Named): Omit<ViewRequest, 'grant'> {
    return { viewer: this.#deps.viewer, camera, stream: name, door: 'replay' };
  }

  #ask(stream: Named) {
    return this.#deps.gate.mayView({ ...this.#request(stream), grant: '' });
  }

  #refuse(reason: string): void {
    this.close();
    this.#deps.outlet.notice({ type: 'refused', channel: this.#wish.channel, reason });
    this.#deps.onClosed(this.#wish.channel);
  }

  /** The only place from which a replay leaves; false when the gate said no. */
  #send(stream: Stream, next: { init: Init } | { chunk: Chunk }): boolean {
    const verdict = this.#ask(stream);
    if (!verdict.ok) {
      this.#refuse(verdict.reason);
      return false;
    }
    const { counters, admission, outlet } = this.#deps;
    const common = {
      ...{ channel: this.#wish.channel, camera: stream.camera, stream: stream.name, grant: '' },
      backlog: true,
    };
    const [frame, bytes] =
      'init' in next
        ? ([
            {
              ...{
                kind: 'init' as const,
                generation: next.init.generation,
                index: 0,
                key: false,
                captureMs: 0,
              },
              ...{ mediaS: 0, durationS: 0, codec: next.init.track.codec },
            },
            next.init.bytes,
          ] as const)
        : ([{ kind: 'chunk' as const, codec: '', ...factsOf(next.chunk) }, next.chunk.bytes] as const);
    const header = encodePushHeader({ ...common, ...frame });
    const sent = header.length + bytes.length;
    counters.sentBytes.push += sent;
    admission?.sent(this.#request(stream), sent);
    outlet.video(header, bytes, () => undefined);
    return true;
  }
}

const factsOf = ({ generation, index, key, captureMs, mediaS, durationS }: Chunk) => ({
  ...{ generation, index, key, captureMs, mediaS, durationS },
});

function spanOf(runs: readonly PastRun[]): { fromMs: number; untilMs: number } {
  const first = runs[0]?.chunks[0];
  const last = runs.at(-1)?.chunks.at(-1);
  return {
    fromMs: first?.captureMs ?? 0,
    untilMs: last ? last.captureMs + last.durationS * 1000 : 0,
  };
}
