import { expect, expectState, test } from '../support/city.ts';

/** What a page gets that was loaded before the media node moved: its policy and its hint name the place of then. */
test('a page whose policy blocks the media node’s new place loads itself anew, once', async ({
  page,
  server,
  complaints,
}) => {
  complaints.allow(/Content Security Policy|WebSocket connection to|violates the following|Failed to load/);
  let pages = 0;
  await page.route('**/screen/left', async (route) => {
    pages += 1;
    const response = await route.fetch();
    if (pages > 1) return route.fulfill({ response });
    const port = /name="clerestory-media" content="(\d+)"/.exec(await response.text())?.[1] ?? '';
    const moved = (text: string) => text.replaceAll(port, '9');
    const policy = moved(response.headers()['content-security-policy'] ?? '');
    return route.fulfill({
      response,
      headers: { ...response.headers(), 'content-security-policy': policy },
      body: moved(await response.text()),
    });
  });
  await page.goto(`${server.url}/screen/left`);
  for (let tile = 0; tile < 4; tile++) await expectState(page, tile, 'live');
  expect(pages).toBe(2);
});
