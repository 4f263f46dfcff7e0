import { ServerClock } from './server-clock.ts';

const everyMs = 30_000;
const retryMs = 3_000;

/**
 * The server's clock read from the `Date` header (RFC 9110, section 6.6.1) of the page's own origin, for networks
 * without WebSocket. Good to half a second: the header has whole seconds, of which the middle is taken.
 */
export class HttpClock {
  readonly #clock = new ServerClock();
  #nextMs = -Infinity;

  unixMs(monotonicMs: number): number | null {
    return this.#clock.unixMs(monotonicMs);
  }

  reset(): void {
    this.#clock.reset();
    this.#nextMs = -Infinity;
  }

  /** Once per second; asks when it is time. */
  tick(nowMs: number): void {
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + retryMs;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const askedMs = performance.now();
    try {
      const answer = await fetch(window.location.pathname, { method: 'HEAD', cache: 'no-store' });
      const answeredMs = performance.now();
      const serverMs = Date.parse(answer.headers.get('Date') ?? '');
      if (!Number.isFinite(serverMs)) return;
      this.#clock.answered(askedMs, answeredMs, serverMs + 500);
      this.#nextMs = answeredMs + everyMs;
    } catch {
      // Asked again in a moment; until it answers no picture is called live.
    }
  }
}
