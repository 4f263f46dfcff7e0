import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { chromium, type BrowserContext } from '@playwright/test';
import config from '../playwright.config.ts';
import { clip, startCameras, type BenchCameras } from './cameras.ts';
import { bareCommands, clerestoryCommands, measureReconnects } from './control-plane.ts';
import { startDesignA } from './design-a.ts';
import { startWall } from './design-wall.ts';
import { firstPictures } from './first-pictures.ts';
import { measureJoins } from './joins.ts';
import { measureLog } from './log.ts';
import { measureMediaCost } from './media-cost.ts';
import { latencyMs, percentile, watchClocks } from './pixels.ts';
import { coresUsed, sampleCpu } from './processes.ts';

/** Something that shows `cameras` on one page. `roots`: its processes, besides the browser. */
export interface Design {
  name: string;
  url: string;
  roots: number[];
  /** Lets the pages of a browser in, where one has to be somebody. */
  enter(context: BrowserContext): Promise<void>;
  close(): Promise<void>;
}

interface Figures {
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

async function measure(design: Design, cameras: BenchCameras): Promise<Figures> {
  const tiles = cameras.names.length;
  const server = await chromium.launchServer({ ...config.use?.launchOptions, headless: true });
  const browserPid = server.process().pid ?? 0;
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    await design.enter(context);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const counts = { waits: 0 };
      (window as unknown as { benchCounts: typeof counts }).benchCounts = counts;
      document.addEventListener('waiting', () => (counts.waits += 1), true);
    });
    await page.goto(design.url, { waitUntil: 'commit' });
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
    const cpuBefore = sampleCpu([...design.roots, browserPid]);
    const browserBefore = sampleCpu([browserPid]);
    await page.waitForTimeout(cpuMs);
    const last = await frames();
    const cpuAfter = sampleCpu(design.roots);
    const browserAfter = sampleCpu([browserPid]);

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
    await browser.close();
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
    await server.close();
  }
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const median = (values: number[]) => percentile(values, 0.5);

function medianOf(rounds: Figures[]): Figures {
  const [first] = rounds;
  if (!first) throw new Error('nothing was measured');
  const middle = { ...first };
  for (const key of Object.keys(first) as (keyof Figures)[])
    if (typeof first[key] === 'number')
      (middle[key] as number) = median(rounds.map((one) => one[key] as number));
  return middle;
}

/**
 * `npm run bench -- [--tiles 16] [--rounds 3] [--loads 0] [--joins 0] [--commands 0] [--restarts 0] [--cameras 1,10] [--viewers 0] [--log 0] [--json file]`
 * `--loads`: page loads, in a new browser and again in the same, whose first pictures are timed, for each design.
 * `--joins`: how often another camera is put on a tile, for each interval of key frames.
 * `--commands`: how many commands go to 200 screens, beside a bare ws server. `--restarts`: how often those lose their server.
 * `--cameras`: what the server costs with so many, nobody watching; with `--viewers`, and with so many push sockets on four each.
 * `--log`: appends to the transparency log, and one of so many entries verified.
 */
function options() {
  const given = new Map<string, string>();
  for (let index = 2; index < process.argv.length; index += 2)
    given.set(process.argv[index] ?? '', process.argv[index + 1] ?? '');
  return {
    tiles: (given.get('--tiles') ?? '16').split(',').map(Number),
    rounds: Number(given.get('--rounds') ?? 3),
    loads: Number(given.get('--loads') ?? 0),
    joins: Number(given.get('--joins') ?? 0),
    commands: Number(given.get('--commands') ?? 0),
    restarts: Number(given.get('--restarts') ?? 0),
    cameras: (given.get('--cameras') ?? '').split(',').filter(Boolean).map(Number),
    viewers: Number(given.get('--viewers') ?? 0),
    log: Number(given.get('--log') ?? 0),
    json: given.get('--json'),
  };
}

async function benchTiles(tiles: number, rounds: number): Promise<Figures[]> {
  const cameras = await startCameras(tiles);
  const starts = [startDesignA, startWall];
  const results: Figures[][] = [[], []];
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

/** First pictures of each design on the same cameras, told line by line. */
async function benchLoads(tiles: number, loads: number): Promise<void> {
  const cameras = await startCameras(tiles);
  try {
    for (const start of [startDesignA, startWall]) {
      const design = await start(cameras);
      try {
        const figures = await firstPictures(design, tiles, loads);
        process.stdout.write(`first pictures, ${tiles} tiles, ${design.name}: ${JSON.stringify(figures)}\n`);
      } finally {
        await design.close();
      }
    }
  } finally {
    await cameras.close();
  }
}

/** Intervals of key frames that cameras really have, seconds. */
const gops = [1, 2, 4, 10];

/** Screens of a large site. */
const screenCount = 200;

const { tiles, rounds, loads, joins, commands, restarts, cameras, viewers, log, json } = options();
const tell = (name: string, figures: object) =>
  void process.stdout.write(`${name}: ${JSON.stringify(figures)}\n`);
const chromiumVersion = spawnSync(config.use?.launchOptions?.executablePath ?? '', ['--version'], {
  encoding: 'utf8',
}).stdout.trim();
const machine = `${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${chromiumVersion}`;
const all: Figures[] = [];
if (rounds > 0) for (const count of tiles) all.push(...(await benchTiles(count, rounds)));
if (loads > 0) for (const count of tiles) await benchLoads(count, loads);
if (joins > 0) for (const gopS of gops) tell('joins', await measureJoins(gopS, joins));
if (commands > 0)
  for (const measureCommands of [bareCommands, clerestoryCommands])
    tell('command', await measureCommands(screenCount, commands));
if (restarts > 0) tell('restart', await measureReconnects(screenCount, restarts));
for (const count of cameras) tell('cameras', await measureMediaCost(count, 0, 0));
if (viewers > 0) for (const count of [0, viewers]) tell('viewers', await measureMediaCost(16, count, 4));
if (log > 0) tell('log', await measureLog(20_000, 500, log));

process.stdout.write(
  `\n${new Date().toISOString().slice(0, 10)} · ${machine} · medians of ${rounds} interleaved rounds; CPU in cores\n\n`,
);
process.stdout.write(
  '| tiles | design | first pictures ms | p50 ms | p95 ms | waits | shown % | server | ffmpeg | browser | browser ÷ A |\n|---|---|---|---|---|---|---|---|---|---|---|\n',
);
for (const row of all) {
  const yardstick = all.find(({ tiles, design }) => tiles === row.tiles && design.startsWith('A'));
  const ratio = yardstick ? (row.browserCores / yardstick.browserCores).toFixed(2) : '';
  process.stdout.write(
    `| ${row.tiles} | ${row.design} | ${row.firstPicturesMs} | ${row.latencyP50Ms} | ${row.latencyP95Ms} | ${row.waits} | ${row.shownPercent} | ${row.serverCores} | ${row.ffmpegCores} | ${row.browserCores} | ${ratio} |\n`,
  );
}
if (all.some(({ crossed }) => crossed > 0))
  process.stdout.write('\nA picture was seen in another camera’s tile: this must never happen.\n');
if (json)
  writeFileSync(
    json,
    JSON.stringify({ date: new Date().toISOString(), machine, rounds, figures: all }, null, 2) + '\n',
  );
