import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Page } from '@playwright/test';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import type { ServerProcess } from '../tools/harness/server-process.ts';
import { cameraName, expect, expectState, test } from './support/city.ts';
import { enterAs } from './support/sign-in.ts';

const run = promisify(execFile);
const verify = path.resolve(import.meta.dirname, '../apps/verify/src/main.ts');
/** For whoever wants to look at it. */
const picture = async (page: Page, name: string) => {
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
};
const expectNoBarrier = async (page: Page, where: string) => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    grave.map(({ id, nodes }) => [id, nodes.map(({ target }) => String(target))]),
    where,
  ).toEqual([]);
};

/** Somebody else's browser, in which an auditor is signed in. */
async function enterAsAuditor(page: Page, server: ServerProcess): Promise<void> {
  await addPerson(await server.signedIn('administrator'), 'ora', ['auditor']);
  const auditor = new Browser(server.url);
  await auditor.signIn('ora');
  await page.context().clearCookies();
  await enterAs(page.context(), auditor);
}

test('an auditor finds who watched, who could, and who was refused; exports it with proofs; samples by lot', async ({
  page: screen,
  context,
  server,
}) => {
  // Something to find: four views by one person that go on, and one refusal.
  await screen.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(screen, tile, 'live', 60_000);
  const page = await context.newPage();
  const team = await server.signedIn('team');
  expect((await team.call('GET', '/record')).status).toBe(403);
  await enterAsAuditor(page, server);

  await page.goto(`${server.url}/admin#audit`);
  const search = page.getByRole('form', { name: 'Search' });
  await search.getByLabel('Camera').fill(cameraName(1));
  await search.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(search.locator('[data-record="view-started"]')).toHaveCount(1);
  await expect(search.locator('[data-record="view-started"]')).toContainText('tess');

  const who = page.getByRole('form', { name: 'Who could see this camera' });
  await who.getByLabel('Camera').fill(cameraName(1));
  await who.getByRole('button', { name: 'Ask for now' }).click();
  await expect(who.getByRole('status')).toContainText(/The right to open it had: tess/);
  await page.getByRole('button', { name: 'Refused tries' }).click();
  await expect(page.locator('[data-record="refused"]')).not.toHaveCount(0);
  const lists = page.getByRole('group', { name: 'Lists' });
  await expect(lists.getByRole('status')).toContainText('that is all of it');
  await lists.getByRole('button', { name: 'Longest views' }).click();
  await expect(page.getByText(/still open, so far \d/).first()).toBeVisible();
  await picture(page, 'still-open');
  await screen.close();
  // A time that is over had none of them.
  await lists.getByLabel('To').fill('2020-01-01T00:00');
  await page.getByRole('button', { name: 'Refused tries' }).click();
  await expect(page.locator('[data-record="refused"]')).toHaveCount(0);
  // One that was never there is asked for by its id, since a camera that was removed has nothing else.
  await search.getByLabel('Camera').fill('gone-camera');
  await search.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(search.getByText('Nothing found.')).toBeVisible();
  await search.getByLabel('Camera').fill(cameraName(1));

  // The proofs are against a checkpoint, which has to be there first; a program of its own checks them.
  const files: Download[] = [];
  page.on('download', (download) => files.push(download));
  await expect
    .poll(
      async () => {
        await search.getByRole('button', { name: 'Export with proofs' }).click();
        return (await search.getByRole('status').textContent()) ?? '';
      },
      { timeout: 90_000, intervals: [2_000] },
    )
    .toMatch(/[1-9]\d* entr(y|ies), with proofs against checkpoint \d+/);
  const file = (await files.at(-1)?.path()) ?? '';
  const key = (await (await fetch(`${server.url}/log/key`)).text()).split('\n')[0] ?? '';
  const { stdout } = await run(process.execPath, [verify, 'bundle', file, '--key', key]);
  expect(stdout).toMatch(/[1-9]\d* entr(y|ies)/);
  await expectNoBarrier(page, 'audit');
  await picture(page, 'audit');

  await page.goto(`${server.url}/admin#samples`);
  await page.getByLabel('Of').selectOption('7');
  await page.getByLabel('Accesses').fill('2');
  const finding = page.locator('.audit-finding').first();
  await expect
    .poll(
      async () => {
        const drawn = await page.locator('.audit-finding').count();
        if (drawn === 0) await page.getByRole('button', { name: 'Draw by lot' }).click();
        return drawn;
      },
      { timeout: 60_000, intervals: [2_000] },
    )
    .toBe(2);
  await finding.getByLabel(/^Finding on entry/).selectOption('unclear');
  await finding.getByLabel('In words').fill('No incident is named');
  await page.keyboard.press('Enter');
  await expect(page.getByText('unclear: No incident is named')).toBeVisible();
  await page.getByRole('button', { name: /^Correct the finding/ }).click();
  await page.getByLabel('In words').first().fill('It is in the paper file');
  await page.getByRole('button', { name: 'Record', exact: true }).first().click();
  await expect(page.getByText(/unclear: It is in the paper file \(corrected; 2 findings/)).toBeVisible();
  await expect(page.getByText(/Drawn with the number [0-9a-f]{32} of the auditor’s browser/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save with proofs' })).toBeVisible();
  await expectNoBarrier(page, 'samples');
  await picture(page, 'samples');

  for (const [section, words] of [
    ['record', 'Record'],
    ['log', 'Public log'],
  ] as const) {
    await page.goto(`${server.url}/admin#${section}`);
    await expect(page.getByRole('heading', { name: words, exact: true })).toBeVisible();
    await expectNoBarrier(page, section);
    await picture(page, section);
  }
  await page.goto(`${server.url}/log/report`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectNoBarrier(page, 'report');
  await picture(page, 'report');
});
