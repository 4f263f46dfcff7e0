import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, ServerToClient } from '@clerestory/protocol';
import { openDatabase } from '../apps/server/src/platform/database.ts';
import { enterAs } from '../e2e/support/sign-in.ts';
import { startServerProcess } from '../tools/harness/server-process.ts';
import config from '../playwright.config.ts';
import { percentile } from './pixels.ts';
import type { Table } from './table.ts';

/** Milliseconds, but for what is named otherwise. */
export interface TreeFigures {
  cameras: number;
  serverStartMs: number;
  snapshotMb: number;
  joinMs: Spread;
  /** From opening the page until the first line of the list is there. */
  firstListMs: number;
  /** From a key until the frame after it is drawn. */
  keyToFrameMs: Spread;
  /** Between two frames while the list is scrolled. */
  scrollFrameMs: Spread;
  heapMb: number;
}
interface Spread {
  p50: number;
  p99: number;
  worst: number;
}

/** Of the page before its keys are measured, ms. */
const restMs = 3_000;

const streets = [
  ...['Quay', 'Mill', 'Station', 'Market', 'Bridge', 'Harbour', 'School', 'Chapel', 'Linden', 'Ring'],
];
const things = ['gate', 'car park', 'crossing', 'tram stop', 'loading dock', 'entrance', 'yard', 'tunnel'];
const queries = ['quay gate 12', 'district 7', '4711', 'mill street 3 yard', 'nothing at all', 'tunnel'];
const round = (value: number) => Math.round(value * 10) / 10;
const spread = (values: number[]): Spread => ({
  p50: round(percentile(values, 0.5)),
  p99: round(percentile(values, 0.99)),
  worst: round(Math.max(...values)),
});

/** A registry as an import would leave it; nobody watches any of them. */
async function fill(dataDir: string, count: number): Promise<void> {
  const { db, close } = openDatabase(dataDir);
  const rows = Array.from({ length: count }, (_, at) => ({
    id: `bench-${at}`,
    number: at + 1,
    name: `${streets[at % streets.length]} ${things[at % things.length]} ${Math.floor(at / 40)}`,
    place: `${streets[(at * 7) % streets.length]} Street ${at % 90}`,
    neighbourhood: `District ${at % 40}`,
    keep: 'on-demand',
    tags: JSON.stringify([things[(at * 3) % things.length]]),
    source: JSON.stringify({ kind: 'rtsp', main: 'rtsp://127.0.0.1:9/none', transport: 'auto' }),
    ...{ latitude: null, longitude: null, heading: null, view_angle: null, owner: null },
    ...{ place_kind: 'street', visibility: 'public', tier: 'integrated' },
    ...{ revision: 1, created_at: 0, updated_at: 0 },
  }));
  await db.transaction().execute(async (write) => {
    for (let at = 0; at < rows.length; at += 500)
      await write
        .insertInto('cameras')
        .values(rows.slice(at, at + 500) as never)
        .execute();
  });
  await close();
}

/** The camera list of a console over a registry of so many cameras. */
export async function measureTree(count: number): Promise<TreeFigures> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'clerestory-tree-'));
  await fill(dataDir, count);
  const startedMs = performance.now();
  const server = await startServerProcess({ dataDir });
  const startMs = performance.now() - startedMs;
  const browser = await chromium.launch(config.use?.launchOptions ?? {});
  try {
    const team = await server.signedIn('team');
    const socket: Socket<ServerToClient, ClientToServer> = io(server.url, {
      auth: { surface: 'console' },
      transports: ['websocket'],
      extraHeaders: { cookie: team.cookieHeader(), origin: server.url },
    });
    const joins: number[] = [];
    let snapshotBytes = 0;
    for (let n = 0; n < 5; n++) {
      const askedMs = performance.now();
      const joined = await socket.emitWithAck('wall:join', {});
      joins.push(performance.now() - askedMs);
      snapshotBytes = JSON.stringify(joined).length;
    }
    socket.close();

    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    await enterAs(context, team);
    const page = await context.newPage();
    const openedMs = performance.now();
    await page.goto(server.url);
    await page.locator('[data-camera-row]').first().waitFor();
    const firstListMs = performance.now() - openedMs;
    // What begins with the page is over: keys are measured, not its start.
    await page.waitForTimeout(restMs);
    // Each key: from the input event until the frame after it is drawn.
    const keys = await page.evaluate(async (queries) => {
      const input = document.querySelector<HTMLInputElement>('#camera-search');
      if (!input) throw new Error('no search');
      const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
      const times: number[] = [];
      for (const query of queries)
        for (let length = 1; length <= query.length; length++) {
          const startMs = performance.now();
          setter?.call(input, query.slice(0, length));
          input.dispatchEvent(new Event('input', { bubbles: true }));
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          times.push(performance.now() - startMs);
        }
      setter?.call(input, '');
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return times;
    }, queries);
    const frames = await page.evaluate(async () => {
      const list = document.querySelector('.camera-list');
      if (!list) throw new Error('no list');
      const times: number[] = [];
      let lastMs = performance.now();
      for (let step = 0; step < 240; step++) {
        list.scrollTop += 700;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const nowMs = performance.now();
        times.push(nowMs - lastMs);
        lastMs = nowMs;
      }
      return times;
    });
    const heapBytes = await page.evaluate(
      () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
    );
    return {
      cameras: count,
      serverStartMs: round(startMs),
      snapshotMb: round(snapshotBytes / 1e6),
      joinMs: spread(joins),
      firstListMs: round(firstListMs),
      keyToFrameMs: spread(keys),
      scrollFrameMs: spread(frames),
      heapMb: round(heapBytes / 1e6),
    };
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function benchTree(count: number): Promise<Table> {
  const figures = await measureTree(count);
  const { keyToFrameMs: key, scrollFrameMs: scroll } = figures;
  return {
    name: 'tree',
    title: 'The camera list of a large site',
    note: 'A console at 1920×1080 over a registry of so many cameras, none of them watched; milliseconds from each typed key of six searches until the frame after it is drawn, and between two frames while 240 of them scroll the list by 700 pixels each.',
    columns: [
      ...['cameras', 'join p50 ms', 'snapshot MB', 'list there ms', 'key p50 ms', 'p99', 'worst'],
      ...['scroll p50 ms', 'p99', 'worst', 'heap MB'],
    ],
    rows: [
      [
        ...[count, figures.joinMs.p50, figures.snapshotMb, figures.firstListMs, key.p50, key.p99, key.worst],
        ...[scroll.p50, scroll.p99, scroll.worst, figures.heapMb],
      ],
    ],
    figures,
  };
}
