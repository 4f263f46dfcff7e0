/** The server's clock as this window knows it. Runs on the monotonic clock between two readings. */
export interface ServerClock {
  /** Unix ms of the server now; this machine's own clock before the first reading. */
  nowMs(): number;
  /** Takes a reading: the server said `serverMs` somewhere between the two monotonic instants. */
  read(serverMs: number, askedAtMs: number, answeredAtMs: number): void;
}

export function createServerClock(
  monotonicMs: () => number = () => performance.now(),
  wallClockMs: () => number = () => Date.now(),
): ServerClock {
  let offsetMs: number | null = null;
  return {
    nowMs: () => (offsetMs === null ? wallClockMs() : monotonicMs() + offsetMs),
    read(serverMs, askedAtMs, answeredAtMs) {
      offsetMs = serverMs - (askedAtMs + answeredAtMs) / 2;
    },
  };
}
