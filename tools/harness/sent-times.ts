import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Ms of the machine's monotonic clock, as the media node's process has it, too. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** When the media node's last byte for each view went to the kernel: see `sent-times.mjs`. */
export interface SentTimes {
  /** View → ms by `machineMs`; without those to which nothing went. */
  lastMs(): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** For media nodes that are started after this, by this process. */
export function watchSentTimes(): SentTimes {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sent-'));
  const socket = path.join(dir, 'times');
  const before = process.env['NODE_OPTIONS'];
  const preload = fileURLToPath(new URL('sent-times.mjs', import.meta.url));
  process.env['NODE_OPTIONS'] = `${before ?? ''} --import=${preload}`.trim();
  process.env['SENT_TIMES_SOCKET'] = socket;
  return {
    async lastMs() {
      return new Map(JSON.parse(await text(connect(socket))) as [string, number][]);
    },
    close() {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
      delete process.env['SENT_TIMES_SOCKET'];
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
