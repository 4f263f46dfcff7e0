import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { cameraName, expect, test, tileAt } from './support/city.ts';
import { barriersOn } from './support/barriers.ts';

const openWindow = async (page: Page, url: string, number = 1) => {
  await page.goto(`${url}/workstation/${number}`);
  await expect(page.locator('[data-work-tile="0"]')).toBeVisible();
};
const bringUp = async (page: Page, tile: number, camera: number) => {
  await page.keyboard.type(`${tile + 1}.${100 + camera}`);
  await page.keyboard.press('Enter');
  await expect(tileAt(page, tile)).toHaveAttribute('data-camera', cameraName(camera));
};
/** The record as an auditor reads it. */
async function readRecord(server: ServerProcess) {
  await addPerson(await server.signedIn('administrator'), 'ora', ['auditor']);
  const auditor = new Browser(server.url);
  await auditor.signIn('ora');
  return async <D>(kind: string): Promise<D[]> =>
    (await auditor.call('GET', `/record?kind=${kind}`)).body.items.map(({ detail }: { detail: D }) => detail);
}
/** For whoever wants to look at it. */
const picture = async (page: Page, name: string) => {
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
};
/** Of the caption below the picture of a camera of the farm, how many pixels are as bright as its words. */
const brightInFoot = (page: Page, png: Buffer) =>
  page.evaluate(
    async ([base64, height]) => {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
      if (!pen || image.height <= height) return 0;
      pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, height, image.width, image.height - height);
      return data.filter((value, at) => at % 4 === 0 && value > 150).length;
    },
    [png.toString('base64'), 360] as const,
  );
const isLive = (page: Page, tile: number) =>
  expect(tileAt(page, tile)).toHaveAttribute('data-state', 'live', { timeout: 60_000 });

test('an operator works without a mouse: call up, enlarge, replay, take a picture, mark, push, pull', async ({
  page,
  server,
}) => {
  await openWindow(page, server.url);
  await bringUp(page, 0, 1);
  await bringUp(page, 1, 2);
  await isLive(page, 0);
  await isLive(page, 1);
  // Each tile says when its picture was captured.
  for (const tile of [0, 1]) {
    const time = tileAt(page, tile).locator('.tile__time');
    await expect(time).toHaveText(/^\d\d:\d\d:\d\d$/);
    const awayMs = await time.evaluate((element) => {
      const shown = new Date();
      const [hours = 0, minutes = 0, seconds = 0] = element.textContent.split(':').map(Number);
      shown.setHours(hours, minutes, seconds);
      return Math.abs(Date.now() - shown.getTime());
    });
    expect(awayMs).toBeLessThan(10_000);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.work-tile[data-chosen]')).toHaveCount(1);

  // Tile 1, enlarged and back; then its picture, enlarged, looked around in, whole.
  await page.keyboard.press('f');
  await expect(page.locator('.work-grid')).toHaveAttribute('data-maximised', '0');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const zoom = page.locator('.work-tile').first();
  await expect(zoom).toHaveAttribute('data-zoom', '1.56');
  const stage = tileAt(page, 0).locator('.tile__stage');
  const before = await stage.evaluate((element) => getComputedStyle(element).transform);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => stage.evaluate((element) => getComputedStyle(element).transform)).not.toBe(before);
  await page.keyboard.press('Home');
  await expect(zoom).toHaveAttribute('data-zoom', '1.00');
  await page.keyboard.press('f');
  await expect(page.locator('.work-grid')).toHaveAttribute('data-maximised', '');

  // The last seconds again: never called live, and one key back.
  await page.keyboard.press('r');
  await expect(tileAt(page, 0)).toHaveAttribute('data-state', 'replay');
  await expect(page.locator('.replay-bar')).toHaveAttribute('data-replay', 'playing', { timeout: 20_000 });
  await expect(tileAt(page, 0).locator('.tile__chip')).toHaveText(/REPLAY \d\d:\d\d:\d\d/);
  await expect(tileAt(page, 0).getByText('live', { exact: true })).toHaveCount(0);
  await picture(page, 'replay');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press(' ');
  await expect(page.locator('.replay-bar')).toHaveAttribute('data-replay', 'paused');
  await page.keyboard.press('r');
  await isLive(page, 0);

  await picture(page, 'window');
  // A picture, whose hash the record knows.
  const saved = page.waitForEvent('download');
  await page.keyboard.press('s');
  const file = await saved;
  const bytes = readFileSync(await file.path());
  const hash = createHash('sha256').update(bytes).digest('hex');
  expect(await brightInFoot(page, bytes)).toBeGreaterThan(300);
  expect(file.suggestedFilename()).toMatch(/^101-Camera-1_.*\.png$/);
  await expect(page.getByText(`SHA-256 ${hash}`).first()).toBeVisible();
  const record = await readRecord(server);
  expect(await record('snapshot-taken')).toMatchObject([{ sha256: hash, seen: 'live' }]);

  await page.keyboard.press('k');
  await page.getByLabel('Note').fill('Van stops');
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast-title', { hasText: 'Marked 101 Camera 1' })).toBeVisible();

  // Up to the room's wall, and down from it.
  await page.keyboard.press('u');
  await expect(page.locator('[data-room-tile="right/0"]')).toBeVisible();
  await picture(page, 'push');
  await page.keyboard.type('3.1');
  await expect(page.getByText('→ Right, tile 1')).toBeVisible();
  expect(await barriersOn(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page.locator('.toast-title', { hasText: /^On .*, tile 1$/ })).toBeVisible();
  const tile = () =>
    server.api<{ assignment: { camera: string } | null }>('GET', '/walls/control-room/screens/right/tiles/0');
  expect((await tile()).assignment?.camera).toBe(cameraName(1));
  await page.keyboard.press('d');
  await expect(page.locator('[data-room-tile="left/0"]')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(4));

  // What reached beyond the window is told, by whom and how.
  await expect
    .poll(async () => (await record<{ command: string }>('command-run')).map(({ command }) => command))
    .toEqual(expect.arrayContaining(['call-up.take', 'replay.begin', 'picture.snapshot']));
});

test('the palette finds commands, cameras and layouts; the window is the same again', async ({
  page,
  server,
}) => {
  // The clock of this machine is an hour behind that of the server, which counts.
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - 3_600_000;
  });
  await openWindow(page, server.url);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('camera 3');
  await page.locator(`[data-palette="camera-${cameraName(3)}"]`).click();
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(3));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('layout 3 × 3');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-work-tile]')).toHaveCount(9);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('fill the window');
  await page.keyboard.press('Enter');
  await expect(page.locator('.work-grid')).toHaveAttribute('data-maximised', /\d/);
  await page.keyboard.press('Control+k');
  await picture(page, 'palette');
  expect(await barriersOn(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(page.locator('[data-work-tile]')).toHaveCount(9);
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(3));

  // Cameras take turns in a window as on a screen.
  await tileAt(page, 4).click();
  await page.keyboard.press('t');
  const tour = page.getByRole('dialog');
  await tour.getByLabel('Camera numbers, in order').fill('101-102');
  await tour.getByLabel('Seconds for each').fill('5');
  await tour.getByRole('button', { name: 'Begin the tour' }).click();
  await expect(tileAt(page, 4)).toHaveAttribute('data-camera', cameraName(1));
  await expect(tileAt(page, 4)).toHaveAttribute('data-camera', cameraName(2));
  // The room's list of walls has nothing of it.
  const { items } = await server.api<{ items: { id: string }[] }>('GET', '/walls');
  expect(items.map(({ id }) => id)).toEqual(['control-room']);
});

