import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { NodeFigures } from '@clerestory/protocol';
import type { Gate } from './gate.ts';

/** What the node's parts count since its start; each adds to its own. */
export class Counters {
  readonly sentBytes = { push: 0, llhls: 0, poster: 0 };
  /** Times a page that was slow was skipped to a key frame. */
  skips = 0;
  /** Times the gate said no. */
  refusals = 0;
  /** Times an ffmpeg was started anew after it had failed. */
  ingestRestarts = 0;
}

/** The gate, with its refusals counted. */
export const countRefusals = (gate: Gate, counters: Counters): Gate => ({
  mayView(request) {
    const verdict = gate.mayView(request);
    if (!verdict.ok) counters.refusals += 1;
    return verdict;
  },
});

/** The event loop is looked at this often, ms; what is held up for less does not show. */
const loopResolutionMs = 20;

/** The counters together with what is measured of the process itself. */
export class FigureTaker {
  readonly #counters: Counters;
  readonly #pushSockets: () => number;
  readonly #loop = monitorEventLoopDelay({ resolution: loopResolutionMs });

  constructor(counters: Counters, pushSockets: () => number) {
    this.#counters = counters;
    this.#pushSockets = pushSockets;
    this.#loop.enable();
  }

  /** As they stand; the lag of the event loop is the worst since they were taken before. */
  take(): NodeFigures {
    const { sentBytes, skips, refusals, ingestRestarts } = this.#counters;
    const worstNs = this.#loop.max;
    this.#loop.reset();
    return {
      sentBytes: { ...sentBytes },
      ...{ skips, refusals, ingestRestarts },
      pushSockets: this.#pushSockets(),
      loopLagMs: Math.max(0, Math.round(worstNs / 1e6) - loopResolutionMs),
      memoryBytes: process.memoryUsage.rss(),
    };
  }

  stop(): void {
    this.#loop.disable();
  }
}
