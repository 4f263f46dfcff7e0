import { noSuchStream } from '@clerestory/protocol';
import { expect, expectState, show, showLive, test, tileAt, watchTile } from './tiles-test.ts';

/** Live may outlast the third second by this much: one animation frame, the watcher and the clock reading. */
const toleranceMs = 250;

test('never calls a frozen picture live, takes it away after 10 s, and comes back alone', async ({
  page,
  source,
}) => {
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  const frozen = await watchTile(page, 0);
  const neighbour = await watchTile(page, 1);
  source.camera('north').frozen = true;
  const frozenAtMs = Date.now();
  await expectState(page, 0, 'stale');
  await expect(tileAt(page, 0).locator('.tile__age')).toHaveText(/^[4-9] s old$/);
  await expect(tileAt(page, 0)).toHaveAttribute('data-picture', 'none', { timeout: 12_000 });
  await expect(tileAt(page, 0)).toContainText(/No picture for 1\d s/);
  await expect(tileAt(page, 0)).toContainText('The camera sends no frames');
  const removedAfterMs = Date.now() - frozenAtMs;
  const looks = await frozen.stop();
  const lastLive = looks.findLast((look) => look.state === 'live');
  // Nothing captured after the freeze was ever shown, so at this instant the picture was at least that old.
  expect((lastLive?.atMs ?? 0) - frozenAtMs).toBeLessThanOrEqual(3_000 + toleranceMs);
  expect(removedAfterMs).toBeLessThan(11_500);

  source.camera('north').frozen = false;
  await expectState(page, 0, 'live', 5_000);
  expect((await neighbour.stop()).every((look) => look.state === 'live' && look.drawn)).toBe(true);
});

test('never shows a frame of another camera', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  source.camera('north').crossedTo = 'south';
  await expectState(page, 0, 'stale');
  const crossed = await page.evaluate(() => window.tiles.media().push.counts['crossed']);
  expect(crossed).toBeGreaterThan(10);
  source.camera('north').crossedTo = null;
  await expectState(page, 0, 'live');
});

test('says late when frames advance and are old, stale when they are older', async ({ page, source }) => {
  source.camera('north').delayMs = 3_000;
  source.camera('south').delayMs = 5_000;
  await show(page, source, '4', ['north', 'south', 'east']);
  await expectState(page, 2, 'live');
  await expectState(page, 0, 'late');
  await expectState(page, 1, 'stale');
  await expect(tileAt(page, 1)).toHaveAttribute('data-reason', 'The picture arrives late');
  await expect(tileAt(page, 1).locator('.tile__age')).toHaveText(/^5 s old$/);
});

test('a picture that seems to come from the future is never called live', async ({ page, source }) => {
  source.camera('north').aheadMs = 5_000;
  await show(page, source, '4', ['north', 'south']);
  await expectState(page, 1, 'live');
  await expectState(page, 0, 'late');
  await expect(tileAt(page, 0)).toHaveAttribute('data-reason', 'The age of the picture is not known');
  // What was read of the server's clock is dropped, and read anew.
  const asked = source.timeQuestions;
  await expect.poll(() => source.timeQuestions, { timeout: 3_000 }).toBeGreaterThan(asked);
  source.camera('north').aheadMs = 0;
  await expectState(page, 0, 'live');
});

test('the machine’s clock was set: the server’s is read anew, at once', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  const asked = source.timeQuestions;
  await page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 700;
  });
  // Otherwise it is asked every ten seconds.
  await expect.poll(() => source.timeQuestions, { timeout: 3_000 }).toBeGreaterThan(asked);
  await expectState(page, 0, 'live', 3_000);
});

test('a playhead that runs on while nothing is drawn is not live', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  const video = tileAt(page, 0).locator('video[data-shown]');
  // A compositor that draws no more frames, while all else goes on.
  await page.evaluate(() => {
    HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0;
  });
  const before = await video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect(tileAt(page, 0)).not.toHaveAttribute('data-state', 'live', { timeout: 6_000 });
  expect(await video.evaluate((element: HTMLVideoElement) => element.currentTime)).toBeGreaterThan(
    before + 1,
  );
});

