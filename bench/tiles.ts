import { clip, startCameras, type BenchCameras } from './cameras.ts';
import { startDesignA } from './design-a.ts';
import { startWall } from './design-wall.ts';
import type { Design } from './design.ts';
import { latencyMs, percentile, watchClocks } from './pixels.ts';
import { startPlainBrowser } from './plain-browser.ts';
import { coresUsed, sampleCpu } from './processes.ts';
import type { Table } from './table.ts';

/** One design at one number of tiles. CPU in cores. */
export interface TileFigures {
  design: string;
  tiles: number;
  firstPicturesMs: number;
  latencyP50Ms: number;
  latencyP95Ms: number;
  waits: number;
  shownPercent: number;
  serverCores: number;
  ffmpegCores: number;
  browserCores: number;
  /** A picture in a tile that belongs to another camera: must be 0. */
  crossed: number;
}

const settleMs = 8_000;
const cpuMs = 12_000;
const latencyMsWindow = 12_000;

async function measure(design: Design, cameras: BenchCameras): Promise<TileFigures> {
  const tiles = cameras.names.length;
  const browser = await startPlainBrowser();
  try {
    const page = await browser.open(design);
    await page.addInitScript(() => {
      const counts = { waits: 0 };
      (window as unknown as { benchCounts: typeof counts }).benchCounts = counts;
      document.addEventListener('waiting', () => (counts.waits += 1), true);
    });
    await page.goto(design.url);
    const firstPicturesMs = await page.evaluate(async (tiles) => {
      const showing = () =>
        [...document.querySelectorAll('video')].filter(
          (video) => video.getVideoPlaybackQuality().totalVideoFrames > 0,
        ).length;
      while (showing() < tiles && performance.now() < 60_000)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return showing() < tiles ? Number.NaN : Math.round(performance.now());
    }, tiles);
    await page.waitForTimeout(settleMs);

    const frames = () =>
      page.evaluate(() => ({
        frames: [...document.querySelectorAll('video')].reduce(
          (sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames,
          0,
        ),
        waits: (window as unknown as { benchCounts: { waits: number } }).benchCounts.waits,
        atMs: performance.now(),
      }));
    const first = await frames();
    const cpuBefore = sampleCpu([...design.roots, browser.pid]);
    const browserBefore = sampleCpu([browser.pid]);
    await page.waitForTimeout(cpuMs);
    const last = await frames();
    const cpuAfter = sampleCpu(design.roots);
    const browserAfter = sampleCpu([browser.pid]);

    const looks = await watchClocks(page, latencyMsWindow);
    const after = await frames();
    const latencies: number[] = [];
    let crossed = 0;
    for (const look of looks) {
      const name = `cam${look.reading.camera}`;
      if (look.reading.camera !== Number(look.tile) + 1) crossed += 1;
      const start = cameras.farm.t0(name);
      if (start) latencies.push(latencyMs(look, start));
    }
    const isFfmpeg = (name: string) => name === 'ffmpeg';
    const isServer = (name: string) => !isFfmpeg(name) && !/chrom|python/.test(name);
    return {
      design: design.name,
      tiles,
      firstPicturesMs,
      latencyP50Ms: Math.round(percentile(latencies, 0.5)),
      latencyP95Ms: Math.round(percentile(latencies, 0.95)),
      waits: after.waits - first.waits,
      shownPercent: Math.round(
        (100 * (last.frames - first.frames)) / (((last.atMs - first.atMs) / 1000) * clip.fps * tiles),
      ),
      serverCores: round(coresUsed(cpuBefore, cpuAfter, isServer)),
      ffmpegCores: round(coresUsed(cpuBefore, cpuAfter, isFfmpeg)),
      browserCores: round(coresUsed(browserBefore, browserAfter)),
      crossed,
    };
  } finally {
    await browser.close();
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const median = (values: number[]) => percentile(values, 0.5);

function medianOf(rounds: TileFigures[]): TileFigures {
  const [first] = rounds;
  if (!first) throw new Error('nothing was measured');
  const middle = { ...first };
  for (const key of Object.keys(first) as (keyof TileFigures)[])
    if (typeof first[key] === 'number')
      (middle[key] as number) = median(rounds.map((one) => one[key] as number));
  return middle;
}

async function interleaved(tiles: number, rounds: number): Promise<TileFigures[]> {
  const cameras = await startCameras(tiles);
  const starts = [startDesignA, startWall];
  const results: TileFigures[][] = [[], []];
  try {
    // Interleaved, so that a machine that drifts drifts for both.
    for (let round = 0; round < rounds; round++) {
      for (const [index, start] of starts.entries()) {
        const design = await start(cameras);
        try {
          const figures = await measure(design, cameras);
          results[index]?.push(figures);
          process.stderr.write(`round ${round + 1}: ${JSON.stringify(figures)}\n`);
        } finally {
          await design.close();
        }
      }
    }
  } finally {
    await cameras.close();
  }
  return results.map(medianOf);
}

/** For each number of tiles: design A and the product in turn, `rounds` times; medians. */
export async function benchTiles(
  counts: readonly number[],
  roundsOf: (tiles: number) => number,
): Promise<Table> {
  const all: TileFigures[] = [];
  for (const tiles of counts) all.push(...(await interleaved(tiles, roundsOf(tiles))));
  if (all.some(({ crossed }) => crossed > 0))
    throw new Error('a picture was seen in another camera’s tile: this must never happen');
  const rows = all.map((row) => {
    const yardstick = all.find(({ tiles, design }) => tiles === row.tiles && design.startsWith('A'));
    const ratio = yardstick ? (row.browserCores / yardstick.browserCores).toFixed(2) : '';
    const { tiles, design, firstPicturesMs, latencyP50Ms, latencyP95Ms, waits, shownPercent } = row;
    return [
      ...[tiles, design.startsWith('A') ? 'A' : design, firstPicturesMs, latencyP50Ms, latencyP95Ms, waits],
      ...[shownPercent, row.serverCores, row.ffmpegCores, row.browserCores, ratio],
    ];
  });
  return {
    name: 'tiles',
    title: 'RTSP cameras on one page',
    note: `${clip.width}×${clip.height}, ${clip.fps} frames/s, ${clip.kbps} kbit/s, key frame each second; medians of ${[...new Set(counts.map(roundsOf))].join(' and ')} interleaved rounds in a browser that has never seen the page. CPU in cores.`,
    columns: [
      ...['tiles', 'design', 'first pictures ms', 'p50 ms', 'p95 ms', 'waits', 'shown %'],
      ...['server', 'ffmpeg', 'browser', 'browser ÷ A'],
    ],
    rows,
    figures: all,
  };
}
