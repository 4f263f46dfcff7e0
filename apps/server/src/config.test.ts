import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';
import { temporaryFolder } from './testing/server.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env, folder.dir);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

test('all faults are told together, each with what to do', () => {
  const faults = faultsOf({ CLERESTORY_PORT: '99999', CLERESTORY_DEMO: 'maybe', CLERESTORY_PROT: '1' });
  expect(faults).toHaveLength(3);
  expect(faults.join('\n')).toMatch(/CLERESTORY_PORT: .*0 to 65535/);
  expect(faults.join('\n')).toMatch(/CLERESTORY_PROT is not a setting\. Known: .*CLERESTORY_PORT/);
});

test.each([
  [{ CLERESTORY_PORT: ' ' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_PORT: '80.5' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_PORT: '1e3' }, /PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_MEDIA_PORT: '-1' }, /MEDIA_PORT: give a port number from 0 to 65535/],
  [{ CLERESTORY_WARM_S: ' ' }, /WARM_S: give seconds from 0 to 3600/],
  [{ CLERESTORY_WARM_S: '4000' }, /WARM_S: give seconds from 0 to 3600/],
  [{ CLERESTORY_DEMO: 'yes' }, /DEMO: give 1 for yes or 0 for no/],
  [{ CLERESTORY_DATA: ' ' }, /DATA: give a folder/],
  [{ CLERESTORY_FFMPEG: ' ' }, /FFMPEG: give the path of the program/],
  [{ CLERESTORY_ORIGINS: 'wall.example.org' }, /ORIGINS: give origins such as https/],
  [{ CLERESTORY_LOG_LEVEL: 'loud' }, /LOG_LEVEL: use one of fatal, error, warn, info, debug, trace, silent$/],
])('%j says what to give', (env, words) => {
  expect(faultsOf(env)).toEqual([expect.stringMatching(words)]);
});

test.each([
  ['port', 80.5],
  ['port', null],
  ['warm_s', -1],
  ['demo', 'yes'],
  ['host', 7],
])('%s = %j in the file says what to give', (key, value) => {
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ [key]: value }));
  expect(faultsOf({})).toEqual([expect.stringMatching(new RegExp(`^CLERESTORY_${key.toUpperCase()}: give`))]);
});

test('a name in the file that is no setting is named, with those that there are', () => {
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ prot: 8080, port: 'x' }));
  expect(faultsOf({})).toEqual([
    expect.stringMatching(/^"prot" in the file is not a setting\. Known: host, port, /),
    expect.stringMatching(/^CLERESTORY_PORT: give/),
  ]);
});

test('spaces around a number do no harm, and half seconds are seconds', () => {
  expect(loadConfig({ CLERESTORY_PORT: ' 8080 ', CLERESTORY_WARM_S: '0.5' }, folder.dir)).toMatchObject({
    port: 8080,
    warmMs: 500,
  });
});

test('what only the tests read is no fault', () => {
  expect(faultsOf({ CLERESTORY_CHROMIUM: '/usr/bin/chromium' })).toEqual([]);
});

test('a relative data folder is one below the folder of the start', () => {
  expect(loadConfig({ CLERESTORY_DATA: 'a/../b' }, folder.dir).dataDir).toBe(path.join(folder.dir, 'b'));
});

test.each(['0.0.0.0', '::', '::1', '192.0.2.7', 'wall.example.org', ''])(
  'refuses to listen on %j, beyond loopback',
  (host) => {
    const faults = faultsOf({ CLERESTORY_HOST: host });
    if (host === '') expect(loadConfig({ CLERESTORY_HOST: host }, folder.dir).host).toBe('127.0.0.1');
    else expect(faults).toEqual([expect.stringContaining('Use 127.0.0.1')]);
  },
);

test('a named file that is missing, or is not JSON, is a fault', () => {
  expect(faultsOf({ CLERESTORY_CONFIG: 'nowhere.json' })).toEqual([
    expect.stringContaining('there is no file'),
  ]);
  writeFileSync(path.join(folder.dir, 'bad.json'), '{');
  expect(faultsOf({ CLERESTORY_CONFIG: 'bad.json' })).toEqual([expect.stringContaining('Correct the JSON')]);
});

test('defaults, then the file, then the environment', () => {
  expect(loadConfig({}, folder.dir)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    dataDir: path.join(folder.dir, 'data'),
    demo: true,
    mediaPort: null,
  });
  writeFileSync(path.join(folder.dir, 'clerestory.config.json'), JSON.stringify({ port: 1234, demo: false }));
  expect(loadConfig({}, folder.dir)).toMatchObject({ port: 1234, demo: false });
  expect(loadConfig({ CLERESTORY_PORT: '0', CLERESTORY_DEMO: '1' }, folder.dir)).toMatchObject({
    port: 0,
    demo: true,
  });
});
