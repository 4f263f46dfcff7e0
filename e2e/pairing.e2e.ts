import {
  cameraName,
  expect,
  expectState,
  fillLeftScreen,
  lostConnection,
  test,
  tileAt,
} from './support/city.ts';
import { readTile } from './support/clock.ts';
import { barriersOn } from './support/barriers.ts';
import { startServer } from './support/server.ts';
import { enterAs } from './support/sign-in.ts';

/** Refusals that the browser logs: of a screen that is not paired yet, or no more. */
const refused = /Failed to load resource: the server responded with a status of 40[13]/;

test('a screen is paired by its code, shows its tiles with nobody signed in, and is dark within two seconds of being revoked', async ({
  browser,
  page: console_,
  server,
  complaints,
}) => {
  complaints.allow(refused, lostConnection);
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const screen = await context.newPage();
  /** Every address that screen and console ask for. */
  const addresses: string[] = [];
  for (const page of [screen, console_]) {
    page.on('request', (request) => addresses.push(request.url()));
    page.on('websocket', (socket) => addresses.push(socket.url()));
  }
  await screen.goto(`${server.url}/screen`);
  const code = screen.locator('[data-pairing-code]');
  await expect(code).toBeVisible();
  await expect(screen.getByRole('heading', { name: 'This screen is not paired yet' })).toBeVisible();
  expect(await barriersOn(screen)).toEqual([]);

  await console_.goto(`${server.url}/admin`);
  await console_.getByRole('link', { name: 'Screens' }).click();
  await console_.getByRole('button', { name: 'Pair a screen' }).click();
  const dialog = console_.getByRole('dialog');
  await dialog.getByLabel('Code on the monitor').fill('0000-0000');
  await dialog.getByRole('button', { name: 'Pair', exact: true }).click();
  await expect(dialog.locator('[aria-invalid=true]')).toBeVisible();
  await dialog.getByLabel('Code on the monitor').fill((await code.getAttribute('data-pairing-code')) ?? '');
  await dialog.getByLabel('It becomes').selectOption('left');
  await dialog.getByRole('button', { name: 'Pair', exact: true }).click();
  await expect(dialog).toBeHidden();

  await expect(screen).toHaveURL(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(screen, tile, 'live');
  expect((await readTile(screen, 0))?.camera).toBe(1);

  // The screen may show, and nothing else: not the console, not another screen, not a camera that is on no tile of it.
  const cookies = await context.cookies();
  expect(cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict')).toBe(true);
  // What lets them in stands in cookies alone, and in no address.
  const secrets = [...cookies, ...(await console_.context().cookies())].map(({ value }) => value);
  expect(secrets.length).toBeGreaterThan(1);
  expect(addresses.some((address) => address.endsWith('/push'))).toBe(true);
  expect(addresses.filter((address) => secrets.some((secret) => address.includes(secret)))).toEqual([]);
  const asked = await screen.evaluate(async () => {
    const statuses: Record<string, number> = {};
    for (const [name, method, address] of [
      ['cameras', 'GET', '/api/v1/cameras'],
      ['change', 'DELETE', '/api/v1/walls/control-room/screens/left/tiles/0'],
      ['people', 'GET', '/api/v1/people'],
      ['record', 'GET', '/api/v1/record'],
    ] as const)
      statuses[name] = (await fetch(address, { method })).status;
    return statuses;
  });
  expect(Object.values(asked).every((status) => status === 401 || status === 403 || status === 404)).toBe(
    true,
  );

  const row = console_.locator('[data-device="left"]');
  const revokedAtMs = Date.now();
  await row.getByRole('button', { name: 'Revoke' }).click();
  await expect(screen.locator('video')).toHaveCount(0, { timeout: 2_000 });
  expect(Date.now() - revokedAtMs).toBeLessThan(2_000);
  await expect(screen.locator('[data-pairing-code]')).toBeVisible();

  // It asks control whether it is a screen again, and leaves the media node alone meanwhile.
  const pushed: string[] = [];
  screen.on('websocket', (socket) => {
    if (socket.url().endsWith('/push')) pushed.push(socket.url());
  });
  for (let time = 0; time < 2; time++)
    await screen.waitForEvent('websocket', (socket) => socket.url().includes('/socket.io/'));
  expect(pushed).toEqual([]);
  await context.close();
});

test('a paired screen comes back by itself after a restart of the server', async ({
  browser,
  farm,
  complaints,
}) => {
  complaints.allow(refused, lostConnection);
  const first = await startServer();
  await fillLeftScreen(first, farm);
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const screen = await context.newPage();
  await screen.goto(`${first.url}/screen`);
  const code = await screen.locator('[data-pairing-code]').getAttribute('data-pairing-code');
  await first.api('POST', '/screen-devices', { code, screen: 'left' });
  await expectState(screen, 0, 'live');
  await first.kill();
  const second = await startServer({ port: first.port, dataDir: first.dataDir });
  await second.api('DELETE', '/walls/control-room/screens/left/tiles/0');
  await expectState(screen, 0, 'empty');
  await expectState(screen, 1, 'live');
  await expect(tileAt(screen, 1)).toHaveAttribute('data-camera', cameraName(2));
  await context.close();
  await second.stop();
  await first.stop();
});

test('who watches a camera is told to everybody who may see it, in the console and on the tile', async ({
  browser,
  page,
  server,
}) => {
  await page.goto(server.url);
  await page.locator('[data-camera-row="cam1"]').click();
  const watching = page.locator('[data-details="cam1"] [data-viewer="tess"]');
  // The console shows a still of it, and goes on to.
  await expect(watching).toHaveCount(1);
  const elsewhere = await browser.newContext();
  await enterAs(elsewhere, await server.signedIn('team', 'anew'));
  const screens = [await elsewhere.newPage(), await elsewhere.newPage()];
  for (const screen of screens) {
    await screen.goto(`${server.url}/screen/left`);
    await expectState(screen, 0, 'live');
  }
  await expect(watching).toHaveCount(2);
  await elsewhere.close();
  await expect(watching).toHaveCount(1, { timeout: 20_000 });
});
