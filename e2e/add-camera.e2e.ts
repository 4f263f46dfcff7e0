import { startOnvifCamera } from '../tools/onvif-camera/camera.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { cameraCount, cameraName, expect, test } from './support/city.ts';
import { enter } from './support/sign-in.ts';

/** A refusal of the server is a line in the browser's own log. */
const refusal = /Failed to load resource/;

/** The farm is one device: while a camera of it is registered, it gives no test picture. */
async function forgetTheFarm(server: ServerProcess): Promise<void> {
  for (let n = 1; n <= cameraCount; n++) await server.api('DELETE', `/cameras/${cameraName(n)}`);
}

test('an ONVIF camera by its address: the real error, what it is, a test picture, and it is on the wall', async ({
  context,
  server,
  farm,
  complaints,
}) => {
  complaints.allow(refusal);
  const device = await startOnvifCamera({ login: { username: 'viewer', password: 'sesame' } });
  for (const profile of device.model.profiles) profile.uri = farm.url(cameraName(2));
  await forgetTheFarm(server);
  await context.clearCookies();
  await enter(context, server, 'administrator');
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Add a camera' }).click();
  await page.getByRole('tab', { name: 'By its address' }).click();

  await page.getByLabel('Address of the camera').fill('169.254.169.254');
  await page.getByRole('button', { name: 'Ask the camera' }).click();
  await expect(page.getByText('metadata service')).toBeVisible();

  await page.getByLabel('Address of the camera').fill(device.host);
  await page.getByLabel('User name').fill('viewer');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Ask the camera' }).click();
  await expect(page.getByText('The camera says: “Sender not authorized”')).toBeVisible();

  await page.getByLabel('Password').fill('sesame');
  await page.getByRole('button', { name: 'Ask the camera' }).click();
  await expect(page.getByText('It can be moved from here')).toBeVisible();
  await page.getByRole('button', { name: 'Take a test picture' }).click();
  const picture = page.getByAltText('What the camera sends now');
  await expect(picture).toBeVisible({ timeout: 25_000 });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(480);
  expect((await server.api<{ items: unknown[] }>('GET', '/cameras?q=Harbour')).items).toHaveLength(0);

  await page.getByLabel('Name', { exact: true }).fill('Harbour');
  await page.getByRole('button', { name: 'Add camera' }).click();
  await expect(page.getByText('Harbour can go on a tile now.', { exact: true })).toBeVisible();
  const { items } = await server.api<{ items: object[] }>('GET', '/cameras?q=Harbour');
  expect(items).toMatchObject([{ name: 'Harbour', movable: true, source: { hasLogin: true } }]);
  await device.close();
});

test('a stream by its address: a picture, or the reason in words', async ({
  context,
  server,
  farm,
  complaints,
}) => {
  complaints.allow(refusal);
  await context.clearCookies();
  await enter(context, server, 'administrator');
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Add a camera' }).click();
  await page.getByRole('tab', { name: 'By stream address' }).click();
  const main = page.getByLabel('Main stream');
  const take = page.getByRole('button', { name: 'Take a test picture' });
  await expect(take).toBeDisabled();
  await main.fill(`${farm.url('nowhere')}?again`);
  await take.click();
  await expect(page.getByRole('alert')).toContainText('no test picture is taken past its rights and masks');
  await forgetTheFarm(server);
  await main.fill(farm.url('nowhere'));
  await take.click();
  await expect(page.getByRole('alert')).toContainText(/no stream at that path/i, { timeout: 25_000 });
  await main.fill(farm.url(cameraName(3)));
  await take.click();
  await expect(page.getByAltText('What the camera sends now')).toBeVisible({ timeout: 25_000 });
  await expect(page.getByText(/640 × 360, avc1/)).toBeVisible();
});
