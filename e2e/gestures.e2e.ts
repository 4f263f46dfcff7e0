import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { ClientCommand } from '@clerestory/protocol';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { cameraName, expect } from './support/city.ts';
import { camerasOn, open, row, showing, stageTile, test } from './support/still-city.ts';

/** Which of the farm's cameras are on a screen, by number; 0: none. */
const onScreen = async (server: ServerProcess, screen: string): Promise<number[]> => {
  const { screens } = await server.api<{
    screens: { id: string; layout: string; tiles: Record<string, { camera: string }> }[];
  }>('GET', '/walls/control-room');
  const tiles = screens.find(({ id }) => id === screen)?.tiles ?? {};
  return [0, 1, 2, 3].map((tile) => Number(tiles[String(tile)]?.camera.replace(/\D/g, '') ?? 0));
};
const expectOn = (server: ServerProcess, screen: string, ...wanted: number[]) =>
  expect.poll(() => onScreen(server, screen)).toEqual(wanted);
/** Longer than a turn of five seconds. */
const standsStill = async (now: () => Promise<string | null>) => {
  const before = await now();
  const until = Date.now() + 7_000;
  await expect.poll(() => Date.now() > until, { timeout: 10_000, intervals: [500] }).toBe(true);
  expect(await now()).toBe(before);
};
const choose = (page: Page, item: string) => page.getByRole('menuitem', { name: item }).click();

test('by hand: dropped on a screen, many at once, a tile’s menu, back and on, the hot spot', async ({
  context,
  server,
}) => {
  for (const screen of ['centre', 'right'])
    await server.api('PUT', `/walls/control-room/screens/${screen}/layout`, { layout: '4' });
  const page = await context.newPage();
  await open(page, server.url);

  // On the name of a screen: its next free tile, whichever that is by now.
  for (const n of [3, 1]) await row(page, cameraName(n)).dragTo(page.locator('[data-mini="centre"]'));
  await expectOn(server, 'centre', 3, 1, 0, 0);
  // From tile to tile they change places.
  await page.locator('[data-mini="centre"]').click();
  await stageTile(page, 'centre', 0).dragTo(stageTile(page, 'centre', 3));
  await expectOn(server, 'centre', 0, 1, 0, 3);

  // Many, chosen one by one, fill the screen in that order.
  await page.locator('[data-mini="right"]').click();
  for (const n of [4, 2, 3]) await row(page, cameraName(n)).click({ modifiers: ['Control'] });
  await page.keyboard.press('Insert');
  await expectOn(server, 'right', 4, 2, 3, 0);

  // What a tile showed before is a key away, and so is what came after.
  await stageTile(page, 'right', 0).click();
  await row(page, cameraName(1)).click();
  await expectOn(server, 'right', 1, 2, 3, 0);
  await page.keyboard.press('Escape');
  await stageTile(page, 'right', 0).click();
  await page.keyboard.press(',');
  await expectOn(server, 'right', 4, 2, 3, 0);
  await page.keyboard.press(';');
  await expectOn(server, 'right', 1, 2, 3, 0);

  await stageTile(page, 'right', 1).click({ button: 'right' });
  await expect(page.getByRole('menu')).toBeVisible();
  expect((await new AxeBuilder({ page }).include('.menu').analyze()).violations).toEqual([]);
  await choose(page, 'Clear the tile');
  await expectOn(server, 'right', 1, 0, 3, 0);

  // The hot spot shows whatever its person selects.
  await stageTile(page, 'right', 3).click();
  await page.keyboard.press('e');
  await page.locator('[data-mini="left"]').click();
  await stageTile(page, 'left', 1).click();
  await expectOn(server, 'right', 1, 0, 3, 2);
  await stageTile(page, 'left', 3).click();
  await expectOn(server, 'right', 1, 0, 3, 4);
});

