// A console at work for an hour, and what it holds in memory: npx node tools/soak/console.ts --minutes 60
// Real cameras whose stills the console shows, and one step of work each second and a half: whatever a supervisor does
// by mouse and keys. Each minute garbage is collected and what remains is counted.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import config from '../../playwright.config.ts';
import { startCameras } from '../../bench/cameras.ts';
import { enter } from '../../e2e/support/sign-in.ts';
import { descendants, startServerProcess } from '../harness/server-process.ts';
import { slopePerHour, vitalsOf } from './vitals.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    /** From one step of work to the next. */
    'step-ms': { type: 'string', default: '1500' },
    json: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const stepMs = Number(values['step-ms']);
if (!(minutes > 0 && stepMs >= 100)) {
  process.stderr.write('--minutes: give how long, more than 0; --step-ms: 100 or more\n');
  process.exit(1);
}

const cameraCount = 8;
const sampleMs = 60_000;
/** What a page needs at first is not growth, ms. */
const settledMs = 5 * 60_000;
const screens = ['left', 'centre', 'right'];

const row = (page: Page, n: number) => page.locator(`[data-camera-row="cam${n}"]`);
const tile = (page: Page, screen: string, at: number) =>
  page.locator(`[data-stage] [data-screen="${screen}"][data-tile="${at}"]`);

/** One step each; `n` counts them, so that no two in a row work on the same tile and camera. */
const work: readonly ((page: Page, n: number, screen: string) => Promise<void>)[] = [
  async (page, _, screen) => page.locator(`[data-mini="${screen}"]`).click(),
  async (page, n, screen) => tile(page, screen, n % 4).click(),
  async (page, n) => row(page, 1 + (n % cameraCount)).click(),
  async (page) => page.keyboard.press('Escape'),
  async (page, n, screen) => row(page, 1 + ((n * 3) % cameraCount)).dragTo(tile(page, screen, (n + 1) % 4)),
  async (page, n, screen) => tile(page, screen, n % 4).dragTo(tile(page, screen, (n + 2) % 4)),
  async (page) => page.keyboard.press('z'),
  async (page) => page.keyboard.press('y'),
  async (page) => page.keyboard.press(','),
  async (page, n) => {
    await page.getByLabel('Search for a camera').fill(`Camera ${1 + (n % cameraCount)}`);
    await page.getByLabel('Search for a camera').fill('');
    await page.keyboard.press('Escape');
  },
  async (page) => page.keyboard.press('F1'),
  async (page) => page.keyboard.press('F2'),
  ...['a', 'i', '?', 'Control+k', 'l'].map((key) => async (page: Page) => {
    await page.keyboard.press(key);
    await page.keyboard.press('Escape');
  }),
  async (page) => {
    await page.keyboard.press('g');
    await page.keyboard.press('g');
  },
  async (page, n, screen) => {
    await tile(page, screen, n % 4).click({ button: 'right' });
    await page.keyboard.press('Escape');
  },
];

interface Sample {
  atMs: number;
  steps: number;
  heapMb: number;
  nodes: number;
  listeners: number;
  /** Nodes that are in no page any more and that something still holds. */
  detached: number;
  browserMb: number;
  /** The same by kind of process: the browser itself, its renderers, its GPU process and what it calls utilities. */
  browserByKindMb: Record<string, number>;
  controlMb: number;
}

