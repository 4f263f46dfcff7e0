import type { Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeClockClip } from '../tools/rtsp-farm/clips.ts';
import { startFarm } from '../tools/rtsp-farm/farm.ts';
import { expect, expectState, test, tileAt } from './support/city.ts';
import { enter } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

/** When each frame of sound came over the push socket, Unix ms; the fourth byte of a frame says what it is of. */
function soundsOf(page: Page): number[] {
  const atMs: number[] = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string' && payload[1] === 2 && payload[3] === 2) atMs.push(Date.now());
    }),
  );
  return atMs;
}

/** The pitch that the page's one audio element really plays, Hz, as its own output is analysed. */
const pitchOf = (page: Page) =>
  page.evaluate(async () => {
    const [audio, ...more] = document.querySelectorAll('audio');
    if (!audio || more.length > 0) throw new Error('not one sound');
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 16_384 });
    context.createMediaElementSource(audio).connect(analyser).connect(context.destination);
    const levels = new Float32Array(analyser.frequencyBinCount);
    for (let look = 0; look < 100; look++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      analyser.getFloatFrequencyData(levels);
      const loudest = levels.reduce(
        (best, level, at) => (level > (levels[best] ?? -Infinity) ? at : best),
        0,
      );
      if ((levels[loudest] ?? -Infinity) > -40) return (loudest * context.sampleRate) / analyser.fftSize;
    }
    return null;
  });

test('a tile sounds when somebody asks for it, one at a time, and never after the right to it', async ({
  page,
}) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-sound-'));
  const clip = path.join(dir, 'street.mp4');
  await makeClockClip({ path: clip, camera: 1, seconds: 10, width: 640, height: 360, fps: 15, gopS: 1 });
  const farm = await startFarm({ mounts: { loud: clip, mute: clip }, sounds: { loud: 'pcmu' } });
  const server = await startServer();
  try {
    for (const [at, id] of ['loud', 'mute'].entries())
      await server.api('POST', '/cameras', {
        ...{ id, name: id, number: 101 + at },
        source: { kind: 'rtsp', main: farm.url(id), transport: 'tcp' },
      });
    await enter(page.context(), server);
    const came = soundsOf(page);
    await page.goto(`${server.url}/workstation/1`);
    const tile = (n: number) => page.locator(`[data-work-tile="${n}"]`);
    await expect(tile(0)).toBeVisible();
    await page.keyboard.type('1.101');
    await page.keyboard.press('Enter');
    await page.keyboard.type('2.102');
    await page.keyboard.press('Enter');
    await expectState(page, 0, 'live', 60_000);
    await expectState(page, 1, 'live', 60_000);

    // Nobody has allowed it: the key does nothing, and there is no button.
    await tile(0).click();
    await page.keyboard.press('"');
    await expect(page.locator('[data-tool="picture.snapshot"]')).toBeVisible();
    await expect(page.locator('[data-tool="sound.begin"]')).toHaveCount(0);
    for (const id of ['loud', 'mute']) await server.api('PUT', `/cameras/${id}/sound`, { allowed: true });
    // Allowed, it is still silent, and nothing is fetched, until somebody asks for it.
    await expect(page.locator('[data-tool="sound.begin"]')).toBeVisible();
    expect(await page.locator('audio').count()).toBe(0);
    expect(came).toEqual([]);

    await page.keyboard.press('"');
    const sign = (n: number) => tile(n).locator('.sound-sign');
    await expect(sign(0)).toHaveAttribute('data-sound', 'playing', { timeout: 30_000 });
    await expect(sign(0)).toContainText('Sound on');
    const hz = await pitchOf(page);
    expect(Math.abs((hz ?? 0) - 440)).toBeLessThan(10);
    await expectState(page, 0, 'live');
    const folder = process.env['PICTURES'];
    if (folder) await page.screenshot({ path: `${folder}/sound-on.png` });

    // One at a time; a camera that sends none says so on its tile.
    await tile(1).click();
    await page.keyboard.press('"');
    await expect(sign(0)).toHaveCount(0);
    await expect(sign(1)).toContainText('This camera sends no sound', { timeout: 30_000 });
    await expect(page.locator('audio')).toHaveCount(0);
    if (folder) await page.screenshot({ path: `${folder}/sound-none.png` });

    // Another camera on the tile: what was heard goes with the one before.
    await tile(0).click();
    await page.locator('[data-tool="sound.begin"]').click();
    await expect(sign(0)).toHaveAttribute('data-sound', 'playing', { timeout: 30_000 });
    await page.keyboard.type('1.102');
    await page.keyboard.press('Enter');
    await expect(tileAt(page, 0)).toHaveAttribute('data-camera', 'mute');
    await expect(page.locator('audio')).toHaveCount(0);
    await page.keyboard.type('1.101');
    await page.keyboard.press('Enter');
    await expectState(page, 0, 'live', 60_000);
    expect(await page.locator('audio').count()).toBe(0);

    await tile(0).click();
    await page.keyboard.press('"');
    await expect(sign(0)).toHaveAttribute('data-sound', 'playing', { timeout: 30_000 });
    await server.api('PUT', '/cameras/loud/sound', { allowed: false });
    const takenMs = Date.now();
    await expect(sign(0)).toHaveAttribute('data-sound', 'failed');
    await expect(sign(0)).toContainText('Nobody may listen to this camera');
    await expect(page.locator('audio')).toHaveCount(0);
    expect(came.at(-1)).toBeLessThan(takenMs + 1_000);
    await expectState(page, 0, 'live');
    if (folder) await page.screenshot({ path: `${folder}/sound-taken.png` });
  } finally {
    await page.close();
    await server.stop();
    await farm.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
