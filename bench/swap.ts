import { startFarmOf } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { loadOnce, openPage } from './first-pictures.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser, type BenchPage } from './plain-browser.ts';
import type { Table } from './table.ts';

/** A tile that grows or shrinks: milliseconds from the command until the other stream is on show. */
export interface SwapFigures {
  to: 'main' | 'sub';
  /** The stream ran already; else the camera had to be called. */
  running: boolean;
  swaps: number;
  p50Ms: number;
  maxMs: number;
  /** Longest time without a new frame on the tile meanwhile. */
  longestGapMs: number;
}

const main = { width: 1920, height: 1080, kbps: 3_000 };
const swapTimeoutMs = 30_000;
const pauseMs = 2_370;

interface Watched {
  /** Widths of pictures on show and when their first frame was, and each frame's time, milliseconds since the page began. */
  shown: { width: number; atMs: number }[];
  frames: number[];
}

/** Notes each new frame of the first tile's video on show. */
function watchTile(): void {
  const watched: Watched = { shown: [], frames: [] };
  Object.assign(window, { benchSwap: watched });
  const known = new WeakMap<HTMLVideoElement, number>();
  const look = () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>('[data-tile="0"] video')) {
      if (getComputedStyle(video).visibility === 'hidden' || video.videoWidth === 0) continue;
      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
      if (frames === 0 || known.get(video) === frames) continue;
      known.set(video, frames);
      const atMs = performance.now();
      watched.frames.push(atMs);
      if (watched.shown.at(-1)?.width !== video.videoWidth)
        watched.shown.push({ width: video.videoWidth, atMs });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function swapTo(page: BenchPage, width: number, command: () => Promise<unknown>) {
  const commandMs = Date.now();
  await command();
  await page.waitForFunction(
    (width) => (window as unknown as { benchSwap: Watched }).benchSwap.shown.at(-1)?.width === width,
    width,
    { timeout: swapTimeoutMs, polling: 20 },
  );
  // The first frames of the new one count for the gap too.
  await page.waitForTimeout(500);
  return page.evaluate((commandMs) => {
    const { shown, frames } = (window as unknown as { benchSwap: Watched }).benchSwap;
    const fromMs = commandMs - performance.timeOrigin;
    const times = frames.filter((atMs) => atMs > fromMs - 200);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs));
    return { tookMs: (shown.at(-1)?.atMs ?? Number.NaN) - fromMs, gapMs: Math.max(...gaps) };
  }, commandMs);
}

/** One of four tiles takes the whole screen and goes back, `swaps` times, its other stream running or not. */
export async function measureSwaps(running: boolean, swaps: number): Promise<SwapFigures[]> {
  const cameras = await startFarmOf({
    cam1: { camera: 1, gopS: 1, ...main },
    sub1: { camera: 1, gopS: 1 },
    cam2: { camera: 2, gopS: 1 },
    cam3: { camera: 3, gopS: 1 },
    cam4: { camera: 4, gopS: 1 },
  });
  const wall = await startWall(cameras, {
    subs: { cam1: 'sub1' },
    onDemand: ['cam1', 'cam2', 'cam3', 'cam4'],
    env: { CLERESTORY_WARM_S: running ? '600' : '0' },
  });
  const browser = await startPlainBrowser();
  try {
    const page = await openPage(browser, wall);
    await page.addInitScript(watchTile);
    await loadOnce(page, wall.url, 4);
    const layout = (layout: string) => () =>
      wall.api('PUT', '/walls/control-room/screens/left/layout', { layout });
    const found: Record<SwapFigures['to'], Awaited<ReturnType<typeof swapTo>>[]> = { main: [], sub: [] };
    for (let swap = 0; swap < swaps + (running ? 1 : 0); swap++) {
      await page.waitForTimeout(pauseMs);
      const up = await swapTo(page, main.width, layout('1'));
      await page.waitForTimeout(pauseMs);
      const down = await swapTo(page, 640, layout('4'));
      // The first one has started the stream.
      if (running && swap === 0) continue;
      found.main.push(up);
      found.sub.push(down);
    }
    return (['main', 'sub'] as const).map((to) => ({
      ...{ to, running, swaps: found[to].length },
      p50Ms: Math.round(
        percentile(
          found[to].map(({ tookMs }) => tookMs),
          0.5,
        ),
      ),
      maxMs: Math.round(Math.max(...found[to].map(({ tookMs }) => tookMs))),
      longestGapMs: Math.round(Math.max(...found[to].map(({ gapMs }) => gapMs))),
    }));
  } finally {
    await browser.close();
    await wall.close();
    await cameras.close();
  }
}

export async function benchSwaps(swaps: number): Promise<Table> {
  const figures = [...(await measureSwaps(true, swaps)), ...(await measureSwaps(false, swaps))];
  return {
    name: 'swap',
    title: 'A tile that grows and shrinks',
    note: `One of four tiles takes the whole screen and goes back; sub stream 640×360, main stream ${main.width}×${main.height} at ${main.kbps} kbit/s. Milliseconds from the command until the other stream is on show; until then the one before plays on.`,
    columns: ['to', 'stream', 'swaps', 'p50 ms', 'worst ms', 'longest time between two frames ms'],
    rows: figures.map((one) => [
      ...[one.to, one.running ? 'running' : 'not running', one.swaps, one.p50Ms, one.maxMs],
      one.longestGapMs,
    ]),
    figures,
  };
}