/** What a process of Chromium is, by its command line. */
function kindOf(pid: number): string {
  try {
    return /--type=([a-z-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? 'browser';
  } catch {
    return 'gone';
  }
}

const cameras = await startCameras(cameraCount, 1, { width: 320, height: 180, fps: 5, kbps: 100 });
const server = await startServerProcess();
const own = await chromium.launchServer({ ...config.use?.launchOptions, headless: true });
const samples: Sample[] = [];
let [steps, missed] = [0, 0];
let commits: number;
try {
  for (const [index, id] of cameras.names.entries())
    await server.api('POST', '/cameras', {
      ...{ id, number: 101 + index, name: `Camera ${index + 1}`, keep: 'always' },
      source: { kind: 'rtsp', main: cameras.farm.url(id), transport: 'tcp' },
    });
  const commands = '/walls/control-room/commands';
  for (const [n, screen] of screens.entries()) {
    await server.api('PUT', `/walls/control-room/screens/${screen}/layout`, { layout: '4' });
    for (const [scene, from] of [n, n + 4].entries()) {
      const shown = [0, 1, 2, 3].map((at) => `cam${1 + ((from + at) % cameraCount)}`);
      await server.api('POST', commands, { type: 'screen:fill', screen, cameras: shown, mode: 'replace' });
      if (n === screens.length - 1)
        await server.api('POST', commands, {
          ...{ type: 'scene:save', scene: `scene-${scene + 1}`, name: `Scene ${scene + 1}` },
          ...{ key: `F${scene + 1}`, screens },
        });
    }
  }
  const browser = await chromium.connect(own.wsEndpoint());
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  await enter(context, server);
  const page = await context.newPage();
  await page.goto(server.url);
  await row(page, 1).waitFor();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('DOM.enable');
  const pid = own.process().pid ?? 0;
  const sample = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const { detachedNodes } = await session.send('DOM.getDetachedDomNodes');
    const kinds = Map.groupBy([pid, ...descendants(pid)], kindOf);
    const metric = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
    samples.push({
      ...{ atMs: Date.now(), steps },
      ...{ heapMb: metric('JSHeapUsedSize') / 2 ** 20, nodes: metric('Nodes') },
      ...{ listeners: metric('JSEventListeners'), detached: detachedNodes.length },
      browserByKindMb: Object.fromEntries(
        [...kinds].map(([kind, pids]) => [kind, Math.round(vitalsOf(pids).privateMb * 10) / 10]),
      ),
      browserMb: vitalsOf([pid, ...descendants(pid)]).privateMb,
      controlMb: vitalsOf([server.pid]).privateMb,
    });
    process.stdout.write(`${JSON.stringify(samples.at(-1))}\n`);
    if (values.json) writeFileSync(values.json, JSON.stringify({ steps, missed, samples }));
  };
  page.setDefaultTimeout(10_000);
  const sequence = async () =>
    (await server.api<{ sequence: number }>('GET', '/walls/control-room')).sequence;
  const before = await sequence();
  const endMs = Date.now() + minutes * 60_000;
  let sampleDueMs = 0;
  while (Date.now() < endMs) {
    if (Date.now() >= sampleDueMs) {
      sampleDueMs = Date.now() + sampleMs;
      await sample();
    }
    const screen = screens[Math.floor(steps / work.length) % screens.length] ?? 'left';
    const dueMs = Date.now() + stepMs;
    try {
      await work[steps % work.length]?.(page, Math.floor(steps / 2), screen);
    } catch (fault) {
      // A step that another dialog hindered; too many of them, and the hour says nothing.
      missed += 1;
      process.stdout.write(`step ${steps % work.length} missed: ${String(fault).split('\n')[0] ?? ''}\n`);
      await page.keyboard.press('Escape');
    }
    steps += 1;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - Date.now())));
  }
  await sample();
  commits = (await sequence()) - before;
} finally {
  await own.close();
  await server.stop();
  await cameras.close();
}

const [start] = samples;
const counted = samples.filter(({ atMs }) => atMs >= (start?.atMs ?? 0) + settledMs);
const line = (name: string, value: (sample: Sample) => number): string => {
  const points = counted.map((one) => ({ atMs: one.atMs, value: value(one) }));
  const shown = [points[0]?.value, points.at(-1)?.value, slopePerHour(points)];
  return `| ${name} | ${shown.map((one) => (one ?? Number.NaN).toFixed(1)).join(' | ')} |\n`;
};
process.stdout.write(
  [
    `\n${minutes} min, ${steps} steps of work (${missed} missed) that changed the wall ${commits} times, ${cameraCount} cameras, ${screens.length} screens\n\n`,
    '| what | after 5 min | at the end | per hour |\n|---|---|---|---|\n',
    line('page: heap after collecting, MB', ({ heapMb }) => heapMb),
    line('page: DOM nodes', ({ nodes }) => nodes),
    line('page: event listeners', ({ listeners }) => listeners),
    line('page: nodes that are in no page any more', ({ detached }) => detached),
    line('browser, all processes, MB', ({ browserMb }) => browserMb),
    ...['renderer', 'browser', 'gpu-process', 'utility'].map((kind) =>
      line(`browser: ${kind}, MB`, ({ browserByKindMb }) => browserByKindMb[kind] ?? 0),
    ),
    line('control server, MB', ({ controlMb }) => controlMb),
  ].join(''),
);
