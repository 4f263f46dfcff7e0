import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Reloader, type Reload } from '../../../../packages/llhls/testing/reloader.ts';
import { makeClockClip } from '../../../../tools/rtsp-farm/clips.ts';
import { startFarm } from '../../../../tools/rtsp-farm/farm.ts';
import { camera, eventually, startNode, TestClock } from './testing.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-reloads-'));
const clip = path.join(dir, 'clock.mp4');
const cleanUp: (() => unknown)[] = [];

beforeAll(() =>
  makeClockClip({ path: clip, camera: 1, seconds: 4, width: 320, height: 180, fps: 15, gopS: 1 }),
);
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('a player that asks for part after part is led on over a restart, and what is gone is gone', async () => {
  const farm = await startFarm({ mounts: { street: clip } });
  cleanUp.push(() => farm.close());
  const clock = new TestClock();
  const node = await startNode({}, { clock });
  cleanUp.push(() => node.close());
  node.setCameras([camera('a', { main: farm.url('street'), transport: 'tcp' })]);
  const get = (name: string) => fetch(`http://127.0.0.1:${node.port}/live/a/main/${name}`);
  const load = (asked: Partial<Reload> | null) => {
    const query = new URLSearchParams();
    if (asked?.msn !== undefined) query.set('_HLS_msn', String(asked.msn));
    if (typeof asked?.part === 'number') query.set('_HLS_part', String(asked.part));
    if (asked?.skip) query.set('_HLS_skip', 'YES');
    return get(`index.m3u8?${query}`);
  };

  const player = new Reloader();
  const bodies = new Map<string, string>();
  const bodyOf = async (name: string): Promise<string | null> => {
    const answer = await get(name);
    expect([name, answer.status]).toEqual([name, answer.status === 404 ? 404 : 200]);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return answer.status === 404 ? null : createHash('sha256').update(bytes).digest('hex');
  };
  /** Loads the playlist, and fetches what is new in it. */
  const turn = async (asked: Reload | null) => {
    const answer = await load(asked);
    expect(answer.status).toBe(200);
    player.take(await answer.text(), asked);
    const names = player.segments.flatMap(({ map, uri, parts }) => [
      map,
      ...(uri === null ? [] : [uri]),
      ...parts.map((part) => part.uri),
    ]);
    for (const name of new Set(names)) {
      if (bodies.has(name)) continue;
      const body = await bodyOf(name);
      if (body === null) throw new Error(`${name} is listed and not there`);
      bodies.set(name, body);
    }
  };

  await turn(null);
  const [first] = player.segments;
  for (let count = 0; count < 10; count++) await turn(player.next(true));
  const end = player.segments.at(-1)?.msn ?? 0;
  for (const [asked, status] of [
    [{ msn: end + 10 }, 400],
    [{ msn: end, part: 100 }, 400],
    [{ part: 0 }, 400],
    [{ msn: end - 1 }, 200],
  ] as const)
    expect([asked, (await load(asked)).status]).toEqual([asked, status]);

  farm.kick('street');
  const sequence = player.segments.at(-1)?.discontinuitySequence ?? Infinity;
  // On until the first segment has left the playlist.
  const isOver = () =>
    (player.segments.at(-1)?.discontinuitySequence ?? 0) > sequence &&
    (player.segments[0]?.msn ?? 0) > (first?.msn ?? Infinity);
  for (let count = 0; count < 300 && !isOver(); count++) await turn(player.next(true));
  expect(isOver()).toBe(true);
  expect(new Set(player.segments.map(({ map }) => map)).size).toBe(2);

  // It may still be asked for, as long as a player may need it; then never again.
  const gone = first?.uri ?? '';
  expect(await bodyOf(gone)).toBe(bodies.get(gone));
  clock.setByMs = 3_600_000;
  await eventually('its time is over', async () => (await bodyOf(gone)) === null);
  const before = bodies.size;
  for (let count = 0; count < 10; count++) await turn(player.next(true));
  expect(bodies.size).toBeGreaterThan(before);
  for (const [name, body] of bodies)
    expect([name, [body, null].includes(await bodyOf(name))]).toEqual([name, true]);
  expect(await bodyOf(gone)).toBeNull();
}, 60_000);
