import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { cameraName, expect, expectState, test, tileAt } from './support/city.ts';
import { barriersOn } from './support/barriers.ts';
import { enter } from './support/sign-in.ts';
import { readTile } from './support/clock.ts';

const stageTile = (page: Page, screen: string, tile: number): Locator =>
  page.locator(`[data-stage] [data-screen="${screen}"][data-tile="${tile}"]`);
const row = (page: Page, camera: string): Locator => page.locator(`[data-camera-row="${camera}"]`);
const open = async (page: Page, url: string) => {
  await page.goto(url);
  await expect(row(page, cameraName(1))).toBeVisible();
};

test('two consoles and two screens: a change by one is on all of them at once', async ({
  context,
  server,
}) => {
  const [one, two, left, right] = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  if (!one || !two || !left || !right) throw new Error('four pages are needed');
  await Promise.all([
    open(one, server.url),
    open(two, server.url),
    left.goto(`${server.url}/screen/left`),
    right.goto(`${server.url}/screen/right`),
  ]);
  await expectState(left, 3, 'live');

  // By click: tile, then camera.
  await stageTile(one, 'left', 0).click();
  await row(one, cameraName(4)).click();
  await expect(tileAt(left, 0)).toHaveAttribute('data-camera', cameraName(4));
  await expect(stageTile(two, 'left', 0)).toHaveAttribute('data-camera', cameraName(4));
  await expect.poll(async () => (await readTile(left, 0))?.camera, { timeout: 20_000 }).toBe(4);
  // The console shows what the screen says of itself, not what it was told to do.
  await expect(stageTile(two, 'left', 0)).toHaveAttribute('data-state', 'live', { timeout: 20_000 });

  // By drag: a camera onto a tile, then tile onto tile, which swaps.
  await row(two, cameraName(3)).dragTo(stageTile(two, 'left', 1));
  await expect(tileAt(left, 1)).toHaveAttribute('data-camera', cameraName(3));
  await stageTile(two, 'left', 0).dragTo(stageTile(two, 'left', 1));
  await expect(tileAt(left, 0)).toHaveAttribute('data-camera', cameraName(3));
  await expect(tileAt(left, 1)).toHaveAttribute('data-camera', cameraName(4));

  // By keyboard alone: next screen twice (left → centre → right), first tile, camera 102, Enter.
  await one.keyboard.press('Escape');
  await one.keyboard.press(']');
  await one.keyboard.press(']');
  await one.keyboard.press('ArrowRight');
  await one.keyboard.type('102');
  await one.keyboard.press('Enter');
  await expect(tileAt(right, 0)).toHaveAttribute('data-camera', cameraName(2));
  await expectState(right, 0, 'live');
  await one.keyboard.press('ArrowLeft');
  await one.keyboard.press('Delete');
  await expect(tileAt(right, 0)).toHaveAttribute('data-camera', '', { timeout: 5_000 });
});

test('a layout is chosen, what no longer fits comes back', async ({ context, server }) => {
  const [page, screen] = [await context.newPage(), await context.newPage()];
  await Promise.all([open(page, server.url), screen.goto(`${server.url}/screen/left`)]);
  await expectState(screen, 3, 'live');
  const choose = async (name: RegExp) => {
    await page.getByRole('button', { name: /^Layout:/ }).click();
    await page.getByRole('menuitemradio', { name }).or(page.getByRole('radio', { name })).first().click();
  };
  await choose(/^1( |$)|single|one/i);
  await expect(screen.locator('[data-tile]')).toHaveCount(1);
  await choose(/2 × 2/);
  await expect(screen.locator('[data-tile]')).toHaveCount(4);
  for (let tile = 0; tile < 4; tile++)
    await expect(tileAt(screen, tile)).toHaveAttribute('data-camera', cameraName(tile + 1));
});

