/** Time as the media node sees it, so that tests can hold it in their hands. */
export interface Clock {
  /** Unix time, milliseconds: for what people and players read. */
  nowMs(): number;
  /** Milliseconds that only go forward: for durations. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; the function that is returned calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The part of a pino logger that the media node uses. Never pass an address or a login. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
