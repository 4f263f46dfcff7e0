import { createRequire } from 'node:module';
import { expect, test } from './tiles-test.ts';

/**
 * hls.js promises its event names, not that anybody else may trigger them. This holds the pinned version to what
 * `HlsMse` needs; when it fails after an update, the update waits.
 */
const pinned = '1.7.4';

test.beforeEach(async ({ page, source, built }) => {
  expect(source.port).toBeGreaterThan(0);
  const { init, chunks } = built.clip;
  await page.evaluate(() => window.tiles.loadHls().then(() => undefined));
  await page.evaluate(
    ([initText, chunkTexts, codec]) => {
      const bytes = (text: string) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const start = async () => {
        const module = await window.tiles.loadHls();
        const video = document.createElement('video');
        video.muted = true;
        document.body.prepend(video);
        const said = { appended: 0, failed: [] as string[] };
        const mse = new window.tiles.HlsMse(module, {
          appended: () => (said.appended += 1),
          failed: (detail) => said.failed.push(detail),
        });
        return { video, mse, said };
      };
      Object.assign(window, {
        contract: { init: bytes(initText), chunks: chunkTexts.map(bytes), codec, start },
      });
    },
    [
      Buffer.from(init.bytes).toString('base64'),
      chunks.map((chunk) => Buffer.from(chunk.bytes).toString('base64')),
      init.track.codec,
    ] as const,
  );
});

test('is the pinned version, in the lock file and in the page', async ({ page }) => {
  const installed = createRequire(import.meta.url)('hls.js/package.json') as { version: string };
  expect(installed.version).toBe(pinned);
  const inPage = await page.evaluate(async () => [
    window.tiles.hlsVersion,
    (await window.tiles.loadHls()).default.version,
  ]);
  expect(inPage).toEqual([pinned, pinned]);
});

test('says once that it failed when it is fed garbage, and a neighbour plays on', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { init, chunks, codec, start } = window.contract;
    const [bad, good] = [await start(), await start()];
    for (const one of [bad, good]) {
      one.mse.init(init, codec);
      one.mse.attach(one.video);
    }
    // A box of four bytes cannot be: its own head takes eight.
    bad.mse.append(new Uint8Array(64).map((_, index) => (index % 4 === 3 ? 4 : 0)));
    for (const chunk of chunks) {
      bad.mse.append(chunk);
      good.mse.append(chunk);
    }
    await good.video.play();
    await new Promise<void>((resolve) => {
      const look = () =>
        good.video.currentTime > 1 && bad.said.failed.length ? resolve() : setTimeout(look, 50);
      look();
    });
    return { bad: bad.said.failed, good: good.said.failed };
  });
  expect(result.bad).toHaveLength(1);
  expect(result.good).toEqual([]);
});

test('decodes every frame of what its events carry, without a playlist or a request', async ({
  page,
  built,
}) => {
  const requests: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('blob:')) requests.push(request.url());
  });
  const result = await page.evaluate(async () => {
    const { init, chunks, codec, start } = window.contract;
    const { video, mse, said } = await start();
    // The init comes before MediaSource is open, as it does from the push socket.
    mse.init(init, codec);
    mse.attach(video);
    const toldOf = (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => (said.appended >= count ? resolve() : setTimeout(look, 5));
        look();
      });
    const half = Math.floor(chunks.length / 2);
    for (const chunk of chunks.slice(0, half)) mse.append(chunk);
    await toldOf(1);
    const afterBacklog = { appended: said.appended, endS: video.buffered.end(0) };
    for (const chunk of chunks.slice(half)) {
      const before = said.appended;
      mse.append(chunk);
      await toldOf(before + 1);
    }
    video.playbackRate = 1.1;
    await video.play();
    await new Promise<void>((resolve) => {
      const look = () => (video.currentTime > 5.5 ? resolve() : setTimeout(look, 50));
      look();
    });
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    const { buffered } = video;
    return {
      said,
      afterBacklog,
      half,
      totalVideoFrames,
      rate: video.playbackRate,
      ranges: buffered.length,
      endS: buffered.end(0),
      width: video.videoWidth,
    };
  });
  expect(result.said.failed).toEqual([]);
  // All that came before the buffer was there is one append, and each later one is acknowledged: the rate rule depends on it.
  const { chunks } = built.clip;
  const backlogS = chunks.slice(0, result.half).reduce((sum, { durationS }) => sum + durationS, 0);
  expect(result.afterBacklog.appended).toBe(1);
  expect(result.afterBacklog.endS).toBeCloseTo(backlogS, 1);
  expect(result.said.appended).toBe(1 + chunks.length - result.half);
  expect(result.ranges).toBe(1);
  expect(result.endS).toBeCloseTo(6, 1);
  expect(result.width).toBe(320);
  expect(result.totalVideoFrames).toBeGreaterThanOrEqual(82);
  // Only our rule owns the rate.
  expect(result.rate).toBeCloseTo(1.1);
  expect(requests).toEqual([]);
});

test('leaves a gap where chunks are missing, trims behind, and lets the element go', async ({ page }) => {
  const result = await page.evaluate(async () => {
    const { init, chunks, codec, start } = window.contract;
    const { video, mse, said } = await start();
    const until = (done: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => (done() ? resolve() : setTimeout(look, 20));
        look();
      });
    const ranges = () =>
      Array.from({ length: video.buffered.length }, (_, index) => [
        Math.round(video.buffered.start(index) * 10) / 10,
        Math.round(video.buffered.end(index) * 10) / 10,
      ]);
    mse.attach(video);
    mse.init(init, codec);
    const first = chunks.slice(0, 10);
    const later = chunks.slice(20);
    for (const chunk of [...first, ...later]) mse.append(chunk);
    await until(() => ranges().at(-1)?.[1] === 6);
    const withGap = ranges();
    video.currentTime = 5;
    mse.trim(4.5);
    await until(() => video.buffered.length === 1 && video.buffered.start(0) >= 4.4);
    const trimmed = ranges();
    mse.destroy();
    return { withGap, trimmed, failed: said.failed, src: video.getAttribute('src') };
  });
  expect(result.failed).toEqual([]);
  expect(result.withGap).toHaveLength(2);
  expect(result.withGap[0]?.[0]).toBe(0);
  expect(result.withGap[1]?.[1]).toBe(6);
  expect(result.trimmed).toHaveLength(1);
  expect(result.src).toBeNull();
});

declare global {
  interface Window {
    contract: {
      init: Uint8Array;
      chunks: Uint8Array[];
      codec: string;
      start(): Promise<{
        video: HTMLVideoElement;
        mse: InstanceType<Window['tiles']['HlsMse']>;
        said: { appended: number; failed: string[] };
      }>;
    };
  }
}