test('a layout of one’s own is drawn by mouse and keys; nothing changes until it is used', async ({
  context,
  server,
}) => {
  const page = await context.newPage();
  await open(page, server.url);
  await page.locator('[data-mini="left"]').click();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('layout of your own');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  expect((await new AxeBuilder({ page }).include('.dialog').analyze()).violations).toEqual([]);
  await dialog.locator('[data-edit-tile="3"]').focus();
  await page.keyboard.press('Delete');
  // By mouse to where the last one was, and back by keys.
  const third = dialog.locator('[data-edit-tile="2"]');
  const left = async () => (await third.boundingBox())?.x ?? 0;
  const from = await third.boundingBox();
  if (!from) throw new Error('there is no third tile');
  await page.mouse.move(from.x + 100, from.y + 60);
  await page.mouse.down();
  await page.mouse.move(from.x + 100 + from.width, from.y + 60, { steps: 8 });
  await page.mouse.up();
  await expect.poll(left).toBeGreaterThan(from.x + from.width / 2);
  await third.focus();
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowLeft');
  await expect.poll(left).toBeLessThan(from.x + 1);
  // Half of the screen is six units wide; by its corner and then by a key it is all of it.
  const corner = await third.locator('.react-resizable-handle-se').boundingBox();
  if (!corner) throw new Error('the third tile has no corner to take');
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
  await page.mouse.down();
  await page.mouse.move(corner.x + (from.width * 5) / 6, corner.y + corner.height / 2, { steps: 8 });
  await page.mouse.up();
  const wide = async () => ((await third.boundingBox())?.width ?? 0) / from.width;
  await expect.poll(wide).toBeGreaterThan(1.7);
  expect(await wide()).toBeLessThan(1.95);
  await third.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(wide).toBeGreaterThan(1.95);
  await expect(dialog.getByText('Not saved yet')).toBeVisible();
  expect(await onScreen(server, 'left')).toEqual([1, 2, 3, 4]);
  await dialog.getByRole('button', { name: 'Use this layout' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('[data-stage] .tile[data-tile]')).toHaveCount(3);
  const width = async (tile: number) => (await stageTile(page, 'left', tile).boundingBox())?.width ?? 0;
  // The last one lies across the whole of it.
  await expect.poll(async () => (await width(2)) - 2 * (await width(0))).toBeGreaterThanOrEqual(0);
});

test('cameras take turns on a tile, and stand still when told to', async ({ context, server }) => {
  const page = await context.newPage();
  await open(page, server.url);
  await page.locator('[data-mini="left"]').click();
  await stageTile(page, 'left', 3).click();
  await page.keyboard.press('t');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Camera numbers, in order').fill('101-103');
  await dialog.getByLabel('Seconds for each').fill('5');
  await dialog.getByRole('button', { name: 'Begin the tour' }).click();
  await expect(dialog).toBeHidden();
  const tile = () => stageTile(page, 'left', 3).getAttribute('data-camera');
  await expect.poll(tile).toBe(cameraName(1));
  await expect.poll(tile, { timeout: 12_000 }).toBe(cameraName(2));
  await stageTile(page, 'left', 3).click({ button: 'right' });
  await choose(page, 'Pause the tour, or let it go on');
  await standsStill(tile);
});

test('scenes take turns on a screen, stand still for an alert, and leave what was there', async ({
  context,
  server,
}) => {
  const ask = (command: ClientCommand) => server.api('POST', '/walls/control-room/commands', command);
  const save = (scene: string) =>
    ask({ type: 'scene:save', scene, name: scene, key: null, screens: ['left'] });
  await save('four');
  await ask({ type: 'screen:fill', screen: 'left', cameras: [cameraName(2)], mode: 'replace' });
  await save('one');
  await ask({ type: 'screen:fill', screen: 'left', cameras: [3, 1].map(cameraName), mode: 'replace' });
  const [page, screen] = [await context.newPage(), await context.newPage()];
  await open(page, server.url);
  await screen.goto(`${server.url}/screen/left`);
  await showing(screen, 3, 1, 0, 0);
  await page.bringToFront();
  await page.locator('[data-mini="left"]').click();
  await page.getByRole('button', { name: 'More for Left' }).click();
  await choose(page, 'A tour of scenes on the screen');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Seconds for each').fill('5');
  await dialog.getByRole('button', { name: 'Begin the tour' }).click();
  await expect(dialog).toBeHidden();
  const shown = async () => (await camerasOn(screen)).join(' ');
  await expect.poll(shown, { timeout: 12_000 }).toBe('cam2   ');
  await expect.poll(shown, { timeout: 12_000 }).toBe('cam1 cam2 cam3 cam4');

  await page.keyboard.press('!');
  await expect(page.getByText(/^Tours stand: .* sees to an alert/)).toBeVisible();
  await standsStill(shown);
  const held = await shown();
  // Paused by hand meanwhile, it stands when the alert is over too, and goes on when it is told to.
  const more = page.getByRole('button', { name: 'More for Left' });
  await more.click();
  await choose(page, 'Pause its tour, or let it go on');
  await expect(page.getByText('tour of scenes, paused')).toBeVisible();
  await page.keyboard.press('!');
  await expect(page.getByText(/^Tours stand/)).toBeHidden();
  await standsStill(shown);
  expect(await shown()).toBe(held);
  await more.click();
  await choose(page, 'Pause its tour, or let it go on');
  await expect.poll(shown, { timeout: 12_000 }).not.toBe(held);

  await page.getByRole('button', { name: 'More for Left' }).click();
  await choose(page, 'End its tour of scenes');
  await showing(screen, 3, 1, 0, 0);
});
