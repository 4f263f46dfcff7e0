import type { Page } from '@playwright/test';
import type { ClockReading } from '@clerestory/demo-city/clock';
import { watchClocks } from '../../bench/pixels.ts';

/** What the frame clock in a tile's pixels says now, or null where no clock can be read. */
export async function readTile(page: Page, tile: number): Promise<ClockReading | null> {
  const looks = await watchClocks(page, 1, 1);
  return looks.find((look) => look.tile === String(tile))?.reading ?? null;
}
