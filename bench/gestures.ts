import { chromium, type Page } from '@playwright/test';
import config from '../playwright.config.ts';
import { startFarmOf, type BenchCamera } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { openPage, loadOnce } from './first-pictures.ts';
import { countsOf, nextSeen } from './joins.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser } from './plain-browser.ts';
import type { Table } from './table.ts';

/** A camera put on a tile at the console, until it is seen on the screen in the room: milliseconds. */
export interface GestureFigures {
  gesture: 'click' | 'drop' | 'scene key';
  tries: number;
  /** Something of the camera (still or moving picture). */
  somethingP50Ms: number;
  somethingP99Ms: number;
  /** Its moving picture. */
  pictureP50Ms: number;
  pictureP99Ms: number;
}

const tiles = 4;
/** Pause before a gesture, and up to as much again by chance, so that gestures fall anywhere between two key frames. */
const pauseMs = 730;

/** Notes when the last click, drop or key came in, Unix ms; before anything of the page hears of it. */
function watchGestures(): void {
  const note = (event: Event) =>
    Object.assign(window, { benchGestureMs: performance.timeOrigin + event.timeStamp });
  for (const kind of ['click', 'drop', 'keydown']) window.addEventListener(kind, note, { capture: true });
}
const gestureMs = (page: Page) =>
  page.evaluate(() => (window as unknown as { benchGestureMs: number }).benchGestureMs);

/** A console in one browser, a screen of four tiles in another; every stream runs already. */
export async function measureGestures(tries: number): Promise<GestureFigures[]> {
  const mounts: Record<string, BenchCamera> = {};
  for (let n = 1; n <= tiles * 2; n++) mounts[`cam${n}`] = { camera: n, gopS: 1 };
  const cameras = await startFarmOf(mounts);
  const wall = await startWall(cameras, { tiles: cameras.names.slice(0, tiles) });
  const [room, desk] = await Promise.all([
    startPlainBrowser(),
    chromium.launch({ ...config.use?.launchOptions, headless: true }),
  ]);
  try {
    const commands = '/walls/control-room/commands';
    const scene = (id: string, key: string) =>
      wall.api('POST', commands, { type: 'scene:save', scene: id, name: id, key, screens: ['left'] });
    const second = cameras.names.slice(tiles);
    await scene('first', 'F1');
    await wall.api('POST', commands, {
      ...{ type: 'screen:fill', screen: 'left', cameras: second, mode: 'replace' },
    });
    await scene('second', 'F2');
    await wall.api('POST', commands, { type: 'scene:apply', scene: 'first' });
    const screen = await openPage(room, wall);
    await loadOnce(screen, wall.url, tiles);
    const context = await desk.newContext({ viewport: { width: 1920, height: 1080 } });
    await wall.enter(context);
    const page = await context.newPage();
    await page.addInitScript(watchGestures);
    await page.goto(new URL('/', wall.url).href);
    const row = (camera: string) => page.locator(`[data-camera-row="${camera}"]`);
    const on = (tile: number) => page.locator(`[data-stage] [data-screen="left"][data-tile="${tile}"]`);
    await page.locator('[data-mini="left"]').click();

    const once = async (watched: number, gesture: () => Promise<unknown>) => {
      await page.waitForTimeout(pauseMs + Math.random() * pauseMs);
      const before = await countsOf(screen, watched);
      const seen = nextSeen(screen, watched, before);
      await gesture();
      const { pictureMs, posterMs } = await seen;
      const fromMs = await gestureMs(page);
      return { picture: pictureMs - fromMs, something: Math.min(pictureMs, posterMs) - fromMs };
    };
    const figures: GestureFigures[] = [];
    const measure = async (
      gesture: GestureFigures['gesture'],
      one: (n: number, tile: number, camera: string) => ReturnType<typeof once>,
    ) => {
      const found: Awaited<ReturnType<typeof once>>[] = [];
      for (let n = 0; n < tries; n++) {
        const tile = n % tiles;
        const round = Math.floor(n / tiles);
        // Each round the other half of the cameras.
        found.push(await one(n, tile, `cam${1 + tile + (round % 2 === 0 ? tiles : 0)}`));
      }
      const of = (share: number, kind: 'picture' | 'something') =>
        Math.round(
          percentile(
            found.map((each) => each[kind]),
            share,
          ),
        );
      figures.push({
        ...{ gesture, tries },
        ...{ somethingP50Ms: of(0.5, 'something'), somethingP99Ms: of(0.99, 'something') },
        ...{ pictureP50Ms: of(0.5, 'picture'), pictureP99Ms: of(0.99, 'picture') },
      });
      await wall.api('POST', commands, { type: 'scene:apply', scene: 'first' });
    };
    await measure('click', async (_, tile, camera) => {
      await page.keyboard.press('Escape');
      await on(tile).click();
      return once(tile, () => row(camera).click());
    });
    await page.keyboard.press('Escape');
    await measure('drop', (_, tile, camera) => once(tile, () => row(camera).dragTo(on(tile))));
    await measure('scene key', (n, tile) => once(tile, () => page.keyboard.press(n % 2 === 0 ? 'F2' : 'F1')));
    return figures;
  } finally {
    await Promise.all([room.close(), desk.close()]);
    await wall.close();
    await cameras.close();
  }
}

export async function benchGestures(tries: number): Promise<Table> {
  const figures = await measureGestures(tries);
  return {
    name: 'gestures',
    title: 'From the hand to the picture on another screen',
    note: `A console in one browser, a screen of ${tiles} tiles in another, on one machine; milliseconds from the event that the console's browser reports (click on a camera, drop on a tile, key of a scene) until the screen's tile shows something of the new camera, and until it moves. Every stream runs; key frames each second.`,
    columns: ['gesture', 'tries', 'something p50 ms', 'p99 ms', 'moving p50 ms', 'p99 ms'],
    rows: figures.map((one) => [
      ...[one.gesture, one.tries, one.somethingP50Ms, one.somethingP99Ms],
      ...[one.pictureP50Ms, one.pictureP99Ms],
    ]),
    figures,
  };
}
