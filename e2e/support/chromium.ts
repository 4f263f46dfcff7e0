import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import config from '../../playwright.config.ts';
import { findChromium } from '../../tools/system-packages.mjs';

/** A Chromium with an empty profile, and the DevTools address by which it is told what to do. */
export interface Chromium {
  endpoint: string;
  child: ChildProcess;
  /** Ends it as the kernel would. */
  kill(): Promise<void>;
  /** Waits until it has ended, however it came to that, and throws its profile away. */
  ended(): Promise<void>;
}

/** Starts it with the switches of the browser tests alone, and none of those that Playwright adds. */
export async function startChromium(): Promise<Chromium> {
  const profile = mkdtempSync(path.join(tmpdir(), 'clerestory-browser-'));
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--window-size=1920,1080',
    ...(config.use?.launchOptions?.args ?? []),
    'about:blank',
  ];
  const child = spawn(findChromium() ?? '/usr/bin/chromium', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const tidy = () => child.kill('SIGKILL');
  process.once('exit', tidy);
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /listening on (ws:\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once('close', () => reject(new Error('Chromium ended before it could be reached')));
    child.once('error', reject);
  });
  const ended = async () => {
    await closed;
    process.off('exit', tidy);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    endpoint,
    child,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended();
    },
  };
}
