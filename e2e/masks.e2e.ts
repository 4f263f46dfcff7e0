import type { Locator, Page } from '@playwright/test';
import { expect, expectState, test, tileAt } from './support/city.ts';
import { enter } from './support/sign-in.ts';

/** The colour of masks, but for coding. */
const painted = { red: 0x30, green: 0x36, blue: 0x3d };

/** Whether the moving picture of a tile shows the colour of masks there; null while there is no picture. */
const isPainted = (tile: Locator, x: number, y: number): Promise<boolean | null> =>
  tile.evaluate(
    (element, at) => {
      const video = element.querySelector<HTMLVideoElement>('video[data-shown]');
      if (element.getAttribute('data-picture') !== 'video' || !video || video.videoWidth === 0) return null;
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      const draw = canvas.getContext('2d');
      if (!draw) return null;
      draw.drawImage(video, 0, 0);
      const [red = 0, green = 0, blue = 0] = draw.getImageData(
        Math.floor(at.x * canvas.width),
        Math.floor(at.y * canvas.height),
        1,
        1,
      ).data;
      const off = [red - at.red, green - at.green, blue - at.blue].map(Math.abs);
      return Math.max(...off) <= 12;
    },
    { x, y, ...painted },
  );

async function openMasks(page: Page, url: string): Promise<Locator> {
  await page.goto(url);
  await page.locator('[data-camera-row="cam1"]').click();
  await page.getByRole('button', { name: 'Mask areas of Camera 1' }).click();
  const canvas = page.locator('.mask-canvas');
  await expect(canvas).toBeVisible();
  return canvas;
}

test('what a supervisor draws is hidden on every screen at once; only an administrator uncovers it', async ({
  browser,
  context,
  page,
  server,
}) => {
  await page.goto(`${server.url}/screen/left`);
  await expectState(page, 0, 'live');
  const tile = tileAt(page, 0);
  expect(await isPainted(tile, 0.2, 0.25)).toBe(false);

  const desk = await context.newPage();
  const canvas = await openMasks(desk, server.url);
  await expect(desk.locator('.masks .live-picture')).toHaveAttribute('data-state', 'live', {
    timeout: 30_000,
  });
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the picture is not there');
  const to = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await desk.mouse.move(...to(0.1, 0.1));
  await desk.mouse.down();
  await desk.mouse.move(...to(0.3, 0.4), { steps: 4 });
  await desk.mouse.up();
  await desk.getByRole('radio', { name: 'Polygon' }).click();
  for (const [x, y] of [
    [0.5, 0.5],
    [0.6, 0.1],
    [0.7, 0.5],
  ] as const)
    await desk.mouse.click(...to(x, y));
  await desk.keyboard.press('Enter');
  await expect(desk.locator('.mask-list li')).toHaveCount(2);
  // By keyboard, too: one more, moved down, made wider, and away again.
  await desk.getByRole('button', { name: 'Rectangle in the middle' }).click();
  await desk.getByRole('button', { name: /^Area 3/ }).focus();
  await desk.keyboard.press('ArrowDown');
  await desk.keyboard.press('Shift+ArrowRight');
  await expect(
    desk.getByRole('button', { name: 'Area 3: 40 % from the left, 41 % from the top, 21 % × 20 %' }),
  ).toBeFocused();
  await desk.keyboard.press('Delete');
  await expect(desk.locator('.mask-list li')).toHaveCount(2);
  if (process.env['SHOTS']) await desk.screenshot({ path: `${process.env['SHOTS']}/masks-drawn.png` });
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('2 areas are masked', { exact: true })).toBeVisible();

  // From now on no picture without them is on the tile: none, or a masked one.
  await expect.poll(() => isPainted(tile, 0.2, 0.25), { timeout: 20_000 }).toBe(true);
  for (const [x, y] of [
    [0.11, 0.12],
    [0.29, 0.38],
    [0.6, 0.2],
    [0.53, 0.48],
  ] as const)
    expect(await isPainted(tile, x, y)).toBe(true);
  expect(await isPainted(tile, 0.9, 0.2)).toBe(false);
  await expectState(page, 0, 'live');
  await expect(tile).toContainText('Some areas are masked');

  await openMasks(desk, server.url);
  await expect(desk.locator('.mask-list button:disabled')).toHaveCount(2);
  await expect(desk.getByText(/Now: 0\.\d\d of a core for the main stream/)).toBeVisible({ timeout: 20_000 });
  if (process.env['SHOTS']) await desk.screenshot({ path: `${process.env['SHOTS']}/masks-kept.png` });
  await desk.close();

  const office = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  await enter(office, server, 'administrator');
  const admin = await office.newPage();
  await openMasks(admin, server.url);
  await expect(
    admin.getByText('Your role sees no pictures: the areas stand in an empty frame.'),
  ).toBeVisible();
  if (process.env['SHOTS']) await admin.screenshot({ path: `${process.env['SHOTS']}/masks-admin.png` });
  await admin.getByRole('button', { name: 'Remove area 1' }).click();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('1 area is masked', { exact: true })).toBeVisible();
  await expect.poll(() => isPainted(tile, 0.2, 0.25), { timeout: 20_000 }).toBe(false);
  expect(await isPainted(tile, 0.6, 0.3)).toBe(true);
  await office.close();
});
