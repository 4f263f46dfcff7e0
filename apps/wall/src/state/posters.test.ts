import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createPosterFeed,
  keepMs,
  mediaBase,
  refreshMs,
  retryFirstMs,
  retryMs,
  type Draw,
} from './posters.ts';

const page = { protocol: 'http:', hostname: 'wall.example' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function feed({ hidden = false, answers = true } = {}) {
  const asked: string[] = [];
  const picture = {} as HTMLImageElement;
  const state = { hidden, answers, open: 0, mostOpen: 0 };
  const load = async (url: string) => {
    asked.push(/live\/(.*)\/poster/.exec(url)?.[1] ?? url);
    state.mostOpen = Math.max(state.mostOpen, ++state.open);
    await new Promise((resolve) => setTimeout(resolve, 50));
    state.open -= 1;
    return state.answers ? picture : null;
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

test.each([
  [null, null],
  [{ port: 81, url: null }, 'http://wall.example:81'],
  [{ port: 81, url: 'https://media.example/' }, 'https://media.example'],
  [{ port: null, url: null }, null],
])('the media node of %j is at %s', (media, base) => expect(mediaBase(media, page)).toBe(base));

describe('posters', () => {
  test('come one at a time, each camera once however often it is in view', async () => {
    const { posters, asked, state, picture } = feed();
    const drawn: Draw[] = [vi.fn<Draw>(), vi.fn<Draw>()];
    for (const draw of drawn) posters.watch('quay', 'sub', draw);
    posters.watch('mill', 'main', () => undefined);
    await pass(1_000);
    expect(asked).toEqual(['quay/sub', 'mill/main']);
    expect(state.mostOpen).toBe(1);
    for (const draw of drawn) expect(draw).toHaveBeenCalledWith(picture);
  });
  test('are renewed while in view, at most about one a second, and not after', async () => {
    const { posters, asked } = feed();
    const stops = Array.from({ length: 40 }, (_, n) => posters.watch(`c${n}`, 'sub', () => undefined));
    await pass(40 * 200);
    expect(asked).toHaveLength(40);
    asked.length = 0;
    await pass(20_000);
    expect(asked.length).toBeGreaterThan(12);
    expect(asked.length).toBeLessThanOrEqual(20);
    for (const stop of stops) stop();
    asked.length = 0;
    await pass(3 * refreshMs);
    expect(asked).toEqual([]);
  });
  test('are not asked for while the page is hidden or no media node is known', async () => {
    const { posters, asked, state } = feed({ hidden: true });
    posters.watch('quay', 'sub', () => undefined);
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
    const draw = vi.fn<Draw>();
    posters.watch('quay', 'sub', draw);
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
    const draw = vi.fn<Draw>();
    posters.watch('quay', 'sub', draw);
    await pass(1_000);
    state.answers = true;
    await pass(retryFirstMs + 1_000);
    expect(asked).toHaveLength(2);
    expect(draw).toHaveBeenLastCalledWith(picture);
  });
});