test('the camera list by tag, with favourites and a search that is kept, wherever one signs in', async ({
  page,
  server,
}) => {
  const row = (n: number) => page.locator(`[data-camera-row="${cameraName(n)}"]`);
  await page.goto(server.url);
  await row(1).click();
  await page.keyboard.press('v');
  await expect(row(1).getByLabel('favourite')).toBeVisible();
  await page.getByRole('button', { name: 'favourites' }).click();
  await expect(row(2)).toBeHidden();
  await page.getByRole('button', { name: 'keep this search' }).click();
  await page.getByLabel('Name of the search').fill('Mine');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^By / }).click();
  await page.getByRole('menuitemradio', { name: 'Tag', exact: true }).click();
  await expect(page.locator('[data-group="Without a tag"]')).toBeVisible();

  await page.reload();
  await expect(page.locator('[data-group="Without a tag"]')).toBeVisible();
  await expect(row(2)).toBeVisible();
  // By keys alone: the group that one is in closes and opens, from the empty search field too.
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect(row(2)).toBeHidden();
  await page.keyboard.press('ArrowRight');
  await expect(row(2)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Mine', exact: true }).click();
  await expect(row(2)).toBeHidden();
  await expect(row(1)).toBeVisible();
  await picture(page, 'console');

  // The windows of one's own are a key away.
  await page.keyboard.press('w');
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Open window 2' }).click();
  await expect(await opened).toHaveURL(`${server.url}/workstation/2`);
  await expect((await opened).locator('[data-work-tile="0"]')).toBeVisible();
});

test('by mouse: the wheel enlarges where it points, dragging looks around, a double click fills the window, the menu', async ({
  page,
  server,
}) => {
  await openWindow(page, server.url);
  await bringUp(page, 0, 1);
  await isLive(page, 0);
  const tile = page.locator('.work-tile').first();
  const stage = tileAt(page, 0).locator('.tile__stage');
  const place = () => stage.evaluate((element) => getComputedStyle(element).transform);
  const box = await tile.boundingBox();
  if (!box) throw new Error('there is no tile');
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 4);
  await page.mouse.wheel(0, -100);
  await page.mouse.wheel(0, -100);
  await expect(tile).toHaveAttribute('data-zoom', '1.56');
  const before = await place();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 8, box.y + box.height / 8, { steps: 4 });
  await page.mouse.up();
  await expect.poll(place).not.toBe(before);
  await page.mouse.wheel(0, 1_000);
  await page.mouse.wheel(0, 1_000);
  await expect(tile).toHaveAttribute('data-zoom', '1.00');
  await tile.dblclick({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect(page.locator('.work-grid')).toHaveAttribute('data-maximised', '0');
  await page.keyboard.press('f');

  // Visitors: this window stands in the room as well, and the key means all of it.
  await server.api('POST', '/camera-groups', { name: 'School', cameras: [cameraName(1)], restricted: true });
  await page.keyboard.press('*');
  await expect(tile.getByText('Hidden while visitors are in the room')).toBeVisible();
  await expect(tileAt(page, 0).locator('video')).toHaveCount(0);
  await picture(page, 'visitors');
  const room = () => server.api<{ visitors?: { name: string } }>('GET', '/walls/control-room');
  await expect.poll(async () => (await room()).visitors).toBeDefined();
  await server.api('POST', '/walls/control-room/commands', { type: 'visitors:show' });
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', cameraName(1));

  await tile.click({ button: 'right', position: { x: box.width / 2, y: box.height / 2 } });
  await page.getByRole('menuitem', { name: 'Clear the tile' }).click();
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', '');
});
