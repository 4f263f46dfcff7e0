import { io, type Socket } from 'socket.io-client';
import type { ClientCommand, ClientToServer, Commit, ServerToClient } from '@clerestory/protocol';
import { apply } from '@clerestory/wall-state';
import { startServerProcess } from '../tools/harness/server-process.ts';
import { startFarmOf, type BenchCamera } from './cameras.ts';
import { startWall } from './design-wall.ts';
import { loadOnce, openPage } from './first-pictures.ts';
import { countsOf, nextSeen } from './joins.ts';
import { percentile } from './pixels.ts';
import { startPlainBrowser } from './plain-browser.ts';
import type { Table } from './table.ts';

/** Milliseconds from the sending of one scene until the last of its screens has applied it: every tile is assigned. */
export interface SceneFigures {
  screens: number;
  tiles: number;
  tries: number;
  p50Ms: number;
  p99Ms: number;
}

type Window = Socket<ServerToClient, ClientToServer>;
const tilesPerScreen = 16;
const wall = 'control-room';
const round = (value: number) => Math.round(value * 10) / 10;

/** Two scenes that differ on every tile, applied in turn, at as many screens' sockets as there are screens. */
export async function measureScenes(screens: number, tries: number): Promise<SceneFigures> {
  const server = await startServerProcess();
  const windows: Window[] = [];
  const openWindow = async (cookie: string): Promise<Window> => {
    const socket: Window = io(server.url, {
      ...{ transports: ['websocket'], forceNew: true, auth: { surface: 'console' } },
      extraHeaders: { cookie },
    });
    windows.push(socket);
    await socket.emitWithAck('wall:join', {});
    return socket;
  };
  try {
    const cookie = (await server.signedIn('team')).cookieHeader();
    const cameras = Array.from({ length: tilesPerScreen * 2 }, (_, n) => `cam${n + 1}`);
    for (const [n, id] of cameras.entries())
      await server.api('POST', '/cameras', {
        ...{ id, number: n + 1, name: id, place: '' },
        source: { kind: 'rtsp', main: `rtsp://127.0.0.1:9/${id}`, transport: 'tcp' },
      });
    const author = await openWindow(cookie);
    let base = (await server.api<{ sequence: number }>('GET', `/walls/${wall}`)).sequence;
    let count = 0;
    const send = async (command: ClientCommand) => {
      const key = `bench-scene-${String((count += 1)).padStart(6, '0')}`;
      const answer = await author.emitWithAck('wall:command', { wall, key, base, command });
      if (!answer.ok) throw new Error(answer.problem.detail);
      base = answer.value.sequence;
    };
    const ids = Array.from({ length: screens }, (_, n) => `bench-${n + 1}`);
    for (const screen of ids) await send({ type: 'screen:create', screen, name: screen, layout: '16' });
    for (const [n, scene] of ['odd', 'even'].entries()) {
      for (const screen of ids)
        await send({
          ...{ type: 'screen:fill', screen, mode: 'replace' },
          cameras: cameras.slice(n * tilesPerScreen, (n + 1) * tilesPerScreen),
        });
      await send({ type: 'scene:save', scene, name: scene, key: null, screens: ids });
    }
    const screensOf = await Promise.all(
      ids.map(async () => {
        const window = await openWindow(cookie);
        const joined = await window.emitWithAck('wall:join', {});
        if (!joined.ok) throw new Error(joined.problem.detail);
        return { window, state: joined.value.wall };
      }),
    );
    const took: number[] = [];
    for (let n = 0; n < tries; n++) {
      const all = screensOf.map(
        (one) =>
          new Promise<void>((resolve) => {
            one.window.once('wall:committed', (commit: Commit) => {
              one.state = apply(one.state, commit);
              resolve();
            });
          }),
      );
      const startMs = performance.now();
      await Promise.all([send({ type: 'scene:apply', scene: n % 2 === 0 ? 'odd' : 'even' }), ...all]);
      took.push(performance.now() - startMs);
      const assigned = screensOf[0]?.state.screens
        .filter(({ id }) => ids.includes(id))
        .reduce((sum, { tiles }) => sum + Object.keys(tiles).length, 0);
      if (assigned !== screens * tilesPerScreen) throw new Error(`${assigned ?? 0} tiles are assigned`);
    }
    return {
      ...{ screens, tiles: screens * tilesPerScreen, tries },
      ...{ p50Ms: round(percentile(took, 0.5)), p99Ms: round(percentile(took, 0.99)) },
    };
  } finally {
    for (const window of windows) window.close();
    await server.stop();
  }
}

