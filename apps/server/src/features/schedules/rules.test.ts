import { describe, expect, test } from 'vitest';
import { dueBetween } from './rules.ts';

const everyDay = [1, 2, 3, 4, 5, 6, 7];
const at = (time: string, zone: string, days = everyDay) => ({ days, time, zone });
const ms = (text: string) => Date.parse(text);
const due = (schedule: ReturnType<typeof at>, after: string, until: string) => {
  const found = dueBetween(schedule, ms(after), ms(until));
  return found === null ? null : new Date(found).toISOString();
};

describe('when a schedule is due', () => {
  test('on the clocks of its zone, summer and winter', () => {
    const seven = at('07:00', 'Europe/London');
    expect(due(seven, '2026-01-05T00:00Z', '2026-01-05T23:00Z')).toBe('2026-01-05T07:00:00.000Z');
    expect(due(seven, '2026-07-05T00:00Z', '2026-07-05T23:00Z')).toBe('2026-07-05T06:00:00.000Z');
  });
  test('not before it, at it, and not again after it', () => {
    const seven = at('07:00', 'Europe/London');
    expect(due(seven, '2026-01-05T00:00Z', '2026-01-05T06:59:59Z')).toBeNull();
    expect(due(seven, '2026-01-05T00:00Z', '2026-01-05T07:00Z')).toBe('2026-01-05T07:00:00.000Z');
    expect(due(seven, '2026-01-05T07:00Z', '2026-01-06T06:59Z')).toBeNull();
  });
  test('on its days alone; of several times that were missed the last', () => {
    const monday = at('22:00', 'America/Chicago', [1]);
    expect(due(monday, '2026-01-04T12:00Z', '2026-01-05T12:00Z')).toBeNull();
    expect(due(monday, '2026-01-04T12:00Z', '2026-01-06T12:00Z')).toBe('2026-01-06T04:00:00.000Z');
    expect(due(monday, '2026-01-01T12:00Z', '2026-01-20T12:00Z')).toBe('2026-01-20T04:00:00.000Z');
  });
  test('in spring an hour that is left out comes as much later, once', () => {
    const gap = at('02:30', 'America/Chicago');
    // 8 March 2026: 02:00 CST becomes 03:00 CDT at 08:00 UTC.
    expect(due(gap, '2026-03-08T06:00Z', '2026-03-08T08:29Z')).toBeNull();
    expect(due(gap, '2026-03-08T06:00Z', '2026-03-08T20:00Z')).toBe('2026-03-08T08:30:00.000Z');
    expect(due(gap, '2026-03-08T08:30Z', '2026-03-09T07:00Z')).toBeNull();
    expect(due(gap, '2026-03-08T08:30Z', '2026-03-09T08:00Z')).toBe('2026-03-09T07:30:00.000Z');
  });
  test('in autumn an hour that comes twice is taken the first time, once', () => {
    const twice = at('01:30', 'America/Chicago');
    // 1 November 2026: 02:00 CDT becomes 01:00 CST at 07:00 UTC.
    expect(due(twice, '2026-11-01T05:00Z', '2026-11-01T20:00Z')).toBe('2026-11-01T06:30:00.000Z');
    expect(due(twice, '2026-11-01T06:30Z', '2026-11-02T07:00Z')).toBeNull();
  });
});
