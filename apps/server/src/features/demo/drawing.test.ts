import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sceneFiles } from '@clerestory/demo-city';
import type { Logger } from '../../platform/logging.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { SceneDrawing } from './drawing.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A log that keeps what it was told. */
function keptLog() {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (...told: unknown[]) =>
      void lines.push(`${level} ${String(told.at(-1))}`);
  return {
    lines,
    log: { info: keep('info'), warn: keep('warn'), error: keep('error') } as unknown as Logger,
  };
}

test('without ffmpeg it says so once, and draws as soon as there is one', async () => {
  const { lines, log } = keptLog();
  const ffmpeg = path.join(folder.dir, 'ffmpeg');
  const drawing = new SceneDrawing(path.join(folder.dir, 'demo-city'), ffmpeg, log, 20);
  drawing.start();
  let looks = 0;
  await until(() => (looks += 1) > 10);
  expect(lines).toEqual(['warn the demo city waits for ffmpeg to be drawn']);
  writeFileSync(ffmpeg, '#!/bin/sh\nexit 0\n');
  chmodSync(ffmpeg, 0o755);
  await until(() => lines.some((line) => line.startsWith('info drawing the demo city once')));
  await drawing.stop();
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([]);
});

test('there is nothing to draw where every scene is there', () => {
  const { lines, log } = keptLog();
  const drawing = new SceneDrawing(folder.dir, '/nowhere/ffmpeg', log);
  for (const scene of drawing.missing())
    for (const file of Object.values(sceneFiles(folder.dir, scene))) writeFileSync(file, '');
  drawing.start();
  expect(lines).toEqual([]);
});
