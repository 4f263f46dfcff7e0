import { city } from '@clerestory/demo-city';
import { descendants, startServerProcess } from '../tools/harness/server-process.ts';
import { expect, expectState, test, tileAt } from './support/city.ts';
import { readTile } from './support/clock.ts';

test('the first start shows a city: scenes come up as they are drawn, and say so until then', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const server = await startServerProcess({ env: { CLERESTORY_DEMO: '1' } });
  const { cameras } = city();
  // The address that it prints leads to the wall, with nothing to fill in.
  await page.goto(`${server.url}/#wall`);
  await expect(page).toHaveURL(`${server.url}/screen/left`);
  await expect(page.locator('[data-tile]')).toHaveCount(16);
  await expect(tileAt(page, 15)).toContainText(/still being drawn/i, { timeout: 30_000 });
  await expectState(page, 0, 'live', 180_000);
  await expect.poll(async () => (await readTile(page, 0))?.camera).toBe((cameras[0]?.number ?? 0) & 255);
  await page.close();
  const below = descendants(server.pid);
  expect(below.length).toBeGreaterThan(1);
  await server.stop();
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  // An encoder that loses its input finishes what it has, then ends.
  await expect.poll(() => below.filter(isAlive), { timeout: 15_000 }).toEqual([]);
});
