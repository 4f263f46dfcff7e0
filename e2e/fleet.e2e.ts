import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { cameraName, expect, test } from './support/city.ts';

test('the health of cameras and screens: what is down and why, and out as a table', async ({
  context,
  page,
  server,
}) => {
  await server.api('POST', '/cameras', {
    id: 'dark',
    number: 900,
    name: '=Dark corner',
    keep: 'always',
    source: { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/none' },
  });
  await page.goto(`${server.url}/fleet`);
  const row = page.locator('[data-fleet-camera="dark"]');
  await expect(row).toContainText('offline', { timeout: 60_000 });
  // The worst comes first.
  await expect(page.locator('[data-fleet-camera]').first()).toHaveAttribute('data-fleet-camera', 'dark');
  await expect(page.locator(`[data-fleet-camera="${cameraName(1)}"]`)).toBeVisible();
  const screen = page.locator('[data-fleet-screen="left"]');
  await expect(screen).toContainText('No window has shown it yet');
  // The page asks again by itself, but seldom.
  const says = (words: string) =>
    expect(async () => {
      await page.reload();
      await expect(screen).toContainText(words, { timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
  const left = await context.newPage();
  await left.goto(`${server.url}/screen/left`);
  await says('shown');
  await left.close();
  await says('Its page was closed');
  // How cameras did over the time, and how screens did.
  await expect(page.locator('.fleet-chart canvas')).toHaveCount(2);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Cameras', exact: true }).click();
  const text = readFileSync(await (await saved).path(), 'utf8');
  expect(text).toContain("900,'=Dark corner");
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  if (process.env['PICTURES']) await page.screenshot({ path: `${process.env['PICTURES']}/fleet.png` });
});
