import type { Page } from '@playwright/test';

/** What the server says to a page, which can be kept waiting. */
export interface SlowLine {
  hold(): void;
  /** What waits, oldest first. */
  waiting(): readonly string[];
  /** All that waits, in its order; from then on at once again. */
  letGo(): void;
}

/** Call before the page is opened. What the page says goes at once; so do pictures. */
export async function slowLine(page: Page): Promise<SlowLine> {
  let holds = false;
  let queue: { text: string; send: () => void }[] = [];
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    socket.connectToServer().onMessage((message) => {
      if (holds) queue.push({ text: String(message), send: () => socket.send(message) });
      else socket.send(message);
    });
  });
  return {
    hold: () => (holds = true),
    waiting: () => queue.map(({ text }) => text),
    letGo() {
      holds = false;
      for (const { send } of queue) send();
      queue = [];
    },
  };
}