test('cameras are found, and a wrong one is refused in words', async ({ page, server }) => {
  await open(page, server.url);
  await page.keyboard.press('/');
  await page.keyboard.type('103');
  await expect(row(page, cameraName(3))).toBeVisible();
  await expect(row(page, cameraName(1))).toBeHidden();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await stageTile(page, 'left', 0).click();
  await page.keyboard.type('999');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/no camera.*999|999.*no camera/i).first()).toBeVisible();
});

test('a camera is added, with the reason for each wrong field, and removed', async ({
  page,
  server,
  farm,
  complaints,
}) => {
  // The browser logs the refusal, which is what this test asks for.
  complaints.allow(/status of 400/);
  await enter(page.context(), server, 'administrator');
  await open(page, server.url);
  await page
    .getByRole('button', { name: /add a camera|add camera/i })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('tab', { name: 'By stream address' }).click();
  await dialog.getByLabel(/^name/i).fill('Back yard');
  await dialog.getByLabel(/main/i).first().fill('http://wrong.example/');
  await dialog.getByRole('button', { name: 'Add camera' }).click();
  await expect(dialog.getByText(/rtsp:\/\//).first()).toBeVisible();
  await dialog
    .getByLabel(/main/i)
    .first()
    .fill(farm.url(cameraName(1)));
  await dialog.getByRole('button', { name: 'Add camera' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Back yard').first()).toBeVisible();
});

test('a screen that no window shows says so, shows stills as such, and leads to its page', async ({
  context,
  page,
  server,
}) => {
  // Only a camera that runs has a still.
  await server.api('PATCH', `/cameras/${cameraName(1)}`, { keep: 'always' });
  await open(page, server.url);
  const stage = page.locator('[data-stage="left"]');
  await expect(stage.getByText('No window shows this screen.')).toBeVisible();
  await expect(stage.getByText('/screen/left')).toBeVisible();
  const centre = page.locator('.mini', { hasText: 'Centre' });
  await expect(centre.getByRole('link')).toHaveAttribute('href', '/screen/centre');
  const still = stageTile(page, 'left', 0).locator('.poster-age');
  await expect(still).toBeVisible({ timeout: 40_000 });
  await expect(still).toContainText('still');

  const opened = context.waitForEvent('page');
  await stage.getByRole('link', { name: 'Open this screen in a window' }).click();
  await expectState(await opened, 0, 'live');
  await expect(stageTile(page, 'left', 0)).toHaveAttribute('data-state', 'live');
  await expect(stage.getByText('No window shows this screen.')).toBeHidden();
});

test('a cleared screen comes back by undo, and a dialog tells that its screen was removed', async ({
  page,
  server,
}) => {
  await open(page, server.url);
  const menu = async (screen: string, item: string) => {
    await page.getByRole('button', { name: `More for ${screen}` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Left', 'Clear all its tiles');
  await expect(stageTile(page, 'left', 0)).toHaveAttribute('data-camera', '');
  await page.getByText('Cleared 4 tiles of Left', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  for (let tile = 0; tile < 4; tile++)
    await expect(stageTile(page, 'left', tile)).toHaveAttribute('data-camera', cameraName(tile + 1));

  await page.locator('[data-mini="right"]').click();
  await menu('Right', 'Rename the screen');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('\u202eRight');
  await dialog.getByRole('button', { name: 'Rename' }).click();
  await expect(dialog.getByText(/invisible/)).toBeVisible();
  await server.api('DELETE', '/walls/control-room/screens/right');
  await expect(dialog.getByRole('heading', { name: 'Right was removed' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();

  // One's own removal is no news.
  await page.locator('[data-mini="centre"]').click();
  await menu('Centre', 'Remove the screen');
  await page.evaluate(() => {
    new MutationObserver(() => {
      if (document.body.textContent.includes('was removed')) document.body.dataset['toldAsNews'] = 'yes';
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('[data-mini="centre"]')).toBeHidden();
  await expect(page.locator('body')).not.toHaveAttribute('data-told-as-news');
});

/** The parts of the console lie beside each other, within the window, with all of what is in them. */
async function nothingIsOver(page: Page, width: number, height: number): Promise<void> {
  const parts =
    '.header > *, .camera-panel, .details-panel, .stage-head, .stage-frame, .stage-away, .strip, .call-up';
  const boxes = await page.locator(parts).evaluateAll((all) =>
    all.map((one) => {
      const { x, y, right, bottom } = one.getBoundingClientRect();
      return { name: one.className, x, y, right, bottom, wide: one.scrollWidth - one.clientWidth };
    }),
  );
  expect(boxes.length).toBeGreaterThan(8);
  for (const [index, one] of boxes.entries()) {
    expect(one, one.name).toMatchObject({ wide: 0 });
    expect(one.x).toBeGreaterThanOrEqual(0);
    expect(one.right, one.name).toBeLessThanOrEqual(width + 0.5);
    expect(one.bottom, one.name).toBeLessThanOrEqual(height + 0.5);
    const over = boxes
      .slice(index + 1)
      .filter(
        (two) =>
          Math.min(one.right, two.right) - Math.max(one.x, two.x) > 1 &&
          Math.min(one.bottom, two.bottom) - Math.max(one.y, two.y) > 1,
      );
    expect(
      over.map(({ name }) => name),
      `over ${one.name}`,
    ).toEqual([]);
  }
}

test('at every size nothing lies over another thing or is cut off', async ({ page, server }) => {
  const layOut = (layout: string) => server.api('PUT', '/walls/control-room/screens/left/layout', { layout });
  for (const [width, height] of [
    [900, 700],
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    await layOut('4');
    await page.setViewportSize({ width, height });
    await open(page, server.url);
    await stageTile(page, 'left', 0).click();
    await expect(page.locator('[data-details]')).toBeVisible();
    await nothingIsOver(page, width, height);
    const rows = await page.locator('[data-details] > *').evaluateAll((all) =>
      all.map((one) => {
        const { top, bottom } = one.getBoundingClientRect();
        return { top, bottom };
      }),
    );
    for (const [index, { top }] of rows.entries())
      expect(top).toBeGreaterThanOrEqual(rows[index - 1]?.bottom ?? 0);
    const tile = await stageTile(page, 'left', 0).boundingBox();
    expect(tile?.width).toBeGreaterThan(150);

    // Every kind of trouble at once, and an upright screen that no window shows.
    await page.evaluate(() => {
      const counts = document.querySelector('.counts');
      const one = counts?.querySelector('[data-count]');
      for (const tone of ['alarm', 'alarm', 'warn', 'warn']) {
        const more = one?.cloneNode(true) as HTMLElement;
        more.dataset['tone'] = tone;
        more.innerHTML = '<svg width="16"></svg> <b>12</b> <span class="count-word">login refused</span>';
        counts?.append(more);
      }
    });
    await layOut('p3');
    await expect(page.locator('[data-stage=left] [data-tile]')).toHaveCount(3);
    await nothingIsOver(page, width, height);
  }
});

/** Dialogs that no other flow looks at, each by its key or by its name in the palette. */
const dialogs = ['?', 'w', 't', 'A message on screens', 'A picture of the screen as it is', 'Add a screen'];

test('nothing on the console or a screen is a serious barrier', async ({ context, server, complaints }) => {
  // The browser logs the status of the page that does not exist.
  complaints.allow(/status of 404/);
  for (const address of ['/', '/screen/left', '/screen/nobody-made-this', '/no/such/page']) {
    const page = await context.newPage();
    await page.goto(server.url + address);
    await expect(page.locator('main, [role="main"], [data-tile], h1').first()).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${address} ${id}: ${nodes[0]?.html}`),
    ).toEqual([]);
    for (const way of address === '/' ? dialogs : []) {
      await stageTile(page, 'left', 0).click();
      await page.keyboard.press(way.length === 1 ? way : 'Control+k');
      if (way.length > 1) {
        await page.getByRole('combobox').fill(way);
        await page.keyboard.press('Enter');
      }
      await expect(page.locator('.dialog')).toBeVisible();
      expect(await barriersOn(page), way).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.locator('.dialog')).toBeHidden();
    }
    await page.close();
  }
});
