import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { startOnvifCamera } from '../tools/onvif-camera/camera.ts';
import { cameraName, expect, test } from './support/city.ts';

test('the health of cameras and screens: what is down and why, and out as a table', async ({
  context,
  farm,
  page,
  server,
}) => {
  // A real device, whose clock is two and a half hours slow.
  const dome = await startOnvifCamera({ model: { clockSkewMs: -150 * 60_000 } });
  for (const profile of dome.model.profiles) profile.uri = farm.url(cameraName(1));
  const { probe } = await server.api<{ probe: string }>('POST', '/onvif/probe', { address: dome.host });
  await server.api('POST', '/onvif/cameras', { probe, id: 'dome', number: 901, name: 'Dome', sub: null });
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
  const says = (words: string, line = screen) =>
    expect(async () => {
      await page.reload();
      await expect(line).toContainText(words, { timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
  await says('clock 150 min behind', page.locator('[data-fleet-camera="dome"]'));
  await expect(page.getByText(/^clock \d/)).toHaveCount(1);
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
  await dome.close();
  if (process.env['PICTURES']) await page.screenshot({ path: `${process.env['PICTURES']}/fleet.png` });
});
