import type { Browser } from '../apps/server/src/testing/browser.ts';
import { enter } from '../e2e/support/sign-in.ts';
import { allMove, lastBytes, openManyViews } from '../tools/harness/many-views.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser, type BenchPage } from './plain-browser.ts';
import type { Table } from './table.ts';

/** How what people watch is taken away from them, and given back. */
export interface Taking {
  /** Resolves when the answer to the last request is there. */
  take(): Promise<unknown>;
  give(): Promise<unknown>;
}

const patienceMs = 60_000;
async function untilTrue(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await look())) {
    if (performance.now() > deadlineMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** From the first request that takes it away to the last byte of each of 200 views of five cameras, ms. `browsers`: 20 sessions. */
export async function lastByteMs(
  mediaPort: number,
  browsers: readonly Browser[],
  cameras: readonly string[],
  rounds: number,
  { take, give }: Taking,
): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const views = await openManyViews(mediaPort, browsers, cameras, { playlist: 10, part: 5, still: 5 });
    await untilTrue('all views move', () => allMove(views, performance.now() - 2_000));
    const told = views.map(({ refusals }) => refusals);
    const startMs = performance.now();
    await take();
    await untilTrue('all are told', () => views.every(({ refusals }, at) => refusals > (told[at] ?? 0)));
    found.push(...views.map(({ lastMs }) => Math.max(0, lastMs - startMs)));
    process.stderr.write(`last byte: ${JSON.stringify(lastBytes(views, startMs))}\n`);
    for (const view of views) view.close();
    await give();
  }
  return found;
}

/** Watches every tile in each frame that the browser draws; resolves when all are dark, with when each was. */
const darkAt = (page: BenchPage): Promise<number[]> =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const tiles = [...document.querySelectorAll('[data-tile]')];
        const at = tiles.map(() => 0);
        const look = () => {
          for (const [n, tile] of tiles.entries())
            if (at[n] === 0 && tile.getAttribute('data-picture') !== 'video') at[n] = Date.now();
          if (at.every((ms) => ms > 0)) resolve(at);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/** From the same request to the frame without a picture, for each tile of a screen of sixteen, ms. */
export async function darkMs(
  server: ServerProcess,
  cameras: readonly string[],
  rounds: number,
  { take, give }: Taking,
): Promise<number[]> {
  const screen = '/walls/control-room/screens/left';
  await server.api('PUT', `${screen}/layout`, { layout: '16' });
  for (const [tile, camera] of cameras.entries())
    await server.api('PUT', `${screen}/tiles/${tile}`, { camera });
  const browser = await startPlainBrowser();
  const found: number[] = [];
  try {
    const page = await browser.open({ enter: (context) => enter(context, server) });
    await page.goto(`${server.url}/screen/left`);
    for (let n = 0; n < rounds; n++) {
      await untilTrue('all tiles are live', async () =>
        page.evaluate((count) => {
          const live = document.querySelectorAll('[data-tile][data-state="live"][data-picture="video"]');
          return live.length === count;
        }, cameras.length),
      );
      const dark = darkAt(page);
      const startMs = Date.now();
      await take();
      found.push(...(await dark).map((ms) => ms - startMs));
      await give();
    }
  } finally {
    await browser.close();
  }
  return found;
}

const p = (values: readonly number[]) => [percentile(values, 0.5), percentile(values, 0.99)].map(Math.round);

/** The table of both. */
export const takenAway = (
  { name, title, from }: { name: string; title: string; from: string },
  bytes: readonly number[],
  dark: readonly number[],
): Table => ({
  ...{ name, title, figures: { bytes, dark } },
  note: `From ${from}. Last byte: 200 views at once by push socket, playlist, part and still; 0: none came after it. Dark: the first frame that the browser draws without the picture, on a screen of 16 tiles.`,
  columns: ['', 'views', 'p50 ms', 'p99 ms', 'most ms'],
  rows: [
    ['last byte', bytes.length, ...p(bytes), Math.round(Math.max(...bytes))],
    ['tile dark', dark.length, ...p(dark), Math.round(Math.max(...dark))],
  ],
});
