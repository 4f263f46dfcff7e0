import { chromium, type Page } from '@playwright/test';
import config from '../playwright.config.ts';
import { addPerson, Browser } from '../apps/server/src/testing/browser.ts';
import { enter } from '../e2e/support/sign-in.ts';
import { freePort } from '../tools/harness/free-port.ts';
import { allMove, lastBytes, openManyViews } from '../tools/harness/many-views.ts';
import { startServerProcess, type ServerProcess } from '../tools/harness/server-process.ts';
import { startCameras, type BenchCameras } from './cameras.ts';
import { untilOnline } from './design-wall.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';

const round = (value: number) => Math.round(value);
const p = (values: readonly number[]) => [percentile(values, 0.5), percentile(values, 0.99)].map(round);

/** Sign-ins by password one after the other: the hash is meant to take its time, the rest is not. */
export async function benchSignIn(times: number): Promise<Table> {
  const server = await startServerProcess();
  try {
    await addPerson(await server.signedIn('administrator'), 'olga', ['operator']);
    const tookMs: Record<'right' | 'unknown', number[]> = { right: [], unknown: [] };
    for (let n = 0; n < times; n++) {
      const startMs = performance.now();
      const answer = await new Browser(server.url).signIn('olga');
      if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.status}`);
      tookMs.right.push(performance.now() - startMs);
    }
    // Five wrong ones are all that one place gets.
    for (let n = 0; n < 4; n++) {
      const startMs = performance.now();
      await new Browser(server.url).signIn(`nobody-${n}`, 'not the password of anybody');
      tookMs.unknown.push(performance.now() - startMs);
    }
    return {
      ...{ name: 'sign-in', title: 'Signing in by password', figures: tookMs },
      note: 'From the request to the answer, one after the other; argon2id takes nearly all of it. An unknown name is to take as long as a known one.',
      columns: ['', 'sign-ins', 'p50 ms', 'p99 ms'],
      rows: [
        ['right', times, ...p(tookMs.right)],
        ['unknown name', 4, ...p(tookMs.unknown)],
      ],
    };
  } finally {
    await server.stop();
  }
}

const deny = (person: string) => ({
  effect: 'deny',
  party: { kind: 'person', id: person },
  rights: ['live'],
  group: null,
});

/** `cameraCount` cameras that run, and an administrator who takes rights away. */
async function startSite(cameraCount: number) {
  const cameras = await startCameras(cameraCount);
  const mediaPort = await freePort();
  const server = await startServerProcess({ env: { CLERESTORY_MEDIA_PORT: String(mediaPort) } });
  for (const name of cameras.names)
    await server.api('POST', '/cameras', {
      ...{ id: name, name, keep: 'always' },
      source: { kind: 'rtsp', main: cameras.farm.url(name), transport: 'tcp' },
    });
  await untilOnline(server, cameras.names.length);
  return { cameras, mediaPort, server, administrator: await server.signedIn('administrator') };
}

const patienceMs = 60_000;
async function untilTrue(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await look())) {
    if (performance.now() > deadlineMs) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** From the request that takes a right away to the last byte of each of 200 views, ms. */
async function lastByteMs(
  { cameras, mediaPort, server, administrator }: Awaited<ReturnType<typeof startSite>>,
  rounds: number,
): Promise<number[]> {
  const person = await addPerson(administrator, 'olga', ['operator']);
  const browsers: Browser[] = [];
  while (browsers.length < 20) {
    const browser = new Browser(server.url);
    await browser.signIn('olga');
    browsers.push(browser);
  }
  const found: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const views = await openManyViews(mediaPort, browsers, cameras.names.slice(0, 5), {
      ...{ playlist: 10, part: 5, still: 5 },
    });
    await untilTrue('all views move', () => allMove(views, performance.now() - 2_000));
    const told = views.map(({ refusals }) => refusals);
    const startMs = performance.now();
    const rule = await administrator.call('POST', '/rights', deny(person));
    await untilTrue('all are told', () => views.every(({ refusals }, at) => refusals > (told[at] ?? 0)));
    found.push(...views.map(({ lastMs }) => Math.max(0, lastMs - startMs)));
    process.stderr.write(`last byte: ${JSON.stringify(lastBytes(views, startMs))}\n`);
    await administrator.call('DELETE', `/rights/${rule.body.id}`);
    for (const view of views) view.close();
  }
  return found;
}

/** Watches every tile in each frame that the browser draws; resolves when all are dark, with when each was. */
const darkAt = (page: Page): Promise<number[]> =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const tiles = [...document.querySelectorAll('[data-tile]')];
        const at = tiles.map(() => 0);
        const look = () => {
          for (const [n, tile] of tiles.entries())
            if (at[n] === 0 && tile.getAttribute('data-picture') !== 'video') at[n] = Date.now();
          if (at.every((ms) => ms > 0)) resolve(at);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/** From the same request to the frame without a picture, for each tile of a screen of sixteen, ms. */
async function darkMs(
  {
    cameras,
    server,
    administrator,
  }: { cameras: BenchCameras; server: ServerProcess; administrator: Browser },
  rounds: number,
): Promise<number[]> {
  const screen = '/walls/control-room/screens/left';
  await server.api('PUT', `${screen}/layout`, { layout: '16' });
  for (const [tile, camera] of cameras.names.entries())
    await server.api('PUT', `${screen}/tiles/${tile}`, { camera });
  const me = await server.api<{ me: { id: string } }>('GET', '/session');
  const browser = await chromium.launch({ ...config.use?.launchOptions, headless: true });
  const found: number[] = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    await enter(context, server);
    const page = await context.newPage();
    await page.goto(`${server.url}/screen/left`);
    for (let n = 0; n < rounds; n++) {
      await untilTrue('all tiles are live', async () =>
        page.evaluate((count) => {
          const live = document.querySelectorAll('[data-tile][data-state="live"][data-picture="video"]');
          return live.length === count;
        }, cameras.names.length),
      );
      const dark = darkAt(page);
      const startMs = Date.now();
      const rule = await administrator.call('POST', '/rights', deny(me.me.id));
      found.push(...(await dark).map((ms) => ms - startMs));
      await administrator.call('DELETE', `/rights/${rule.body.id}`);
    }
  } finally {
    await browser.close();
  }
  return found;
}

/** `rounds` of 200 views for the last byte, and as many tiles for the dark. */
export async function benchRevocation(rounds: number, screens: number): Promise<Table> {
  const site = await startSite(16);
  try {
    const bytes = await lastByteMs(site, rounds);
    const dark = await darkMs(site, screens);
    return {
      ...{ name: 'revocation', title: 'A right is taken away', figures: { bytes, dark } },
      note: 'From the request of the administrator. Last byte: 200 views at once by push socket, playlist, part and still. Dark: the first frame that the browser draws without the picture, on a screen of 16 tiles.',
      columns: ['', 'views', 'p50 ms', 'p99 ms', 'most ms'],
      rows: [
        ['last byte', bytes.length, ...p(bytes), round(Math.max(...bytes))],
        ['tile dark', dark.length, ...p(dark), round(Math.max(...dark))],
      ],
    };
  } finally {
    await site.server.stop();
    await site.cameras.close();
  }
}
