import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { distribution, ffmpegPath, findChromium, planFor } from './system-packages.mjs';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'clerestory-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const program = (name: string, script: string): string => {
  const file = path.join(dir, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

test('the ffmpeg of the environment, else of the file of settings, else of the PATH', () => {
  const file = path.join(dir, 'settings.json');
  writeFileSync(file, '{"ffmpeg": "/opt/ffmpeg"}');
  expect(ffmpegPath({ CLERESTORY_CONFIG: file, CLERESTORY_FFMPEG: '/usr/bin/mine' })).toBe('/usr/bin/mine');
  expect(ffmpegPath({ CLERESTORY_CONFIG: file })).toBe('/opt/ffmpeg');
  expect(ffmpegPath({ CLERESTORY_CONFIG: path.join(dir, 'none') })).toBe('ffmpeg');
  writeFileSync(file, 'no JSON');
  expect(ffmpegPath({ CLERESTORY_CONFIG: file })).toBe('ffmpeg');
});

test('Debian has every package; what Ubuntu has none of is told apart, in one line', () => {
  const debian = planFor(['ffmpeg', 'chromium'], 'debian');
  expect(debian.packages).toEqual(['ffmpeg', 'chromium']);
  expect(debian.byHand).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg chromium',
  );
  const ubuntu = planFor(['ffmpeg', 'chromium'], 'ubuntu');
  expect(ubuntu.packages).toEqual(['ffmpeg']);
  expect(ubuntu.byHand).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg && npx playwright install --with-deps chromium',
  );
  expect(planFor(['chromium'], 'ubuntu').byHand).toBe('npx playwright install --with-deps chromium');
});

test('the distribution is read from os-release', () => {
  const file = path.join(dir, 'os-release');
  writeFileSync(file, 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n');
  expect(distribution(file)).toBe('ubuntu');
  expect(distribution(path.join(dir, 'nowhere'))).toBe('');
});

test('a Chromium named in the settings is taken if it runs, and no other is looked for', () => {
  const good = program('chromium', 'echo Chromium 140');
  const notice = program('chromium-browser', 'echo "install the snap instead" >&2; exit 1');
  expect(findChromium({ CLERESTORY_CHROMIUM: good })).toBe(good);
  expect(findChromium({ CLERESTORY_CHROMIUM: notice })).toBeUndefined();
  expect(findChromium({ CLERESTORY_CHROMIUM: path.join(dir, 'nowhere') })).toBeUndefined();
});

test('without the setting there is one on this machine', () => {
  expect(findChromium({})).toMatch(/chrom/);
});
