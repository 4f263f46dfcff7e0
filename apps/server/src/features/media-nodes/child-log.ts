import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Logger } from '../../platform/logging.ts';

/** A longer line is cut, characters. */
const maxLineChars = 4_096;
const levels = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
] as const);

/** What a pino line says, or null when it is none. `time`, `pid` and the like are written anew by whoever logs it. */
function readRecord(line: string): { level: number; message: string; facts: object } | null {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  const {
    level,
    msg,
    time: _time,
    pid: _pid,
    hostname: _hostname,
    role: _role,
    ...facts
  } = record as Record<string, unknown>;
  return { level: Number(level), message: typeof msg === 'string' ? msg : '', facts };
}

/** Passes what a child process writes on its stderr into our log: its pino records as such, all else as warnings. */
export function forwardLog(stderr: Readable, log: Logger): void {
  createInterface({ input: stderr }).on('line', (line) => {
    const record = readRecord(line);
    const level = record && levels.get(record.level as 30);
    if (record && level) log[level](record.facts, record.message);
    else if (line.trim() !== '') log.warn({ said: line.slice(0, maxLineChars) }, 'said outside its log');
  });
}
