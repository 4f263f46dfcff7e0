import type { Browser as BrowserApp, BrowserContext } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';
import type { ClientCommand, Place } from '@clerestory/protocol';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { openWindow, type TestSocket } from '../apps/server/src/testing/server.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { assign, cameraName, expect, tileAt } from './support/city.ts';
import { enterAs } from './support/sign-in.ts';
import { barriersOn } from './support/barriers.ts';
import { slowLine } from './support/slow-line.ts';
import { open, row, showing, stageTile, test } from './support/still-city.ts';

/** An operator in a browser of their own. */
async function operator(app: BrowserApp, server: ServerProcess): Promise<BrowserContext> {
  await addPerson(await server.signedIn('administrator'), 'olga', ['operator']);
  const person = new Browser(server.url);
  await person.signIn('olga');
  const context = await app.newContext();
  await enterAs(context, person);
  return context;
}

async function socketOf(server: ServerProcess): Promise<TestSocket> {
  const team = await server.signedIn('team');
  const socket = await openWindow(server.url, { surface: 'console' }, { cookie: team.cookieHeader() });
  await socket.emitWithAck('wall:join', {});
  return socket;
}

test('two people and three screens: a scene by one key, a chain and back, one tile at once, undo, control', async ({
  browser,
  context,
  server,
}) => {
  await server.api('PUT', '/walls/control-room/screens/right/layout', { layout: '4' });
  const hers = await operator(browser, server);
  const [boss, left, centre, right] = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  const olga = await hers.newPage();
  const line = await slowLine(olga);
  if (!boss || !left || !centre || !right) throw new Error('four pages are needed');
  await Promise.all([
    open(boss, server.url),
    open(olga, server.url),
    ...['left', 'centre', 'right'].map((id, n) =>
      [left, centre, right][n]?.goto(`${server.url}/screen/${id}`),
    ),
  ]);
  await showing(left, 1, 2, 3, 4);

  // A scene of one screen, with a key; what comes after it is another arrangement.
  await boss.keyboard.press('a');
  await boss.getByRole('button', { name: 'Save the wall as a scene' }).click();
  await boss.getByLabel('Name').fill('Four');
  await boss.getByLabel('Key that applies it').selectOption('F2');
  await boss.getByLabel('Centre', { exact: true }).uncheck();
  await boss.getByLabel('Right', { exact: true }).uncheck();
  await boss.getByRole('button', { name: 'Save scene' }).click();
  await expect(boss.locator('[data-scene="four"] .scene-tile')).toHaveCount(4);
  expect((await new AxeBuilder({ page: boss }).include('.dialog').analyze()).violations).toEqual([]);
  await boss.getByRole('tab', { name: 'By the clock' }).click();
  await boss.getByLabel('Time', { exact: true }).fill('06:30');
  await boss.getByLabel('Sun', { exact: true }).uncheck();
  await boss.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(boss.locator('[data-schedule]')).toContainText(/06:30 Four.*Mon, Tue, Wed, Thu, Fri, Sat,/);
  expect((await new AxeBuilder({ page: boss }).include('.dialog').analyze()).violations).toEqual([]);
  await boss.getByRole('button', { name: 'Remove the schedule of Four at 06:30' }).click();
  await expect(boss.locator('[data-schedule]')).toHaveCount(0);
  await boss.keyboard.press('Escape');
  await assign(server, 0, cameraName(2));
  await assign(server, 0, cameraName(3), 'right');
  await showing(left, 2, 2, 3, 4);

  await boss.keyboard.press('F2');
  await showing(left, 1, 2, 3, 4);
  await expect(tileAt(right, 0)).toHaveAttribute('data-camera', cameraName(3));
  // A chain: another scene on top, then both are taken back together.
  const socket = await socketOf(server);
  const base = async () => (await server.api<{ sequence: number }>('GET', '/walls/control-room')).sequence;
  const give = async (key: string, command: ClientCommand) => {
    const answer = await socket.emitWithAck('wall:command', {
      ...{ wall: 'control-room', key, base: await base(), command },
    });
    expect(answer).toMatchObject({ ok: true });
  };
  await give('one-picture', {
    type: 'screen:fill',
    screen: 'left',
    cameras: [cameraName(4)],
    mode: 'replace',
  });
  await give('save-one-picture', {
    ...{ type: 'scene:save', scene: 'one', name: 'One', key: null, screens: ['left'] },
  });
  await give('undo-one-picture', { type: 'step:undo' });
  await showing(left, 1, 2, 3, 4);
  await give('apply-one-picture', { type: 'scene:apply', scene: 'one' });
  await showing(left, 4, 0, 0, 0);
  await boss.keyboard.press('a');
  await boss.getByRole('button', { name: 'Revert 2' }).click();
  await showing(left, 2, 2, 3, 4);
  await boss.getByRole('dialog').waitFor({ state: 'hidden' });

  // Both at one tile, and she does not know of it yet: the first one wins, and she is told and sees it.
  line.hold();
  await stageTile(boss, 'left', 0).click();
  await row(boss, cameraName(4)).click();
  await showing(left, 4, 2, 3, 4);
  await expect(stageTile(olga, 'left', 0)).toHaveAttribute('data-camera', cameraName(2));
  await stageTile(olga, 'left', 0).click();
  await row(olga, cameraName(3)).click();
  await expect.poll(() => line.waiting().some((text) => text.includes('"conflict"'))).toBe(true);
  line.letGo();
  await expect(olga.getByText('Somebody else changed it first').first()).toBeVisible();
  await expect(stageTile(olga, 'left', 0)).toHaveAttribute('data-camera', cameraName(4));
  await showing(left, 4, 2, 3, 4);
  // Undo is one's own: the supervisor's leaves hers, and hers leaves what came after it.
  await stageTile(olga, 'left', 1).click();
  await row(olga, cameraName(1)).click();
  await showing(left, 4, 1, 3, 4);
  await boss.keyboard.press('z');
  await showing(left, 2, 1, 3, 4);
  await boss.keyboard.press('y');
  await showing(left, 4, 1, 3, 4);
  await boss.keyboard.press('z');
  await showing(left, 2, 1, 3, 4);
  await stageTile(boss, 'left', 1).click();
  await row(boss, cameraName(3)).click();
  await showing(left, 2, 3, 3, 4);
  await olga.keyboard.press('z');
  await expect(olga.getByText(/Changed since you did it: tile 2 of "Left"/).first()).toBeVisible();
  await showing(left, 2, 3, 3, 4);

  // Control: the supervisor has it, the operator is told by name, and neither changes anything by the way.
  await boss.keyboard.press('c');
  await expect(olga.getByText('tess has control').first()).toBeVisible();
  await stageTile(olga, 'left', 3).click();
  await row(olga, cameraName(1)).click();
  await expect(olga.getByText(/tess has control of this wall for \d+ min more/).first()).toBeVisible();
  await showing(left, 2, 3, 3, 4);
  await boss.getByRole('button', { name: 'Give back' }).click();
  // Before her page knows of it, her key asks for what somebody else has.
  await expect(olga.getByRole('button', { name: 'Take control' })).toBeVisible();
  await olga.keyboard.press('Escape');
  await olga.keyboard.press('c');
  await expect(boss.getByText('olga has control').first()).toBeVisible();
  await boss.getByRole('button', { name: 'Take over' }).click();
  await expect(boss.getByText('You have control').first()).toBeVisible();
  await expect(olga.getByText('tess has control', { exact: false }).first()).toBeVisible();
  socket.close();
  await hers.close();
});

