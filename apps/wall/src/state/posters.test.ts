import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createPosterFeed,
  keepMs,
  loadPicture,
  refreshMs,
  retryFirstMs,
  retryMs,
  tellAgeMs,
  type Frame,
} from './posters.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function feed({ hidden = false, answers = true } = {}) {
  const asked: string[] = [];
  const picture = {} as HTMLImageElement;
  const state = { hidden, answers, open: 0, mostOpen: 0, ageMs: 0 };
  const load = async (url: string) => {
    asked.push(/live\/(.*)\/poster/.exec(url)?.[1] ?? url);
    state.mostOpen = Math.max(state.mostOpen, ++state.open);
    await new Promise((resolve) => setTimeout(resolve, 50));
    state.open -= 1;
    return state.answers ? { picture, ageMs: state.ageMs } : null;
  };
  const posters = createPosterFeed(
    load,
    () => Date.now(),
    () => state.hidden,
  );
  posters.setBase('http://media');
  return { posters, asked, picture, state };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

const frame = () => ({ draw: vi.fn<Frame['draw']>(), age: vi.fn<Frame['age']>() });
const nowhere: Frame = { draw: () => undefined, age: () => undefined };

describe('posters', () => {
  test('come one at a time, each camera once however often it is in view', async () => {
    const { posters, asked, state, picture } = feed();
    const frames = [frame(), frame()];
    for (const one of frames) posters.watch('quay', 'sub', one);
    posters.watch('mill', 'main', nowhere);
    await pass(1_000);
    expect(asked).toEqual(['quay/sub', 'mill/main']);
    expect(state.mostOpen).toBe(1);
    for (const { draw } of frames) expect(draw).toHaveBeenCalledWith(picture);
  });
  test('are renewed while in view, two or three a second at most, and not after', async () => {
    const { posters, asked } = feed();
    const stops = Array.from({ length: 40 }, (_, n) => posters.watch(`c${n}`, 'sub', nowhere));
    await pass(40 * 200);
    expect(asked).toHaveLength(40);
    asked.length = 0;
    await pass(20_000);
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.length).toBeLessThanOrEqual(50);
    for (const stop of stops) stop();
    asked.length = 0;
    await pass(3 * refreshMs);
    expect(asked).toEqual([]);
  });
  test('are not asked for while the page is hidden or no media node is known', async () => {
    const { posters, asked, state } = feed({ hidden: true });
    posters.watch('quay', 'sub', nowhere);
    await pass(10_000);
    expect(asked).toEqual([]);
    state.hidden = false;
    posters.setBase(null);
    await pass(10_000);
    expect(asked).toEqual([]);
    posters.setBase('http://media');
    await pass(100);
    expect(asked).toEqual(['quay/sub']);
  });
  test('one that fails is tried again later, and an old picture is taken away', async () => {
    const { posters, asked, state, picture } = feed();
    const one = frame();
    const { draw } = one;
    posters.watch('quay', 'sub', one);
    await pass(1_000);
    expect(draw).toHaveBeenLastCalledWith(picture);
    state.answers = false;
    await pass(refreshMs + 1_000);
    expect(draw).toHaveBeenLastCalledWith(picture);
    const before = asked.length;
    await pass(30_000);
    expect(asked.length - before).toBeLessThanOrEqual(4);
    await pass(keepMs + retryMs);
    expect(draw).toHaveBeenLastCalledWith(null);
  });
  test('a first picture that is not there yet is asked for again soon', async () => {
    const { posters, asked, state, picture } = feed({ answers: false });
    const one = frame();
    const { draw } = one;
    posters.watch('quay', 'sub', one);
    await pass(1_000);
    state.answers = true;
    await pass(retryFirstMs + 1_000);
    expect(asked).toHaveLength(2);
    expect(draw).toHaveBeenLastCalledWith(picture);
  });
  test('a still that grows old says so, and goes at a minute after its capture, not after its arrival', async () => {
    const { posters, state, picture } = feed();
    state.ageMs = 10_000;
    const one = frame();
    posters.watch('quay', 'sub', one);
    await pass(1_000);
    expect(one.age).toHaveBeenLastCalledWith(null);
    state.answers = false;
    await pass(tellAgeMs - 10_000);
    expect(one.age).toHaveBeenLastCalledWith(15);
    expect(one.draw).toHaveBeenLastCalledWith(picture);
    await pass(keepMs - tellAgeMs);
    expect(one.draw).toHaveBeenLastCalledWith(null);
    expect(one.age).toHaveBeenLastCalledWith(null);
  });
  test('a frame that comes into view again does not keep a picture that has grown too old', async () => {
    const { posters, state } = feed();
    const one = frame();
    const leave = posters.watch('quay', 'sub', one);
    await pass(1_000);
    leave();
    state.answers = false;
    await pass(2 * keepMs);
    posters.watch('quay', 'sub', one);
    expect(one.draw).toHaveBeenLastCalledWith(null);
    expect(one.age).toHaveBeenLastCalledWith(null);
  });
  test('the age is from capture to answer, and a picture without it is not shown', async () => {
    class Picture {
      src = '';
      decode = async () => undefined;
    }
    vi.stubGlobal('Image', Picture);
    const Date = 'Mon, 02 Feb 2026 10:00:07 GMT';
    const answer = (headers: Record<string, string>) => {
      vi.stubGlobal('fetch', async () => new Response('jpeg', { headers }));
      return loadPicture('http://media/poster.jpg');
    };
    const capturedMs = globalThis.Date.UTC(2026, 1, 2, 10, 0, 0);
    expect(await answer({ Date, 'X-Captured-At': String(capturedMs) })).toMatchObject({ ageMs: 7_000 });
    expect(await answer({ Date, 'X-Captured-At': String(capturedMs + 7_400) })).toMatchObject({ ageMs: 0 });
    expect(await answer({ Date })).toBeNull();
    vi.unstubAllGlobals();
  });
});
