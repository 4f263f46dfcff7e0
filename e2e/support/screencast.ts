import type { Page } from '@playwright/test';

/** What was on the screen from `atMs` (Unix ms) until the next frame, as the compositor drew it. */
export interface ScreenFrame {
  atMs: number;
  png: string;
}

export interface Film {
  /** So far, in order. */
  readonly frames: readonly ScreenFrame[];
  stop(): Promise<void>;
}

/** Films a page from the outside, from its first frame on: goes on when the page's own program hangs. */
export async function film(page: Page): Promise<Film> {
  const session = await page.context().newCDPSession(page);
  const frames: ScreenFrame[] = [];
  const began = new Promise((resolve) => session.once('Page.screencastFrame', resolve));
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    frames.push({ atMs: (metadata.timestamp ?? Number.NaN) * 1000, png: data });
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'png', maxWidth: 480, maxHeight: 270 });
  await began;
  return {
    frames,
    async stop() {
      await session.send('Page.stopScreencast');
      await session.detach();
    },
  };
}

/** Mean brightness of a frame, 0 to 255; decoded in a page, which needs to be another than the filmed one. */
export function brightness(page: Page, { png }: ScreenFrame): Promise<number> {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!context) throw new Error('no 2D canvas');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4)
      sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    return sum / (data.length / 4);
  }, png);
}
