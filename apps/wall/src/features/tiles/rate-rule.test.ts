import { describe, expect, it } from 'vitest';
import { calmTargetS, decideRate, JitterTarget, maxTargetS, type Playhead } from './rate-rule.ts';

const head = (more: Partial<Playhead>): Playhead => ({
  currentS: 9.6,
  seeking: false,
  ranges: [{ startS: 0, endS: 10 }],
  sinceFirstAppendMs: 10_000,
  targetS: 0.4,
  smoothedS: null,
  rate: 1,
  ...more,
});

describe('decideRate', () => {
  it('does nothing without data', () => {
    expect(decideRate(head({ ranges: [] }))).toEqual({ seekToS: null, rate: 1, smoothedS: null });
  });

  it('starts at the edge, never before the first frame there is', () => {
    expect(decideRate(head({ sinceFirstAppendMs: null, currentS: 0 })).seekToS).toBeCloseTo(9.6);
    const short = [{ startS: 9.9, endS: 10 }];
    expect(decideRate(head({ sinceFirstAppendMs: null, currentS: 0, ranges: short })).seekToS).toBe(9.9);
  });

  it('jumps while the backlog arrives, and runs faster afterwards', () => {
    expect(decideRate(head({ sinceFirstAppendMs: 800, currentS: 8.5 })).seekToS).toBeCloseTo(9.6);
    const later = decideRate(head({ sinceFirstAppendMs: 2_000, currentS: 8.5 }));
    expect(later).toMatchObject({ seekToS: null, rate: 1.1 });
  });

  it('jumps when more than 3 s behind the target', () => {
    expect(decideRate(head({ currentS: 6.5 })).seekToS).toBeCloseTo(9.6);
    expect(decideRate(head({ currentS: 6.7 })).seekToS).toBeNull();
  });

  it('leaves a seek alone that is under way', () => {
    expect(decideRate(head({ seeking: true, currentS: 6.5 })).seekToS).toBeNull();
  });

  it('comes back from a catch-up only near the target', () => {
    expect(decideRate(head({ smoothedS: 0.5, rate: 1.1, currentS: 9.5 })).rate).toBe(1.1);
    expect(decideRate(head({ smoothedS: 0.5, rate: 1, currentS: 9.5 })).rate).toBe(1);
    expect(decideRate(head({ smoothedS: 0.4, rate: 1.1, currentS: 9.6 })).rate).toBe(1);
  });

  it('smooths: one late reading changes nothing', () => {
    expect(decideRate(head({ smoothedS: 0.4, currentS: 9.2 })).rate).toBe(1);
  });

  it('plays out the rest before a gap, then jumps over it', () => {
    const ranges = [
      { startS: 0, endS: 8 },
      { startS: 9.5, endS: 10 },
    ];
    expect(decideRate(head({ ranges, currentS: 7.5 })).seekToS).toBeNull();
    expect(decideRate(head({ ranges, currentS: 7.95 })).seekToS).toBeCloseTo(9.6);
    expect(decideRate(head({ ranges, currentS: 8.5 })).seekToS).toBeCloseTo(9.6);
    // An old rest is not worth playing.
    expect(decideRate(head({ ranges, currentS: 4 })).seekToS).toBeCloseTo(9.6);
  });

  it('keeps a playhead at the target, from any start, without running dry', () => {
    for (const startS of [0.05, 0.4, 0.8, 2, 3.3]) {
      let [edgeS, currentS, rate, smoothedS] = [10, 10 - startS, 1, null as number | null];
      for (let chunk = 0; chunk < 300; chunk++) {
        edgeS += 0.2;
        currentS = Math.min(edgeS - 0.2, currentS + 0.2 * rate);
        const ranges = [{ startS: 0, endS: edgeS }];
        const next = decideRate(head({ ranges, currentS, rate, smoothedS }));
        ({ rate, smoothedS } = next);
        if (next.seekToS !== null) currentS = next.seekToS;
      }
      expect(edgeS - currentS, `from ${startS}`).toBeLessThanOrEqual(0.4 + 0.13);
      expect(edgeS - currentS, `from ${startS}`).toBeGreaterThan(0.2);
    }
  });
});

describe('JitterTarget', () => {
  const feed = (
    target: JitterTarget,
    count: number,
    jitterMs: (index: number) => number,
    durationS = 0.2,
  ) => {
    for (let index = 0; index < count; index++)
      target.arrived(index * durationS, durationS, (index + 1) * durationS * 1000 + jitterMs(index));
  };

  it('stays at the calm target while chunks arrive evenly', () => {
    const target = new JitterTarget();
    feed(target, 100, () => 0);
    expect(target.targetS).toBe(calmTargetS);
  });

  it('comes nearer with short chunks, and stays away from them when they jitter', () => {
    const smooth = new JitterTarget();
    feed(smooth, 200, () => 0, 1 / 15);
    expect(smooth.targetS).toBeCloseTo(1 / 15 + 0.2);
    const shaky = new JitterTarget();
    feed(shaky, 200, (index) => (index % 3) * 150, 1 / 15);
    expect(shaky.targetS).toBeGreaterThan(0.4);
  });

  it('rises with jitter and with long chunks, up to its bound', () => {
    const shaky = new JitterTarget();
    feed(shaky, 50, (index) => (index % 3) * 150);
    expect(shaky.targetS).toBeGreaterThan(0.55);
    const slow = new JitterTarget();
    feed(slow, 20, () => 0, 1);
    expect(slow.targetS).toBeCloseTo(1.1);
    const awful = new JitterTarget();
    feed(awful, 50, (index) => (index % 2) * 5_000);
    expect(awful.targetS).toBe(maxTargetS);
  });

  it('does not follow a single hiccup', () => {
    const target = new JitterTarget();
    feed(target, 45, (index) => (index === 30 ? 700 : 0));
    expect(target.targetS).toBe(calmTargetS);
  });

  it('rises when a picture ran dry, and relaxes slowly', () => {
    const target = new JitterTarget();
    target.waited();
    expect(target.targetS).toBeCloseTo(calmTargetS + 0.08);
    feed(target, 10, () => 0);
    expect(target.targetS).toBeGreaterThan(calmTargetS);
    feed(target, 40, () => 0);
    expect(target.targetS).toBe(calmTargetS);
  });
});