test('takes the picture away at once when access ends, and says why', async ({ page, source }) => {
  await showLive(page, source, '4', ['north', 'south']);
  source.camera('north').refuse('Access was ended by the owner');
  await expectState(page, 0, 'refused', 1_000);
  await expect(tileAt(page, 0).locator('video')).toHaveCount(0);
  await expect(tileAt(page, 0)).toContainText('Access was ended by the owner');
  await expectState(page, 1, 'live');
  source.camera('north').refusal = null;
  await expectState(page, 0, 'live', 15_000);
});

test('tells a kind of video that it cannot play, instead of a black tile', async ({ page, source }) => {
  source.camera('north').codec = 'hvc1.1.6.L93.B0';
  await show(page, source, '1', ['north']);
  await expectState(page, 0, 'unsupported');
  await expect(tileAt(page, 0)).toContainText('H.265');
});

test('gives the reason of a camera that is away', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  source.camera('north').frozen = true;
  source.camera('north').tell('backoff', 'The camera refuses the connection');
  await expectState(page, 0, 'stale');
  await expectState(page, 0, 'offline');
  await expect(tileAt(page, 0)).toHaveAttribute('data-reason', 'The camera refuses the connection');
});

test('a small stream that the camera does not have: the large one instead', async ({ page, source }) => {
  source.camera('north').subIsAway = noSuchStream;
  await show(page, source, '4', ['north'], true);
  await expectState(page, 0, 'live');
  await expect(tileAt(page, 0)).toHaveAttribute('data-stream', 'main');
});

test('a camera that is away is not asked for its other stream', async ({ page, source }) => {
  source.camera('north').subIsAway = 'The camera does not answer';
  await show(page, source, '4', ['north'], true);
  await expectState(page, 0, 'offline');
  const watch = await watchTile(page, 0);
  await page.waitForFunction(() => {
    const seen = window as unknown as { watch0: { looks: unknown[] } };
    return seen.watch0.looks.length > 150;
  });
  await watch.stop();
  expect(source.camera('north').channels.size).toBe(0);
});

test('a camera that refuses our login says so, and what to do', async ({ page, source }) => {
  source.camera('north').frozen = true;
  await show(page, source, '1', ['north']);
  await expectState(page, 0, 'connecting');
  source.camera('north').tell('unauthorized', 'The camera refuses the user name or password');
  await expectState(page, 0, 'offline');
  await expect(tileAt(page, 0).locator('.tile__chip')).toHaveText('login refused');
  await expect(tileAt(page, 0)).toContainText('Correct the login of this camera in the console.');
  source.camera('north').tell('backoff', 'The camera refuses the connection');
  await expect(tileAt(page, 0).locator('.tile__chip')).toHaveText('offline');
});

test('rebuilds at a new generation without a black frame', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  const watch = await watchTile(page, 0);
  source.camera('north').restart();
  await expect
    .poll(() =>
      tileAt(page, 0)
        .locator('video[data-shown]')
        .evaluate((video: HTMLVideoElement) => video.currentTime),
    )
    .toBeLessThan(2);
  await expectState(page, 0, 'live');
  const looks = await watch.stop();
  expect(looks.filter((look) => !look.drawn)).toEqual([]);
});

test('plays on after chunks were left out', async ({ page, source }) => {
  await showLive(page, source, '1', ['north']);
  const watch = await watchTile(page, 0);
  source.camera('north').skip(1_000);
  const video = tileAt(page, 0).locator('video[data-shown]');
  const endS = () =>
    video.evaluate(
      (element: HTMLVideoElement) => element.buffered.end(element.buffered.length - 1) - element.currentTime,
    );
  await expect.poll(() => video.evaluate((element: HTMLVideoElement) => element.buffered.length)).toBe(2);
  await expect.poll(endS).toBeLessThan(1);
  await expectState(page, 0, 'live');
  expect((await watch.stop()).filter((look) => !look.drawn)).toEqual([]);
});

test('comes back after the media server was away', async ({ page, source, complaints }) => {
  // A tile that waits also asks over HTTP, which this source does not serve.
  complaints.allow.push(/WebSocket connection/, /Failed to load resource.*404/);
  await showLive(page, source, '4', ['north', 'south', 'east', 'west']);
  source.away = true;
  source.cut();
  await expectState(page, 0, 'stale');
  await expect(tileAt(page, 0)).toHaveAttribute('data-picture', 'none', { timeout: 12_000 });
  await expect(tileAt(page, 0)).toContainText('The media server does not answer');
  source.away = false;
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live', 10_000);
});
