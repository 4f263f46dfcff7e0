import { startCameras } from './cameras.ts';
import { startDesignA } from './design-a.ts';
import { startWall } from './design-wall.ts';
import type { Design } from './design.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser, type BenchPage, type PlainBrowser } from './plain-browser.ts';
import type { Table } from './table.ts';

/** One load of a page of tiles, milliseconds from the start of its navigation; null where it never came. */
export interface Load {
  /** The pushed state's socket was asked for; the pictures' socket was asked for; it was open. */
  stateSocketMs: number | null;
  pushSocketMs: number | null;
  pushOpenMs: number | null;
  /** First bytes of video. */
  firstChunkMs: number | null;
  /** Posters on show, the first and the last of them; null where no poster came before the picture. */
  firstPosterMs: number | null;
  /** A frame on the first tile, and on all. */
  firstPictureMs: number | null;
  allPicturesMs: number | null;
}

const loadTimeoutMs = 30_000;
/** By then a page that was left is gone. */
const restMs = 2_000;

/** Something that a tile showed, milliseconds since the start of the page. */
export interface Seen {
  tile: string;
  atMs: number;
}

/** Notes when sockets open and when each video has shown its first frame; runs before the page's own scripts. */
function watchLoad(): void {
  const seen = {
    sockets: [] as { url: string; atMs: number; openMs: number | null; bytesMs: number | null }[],
    posters: [] as Seen[],
    pictures: [] as Seen[],
  };
  const note = (list: Seen[], element: Element) =>
    list.push({
      tile: element.closest('[data-tile]')?.getAttribute('data-tile') ?? '',
      atMs: performance.now(),
    });
  Object.assign(window, { benchLoad: seen });
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      const entry = {
        url: String(url),
        atMs: performance.now(),
        openMs: null as number | null,
        bytesMs: null as number | null,
      };
      seen.sockets.push(entry);
      this.addEventListener('open', () => (entry.openMs = performance.now()));
      const heard = (event: MessageEvent) => {
        if (typeof event.data === 'string') return;
        entry.bytesMs = performance.now();
        this.removeEventListener('message', heard);
      };
      this.addEventListener('message', heard);
    }
  };
  const known = new WeakSet<Element>();
  new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        if (node instanceof HTMLImageElement && node.className === 'tile__poster') note(seen.posters, node);
        const videos = node instanceof HTMLVideoElement ? [node] : [...node.querySelectorAll('video')];
        for (const video of videos) {
          if (known.has(video)) continue;
          known.add(video);
          video.requestVideoFrameCallback(() => note(seen.pictures, video));
        }
      }
  }).observe(document, { childList: true, subtree: true });
}

/** Loads `url` and waits until `tiles` tiles have shown a frame. */
export async function loadOnce(page: BenchPage, url: string, tiles: number): Promise<Load> {
  await page.goto(url);
  await page.waitForFunction(
    (count) =>
      (window as unknown as { benchLoad?: { pictures: Seen[] } }).benchLoad?.pictures.length === count,
    tiles,
    { timeout: loadTimeoutMs, polling: 50 },
  );
  return page.evaluate(() => {
    const { sockets, posters, pictures } = (
      window as unknown as {
        benchLoad: {
          sockets: { url: string; atMs: number; openMs: number | null; bytesMs: number | null }[];
          posters: Seen[];
          pictures: Seen[];
        };
      }
    ).benchLoad;
    const push = sockets.find(({ url }) => url.endsWith('/push'));
    return {
      stateSocketMs: sockets.find(({ url }) => url.includes('/socket.io/'))?.atMs ?? null,
      pushSocketMs: push?.atMs ?? null,
      pushOpenMs: push?.openMs ?? null,
      firstChunkMs: push?.bytesMs ?? null,
      firstPosterMs: posters[0]?.atMs ?? null,
      firstPictureMs: pictures[0]?.atMs ?? null,
      allPicturesMs: pictures.at(-1)?.atMs ?? null,
    };
  });
}

/** A page whose loads and joins are watched. */
export async function openPage(browser: PlainBrowser, design: Pick<Design, 'enter'>): Promise<BenchPage> {
  const page = await browser.open(design);
  await page.addInitScript(watchLoad);
  return page;
}

const medianLoad = (loads: readonly Load[]): Load =>
  Object.fromEntries(
    Object.keys(loads[0] ?? {}).map((key) => {
      const values = loads.map((load) => load[key as keyof Load]).filter((value) => value !== null);
      return [key, values.length === 0 ? null : Math.round(percentile(values, 0.5))];
    }),
  ) as unknown as Load;

/**
 * First pictures of a page of tiles whose streams run already: in a browser that has never seen the page (`cold`), and
 * in one that has (`warm`). Medians of `loads` each.
 */
export async function firstPictures(
  design: Pick<Design, 'enter' | 'url'>,
  tiles: number,
  loads: number,
): Promise<{ cold: Load; warm: Load }> {
  const [cold, warm]: [Load[], Load[]] = [[], []];
  for (let index = 0; index < loads; index++) {
    const browser = await startPlainBrowser();
    try {
      const page = await openPage(browser, design);
      cold.push(await loadOnce(page, design.url, tiles));
      await page.goto('about:blank');
      // Else the end of sixteen players is measured with the beginning of sixteen others.
      await page.waitForTimeout(restMs);
      warm.push(await loadOnce(page, design.url, tiles));
    } finally {
      await browser.close();
    }
  }
  return { cold: medianLoad(cold), warm: medianLoad(warm) };
}

/** Loads of each design's page of `tiles` tiles, on the same cameras. */
export async function benchLoads(tiles: number, loads: number): Promise<Table> {
  const cameras = await startCameras(tiles);
  const rows: (string | number)[][] = [];
  const figures: Record<string, unknown> = {};
  try {
    for (const start of [startDesignA, startWall]) {
      const design = await start(cameras);
      try {
        const found = await firstPictures(design, tiles, loads);
        const name = design.name.startsWith('A') ? 'A' : design.name;
        figures[name] = found;
        for (const [browser, load] of [
          ['new', found.cold],
          ['knows the page', found.warm],
        ] as const)
          rows.push([
            ...[name, browser],
            ...[load.pushOpenMs, load.firstChunkMs, load.firstPictureMs, load.allPicturesMs].map(
              (ms) => ms ?? '',
            ),
          ]);
      } finally {
        await design.close();
      }
    }
  } finally {
    await cameras.close();
  }
  return {
    name: 'loads',
    title: `Opening a page of ${tiles} tiles`,
    note: `Streams run already; milliseconds from the start of the navigation; medians of ${loads} loads each.`,
    columns: ['design', 'browser', 'push socket open', 'first bytes', 'first picture', 'all pictures'],
    rows,
    figures,
  };
}
