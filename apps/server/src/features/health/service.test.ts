import type { CameraHealth, IngestReport, IngestState, ScreenReport } from '@clerestory/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../platform/database.ts';
import { createLogger } from '../../platform/logging.ts';
import { temporaryFolder } from '../../testing/folder.ts';
import { until } from '../../testing/server.ts';
import { HealthService } from './service.ts';
import { TransitionStore } from './store.ts';

let folder: ReturnType<typeof temporaryFolder>;
let db: Database;
let close: () => Promise<void>;
let health: HealthService;
let store: TransitionStore;
let nowMs: number;
let told: CameraHealth[];

beforeEach(() => {
  folder = temporaryFolder();
  ({ db, close } = openDatabase(folder.dir));
  store = new TransitionStore(db);
  nowMs = 1_000_000;
  told = [];
  health = new HealthService(store, { nowMs: () => nowMs, monotonicMs: () => nowMs }, createLogger('silent'));
  health.addCamera('gate');
  health.nodeConnected(true);
  health.onChange((changed) => told.push(...changed));
});
afterEach(async () => {
  await close();
  folder.remove();
});

const ingest = (state: IngestState, restarts = 0): IngestReport => ({
  camera: 'gate',
  state,
  reason: state === 'running' ? '' : `it is ${state}`,
  facts: {
    stream: 'sub',
    fps: 15,
    bitrateKbps: 500,
    gopMs: 1000,
    codec: 'avc1.64001f',
    width: 640,
    height: 360,
    viewers: 2,
    restarts,
  },
});
const pass = (ms: number) => {
  for (const end = nowMs + ms; nowMs < end;) {
    nowMs += 250;
    health.tick();
  }
};
const screen = (state: 'live' | 'stale'): ScreenReport => ({
  screen: 'left',
  sequence: 1,
  visible: true,
  width: 1920,
  height: 1080,
  tiles: [{ tile: 0, camera: 'gate', state, reason: '', stream: 'sub', latencyMs: 400, fps: 15 }],
});

test('a short gap is not told; a long one is, once, with its reason', () => {
  health.ingest([ingest('running')]);
  pass(1000);
  expect(health.of('gate').state).toBe('online');
  health.ingest([ingest('backoff')]);
  pass(2000);
  health.ingest([ingest('running', 1)]);
  pass(2000);
  expect(told.filter(({ state }) => state === 'offline')).toEqual([]);
  health.ingest([ingest('backoff', 1)]);
  pass(3500);
  expect(health.of('gate')).toMatchObject({ state: 'offline', reason: 'it is backoff', viewers: 2 });
});

test('a failure stays to be seen while nobody watches, until there are pictures again', () => {
  health.ingest([ingest('unauthorized')]);
  pass(1000);
  const failedAt = nowMs;
  health.ingest([ingest('idle')]);
  pass(2000);
  const { state, lastFailure } = health.of('gate');
  expect(state).toBe('idle');
  expect(lastFailure).toMatchObject({ state: 'unauthorized', reason: 'it is unauthorized' });
  expect(lastFailure?.at).toBeGreaterThanOrEqual(failedAt);
  expect(told.at(-1)).toHaveProperty('lastFailure');
  health.ingest([ingest('running')]);
  pass(1000);
  health.ingest([ingest('idle')]);
  pass(2000);
  expect(health.of('gate')).toMatchObject({ state: 'idle' });
  expect(health.of('gate')).not.toHaveProperty('lastFailure');
});

test('how a camera failed is known after a start of the server', async () => {
  health.ingest([ingest('unauthorized')]);
  pass(1000);
  await until(async () => (await store.list('gate', null, 10)).length > 0);
  const startAgain = async () => {
    const again = new HealthService(
      store,
      { nowMs: () => nowMs, monotonicMs: () => nowMs },
      createLogger('silent'),
    );
    await again.load(['gate', 'other']);
    return again;
  };
  const after = await startAgain();
  expect(after.of('gate')).toMatchObject({
    state: 'idle',
    lastFailure: { state: 'unauthorized', reason: 'it is unauthorized' },
  });
  expect(after.of('other')).not.toHaveProperty('lastFailure');
  health.ingest([ingest('running')]);
  pass(1000);
  await until(async () => (await store.list('gate', null, 10)).length > 1);
  expect((await startAgain()).of('gate')).not.toHaveProperty('lastFailure');
});

test('the media node dies and comes back: what is watched is never told as idle, and no reason is lost', () => {
  health.ingest([ingest('running')]);
  pass(1000);
  health.nodeConnected(false);
  pass(1000);
  health.nodeConnected(true);
  pass(3000);
  expect(health.of('gate').state).toBe('online');
  health.ingest([ingest('running')]);
  pass(1000);
  expect(told.map(({ state }) => state)).not.toContain('idle');
  // Nobody asks for it any more: that is told once its time is up.
  health.nodeConnected(false);
  health.nodeConnected(true);
  pass(12_000);
  expect(health.of('gate')).toMatchObject({ state: 'idle' });
  expect(health.of('gate')).not.toHaveProperty('lastFailure');

  health.ingest([ingest('backoff')]);
  pass(4000);
  expect(health.of('gate')).toMatchObject({ state: 'offline', reason: 'it is backoff' });
  health.nodeConnected(false);
  pass(5000);
  expect(health.of('gate').reason).toBe('it is backoff');
  health.nodeConnected(true);
  pass(12_000);
  expect(health.of('gate').lastFailure).toMatchObject({ state: 'offline', reason: 'it is backoff' });
});

test('a camera that waits for something of ours is idle, and says so', () => {
  health.ingest([{ ...ingest('starting'), reason: 'Waiting to be converted (2nd in line)' }]);
  pass(15_000);
  expect(health.of('gate')).toMatchObject({ state: 'idle', reason: 'Waiting to be converted (2nd in line)' });
});

test('flapping within the settle time leaves one transition, and it is stored', async () => {
  health.ingest([ingest('running')]);
  pass(1000);
  const stored = await until(async () => {
    const list = await store.list('gate', null, 10);
    return list.length > 0 && list;
  });
  expect(stored).toMatchObject([{ from: 'idle', to: 'online', camera: 'gate' }]);
});

test('the second witness: a screen without pictures for 6 s makes a running camera degraded', () => {
  health.ingest([ingest('running')]);
  pass(1000);
  for (let second = 0; second < 12; second++) {
    health.screenReport('w1', screen('stale'));
    pass(1000);
  }
  expect(health.of('gate')).toMatchObject({
    state: 'degraded',
    reason: '1 of 1 screen does not get its pictures',
  });
  health.screenReport('w1', screen('live'));
  pass(1500);
  expect(health.of('gate').state).toBe('online');
});

test('a hidden or silent screen is no witness', () => {
  health.ingest([ingest('running')]);
  health.screenReport('w1', { ...screen('stale'), visible: false });
  pass(12_000);
  expect(health.of('gate').state).toBe('online');
  health.screenReport('w2', screen('stale'));
  pass(30_000);
  expect(health.of('gate').state).toBe('online');
});

test('three restarts in five minutes are degraded, and heal with time', () => {
  for (let restarts = 0; restarts <= 3; restarts++) health.ingest([ingest('running', restarts)]);
  pass(4000);
  expect(health.of('gate').reason).toContain('Restarted 3 times');
  pass(5 * 60_000);
  expect(health.of('gate').state).toBe('online');
});
