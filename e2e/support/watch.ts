import type { Page } from '@playwright/test';

/** One tile from one instant on, until its next line in the record. */
export interface TileMoment {
  tile: number;
  /** Unix ms of this machine. */
  atMs: number;
  state: string;
  picture: string;
  reason: string;
  camera: string;
}

/** What the tiles of a page said, instant by instant, however late a test asks. */
export interface TileRecord {
  /** All moments up to now, in order. */
  read(): Promise<TileMoment[]>;
}

/** Records every change of every tile from now on, in the page itself: no change is too short to be seen. */
export async function recordTiles(page: Page): Promise<TileRecord> {
  const record = await page.evaluateHandle(() => {
    const moments: TileMoment[] = [];
    const note = (tile: HTMLElement) => {
      const { state = '', picture = '', reason = '', camera = '' } = tile.dataset;
      moments.push({ tile: Number(tile.dataset['tile']), atMs: Date.now(), state, picture, reason, camera });
    };
    document.querySelectorAll<HTMLElement>('[data-tile]').forEach(note);
    new MutationObserver((changes) => {
      const tiles = new Set(changes.map(({ target }) => target));
      for (const tile of tiles) if (tile instanceof HTMLElement && tile.dataset['tile']) note(tile);
    }).observe(document.body, {
      subtree: true,
      attributeFilter: ['data-state', 'data-picture', 'data-reason', 'data-camera'],
    });
    return moments;
  });
  return { read: () => record.evaluate((moments) => moments) };
}

/** How long after `fromMs` the tile first was as `wanted` says, ms; Infinity when it never was. */
export function firstAfter(
  moments: readonly TileMoment[],
  tile: number,
  fromMs: number,
  wanted: (moment: TileMoment) => boolean,
): number {
  const found = moments.find((moment) => moment.tile === tile && moment.atMs >= fromMs && wanted(moment));
  return found ? found.atMs - fromMs : Infinity;
}

/** States of one tile since `fromMs`, the one it then had included, without repetitions. */
export function statesSince(moments: readonly TileMoment[], tile: number, fromMs: number): string[] {
  const own = moments.filter((moment) => moment.tile === tile);
  const before = own.findLast(({ atMs }) => atMs < fromMs);
  const states = [...(before ? [before] : []), ...own.filter(({ atMs }) => atMs >= fromMs)].map(
    ({ state }) => state,
  );
  return states.filter((state, index) => state !== states[index - 1]);
}
