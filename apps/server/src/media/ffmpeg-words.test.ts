import { expect, it } from 'vitest';
import { FfmpegWords } from './ffmpeg-words.ts';
import { maxSaidChars } from './redact.ts';

it('hears whole lines, and keeps the faults among them without their level', () => {
  const heard: string[] = [];
  const words = new FfmpegWords((lines) => heard.push(lines));
  words.push('[rtsp @ 0x1] [info] Status 302: Redire');
  expect(heard).toEqual([]);
  words.push('cting to rtsp://a/b\n[rtsp @ 0x1] [error] method DESCRIBE failed: 401');
  words.push(' Unauthorized\nnamed by no level\n[info] Input #0\n[in');
  expect(heard.join('')).toContain('[info] Status 302: Redirecting to rtsp://a/b\n');
  expect(words.end()).toBe('[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized\nnamed by no level\n[in');
});

it('keeps the last lines, whole, and a line without an end not for ever', () => {
  const words = new FfmpegWords(() => undefined);
  for (let line = 0; line < 1000; line++) words.push(`line ${line} of many\n`);
  const kept = words.end();
  expect(kept.length).toBeLessThanOrEqual(maxSaidChars);
  expect(kept).toMatch(/^line \d+ of many\n[^]*line 999 of many\n$/);
  let heard = 0;
  const endless = new FfmpegWords((lines) => (heard += lines.length));
  for (let turn = 0; turn < 10; turn++) endless.push('x'.repeat(maxSaidChars));
  expect(heard).toBeGreaterThan(8 * maxSaidChars);
});
