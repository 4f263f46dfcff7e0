import { makeClip } from './clip.ts';
import { expect, expectState, show, showLive, test, tileAt, watchTile } from './tiles-test.ts';

const channels = (source: { cameras: Map<string, { channels: Set<unknown> }> }) =>
  [...source.cameras.values()].reduce((sum, camera) => sum + camera.channels.size, 0);

test('an empty tile is empty', async ({ page, source }) => {
  await show(page, source, '4', ['north', null]);
  await expectState(page, 0, 'live');
  for (const tile of [1, 2, 3]) {
    await expectState(page, tile, 'empty', 1_000);
    await expect(tileAt(page, tile)).toHaveAttribute('data-camera', '');
    await expect(tileAt(page, tile).locator('video')).toHaveCount(0);
  }
});

test('each tile says what it shows and how old it is', async ({ page, source }) => {
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  await expect(tileAt(page, 2)).toHaveAttribute('data-camera', 'east');
  await expect(tileAt(page, 2)).toHaveAttribute('data-stream', 'main');
  await expect(tileAt(page, 2)).toHaveAttribute('aria-label', 'Tile 3: Camera east, live');
  await expect(tileAt(page, 2)).toHaveAttribute('data-latency-ms', /^\d{2,3}$/);
});

test('a tile that gets another camera never shows the old one under the new name', async ({
  page,
  source,
}) => {
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  const untouched = await watchTile(page, 1);
  const videoBefore = await tileAt(page, 1).locator('video').elementHandle();
  source.camera('west').frozen = true;
  await show(page, source, '4', ['west', 'south', 'east', null]);
  await expect(tileAt(page, 0)).toHaveAttribute('data-camera', 'west');
  // The new camera sends nothing: whatever is drawn now would be the old one.
  await expectState(page, 0, 'connecting', 1_000);
  await expect(tileAt(page, 0).locator('video[data-shown]')).toHaveCount(0);
  await expectState(page, 3, 'empty', 1_000);
  source.camera('west').frozen = false;
  await expectState(page, 0, 'live');
  const looks = await untouched.stop();
  expect(looks.every((look) => look.state === 'live' && look.drawn)).toBe(true);
  const videoAfter = await tileAt(page, 1).locator('video').elementHandle();
  expect(await page.evaluate(([a, b]) => a === b, [videoBefore, videoAfter])).toBe(true);
});

test('a large tile gets the large stream, and there is no black frame on the way', async ({
  page,
  source,
}) => {
  await show(page, source, '4', ['north', 'south'], true);
  await expectState(page, 0, 'live');
  await expect(tileAt(page, 0)).toHaveAttribute('data-stream', 'sub');
  const watch = await watchTile(page, 0);
  await show(page, source, '1', ['north'], true);
  await expect(tileAt(page, 0)).toHaveAttribute('data-stream', 'main');
  await expect(tileAt(page, 0).locator('video')).toHaveCount(1);
  await show(page, source, '4', ['north', 'south'], true);
  await expect(tileAt(page, 0)).toHaveAttribute('data-stream', 'sub');
  const looks = await watch.stop();
  expect(looks.filter((look) => !look.drawn || look.state !== 'live')).toEqual([]);
  expect(source.camera('north').channels.size).toBe(1);
});

test('a large stream that does not come leaves the small one in place', async ({ page, source }) => {
  await show(page, source, '4', ['north'], true);
  await expectState(page, 0, 'live');
  const watch = await watchTile(page, 0);
  source.camera('north').refusal = 'not this one';
  await show(page, source, '1', ['north'], true);
  await expect.poll(() => source.camera('north').channels.size).toBe(1);
  await page.waitForFunction(() => {
    const seen = window as unknown as { watch0: { looks: unknown[] } };
    return seen.watch0.looks.length > 150;
  });
  const looks = await watch.stop();
  expect(looks.filter((look) => !look.drawn || look.state !== 'live')).toEqual([]);
  await expect(tileAt(page, 0)).toHaveAttribute('data-stream', 'sub');
});

test('a hidden page fetches nothing, and comes back at the live edge', async ({ page, source }) => {
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  const turn = (state: 'hidden' | 'visible') =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await turn('hidden');
  await expect.poll(() => channels(source)).toBe(0);
  await expect(page.locator('video')).toHaveCount(0);
  await turn('visible');
  for (let tile = 0; tile < 4; tile++) {
    await expectState(page, tile, 'live');
    await expect(tileAt(page, tile)).toHaveAttribute('data-latency-ms', /^\d{2,3}$/);
  }
  expect(channels(source)).toBe(4);
});

test('plays on with key frames farther apart than what is kept behind the playhead', async ({
  page,
  source,
}) => {
  source.add('long', makeClip(20, '320x180', 20));
  await showLive(page, source, '1', ['long']);
  const watch = await watchTile(page, 0);
  // Every ten seconds the buffer is cut behind the playhead.
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 13, null, {
    timeout: 60_000,
  });
  const looks = await watch.stop();
  expect(looks.filter((look) => !look.drawn || look.state !== 'live')).toEqual([]);
});

test('what is taken off the wall leaves nothing behind', async ({ page, source }) => {
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  for (let round = 0; round < 5; round++) {
    await show(page, source, '4', ['south', 'north', 'west', 'east']);
    await show(page, source, '4', ['north', 'south', 'east', 'west']);
  }
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  await expect(page.locator('video')).toHaveCount(4);
  await expect.poll(() => channels(source)).toBe(4);
  await show(page, source, '4', []);
  await expect(page.locator('video')).toHaveCount(0);
  await expect.poll(() => channels(source)).toBe(0);
});

test('a still is fetched only where the moving picture takes its time', async ({ page, source }) => {
  source.camera('south').state = 'starting';
  source.camera('east').frozen = true;
  await show(page, source, '4', ['north', 'south', 'east']);
  for (const tile of [0, 1]) await expectState(page, tile, 'live');
  await expect.poll(() => source.stillsAsked).toContain('east');
  expect(source.stillsAsked).toContain('south');
  // The first of a page waits for code as well; the next camera on the tile does not.
  const before = source.stillsAsked.length;
  await show(page, source, '4', ['west', 'south', 'east']);
  await expectState(page, 0, 'live');
  expect(source.stillsAsked.slice(before)).toEqual([]);
});
