import type { Page } from '@playwright/test';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { openWindow } from '../apps/server/src/testing/server.ts';
import { startOnvifCamera, type OnvifCamera } from '../tools/onvif-camera/camera.ts';
import { cameraName, expect, test as base } from './support/city.ts';
import { barriersOn } from './support/barriers.ts';
import { startOwnBrowser } from './support/own-browser.ts';
import { enter, enterAs } from './support/sign-in.ts';
import { startServer } from './support/server.ts';

/** A camera that moves, with a real stream of the farm behind it. */
const test = base.extend<{ dome: OnvifCamera }>({
  dome: async ({ farm, server }, use) => {
    const login = { username: 'viewer', password: 'sesame' };
    const dome = await startOnvifCamera({ login });
    for (const profile of dome.model.profiles) profile.uri = farm.url(cameraName(1));
    const { probe } = await server.api<{ probe: string }>('POST', '/onvif/probe', {
      ...login,
      address: dome.host,
    });
    await server.api('POST', '/onvif/cameras', {
      probe,
      id: 'dome',
      number: 700,
      name: 'Harbour dome',
      sub: null,
    });
    await use(dome);
    await dome.close();
  },
});

async function openPad(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('[data-camera-row="dome"]').click();
  await page.getByRole('button', { name: 'Move the camera' }).click();
  await expect(page.getByRole('button', { name: 'Gate' })).toBeVisible();
}
const last = (dome: OnvifCamera) => dome.ptz.at(-1)?.name;
const moves = (dome: OnvifCamera) => expect.poll(() => last(dome), { timeout: 5_000 }).toBe('ContinuousMove');
const stops = (dome: OnvifCamera) => expect.poll(() => last(dome), { timeout: 3_000 }).toBe('Stop');

test('a camera moves while a key or a button is held; everybody sees who moves it, and who loses it is told', async ({
  browser,
  context,
  server,
  dome,
}) => {
  const [page, screen] = [await context.newPage(), await context.newPage()];
  await server.api('PUT', '/walls/control-room/screens/right/tiles/0', { camera: 'dome' });
  await screen.goto(`${server.url}/screen/right`);
  await page.bringToFront();
  await openPad(page, server.url);
  await expect(page.locator('.live-picture')).toHaveAttribute('data-state', 'live', { timeout: 30_000 });

  await page.keyboard.down('ArrowRight');
  await moves(dome);
  expect(dome.ptz.at(-1)).toMatchObject({ pan: 0.5, tilt: 0 });
  await expect(page.getByText('You move this camera.')).toBeVisible();
  await expect(screen.getByText(/moved by tess · free in \d+ s/)).toBeVisible();
  // Longer than a move lasts by itself: it is said again.
  await expect.poll(() => dome.ptz.length, { timeout: 5_000 }).toBeGreaterThan(3);
  await page.keyboard.up('ArrowRight');
  await stops(dome);

  await page.getByRole('radio', { name: 'Fast' }).click();
  const closer = await page.getByRole('button', { name: 'Closer' }).boundingBox();
  if (!closer) throw new Error('the pad has no zoom');
  await page.mouse.move(closer.x + 5, closer.y + 5);
  await page.mouse.down();
  await moves(dome);
  expect(dome.ptz.at(-1)).toMatchObject({ zoom: 1 });
  // The pointer leaves the button: it is up wherever it comes up.
  await page.mouse.move(10, 10);
  await page.mouse.up();
  await stops(dome);

  await page.getByRole('button', { name: 'Car park & ramp' }).click();
  await expect.poll(() => dome.ptz.at(-1)).toMatchObject({ name: 'GotoPreset', preset: '2' });
  await page.getByRole('button', { name: 'Let go' }).click();
  await expect(page.getByText('Nobody moves this camera.')).toBeVisible();
  await expect(screen.getByText('moved by tess')).toBeHidden();

  // An operator has it, and a supervisor reads how it is taken over.
  await addPerson(await server.signedIn('administrator'), 'olga', ['operator']);
  const olga = new Browser(server.url);
  await olga.signIn('olga');
  const hers = await browser.newContext();
  await enterAs(hers, olga);
  const pad = await hers.newPage();
  await openPad(pad, server.url);
  await pad.keyboard.down('ArrowUp');
  await moves(dome);
  await expect(page.locator('.ptz-holder')).toContainText(
    /olga moves this camera since .* A supervisor, or whoever .* may take it over by moving it/,
  );
  await page.keyboard.down('ArrowLeft');
  await expect.poll(() => dome.ptz.at(-1)).toMatchObject({ name: 'ContinuousMove', tilt: 0 });
  // Her key is still down: she is told without another one, and what it said moves nothing any more.
  await expect(pad.getByRole('alert')).toHaveText(
    /tess has taken this camera over from you\. .* Nobody takes it over from a supervisor\./,
  );
  await expect(pad.getByText('You move this camera.')).toBeHidden();
  expect(await barriersOn(pad)).toEqual([]);
  // Her own other window takes it: the key that is still down here does not take it back.
  const cookie = (await server.signedIn('team')).cookieHeader();
  const other = await openWindow(server.url, { surface: 'console' }, { cookie });
  const down = { camera: 'dome', pan: 0, tilt: -1, zoom: 0 };
  expect(await other.emitWithAck('ptz:move', down)).toMatchObject({ ok: true });
  await expect(page.getByRole('alert')).toContainText('in another of your windows');
  const told = () => dome.ptz.some(({ name, tilt }) => name === 'ContinuousMove' && tilt === -1);
  await expect.poll(told).toBe(true);
  await stops(dome);
  await page.keyboard.up('ArrowLeft');
  // A new key does.
  await page.keyboard.down('ArrowRight');
  await expect(page.getByText('You move this camera.')).toBeVisible();
  await moves(dome);
  await page.keyboard.up('ArrowRight');
  other.close();
  await page.getByRole('button', { name: 'Let go' }).click();
  await expect(pad.getByRole('alert')).toBeHidden();
  await expect(pad.getByText('Nobody moves this camera.')).toBeVisible();
  await hers.close();
});

