import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

import { storageFault, type StorageFault } from './database.ts';

export type { Logger };

const levelNames: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const hidden = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name']);

/** One short line a record, for a person at a terminal; programs get pino's JSON. */
function terminalStream(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().split('\n')) {
        if (!line) continue;
        const record = JSON.parse(line) as Record<string, unknown>;
        const time = new Date(Number(record['time'])).toISOString().slice(11, 19);
        const rest = Object.entries(record)
          .filter(([key]) => !hidden.has(key))
          .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(' ');
        process.stderr.write(
          `${time} ${levelNames[Number(record['level'])] ?? ''} ${String(record['msg'] ?? '')} ${rest}\n`,
        );
      }
      done();
    },
  });
}

/** A disk that is full fails many writes; where each came from says nothing of what to do. */
const serializeFault = (error: Error) => {
  const fault = pino.stdSerializers.err(error);
  return storageFault(error) === null
    ? fault
    : { type: fault.type, code: fault['code'], message: fault.message };
};

/** What to do about a disk that takes no writes, once, and that it does again. */
export function logStorage(log: Logger, dataDir: string, fault: StorageFault | null): void {
  if (fault === 'full')
    log.error(
      `the disk of ${dataDir} is full: pictures go on, but nothing can be changed, nobody can sign in and no view can begin. Free some space; it goes on by itself`,
    );
  else if (fault === 'io') log.error(`the disk of ${dataDir} does not take writes; check it`);
  else log.info('the disk takes writes again');
}

/** Fields that never reach a log, wherever they stand. */
const redact = {
  paths: [
    'password',
    'username',
    'token',
    'cookie',
    'authorization',
    'source',
    '*.password',
    '*.username',
    '*.token',
    '*.source',
    'req.headers.cookie',
    'req.headers.authorization',
  ],
  censor: '[hidden]',
};

/** The structured log: JSON on stderr, or readable lines when stderr is a terminal. */
export function createLogger(level: string): Logger {
  const options = { level, redact, base: null, serializers: { err: serializeFault } };
  return process.stderr.isTTY ? pino(options, terminalStream()) : pino(options, pino.destination(2));
}

/** One debug line a request. Without the query: an identity provider sends its code back in it. */
export const requestLog = (log: Logger) =>
  pinoHttp({
    logger: log,
    useLevel: 'debug',
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?')[0] }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
