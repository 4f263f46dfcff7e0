import type * as Fs from 'node:fs';
import { readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SeenLogs } from '../../../witness/src/state.ts';
import { KeyFiles } from '../features/transparency/key.ts';
import { temporaryFolder } from '../testing/folder.ts';
import { writeDurably } from './durable.ts';
import { KeyRing } from './key-ring.ts';

/** What is flushed, and what is renamed, in their order; all of it is really done. */
const done: string[] = [];
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof Fs>();
  return {
    ...fs,
    fsyncSync: (handle: number) => {
      done.push(`flush ${path.basename(readlinkSync(`/proc/self/fd/${handle}`))}`);
      fs.fsyncSync(handle);
    },
    renameSync: (from: string, to: string) => {
      done.push(`rename ${path.basename(to)}`);
      fs.renameSync(from, to);
    },
  };
});

let folder: ReturnType<typeof temporaryFolder>;
let dir: string;
beforeEach(() => {
  folder = temporaryFolder();
  dir = path.basename(folder.dir);
  done.length = 0;
});
afterEach(() => folder.remove());
const file = (name: string) => path.join(folder.dir, name);

test('a file takes the place of another whole, readable for whom it is meant', () => {
  writeFileSync(file('a'), 'before');
  writeDurably(file('a'), 'after', 0o600);
  expect([readFileSync(file('a'), 'utf8'), statSync(file('a')).mode & 0o777]).toEqual(['after', 0o600]);
});

describe('is flushed before its name, and its folder after it:', () => {
  const durable = (name: string) => [`flush ${name}.draft`, `rename ${name}`, `flush ${dir}`];
  test('any file that has to be there', () => {
    writeDurably(file('a'), 'text', 0o600);
    expect(done).toEqual(durable('a'));
  });
  test('the keys of the log, also the one that takes the place of another', () => {
    const keys = new KeyFiles(folder.dir);
    keys.create('wall.example.org/log');
    const next = keys.prepareNext('wall.example.org/log');
    keys.adoptNext();
    expect(keys.current()?.public).toBe(next.public);
    expect(done).toEqual([
      ...durable('log.key'),
      ...durable('log.key.next'),
      'rename log.key',
      `flush ${dir}`,
    ]);
  });
  test('the keys that seal', () => {
    KeyRing.open(folder.dir, 'owners.key', false);
    expect(done).toEqual(durable('owners.key'));
  });
  test('what a witness has seen', () => {
    const seen = new SeenLogs(folder.dir);
    seen.remember('a', { size: 1, root: '' });
    expect(done).toEqual(durable('YQ.json'));
  });
});
