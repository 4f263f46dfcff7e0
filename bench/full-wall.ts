import { chromium } from '@playwright/test';
import { io, type Socket } from 'socket.io-client';
import type { ClientCommand, ClientToServer, ScreenReport, ServerToClient } from '@clerestory/protocol';
import { enterAs } from '../e2e/support/sign-in.ts';
import { startServerProcess } from '../tools/harness/server-process.ts';
import config from '../playwright.config.ts';
import { startCameras } from './cameras.ts';
import { percentile } from './pixels.ts';
import { coresUsed, sampleCpu } from './processes.ts';
import type { Table } from './table.ts';

/** A console over a wall whose screens all say what they show. */
export interface FullWallFigures {
  screens: number;
  tiles: number;
  /** From opening the page until every tile of the room has its screen's own word. */
  openMs: number;
  /** From sending a screen's report until the console has drawn the state in it. */
  stateP50Ms: number;
  stateP99Ms: number;
  stateWorstMs: number;
  /** Longest time between two frames in that time. */
  worstFrameMs: number;
  browserCores: number;
  controlCores: number;
  heapMb: number;
}

type Window = Socket<ServerToClient, ClientToServer>;
const wall = 'control-room';
const tilesPerScreen = 16;
/** As a screen does where nothing changes. */
const reportEveryMs = 5_000;
const round = (value: number) => Math.round(value * 10) / 10;

/** What a screen says; `troubled`: the tile on it that is stale. */
const reportOf = (
  screen: string,
  sequence: number,
  names: readonly string[],
  troubled: number,
): ScreenReport => ({
  ...{ screen, sequence, visible: true, width: 1_920, height: 1_080 },
  tiles: names.map((camera, tile) => ({
    ...{ tile, camera, state: tile === troubled ? 'stale' : 'live', reason: '', stream: 'main' },
    ...{ latencyMs: 400 + tile, fps: 5 },
  })),
});