test('a conflict after a scene is asked about; undo is per person', async ({ context, server }) => {
  const [page, left] = [await context.newPage(), await context.newPage()];
  await Promise.all([open(page, server.url), left.goto(`${server.url}/screen/left`)]);
  await showing(left, 1, 2, 3, 4);
  const socket = await socketOf(server);
  const send = async (key: string, command: ClientCommand) => {
    const { sequence } = await server.api<{ sequence: number }>('GET', '/walls/control-room');
    return socket.emitWithAck('wall:command', { wall: 'control-room', key, base: sequence, command });
  };
  await send('save-the-four', {
    ...{ type: 'scene:save', scene: 'four', name: 'Four', key: 'F2', screens: ['left'] },
  });
  await assign(server, 0, cameraName(4));
  await assign(server, 1, cameraName(4));
  await page.keyboard.press('F2');
  await showing(left, 1, 2, 3, 4);
  await assign(server, 1, cameraName(3));
  await showing(left, 1, 3, 3, 4);
  await page.keyboard.press('j');
  await expect(page.getByText(/Changed since .* tile 2 of "Left"/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Keep these, take back the rest' }).click();
  await showing(left, 4, 3, 3, 4);
  socket.close();
});

test('a connection lost in mid-drag changes nothing, and a screen that was off shows all ten changes', async ({
  context,
  server,
}) => {
  const [page, left] = [await context.newPage(), await context.newPage()];
  await Promise.all([open(page, server.url), left.goto(`${server.url}/screen/left`)]);
  await showing(left, 1, 2, 3, 4);
  await left.close();
  const [from, to] = [
    await row(page, cameraName(4)).boundingBox(),
    await stageTile(page, 'left', 0).boundingBox(),
  ];
  if (!from || !to) throw new Error('nothing to drag');
  await page.mouse.move(from.x + 60, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 40, { steps: 6 });
  await context.setOffline(true);
  await expect(page.locator('[data-link="offline"]')).toBeVisible({ timeout: 20_000 });
  await page.mouse.move(to.x + 50, to.y + 50, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByText('Nothing was changed').first()).toBeVisible();
  for (let n = 0; n < 10; n++) await assign(server, n % 4, cameraName(1 + ((n * 3) % 4)));
  await context.setOffline(false);
  const wanted = [1, 4, 1, 4].map((_, tile) => {
    const last = [8, 9, 6, 7][tile] ?? 0;
    return 1 + ((last * 3) % 4);
  });
  const again = await context.newPage();
  await again.goto(`${server.url}/screen/left`);
  await showing(again, ...wanted);
  for (const [tile, n] of wanted.entries())
    await expect(stageTile(page, 'left', tile)).toHaveAttribute('data-camera', cameraName(n), {
      timeout: 20_000,
    });
});

test('visitors: restricted tiles are hidden and say why; orders are carried out or said to be lost', async ({
  browser,
  context,
  server,
}) => {
  await server.api('POST', '/camera-groups', { name: 'School', cameras: [cameraName(2)], restricted: true });
  await assign(server, 0, cameraName(2), 'centre');
  const hers = await operator(browser, server);
  const [page, left, centre, olga] = await Promise.all([
    ...Array.from({ length: 3 }, () => context.newPage()),
    hers.newPage(),
  ]);
  if (!page || !left || !centre || !olga) throw new Error('four pages are needed');
  await Promise.all([
    open(page, server.url),
    open(olga, server.url),
    left.goto(`${server.url}/screen/left`),
    centre.goto(`${server.url}/screen/centre`),
  ]);
  await showing(left, 1, 2, 3, 4);
  // Anybody at the wall hides them, on every screen; one with the right brings them back.
  await olga.keyboard.press('p');
  for (const screen of [left, centre])
    await expect(screen.getByText('Hidden while visitors are in the room').first()).toBeVisible();
  await expect(tileAt(left, 1)).toHaveAttribute('data-camera', '');
  await expect(left.locator('.tile[data-tile="1"] video')).toHaveCount(0);
  await expect(stageTile(page, 'left', 1)).toHaveAttribute('data-state', 'hidden');
  await expect(page.getByRole('button', { name: 'Show again' })).toBeVisible();
  await expect(olga.getByRole('button', { name: 'Show again' })).toHaveCount(0);
  await olga.keyboard.press('p');
  await page.keyboard.press('p');
  await showing(left, 1, 2, 3, 4);
  await expect(tileAt(centre, 0)).toHaveAttribute('data-camera', cameraName(2));
  await hers.close();

  await page.keyboard.press('#');
  await expect(left.locator('.display__identify')).toHaveText(/1\s*Left/);
  const order = async (item: string) => {
    await page.getByRole('button', { name: 'Screens', exact: true }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await order('Show every screen its number');
  await expect(page.getByText(/No window shows Right/).first()).toBeVisible();
  await order('A message on screens');
  await page.getByLabel('Text', { exact: true }).fill('Door 3 is open');
  await page.getByRole('button', { name: 'Show it' }).click();
  await expect(left.getByRole('alert')).toHaveText(/Door 3 is open.*tess/);
  const loadedAnew = left.waitForEvent('load');
  await order('Load the page of the screen anew');
  await loadedAnew;
  await showing(left, 1, 2, 3, 4);
  await order('A picture of the screen as it is');
  await page.getByRole('button', { name: 'Take a new one' }).click();
  await expect(page.getByAltText(/What Left showed/)).toBeVisible();
  await expect(page.locator('[data-age]')).toHaveText(/\d+ s old/);
  await expect(left.getByText('tess took a picture of this screen').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await order('Blank the screen, or light it again');
  await expect(left.getByText(/Blank since .*, by tess/).first()).toBeVisible();
  await page.keyboard.press('g');
  await expect(page.locator('[data-plan-screen="left"] .blank-note')).toHaveText(
    /Blank since \d\d:\d\d, by tess$/,
  );
});

test('twelve screens of sixteen tiles: the room shows what each says of itself, placed by drag and by keys', async ({
  context,
  server,
}) => {
  const socket = await socketOf(server);
  let sequence = (await server.api<{ sequence: number }>('GET', '/walls/control-room')).sequence;
  const send = async (command: ClientCommand) => {
    const key = `many-${String(sequence).padStart(6, '0')}`;
    const answer = await socket.emitWithAck('wall:command', {
      wall: 'control-room',
      key,
      base: sequence,
      command,
    });
    if (!answer.ok) throw new Error(answer.problem.detail);
    sequence = answer.value.sequence;
  };
  const screens = ['left', 'centre', 'right'];
  for (let n = 4; n <= 12; n++) {
    await send({ type: 'screen:create', screen: `screen-${n}`, name: `Screen ${n}`, layout: '16' });
    screens.push(`screen-${n}`);
  }
  const sixteen = Array.from({ length: 16 }, (_, n) => cameraName(1 + (n % 4)));
  for (const screen of screens) {
    await send({ type: 'screen:layout', screen, layout: '16' });
    await send({ type: 'screen:fill', screen, cameras: sixteen, mode: 'replace' });
  }
  // Each has a window, which says of every tile what it shows; beside one another no two say the same.
  const cookie = (await server.signedIn('team')).cookieHeader();
  const states = ['live', 'late', 'stale', 'offline'] as const;
  const stateOf = (at: number, tile: number) => states[(at + (tile >> 2)) % states.length] ?? 'live';
  const windows = await Promise.all(
    screens.map(async (screen, at) => {
      const shown = await openWindow(server.url, { surface: 'screen', screen }, { cookie });
      await shown.emitWithAck('wall:join', {});
      const tiles = sixteen.map((camera, tile) => ({
        ...{ tile, camera, state: stateOf(at, tile), reason: '', stream: null, latencyMs: null, fps: null },
      }));
      const report = { screen, sequence, visible: true, width: 1920, height: 1080, tiles };
      expect(await shown.emitWithAck('screen:report', report)).toMatchObject({ ok: true });
      return shown;
    }),
  );
  const page = await context.newPage();
  await open(page, server.url);
  await page.keyboard.press('g');
  const plan = (screen: string) => page.locator(`[data-plan-screen="${screen}"]`);
  await expect(page.locator('[data-plan-screen] .tile:not([data-camera=""])')).toHaveCount(192);
  const statesOn = (screen: string) =>
    plan(screen)
      .locator('.tile')
      .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-state')));
  for (const [at, screen] of screens.entries())
    await expect.poll(() => statesOn(screen)).toEqual(sixteen.map((_, tile) => stateOf(at, tile)));
  // One goes: nothing is taken for shown any more, and when it was seen last is told.
  windows.at(-1)?.close();
  await expect(plan('screen-12').locator('.presence')).toHaveText(/^last seen \d\d:\d\d$/);
  await expect.poll(() => statesOn('screen-12')).toEqual(sixteen.map(() => 'unknown'));

  await page.getByRole('button', { name: 'Place screens' }).click();
  const grip = (screen: string) => page.locator(`[data-grip="${screen}"]`);
  const placeOf = async (screen: string) => {
    const box = await grip(screen).boundingBox();
    if (!box) throw new Error(`${screen} has no place`);
    return box;
  };
  const [first, last] = [await placeOf('left'), await placeOf('screen-12')];
  await page.mouse.move(last.x + 20, last.y + 20);
  await page.mouse.down();
  await page.mouse.move(first.x + 20, last.y + last.height + 60, { steps: 8 });
  await page.mouse.up();
  await grip('screen-12').focus();
  await page.keyboard.press('t');
  await expect(page.getByText('Not saved yet').first()).toBeVisible();
  // While screens are placed, and while a layout is drawn.
  expect(await barriersOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save places' }).click();
  await expect(page.getByText('Not saved yet')).toBeHidden();
  await expect(page.getByText('moved screens on the plan').first()).toBeVisible();
  const { screens: saved } = await server.api<{ screens: { id: string; place?: Place }[] }>(
    'GET',
    '/walls/control-room',
  );
  // In line with the first one, below both rows.
  const { x, y } = saved.find(({ id }) => id === 'left')?.place ?? { x: -1, y: -1 };
  const placed = saved.find(({ id }) => id === 'screen-12')?.place;
  expect(placed).toMatchObject({ x, width: 70, height: 122 });
  expect(placed?.y).toBeGreaterThan(y + 140);
  expect((await new AxeBuilder({ page }).include('.room').analyze()).violations).toEqual([]);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('own');
  await page.locator('[data-palette="command-screen.edit-layout"]').click();
  await expect(page.locator('[data-edit-tile]')).toHaveCount(16);
  expect(await barriersOn(page)).toEqual([]);
  for (const window of [...windows, socket]) window.close();
});