export async function benchScenes(screens: number, tries: number): Promise<Table> {
  const figures = [await measureScenes(screens, tries)];
  return {
    name: 'scenes',
    title: `A scene over ${screens} screens`,
    note: `${tries} scenes one after the other, each of which changes every tile; milliseconds from sending until each screen's socket has it and has applied it. All are sockets of one process, which shares the machine with the server; pictures are not waited for.`,
    columns: ['screens', 'tiles', 'p50 ms', 'p99 ms'],
    rows: figures.map((one) => [one.screens, one.tiles, one.p50Ms, one.p99Ms]),
    figures,
  };
}

/** Milliseconds from the sending of a scene until every tile of the real screens has shown a moving picture of its new camera. */
export interface LiveSceneFigures {
  screens: number;
  /** Screens that are open in a browser, with their tiles together. */
  realTiles: number;
  tries: number;
  p50Ms: number;
  worstMs: number;
}

const realScreens = ['left', 'right'];
const realTiles = 4;

/** Two real screens of four tiles among twelve: each scene puts other cameras on all tiles of all of them. */
export async function measureLiveScenes(screens: number, tries: number): Promise<LiveSceneFigures> {
  const perScene = realScreens.length * realTiles;
  const mounts: Record<string, BenchCamera> = {};
  for (let n = 1; n <= perScene * 2; n++) mounts[`cam${n}`] = { camera: n, gopS: 1 };
  const cameras = await startFarmOf(mounts);
  const server = await startWall(cameras, { tiles: cameras.names.slice(0, realTiles) });
  const browsers = await Promise.all(realScreens.map(() => startPlainBrowser()));
  try {
    const send = (command: ClientCommand) => server.api('POST', `/walls/${wall}/commands`, command);
    const others = Array.from(
      { length: Math.max(0, screens - realScreens.length) },
      (_, n) => `bench-${n + 1}`,
    );
    for (const screen of others) await send({ type: 'screen:create', screen, name: screen, layout: '16' });
    for (const screen of realScreens) await send({ type: 'screen:layout', screen, layout: '4' });
    for (const [half, scene] of ['odd', 'even'].entries()) {
      const from = half * perScene;
      for (const [n, screen] of realScreens.entries()) {
        const at = from + n * realTiles;
        const shown = cameras.names.slice(at, at + realTiles);
        await send({ type: 'screen:fill', screen, mode: 'replace', cameras: shown });
      }
      for (const screen of others)
        await send({
          ...{ type: 'screen:fill', screen, mode: 'replace' },
          cameras: cameras.names.slice(from, from + perScene),
        });
      await send({ type: 'scene:save', scene, name: scene, key: null, screens: [...realScreens, ...others] });
    }
    const pages = await Promise.all(browsers.map((browser) => openPage(browser, server)));
    for (const [n, page] of pages.entries())
      await loadOnce(page, new URL(`/screen/${realScreens[n] ?? ''}`, server.url).href, realTiles);
    const took: number[] = [];
    for (let n = 0; n < tries; n++) {
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
      const watched = pages.flatMap((page) =>
        Array.from({ length: realTiles }, (_, tile) => ({ page, tile })),
      );
      const seen = await Promise.all(
        watched.map(async ({ page, tile }) => ({ page, tile, before: await countsOf(page, tile) })),
      );
      const fromMs = Date.now();
      const [pictures] = await Promise.all([
        Promise.all(seen.map(({ page, tile, before }) => nextSeen(page, tile, before))),
        send({ type: 'scene:apply', scene: n % 2 === 0 ? 'odd' : 'even' }),
      ]);
      took.push(Math.max(...pictures.map(({ pictureMs }) => pictureMs)) - fromMs);
    }
    return {
      ...{ screens: others.length + realScreens.length, realTiles: perScene, tries },
      ...{ p50Ms: Math.round(percentile(took, 0.5)), worstMs: Math.round(Math.max(...took)) },
    };
  } finally {
    for (const browser of browsers) await browser.close();
    await server.close();
    await cameras.close();
  }
}

/** By then every tile of the scene before has settled. */
const betweenMs = 3_000;

export async function benchLiveScenes(screens: number, tries: number): Promise<Table> {
  const figures = await measureLiveScenes(screens, tries);
  return {
    name: 'scenes-live',
    title: 'A scene until it is seen',
    note: `${figures.screens} screens, two of them open in browsers of their own (${figures.realTiles} tiles with real cameras whose streams run, key frames each second); milliseconds from sending the scene over REST until the last of these tiles has shown a moving picture of its new camera.`,
    columns: ['screens', 'tiles seen', 'scenes', 'p50 ms', 'worst ms'],
    rows: [[figures.screens, figures.realTiles, figures.tries, figures.p50Ms, figures.worstMs]],
    figures,
  };
}
