import type { Page } from '@playwright/test';
import { startCameras } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { launch, loadOnce, openPage } from './first-pictures.ts';
import { percentile } from './pixels.ts';

/** Another camera on a tile: milliseconds from the command until something of it is seen. */
export interface JoinFigures {
  /** Seconds between the cameras' key frames. */
  gopS: number;
  joins: number;
  /** Moving pictures; p50, worst. */
  pictureP50Ms: number;
  pictureMaxMs: number;
  /** Whichever came first, still or moving picture; p50, worst. */
  somethingP50Ms: number;
  somethingMaxMs: number;
}

const joinTimeoutMs = 20_000;
/** Pause between joins, so that each falls elsewhere between two key frames. */
const pauseMs = 730;

interface Seen {
  posters: number[];
  pictures: number[];
}

/** Unix ms at which the next picture, and the next still, were shown after `before`. */
async function nextSeen(page: Page, before: { posters: number; pictures: number }) {
  await page.waitForFunction(
    (count) => (window as unknown as { benchLoad: Seen }).benchLoad.pictures.length > count,
    before.pictures,
    { timeout: joinTimeoutMs, polling: 20 },
  );
  return page.evaluate(({ posters, pictures }) => {
    const seen = (window as unknown as { benchLoad: Seen }).benchLoad;
    const unixMs = (atMs: number | undefined) =>
      atMs === undefined ? Infinity : performance.timeOrigin + atMs;
    return { pictureMs: unixMs(seen.pictures[pictures]), posterMs: unixMs(seen.posters[posters]) };
  }, before);
}

/** Puts one of two running cameras after the other on the first of four tiles, `joins` times. */
export async function measureJoins(gopS: number, joins: number): Promise<JoinFigures> {
  const cameras = await startCameras(4, gopS);
  const wall = await startWall(cameras);
  const browser = await launch();
  try {
    const page = await openPage(browser, wall);
    await loadOnce(page, wall.url, cameras.names.length);
    const pictures: number[] = [];
    const something: number[] = [];
    for (let join = 0; join < joins; join++) {
      await page.waitForTimeout(pauseMs);
      const before = await page.evaluate(() => {
        const { posters, pictures } = (window as unknown as { benchLoad: Seen }).benchLoad;
        return { posters: posters.length, pictures: pictures.length };
      });
      const commandMs = Date.now();
      await wall.api('PUT', '/walls/control-room/screens/left/tiles/0', {
        camera: cameras.names[(join + 1) % 2],
      });
      const { pictureMs, posterMs } = await nextSeen(page, before);
      pictures.push(pictureMs - commandMs);
      something.push(Math.min(pictureMs, posterMs) - commandMs);
    }
    return {
      gopS,
      joins,
      pictureP50Ms: Math.round(percentile(pictures, 0.5)),
      pictureMaxMs: Math.round(Math.max(...pictures)),
      somethingP50Ms: Math.round(percentile(something, 0.5)),
      somethingMaxMs: Math.round(Math.max(...something)),
    };
  } finally {
    await browser.close();
    await wall.close();
    await cameras.close();
  }
}
