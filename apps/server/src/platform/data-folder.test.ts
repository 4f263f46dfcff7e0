import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/folder.ts';
import { openDatabase, StoreError } from './database.ts';
import { prepareDataFolder } from './data-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

test('a folder that is missing is made with those above it, for its owner alone', () => {
  const deep = path.join(folder.dir, 'a', 'b', 'c');
  expect(prepareDataFolder(deep)).toBeNull();
  expect(statSync(deep).mode & 0o777).toBe(0o700);
  expect(prepareDataFolder(deep)).toBeNull();
});

test('a folder where the system makes none is refused at once, and not tried for ever', () => {
  expect(prepareDataFolder('/proc/nope')).toMatch(
    /\/proc\/nope cannot be made \(ENOENT\)\. Correct its path/,
  );
  expect(prepareDataFolder('/proc/nope/deeper/still')).toMatch(/set CLERESTORY_DATA to another folder/);
});

test('a file in place of the folder, or of one above it', () => {
  const file = path.join(folder.dir, 'file');
  writeFileSync(file, '');
  expect(prepareDataFolder(file)).toMatch(/is a file\. Move it away/);
  expect(prepareDataFolder(path.join(file, 'data'))).toMatch(/is a file\. Correct it/);
});

test('a link to nowhere', () => {
  const link = path.join(folder.dir, 'link');
  symlinkSync(path.join(folder.dir, 'nowhere', 'at-all'), link);
  expect(prepareDataFolder(link)).toMatch(/CLERESTORY_DATA/);
});

test('a folder that takes no files, be it for this user or for everybody', () => {
  const closed = path.join(folder.dir, 'closed');
  mkdirSync(closed, { mode: 0o500 });
  // Rights do not stop root; what the kernel itself keeps closed does.
  const place = process.getuid?.() === 0 ? '/proc/self' : closed;
  expect(() => openDatabase(place)).toThrow(StoreError);
  expect(() => openDatabase(place)).toThrow(/may write there|may not write to/);
});

test('the store says the same words', () => {
  expect(() => openDatabase('/proc/nope')).toThrow(StoreError);
});