test('from its own tile: arrow keys move it, digits are its presets and nothing else until Escape', async ({
  page,
  server,
  dome,
}) => {
  await page.goto(`${server.url}/workstation/1`);
  await expect(page.locator('[data-work-tile="0"]')).toBeVisible();
  const typed = page.locator('[data-call-up]');
  await page.keyboard.type('700');
  await expect(typed).toHaveAttribute('data-call-up', '700');
  await page.keyboard.press('Enter');
  await page.locator('[data-work-tile="0"]').click();
  await page.keyboard.press('m');
  const pad = page.locator('[data-ptz-tile="dome"]');
  await expect(pad.getByRole('button', { name: 'Car park & ramp' })).toBeVisible();
  expect(dome.ptz).toEqual([]);

  await page.keyboard.press('2');
  await expect.poll(() => dome.ptz.at(-1)).toMatchObject({ name: 'GotoPreset', preset: '2' });
  await expect(typed).toHaveAttribute('data-call-up', '');
  await page.keyboard.down('ArrowLeft');
  await moves(dome);
  expect(dome.ptz.at(-1)).toMatchObject({ pan: -0.5, tilt: 0 });
  await page.keyboard.up('ArrowLeft');
  await stops(dome);
  await expect(pad).toContainText(/You move this camera · free in \d+ s/);
  expect(await barriersOn(page)).toEqual([]);

  await page.keyboard.press('Escape');
  await expect(pad).toBeHidden();
  await page.keyboard.press('2');
  await expect(typed).toHaveAttribute('data-call-up', '2');
  expect(dome.ptz.filter(({ name }) => name === 'GotoPreset')).toHaveLength(1);
});

test('STOP: the page loses the focus, is closed, or its dialog is', async ({ context, server, dome }) => {
  const page = await context.newPage();
  await openPad(page, server.url);
  const hold = async () => {
    await page.keyboard.down('ArrowLeft');
    await moves(dome);
  };
  await hold();
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await stops(dome);
  await page.keyboard.up('ArrowLeft');

  await hold();
  await page.keyboard.press('Escape');
  await stops(dome);
  await page.keyboard.up('ArrowLeft');
  expect((await server.api<{ items: unknown[] }>('GET', '/cameras?q=dome')).items).toHaveLength(1);

  await page.getByRole('button', { name: 'Move the camera' }).click();
  await expect(page.getByRole('button', { name: 'Gate' })).toBeVisible();
  await hold();
  await page.close();
  await stops(dome);
});

test('STOP: another tab comes before it, and the browser is killed', async ({ server, dome }) => {
  const own = await startOwnBrowser();
  const [context] = own.browser.contexts();
  if (!context) throw new Error('a browser has a context');
  await enter(context, server);
  const page = await context.newPage();
  await page.bringToFront();
  await openPad(page, server.url);
  await page.keyboard.down('ArrowUp');
  await moves(dome);
  const other = await context.newPage();
  await other.bringToFront();
  await stops(dome);

  await other.close();
  await page.bringToFront();
  // What is pressed before the page knows that it is in front again moves nothing.
  await expect
    .poll(() => page.evaluate(() => document.visibilityState === 'visible' && document.hasFocus()))
    .toBe(true);
  await page.keyboard.up('ArrowUp');
  await page.keyboard.down('ArrowUp');
  await moves(dome);
  await own.kill();
  await stops(dome);
});

test('STOP: the server is killed, and starts again', async ({ context, server, dome, complaints }) => {
  complaints.allow(/./);
  const page = await context.newPage();
  await openPad(page, server.url);
  await page.keyboard.down('ArrowUp');
  await moves(dome);
  await server.kill();
  const again = await startServer({ dataDir: server.dataDir });
  await stops(dome);
  await page.close();
  await again.stop();
});

test('a fault that the camera tells of itself is its health, in words, and passes', async ({
  context,
  server,
  dome,
}) => {
  const page = await context.newPage();
  await server.api('PUT', '/walls/control-room/screens/right/tiles/0', { camera: 'dome' });
  await page.goto(`${server.url}/screen/right`);
  const health = async () =>
    (await server.api<{ health: { state: string; reason: string } }>('GET', '/cameras/dome')).health;
  await expect.poll(async () => (await health()).state, { timeout: 30_000 }).toBe('online');
  const blurred = { topic: 'tns1:VideoSource/ImageTooBlurry/ImagingService', item: 'State' };
  dome.emit({ ...blurred, value: 'true' });
  await expect
    .poll(health, { timeout: 15_000 })
    .toMatchObject({ state: 'degraded', reason: expect.stringContaining('blurred picture') });
  dome.emit({ ...blurred, value: 'false' });
  await expect.poll(async () => (await health()).state, { timeout: 15_000 }).toBe('online');
});
