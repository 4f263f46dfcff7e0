import { readFileSync } from 'node:fs';
import type { Clock } from './clock.ts';

/** Ticks of the kernel's accounting in a second (USER_HZ; the same on every Linux). */
const ticksPerS = 100;
/** Measured over at least this long, ms. */
const leastMs = 1_500;

/** What one process takes of the machine, from the kernel's accounting (proc(5), /proc/pid/stat). Null where there is none. */
export class CpuMeter {
  readonly #clock: Clock;
  #from: { pid: number; ticks: number; atMs: number } | null = null;
  #cores: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Cores over the time since it was read before; null at first, and while no process runs. */
  read(pid: number | undefined): number | null {
    const ticks = pid === undefined ? null : ticksOf(pid);
    if (pid === undefined || ticks === null) {
      this.#from = null;
      this.#cores = null;
      return null;
    }
    const atMs = this.#clock.monotonicMs();
    if (this.#from?.pid !== pid) {
      this.#from = { pid, ticks, atMs };
      this.#cores = null;
    } else if (atMs - this.#from.atMs >= leastMs) {
      this.#cores = (ticks - this.#from.ticks) / ticksPerS / ((atMs - this.#from.atMs) / 1000);
      this.#from = { pid, ticks, atMs };
    }
    return this.#cores;
  }
}

/** User and system time of a process so far, ticks. */
function ticksOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15; the name of the program, field 2, may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return null;
  }
}
