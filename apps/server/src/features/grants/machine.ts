import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Machine } from './ports.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Linux names each start of the machine; elsewhere no grant outlives a restart of the server. */
export const thisMachine: Machine = { boot: bootId(), uptimeMs: () => uptime() * 1000 };
