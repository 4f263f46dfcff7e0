import { describe, expect, test } from 'vitest';
import type { HealthState } from '@clerestory/protocol';
import { groupOutages, type CameraOutage } from './causes.ts';
import { addTo, flipsOf, noTime, sideOf, spansOf, type Change, type Run } from './rules.ts';

const whole: Run = { from: 0, until: 100 };
const change = (at: number, to: HealthState): Change<HealthState> => ({ at, to, reason: '' });
const times = (changes: Change<HealthState>[], runs: Run[], window = whole) => {
  const spans = spansOf(changes, runs, window).map((span) => ({ ...span, side: sideOf(span.state) }));
  return addTo(noTime(), spans, window);
};

describe('availability', () => {
  test('each run begins knowing nothing; what was so is so until it changes', () => {
    const changes = [change(10, 'online'), change(60, 'offline'), change(80, 'degraded')];
    expect(times(changes, [whole])).toEqual({ upMs: 70, downMs: 20, unknownMs: 10 });
  });
  test('the time in which the server was down is not known, not up and not down', () => {
    const runs = [
      { from: 0, until: 40 },
      { from: 70, until: 100 },
    ];
    const changes = [change(10, 'online'), change(80, 'offline')];
    expect(times(changes, runs)).toEqual({ upMs: 30, downMs: 20, unknownMs: 50 });
  });
  test('a camera that was down when the server went is not down all night', () => {
    const runs = [
      { from: 0, until: 20 },
      { from: 90, until: 100 },
    ];
    expect(times([change(10, 'offline')], runs)).toEqual({ upMs: 0, downMs: 10, unknownMs: 90 });
  });
  test('nobody watching is not known either', () => {
    const changes = [change(0, 'online'), change(50, 'idle')];
    expect(times(changes, [whole])).toEqual({ upMs: 50, downMs: 0, unknownMs: 50 });
  });
  test('what began before the window counts from its beginning on', () => {
    expect(times([change(10, 'online')], [whole], { from: 50, until: 80 })).toEqual({
      ...{ upMs: 30, downMs: 0, unknownMs: 0 },
    });
  });
  test('whatever runs and changes there are, the times add up to the window', () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % n;
    const states: HealthState[] = ['online', 'degraded', 'offline', 'unauthorized', 'unsupported', 'idle'];
    for (let round = 0; round < 300; round++) {
      const marks = Array.from({ length: 6 }, () => random(140) - 20).sort((a, b) => a - b);
      const runs = [0, 2, 4].map((at) => ({ from: marks[at] ?? 0, until: marks[at + 1] ?? 0 }));
      const changes = Array.from({ length: random(12) }, () =>
        change(random(140) - 20, states[random(6)] ?? 'idle'),
      ).sort((a, b) => a.at - b.at);
      const { upMs, downMs, unknownMs } = times(changes, runs);
      expect(upMs + downMs + unknownMs).toBe(100);
    }
  });
});

test('flaps are counted between up and down, whatever is unknown in between', () => {
  const spans = (['up', 'down', 'unknown', 'down', 'up', 'unknown', 'down'] as const).map((side, at) => ({
    ...{ side, from: at * 10 },
  }));
  expect(flipsOf(spans, 0)).toBe(3);
  expect(flipsOf(spans, 45)).toBe(1);
});

describe('causes', () => {
  const out = (camera: string, from: number, more: Partial<CameraOutage> = {}): CameraOutage => ({
    ...{ camera, from, until: null, state: 'offline', reason: 'No frames' },
    ...more,
  });
  const hosts: Record<string, string> = {
    a: '10.0.0.1',
    b: '10.0.0.1',
    c: '10.0.0.7',
    d: '10.0.0.8',
    e: '10.9.9.9',
  };
  const where = (camera: string) => ({
    host: hosts[camera] ?? null,
    site: ['e', 'f', 'g'].includes(camera) ? 'Quay' : camera,
  });
  const group = (outages: CameraOutage[]) =>
    groupOutages(outages, where, (reason) => reason === 'ours').map(({ cause, cameras }) => [
      cause.kind,
      ...cameras,
    ]);
  test('one host, one network, one site at the same time; alone what is left', () => {
    expect(group(['a', 'b'].map((camera) => out(camera, 0)))).toEqual([['host', 'a', 'b']]);
    expect(group([out('b', 0), out('c', 9_000), out('d', 20_000)])).toEqual([['network', 'b', 'c', 'd']]);
    expect(group(['e', 'f', 'g'].map((camera) => out(camera, 0)))).toEqual([['site', 'e', 'f', 'g']]);
    expect(group([out('e', 0), out('f', 0)])).toEqual([
      ['camera', 'e'],
      ['camera', 'f'],
    ]);
  });
  test('not at the same time is not together', () => {
    expect(group([out('a', 0), out('b', 120_000)])).toEqual([
      ['camera', 'b'],
      ['camera', 'a'],
    ]);
  });
  test('a fault of ours is told as ours', () => {
    expect(group([out('a', 0, { reason: 'ours' }), out('e', 0, { reason: 'ours' })])).toEqual([
      ['server', 'a', 'e'],
    ]);
  });
  test('no address is in what is told', () => {
    const told = groupOutages(
      Object.keys(hosts).map((camera) => out(camera, 0)),
      where,
      () => false,
    );
    expect(JSON.stringify(told)).not.toMatch(/\d+\.\d+\.\d+/);
  });
});
