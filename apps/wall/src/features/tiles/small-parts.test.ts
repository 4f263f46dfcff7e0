import { describe, expect, it } from 'vitest';
import { deliveryAsked, mediaBaseUrl } from '../../state/media-address.ts';
import { capturedAt } from './poster.ts';
import { RebuildLimit } from './rebuild-limit.ts';
import { ServerClock } from './server-clock.ts';

describe('ServerClock', () => {
  it('knows nothing before the first answer, and after a reset', () => {
    const clock = new ServerClock();
    expect(clock.unixMs(5)).toBeNull();
    clock.answered(100, 110, 1_000_000);
    clock.reset();
    expect(clock.unixMs(5)).toBeNull();
  });

  it('leaves out answers that make no sense', () => {
    const clock = new ServerClock();
    clock.answered(110, 100, 1_000_000);
    clock.answered(100, 110, NaN);
    expect(clock.unixMs(5)).toBeNull();
  });

  it('believes the shortest round trip of the last six', () => {
    const clock = new ServerClock();
    clock.answered(0, 20, 1_000_010);
    clock.answered(1_000, 1_400, 1_001_390);
    expect(clock.unixMs(2_000)).toBe(1_002_000);
    for (let turn = 0; turn < 6; turn++) clock.answered(3_000, 3_100, 1_003_150);
    expect(clock.unixMs(4_000)).toBe(1_004_100);
  });
});

describe('RebuildLimit', () => {
  it('bounds a player that never works to one rebuild per 15 s', () => {
    const limit = new RebuildLimit();
    const done: number[] = [];
    for (let nowMs = 0; nowMs < 300_000; nowMs += 500) if (limit.allows(nowMs)) done.push(nowMs);
    expect(done.slice(0, 6)).toEqual([0, 2_000, 6_000, 14_000, 29_000, 44_000]);
    expect(done.length).toBeLessThanOrEqual(23);
  });

  it('mends at once after a calm time', () => {
    const limit = new RebuildLimit();
    for (const nowMs of [0, 2_000, 6_000]) expect(limit.allows(nowMs)).toBe(true);
    expect(limit.allows(52_000)).toBe(true);
    expect(limit.allows(54_000)).toBe(true);
  });
});

describe('addresses', () => {
  const page = { protocol: 'http:', hostname: 'wall.local', origin: 'http://wall.local:8080' };
  it('are not made up', () => {
    expect(mediaBaseUrl(null, page)).toBeNull();
    expect(mediaBaseUrl({ port: null, url: null }, page)).toBeNull();
  });
  it('come from the port beside the page, or from the site', () => {
    expect(mediaBaseUrl({ port: 9001, url: null }, page)).toBe('http://wall.local:9001');
    expect(mediaBaseUrl({ port: 9001, url: 'https://media.example.org/' }, page)).toBe(
      'https://media.example.org',
    );
    expect(mediaBaseUrl({ port: null, url: '/media' }, page)).toBe('http://wall.local:8080/media');
  });
  it('may ask for LL-HLS', () => {
    expect(deliveryAsked('?delivery=llhls')).toBe('llhls');
    expect(deliveryAsked('?delivery=pigeon')).toBeNull();
    expect(deliveryAsked('')).toBeNull();
  });
  it.each([
    [null, null],
    ['', null],
    ['soon', null],
    ['1764000000000', 1_764_000_000_000],
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
  ])('X-Captured-At %s', (header, ms) => expect(capturedAt(header)).toBe(ms));
});
