import { expect, test } from './support/city.ts';
import { barriersOn } from './support/barriers.ts';
import { enter } from './support/sign-in.ts';

test('a list of cameras: looked through, columns chosen, written, and again without a change', async ({
  context,
  server,
}) => {
  await context.clearCookies();
  await enter(context, server, 'administrator');
  const page = await context.newPage();
  await page.goto(`${server.url}/admin#import`);
  const rows = Array.from(
    { length: 300 },
    (_one, n) => `k${n},Mast ${n},Street ${n},rtsp://10.8.${n >> 8}.${n & 255}/x`,
  );
  const text = `id,what,street,stream\n${rows.join('\n')}\nk999,Bad,Nowhere,\n`;
  const upload = () =>
    page
      .getByLabel('File')
      .setInputFiles({ name: 'masts.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByLabel('Name of the list').fill('masts');
  await upload();
  await expect(page.getByText('Looked through; nothing is written yet.')).toBeVisible();
  // No column is called a name; the place stands in until somebody says which it is.
  await page.getByLabel('Name', { exact: true }).selectOption('what');
  await expect(page.getByRole('cell', { name: 'Mast 0', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'refused 1' }).click();
  await expect(page.getByRole('row', { name: /302 Bad refused it has no stream address/ })).toBeVisible();
  expect(await barriersOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import 300 cameras' }).click();
  await expect(page.locator('[data-import-state="done"]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'added 300' })).toBeVisible();
  const found = await server.api<{ items: unknown[] }>('GET', '/cameras?q=mast&limit=500');
  expect(found.items).toHaveLength(300);

  await page.reload();
  await page.getByLabel('Name of the list').fill('masts');
  await upload();
  await page.getByLabel('Name', { exact: true }).selectOption('what');
  await expect(page.getByRole('button', { name: 'as it is 300' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Nothing to write' })).toBeDisabled();
});
