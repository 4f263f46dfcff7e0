import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** This machine's own time: it goes on over restarts of the server, and no clock step moves it. */
export interface Machine {
  /** Another one after each start of the machine; '' where it cannot be told. */
  boot: string;
  uptimeMs(): number;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The system is asked this often, ms: it reads a file for it, and one revocation wants to know some hundred times. */
const askEveryMs = 20;

/** Between two questions the monotonic clock goes on from the last; it misses only a sleep of the machine, until the next. */
function uptimeClock(): () => number {
  let [askedMs, thenMs] = [-Infinity, 0];
  return () => {
    const nowMs = performance.now();
    if (nowMs - askedMs >= askEveryMs) [askedMs, thenMs] = [nowMs, uptime() * 1000];
    return thenMs + nowMs - askedMs;
  };
}

/** Linux names each start of the machine; elsewhere no grant outlives a restart of the server. */
export const thisMachine: Machine = { boot: bootId(), uptimeMs: uptimeClock() };
