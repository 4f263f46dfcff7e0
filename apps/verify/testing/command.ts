import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tilePath, tilesOf, tileWidth, widthOf } from '@clerestory/tlog';
import type { MemoryLog } from './log.ts';

const verifier = path.resolve(import.meta.dirname, '../src/main.ts');

/** `clerestory-verify`, as anybody runs it: what it ends with, and all that it said. */
export const verify = (...words: readonly string[]): Promise<{ code: number; said: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [verifier, ...words], (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
    );
  });

/** The files of a log below a folder, as a copy that somebody made of it. */
export async function writeLog(folder: string, log: MemoryLog, checkpoint: string): Promise<void> {
  const source = log.source(checkpoint);
  const size = log.leaves.length;
  const names = ['checkpoint', ...[...tilesOf(size)].map(tilePath)];
  for (let index = 0; index * tileWidth < size; index++)
    names.push(tilePath({ level: 'entries', index, width: widthOf('entries', index, size) }));
  for (const name of names) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await source.read(name));
  }
}
