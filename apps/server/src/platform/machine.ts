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

/** Linux names each start of the machine; elsewhere no grant outlives a restart of the server. */
export const thisMachine: Machine = { boot: bootId(), uptimeMs: () => uptime() * 1000 };
