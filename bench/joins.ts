import { startFarmOf, type BenchCamera } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { loadOnce, openPage, type Seen } from './first-pictures.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser, type BenchPage } from './plain-browser.ts';
import type { Table } from './table.ts';

/** Another camera on a tile: milliseconds from the command until something of it is seen. */
export interface JoinFigures {
  /** Seconds between the cameras' key frames. */
  gopS: number;
  /** The stream ran already; else the camera had to be called. */
  running: boolean;
  joins: number;
  /** Moving pictures; p50, worst. */
  pictureP50Ms: number;
  pictureMaxMs: number;
  /** Whichever came first, still or moving picture; p50, worst. */
  somethingP50Ms: number;
  somethingMaxMs: number;
}

/** Intervals of key frames that cameras really have, seconds; each has a tile of its own. */
const gops = [1, 2, 4, 10];
const joinTimeoutMs = 30_000;
/** Pause between joins, so that each falls elsewhere between two key frames. */
const pauseMs = 730;
/** By then a stream that nobody watches has ended. */
const endedMs = 1_500;

interface BenchLoad {
  posters: Seen[];
  pictures: Seen[];
}

interface Counts {
  posters: number;
  pictures: number;
}

export const countsOf = (page: BenchPage, tile: number): Promise<Counts> =>
  page.evaluate((tile) => {
    const { posters, pictures } = (window as unknown as { benchLoad: BenchLoad }).benchLoad;
    const here = (seen: Seen[]) => seen.filter((one) => one.tile === String(tile)).length;
    return { posters: here(posters), pictures: here(pictures) };
  }, tile);

/** Unix ms at which a tile's next picture, and its next still, were shown after `before`. */
export async function nextSeen(page: BenchPage, tile: number, before: Counts) {
  await page.waitForFunction(
    ({ tile, count }) =>
      (window as unknown as { benchLoad: BenchLoad }).benchLoad.pictures.filter(
        (one) => one.tile === String(tile),
      ).length > count,
    { tile, count: before.pictures },
    { timeout: joinTimeoutMs, polling: 20 },
  );
  return page.evaluate(
    ({ tile, before }) => {
      const { posters, pictures } = (window as unknown as { benchLoad: BenchLoad }).benchLoad;
      const unixMs = (seen: Seen[], index: number) => {
        const found = seen.filter((one) => one.tile === String(tile))[index];
        return found === undefined ? Infinity : performance.timeOrigin + found.atMs;
      };
      return { pictureMs: unixMs(pictures, before.pictures), posterMs: unixMs(posters, before.posters) };
    },
    { tile, before },
  );
}

/**
 * One tile for each interval of key frames, on which one of two cameras takes the place of the other: `running` times
 * where both streams run, tile by tile, and `called` times where the camera has to be called first, all tiles at once.
 */
export async function measureJoins(running: number, called: number): Promise<JoinFigures[]> {
  const kinds = ['run0', 'run1', 'call0', 'call1'] as const;
  const mounts: Record<string, BenchCamera> = {};
  for (const gopS of gops)
    for (const kind of kinds) mounts[`${kind}-${gopS}`] = { camera: Object.keys(mounts).length + 1, gopS };
  const cameras = await startFarmOf(mounts);
  const wall = await startWall(cameras, {
    tiles: gops.map((gopS) => `run0-${gopS}`),
    onDemand: cameras.names.filter((name) => name.startsWith('call')),
    env: { CLERESTORY_WARM_S: '0' },
  });
  const browser = await startPlainBrowser();
  try {
    const page = await openPage(browser, wall);
    await loadOnce(page, wall.url, gops.length);
    const join = async (tile: number, camera: string) => {
      const before = await countsOf(page, tile);
      const commandMs = Date.now();
      await wall.api('PUT', `/walls/control-room/screens/left/tiles/${tile}`, { camera });
      const { pictureMs, posterMs } = await nextSeen(page, tile, before);
      return { picture: pictureMs - commandMs, something: Math.min(pictureMs, posterMs) - commandMs };
    };
    type Join = Awaited<ReturnType<typeof join>>;
    const found = gops.map(() => ({ running: [] as Join[], called: [] as Join[] }));
    for (let round = 0; round < running; round++)
      for (const [tile, gopS] of gops.entries()) {
        await page.waitForTimeout(pauseMs / gops.length);
        found[tile]?.running.push(await join(tile, `run${(round + 1) % 2}-${gopS}`));
      }
    for (let round = 0; round < called; round++) {
      await page.waitForTimeout(endedMs + pauseMs * round);
      const joins = gops.map((gopS, tile) => join(tile, `call${round % 2}-${gopS}`));
      for (const [tile, one] of (await Promise.all(joins)).entries()) found[tile]?.called.push(one);
    }
    return gops.flatMap((gopS, tile) =>
      (['running', 'called'] as const).flatMap((kind) => {
        const joins = found[tile]?.[kind] ?? [];
        return joins.length === 0 ? [] : [figuresOf(gopS, kind === 'running', joins)];
      }),
    );
  } finally {
    await browser.close();
    await wall.close();
    await cameras.close();
  }
}

function figuresOf(
  gopS: number,
  running: boolean,
  joins: readonly { picture: number; something: number }[],
): JoinFigures {
  const [pictures, something] = [joins.map((one) => one.picture), joins.map((one) => one.something)];
  return {
    ...{ gopS, running, joins: joins.length },
    pictureP50Ms: Math.round(percentile(pictures, 0.5)),
    pictureMaxMs: Math.round(Math.max(...pictures)),
    somethingP50Ms: Math.round(percentile(something, 0.5)),
    somethingMaxMs: Math.round(Math.max(...something)),
  };
}

export async function benchJoins(running: number, called: number): Promise<Table> {
  const figures = await measureJoins(running, called);
  return {
    name: 'joins',
    title: 'Another camera on a tile',
    note: 'Four tiles, the command over REST; milliseconds from the command until something of the camera is seen (a still or a moving picture), and until it moves. Not running: nobody watched, so that the camera is called first (RTSP), on all four tiles at once.',
    columns: [
      ...['key frame every', 'stream', 'joins', 'something p50 ms', 'worst ms'],
      ...['moving p50 ms', 'worst ms'],
    ],
    rows: figures.map((one) => [
      ...[`${one.gopS} s`, one.running ? 'running' : 'not running', one.joins],
      ...[one.somethingP50Ms, one.somethingMaxMs, one.pictureP50Ms, one.pictureMaxMs],
    ]),
    figures,
  };
}
