import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Supervisor } from './supervisor.ts';

describe('Supervisor', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = (holdsMs: (nowMs: number) => number) => {
    const before: number[] = [];
    const looks: number[] = [];
    const supervisor = new Supervisor(
      (nowMs) => before.push(nowMs),
      () => performance.now(),
    );
    const startMs = performance.now();
    const leave = supervisor.add({
      tick: (nowMs) => {
        looks.push(nowMs - startMs);
        return holdsMs(nowMs - startMs);
      },
    });
    return { before, looks, leave };
  };

  it('has no timer once nobody is left', () => {
    const { leave } = start(() => Infinity);
    expect(vi.getTimerCount()).toBe(1);
    leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('looks once per second while everything holds', () => {
    const { looks, before } = start(() => 5_000);
    vi.advanceTimersByTime(3_500);
    expect(looks).toEqual([1_000, 2_000, 3_000]);
    expect(before).toHaveLength(3);
  });

  it('looks once more at the instant a state becomes untrue', () => {
    const { looks, before } = start((nowMs) => (nowMs === 2_000 ? 340 : Infinity));
    vi.advanceTimersByTime(3_000);
    expect(looks).toEqual([1_000, 2_000, 2_340, 3_000]);
    expect(before).toHaveLength(3);
  });

  it('is not driven wild by a state that never holds', () => {
    const { looks } = start(() => 0);
    vi.advanceTimersByTime(2_000);
    expect(looks.length).toBeLessThanOrEqual(22);
  });
});
