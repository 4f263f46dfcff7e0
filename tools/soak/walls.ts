import { chromium, type BrowserServer, type CDPSession, type Page } from '@playwright/test';
import config from '../../playwright.config.ts';
import { latencyMs, watchClocks } from '../../bench/pixels.ts';
import { enter } from '../../e2e/support/sign-in.ts';
import { descendants, type ServerProcess } from '../harness/server-process.ts';
import type { Farm } from '../rtsp-farm/farm.ts';
import { vitalsOf, type Vitals } from './vitals.ts';

/** A tile as it was at one look. */
export interface TileLook {
  tile: number;
  state: string;
  /** Number of the camera that the tile says it shows. */
  assigned: number | null;
  /** Of its own frame clock; null where none could be read. */
  camera: number | null;
  latencyMs: number | null;
}

export interface WallLook {
  tiles: TileLook[];
  heapMb: number;
  nodes: number;
  browser: Vitals;
}

/** A real browser of its own that shows one screen. */
export interface SoakWall {
  screen: string;
  /** `vitals`: what the page holds is counted too, garbage collected. */
  look(vitals: boolean): Promise<WallLook>;
  close(): Promise<void>;
}

/** Opens `/screen/<screen>` in a Chromium of its own. */
export async function openWall(server: ServerProcess, screen: string, farm: Farm): Promise<SoakWall> {
  const { args = [], ...launch } = config.use?.launchOptions ?? {};
  const own = await chromium.launchServer({
    ...launch,
    // On a machine that is busy for seconds Chromium would take its drawing process for hung, and at last end itself.
    args: [...args, '--disable-gpu-watchdog', '--disable-hang-monitor'],
    headless: true,
  });
  try {
    const browser = await chromium.connect(own.wsEndpoint());
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    await enter(context, server);
    const page = await context.newPage();
    await page.goto(`${server.url}/screen/${screen}`);
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    return {
      screen,
      look: (vitals) => look(page, session, own, farm, vitals),
      async close() {
        await browser.close().catch(() => undefined);
        await own.close();
      },
    };
  } catch (fault) {
    await own.close();
    throw fault;
  }
}

async function look(
  page: Page,
  session: CDPSession,
  own: BrowserServer,
  farm: Farm,
  vitals: boolean,
): Promise<WallLook> {
  // State and pixels are two looks: a tile counts as it was before, if it is still so after.
  const states = () =>
    page.locator('[data-tile]').evaluateAll((tiles) =>
      tiles.map((tile) => ({
        tile: Number(tile.getAttribute('data-tile')),
        state: tile.getAttribute('data-state') ?? '',
        camera: tile.getAttribute('data-camera') ?? '',
      })),
    );
  const before = await states();
  const clocks = await watchClocks(page, 1, 1);
  const after = await states();
  if (vitals) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  const pid = own.process().pid ?? 0;
  return {
    tiles: before.map(({ tile, state, camera }) => {
      const clock = clocks.find((one) => one.tile === String(tile));
      const same = after.some((one) => one.tile === tile && one.state === state && one.camera === camera);
      return {
        tile,
        state: same ? state : 'changing',
        assigned: Number(/^cam(\d+)$/.exec(camera)?.[1]) || null,
        camera: clock?.reading.camera ?? null,
        latencyMs: clock ? latencyMs(clock, farm.t0(`cam${clock.reading.camera}`)) : null,
      };
    }),
    heapMb: metric('JSHeapUsedSize') / 2 ** 20,
    nodes: metric('Nodes'),
    browser: vitalsOf([pid, ...descendants(pid)]),
  };
}