/** So many screens of sixteen tiles, each with a socket that reports as a screen does, and one real console in the room view. */
export async function measureFullWall(screens: number, tries: number): Promise<FullWallFigures> {
  const cameras = await startCameras(tilesPerScreen, 1, { width: 320, height: 180, fps: 5, kbps: 100 });
  const server = await startServerProcess();
  const own = await chromium.launchServer({ ...config.use?.launchOptions, headless: true });
  const windows: Window[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    for (const [n, id] of cameras.names.entries())
      await server.api('POST', '/cameras', {
        ...{ id, number: n + 1, name: `Camera ${n + 1}`, keep: 'always' },
        source: { kind: 'rtsp', main: cameras.farm.url(id), transport: 'tcp' },
      });
    const give = (command: ClientCommand) => server.api('POST', `/walls/${wall}/commands`, command);
    const ids = Array.from({ length: screens }, (_, n) => `full-${n + 1}`);
    for (const id of ['left', 'centre', 'right']) await server.api('DELETE', `/walls/${wall}/screens/${id}`);
    for (const screen of ids) {
      await give({ type: 'screen:create', screen, name: screen, layout: '16' });
      await give({ type: 'screen:fill', screen, cameras: cameras.names, mode: 'replace' });
    }
    const { sequence } = await server.api<{ sequence: number }>('GET', `/walls/${wall}`);
    const team = await server.signedIn('team');
    for (const screen of ids) {
      const window: Window = io(server.url, {
        ...{ transports: ['websocket'], forceNew: true, auth: { surface: 'screen', screen } },
        extraHeaders: { cookie: team.cookieHeader(), origin: server.url },
      });
      windows.push(window);
      await window.emitWithAck('wall:join', {});
    }
    const report = (n: number, troubled = -1) =>
      windows[n]?.emitWithAck('screen:report', reportOf(ids[n] ?? '', sequence, cameras.names, troubled));
    for (const n of ids.keys()) await report(n);
    let turn = 0;
    timer = setInterval(() => void report((turn += 1) % screens), reportEveryMs / screens);

    const browser = await chromium.connect(own.wsEndpoint());
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    await enterAs(context, team);
    const page = await context.newPage();
    const openedMs = performance.now();
    await page.goto(server.url);
    await page.locator('[data-camera-row]').first().waitFor();
    await page.keyboard.press('g');
    await page.waitForFunction(
      (count) => document.querySelectorAll('[data-plan-screen] [data-state="live"]').length === count,
      screens * tilesPerScreen,
    );
    const openMs = performance.now() - openedMs;
    await page.waitForTimeout(5_000);

    await page.evaluate(() => {
      const seen = { worstMs: 0, lastMs: performance.now() };
      Object.assign(window, { benchFrames: seen });
      const look = () => {
        const nowMs = performance.now();
        seen.worstMs = Math.max(seen.worstMs, nowMs - seen.lastMs);
        seen.lastMs = nowMs;
        requestAnimationFrame(look);
      };
      look();
    });
    const pid = own.process().pid ?? 0;
    const before = [sampleCpu([pid]), sampleCpu([server.pid])] as const;
    const took: number[] = [];
    for (let n = 0; n < tries; n++) {
      const [at, tile] = [n % screens, n % tilesPerScreen];
      const seen = page.evaluate(
        ([screen, tile]) =>
          new Promise<number>((resolve) => {
            const place = `[data-plan-screen="${screen}"] [data-tile="${tile}"][data-state="stale"]`;
            const look = () => {
              if (document.querySelector(place)) resolve(performance.timeOrigin + performance.now());
              else requestAnimationFrame(look);
            };
            look();
          }),
        [ids[at], tile] as const,
      );
      const sentMs = performance.timeOrigin + performance.now();
      await report(at, tile);
      took.push((await seen) - sentMs);
      await report(at);
      await page.waitForTimeout(200 + Math.random() * 200);
    }
    const after = [sampleCpu([pid]), sampleCpu([server.pid])] as const;
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const worstFrameMs = await page.evaluate(
      () => (window as unknown as { benchFrames: { worstMs: number } }).benchFrames.worstMs,
    );
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return {
      ...{ screens, tiles: screens * tilesPerScreen, openMs: Math.round(openMs) },
      stateP50Ms: round(percentile(took, 0.5)),
      stateP99Ms: round(percentile(took, 0.99)),
      stateWorstMs: round(Math.max(...took)),
      worstFrameMs: round(worstFrameMs),
      browserCores: round(coresUsed(before[0], after[0]) * 100) / 100,
      controlCores: round(coresUsed(before[1], after[1], (name) => name !== 'ffmpeg') * 100) / 100,
      heapMb: round(usedSize / 2 ** 20),
    };
  } finally {
    clearInterval(timer);
    for (const window of windows) window.close();
    await own.close();
    await server.stop();
    await cameras.close();
  }
}

export async function benchFullWall(screens: number, tries: number): Promise<Table> {
  const figures = await measureFullWall(screens, tries);
  return {
    name: 'full-wall',
    title: 'A console over a full wall',
    note: `The room view at 1920×1080 over screens of ${tilesPerScreen} tiles with real cameras and stills; each screen is a socket that reports all its tiles each 5 s as a screen does. Milliseconds from sending a report in which one tile became stale until the console has drawn that, in ${tries} tries; CPU in cores, the server's without ffmpeg and with its media process.`,
    columns: [
      ...['screens', 'tiles', 'all drawn ms', 'state p50 ms', 'p99', 'worst', 'longest frame ms'],
      ...['browser', 'server', 'heap MB'],
    ],
    rows: [
      [
        ...[figures.screens, figures.tiles, figures.openMs, figures.stateP50Ms, figures.stateP99Ms],
        ...[figures.stateWorstMs, figures.worstFrameMs, figures.browserCores, figures.controlCores],
        figures.heapMb,
      ],
    ],
    figures,
  };
}
